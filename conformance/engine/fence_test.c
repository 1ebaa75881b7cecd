/* SPDX-License-Identifier: BSD-2-Clause */
/* Buffers beside strips that are known and pages that fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/fence.h"
#include "conformance/engine/test_rig.h"

#include <sys/uio.h>

#define SOCKET "0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
#define NEEDS  "needs efault\n"

/* How many octets from `at` on can be read, up to `most`: the kernel tells without a fault. */
static size_t readable(const uint8_t *at, size_t most)
{
	uint8_t copy[256];
	size_t n = 0;

	assert_true(most <= sizeof(copy));
	while (n < most) {
		struct iovec here = { copy, 1 }, there = { (void *)(uintptr_t)(at + n), 1 };

		if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != 1)
			return n;
		n++;
	}
	return n;
}

static void what_is_read_ends_where_the_page_does(void **state)
{
	static const struct {
		size_t len, align, beyond; /* octets that are there for alignment's sake */
	} rows[] = {
		{ 1, 1, 0 }, { 4, 4, 0 }, { 2, 4, 0 }, { 3, 4, 0 },  { 5, 4, 3 },
		{ 28, 4, 0 }, { 20, 8, 4 }, { 0, 4, 0 }, { 32, 8, 0 },
	};
	struct guards g = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fence f = fence_copy(&g, "it", rows[i].len, rows[i].align, "abcd", 4);

		if (rows[i].len >= rows[i].align)
			assert_int_equal((uintptr_t)f.data % rows[i].align, 0);
		assert_int_equal(readable(f.data, 100), rows[i].len + rows[i].beyond);
		assert_memory_equal(f.data, "abcd", rows[i].len < 4 ? rows[i].len : 4);
		if (rows[i].len > 4)
			assert_int_equal(f.data[4], 0);
	}
	guards_free(&g);
}

static void what_is_written_has_a_strip_and_then_a_page(void **state)
{
	struct guards g = { 0 };
	struct fence f = fence_make(&g, "it", 4);

	(void)state;
	assert_int_equal((uintptr_t)f.data % 16, 0);
	assert_true(f.behind >= FENCE_STRIP);
	assert_int_equal(readable(f.data, 200), 4 + f.behind);
	guards_free(&g);
}

static void pages_are_used_again(void **state)
{
	struct guards g = { 0 };
	uint8_t *first = fence_make(&g, "it", 100).data, *second = fence_make(&g, "it", 100).data;

	(void)state;
	assert_ptr_not_equal(first, second);
	guards_release(&g);
	fence_make(&g, "it", 100);
	fence_make(&g, "it", 100);
	assert_null(g.all->next->next);
	guards_free(&g);
}

/* --- targets that go too far ---------------------------------------------- */

static int reads_an_int(struct shimproof_instance *i, int s, int level, int name,
			const void *value, socklen_t len)
{
	volatile int number;

	(void)i, (void)s, (void)level, (void)name, (void)len;
	memcpy((void *)(uintptr_t)&number, value, sizeof(number));
	return number < 0 ? -EINVAL : 0;
}

static int writes_much(struct shimproof_instance *i, int s, int level, int name, void *value,
		       socklen_t *len)
{
	(void)i, (void)s, (void)level, (void)name;
	for (volatile uint8_t *at = value; at < (uint8_t *)value + 4096; at++)
		*at = 0;
	*len = 4;
	return 0;
}

static ssize_t reads_one_more(struct shimproof_instance *i, int s, const void *data, size_t len,
			      int flags)
{
	(void)i, (void)s, (void)flags;
	return ((const volatile uint8_t *)data)[len] == 7 ? -EINVAL : (ssize_t)len;
}

static int writes_in_front(struct shimproof_instance *i, int s, int level, int name,
			   const void *value, socklen_t len)
{
	(void)i, (void)s, (void)level, (void)name, (void)len;
	((uint8_t *)(uintptr_t)value)[-2] = 1;
	return 0;
}

static void change(struct shimproof_target *target)
{
	target->setsockopt = reads_an_int;
	target->getsockopt = writes_much;
	target->send = reads_one_more;
}

static void change_writing(struct shimproof_target *target)
{
	target->setsockopt = writes_in_front;
}

static void assert_stopped(const char *call, const char *what)
{
	struct case_result r;
	char body[256];

	rig.change = change;
	snprintf(body, sizeof(body), NEEDS SOCKET "+0 %s = 0\n", call);
	r = rig_run_as(body, true);
	assert_int_equal(r.status, STATUS_CRASHED);
	assert_non_null(strstr(r.reason, "SIGSEGV"));
	assert_non_null(r.failure);
	assert_int_equal(r.failure->line, 5);
	if (!strstr(r.failure->message, what))
		fail_msg("%s: %s", call, r.failure->message);
	case_result_free(&r);
}

static void who_goes_too_far_is_named_with_call_and_buffer(void **state)
{
	(void)state;
	assert_stopped("setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1, optlen=2)",
		       "outside of the buffer that it was given: octet 2 of the option's value, "
		       "which has 2");
	assert_stopped("getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED)",
		       "outside of the buffer that it was given: octet 80 of the option's value, "
		       "which has 4");
	assert_stopped("send(s, \"abc\")", "send() ");
	assert_stopped("send(s, \"abc\")",
		       "outside of the buffer that it was given: octet 3 of the data, which has 3");
#if defined(__x86_64__)
	assert_stopped("send(s, \"abc\")", "send() read outside");
	assert_stopped("getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED)", "getsockopt() wrote outside");
#endif
}

static void who_looks_at_unmapped_memory_is_named(void **state)
{
	(void)state;
	assert_stopped("setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, unmapped)",
		       "at a pointer that is not mapped");
	assert_stopped("getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, unmapped)",
		       "at a pointer that is not mapped");
}

static void a_fault_elsewhere_is_not_taken_for_one_of_these(void **state)
{
	struct case_result r;

	(void)state;
	rig.change = change;
	r = rig_run_as(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, null, optlen=4) = 0\n",
		       true);
	assert_int_equal(r.status, STATUS_CRASHED);
	assert_null(strstr(r.failure->message, "buffer"));
	assert_null(strstr(r.failure->message, "not mapped"));
	case_result_free(&r);
}

static void writing_beside_what_is_only_to_be_read_fails(void **state)
{
	struct case_result r;

	(void)state;
	rig.change = change_writing;
	r = rig_run(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = 0\n");
	assert_differs(&r, 4, "memory before the option's value", "untouched", "hex\"01\"");
	assert_int_equal(r.failure->differences[0].offset, -2);
	case_result_free(&r);
}

static void the_fault_handler_leaves_with_the_trial(void **state)
{
	struct sigaction before, after;

	(void)state;
	sigaction(SIGSEGV, NULL, &before);
	assert_passes(SOCKET);
	sigaction(SIGSEGV, NULL, &after);
	assert_ptr_equal((void *)(uintptr_t)before.sa_handler, (void *)(uintptr_t)after.sa_handler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_ends_where_the_page_does),
		cmocka_unit_test(what_is_written_has_a_strip_and_then_a_page),
		cmocka_unit_test(pages_are_used_again),
		cmocka_unit_test_setup(who_goes_too_far_is_named_with_call_and_buffer, rig_setup),
		cmocka_unit_test_setup(who_looks_at_unmapped_memory_is_named, rig_setup),
		cmocka_unit_test_setup(a_fault_elsewhere_is_not_taken_for_one_of_these, rig_setup),
		cmocka_unit_test_setup(writing_beside_what_is_only_to_be_read_fails, rig_setup),
		cmocka_unit_test_setup(the_fault_handler_leaves_with_the_trial, rig_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
