/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/contrary/target/fault.h"

#include <errno.h>
#include <string.h>

static const struct fault *only(struct faults *f, const char *text)
{
	assert_int_equal(faults_parse(f, text), 0);
	assert_int_equal(f->count, 1);
	return &f->items[0];
}

static void a_statement_says_what_and_which(void **state)
{
	const struct fault *f;
	struct faults faults;

	(void)state;
	f = only(&faults, "call 12 result -22");
	assert_int_equal(f->kind, FAULT_RESULT);
	assert_int_equal(f->which, 12);
	assert_int_equal(f->number, -22);
	faults_free(&faults);

	f = only(&faults, "call 3 control 40 00ff");
	assert_int_equal(f->kind, FAULT_REGION);
	assert_int_equal(f->region, REGION_CONTROL);
	assert_int_equal(f->number, 40);
	assert_int_equal(f->len, 2);
	assert_memory_equal(f->octets, "\x00\xff", 2);
	faults_free(&faults);

	f = only(&faults, "send 1500000 2 -");
	assert_int_equal(f->kind, FAULT_SEND);
	assert_int_equal(f->which, 1500000);
	assert_int_equal(f->number, 2);
	assert_int_equal(f->len, 0);
	faults_free(&faults);
}

static void statements_stand_in_a_row(void **state)
{
	struct faults f;

	(void)state;
	assert_int_equal(faults_parse(&f, "packet 1 times 0; send 7 1 60;note"), 0);
	assert_int_equal(f.count, 3);
	assert_int_equal(faults_find(&f, FAULT_TIMES, 1)->number, 0);
	assert_null(faults_find(&f, FAULT_TIMES, 0));
	assert_null(faults_find(&f, FAULT_LINK, 1));
	assert_int_equal(f.items[1].octets[0], 0x60);
	assert_int_equal(f.items[2].kind, FAULT_NOTE);
	faults_free(&f);

	assert_int_equal(faults_parse(&f, ""), 0);
	assert_int_equal(f.count, 0);
}

static void what_is_no_statement_is_refused(void **state)
{
	static const char *const texts[] = {
		"notes",
		"call",
		"call 1",
		"call 1 result",
		"call x result 1",
		"call -1 result 1",
		"call 1 result 1 1",
		"call 1 result 1x",
		"call 1 values 1 00",
		"call 1 value 1 0",
		"call 1 value 1 0g",
		"call 1 value 00", "call 1 overruns", "call 1 overruns all",
		"packet 1 link",
		"packet 1 octets",
		"packet 1 twice 2",
		"send 1 1",
		"send 1 1 00 00",
		"note;call",
		"note note",
		"note;note;note;note;note",
	};
	struct faults f;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (faults_parse(&f, texts[i]) != -EINVAL)
			fail_msg("%s", texts[i]);
		assert_int_equal(f.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_says_what_and_which),
		cmocka_unit_test(statements_stand_in_a_row),
		cmocka_unit_test(what_is_no_statement_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
