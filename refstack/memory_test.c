/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Three pages: writable, read-only, none. */
struct pages {
	size_t size;
	uint8_t *at;
};

static struct pages pages(void)
{
	struct pages p = { .size = (size_t)sysconf(_SC_PAGESIZE) };

	p.at = mmap(NULL, 3 * p.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(p.at, MAP_FAILED);
	memset(p.at, 0xa5, 2 * p.size);
	assert_int_equal(mprotect(p.at + p.size, p.size, PROT_READ), 0);
	assert_int_equal(mprotect(p.at + 2 * p.size, p.size, PROT_NONE), 0);
	return p;
}

static void memory_is_there_up_to_its_last_octet(void **state)
{
	struct pages p = pages();
	uint8_t *last_written = p.at + p.size - 1, *last_read = p.at + 2 * p.size - 1;

	(void)state;
	if (!memory_is_checked())
		skip();
	assert_ptr_equal(memory_in(p.at, 2 * p.size), p.at);
	assert_ptr_equal(memory_in(last_read, 1), last_read);
	assert_null(memory_in(last_read, 2));
	assert_null(memory_in(p.at, 2 * p.size + 1));
	assert_ptr_equal(memory_out(p.at, p.size), p.at);
	assert_ptr_equal(memory_out(last_written, 1), last_written);
	assert_null(memory_out(last_written, 2));
	assert_null(memory_out(last_read, 1));
	assert_null(memory_in((void *)UINTPTR_MAX, 7));
	assert_null(memory_out((void *)UINTPTR_MAX, 7));
	munmap(p.at, 3 * p.size);
}

static void a_look_changes_nothing(void **state)
{
	struct pages p = pages();

	(void)state;
	for (size_t i = 0; i < p.size; i++)
		p.at[i] = (uint8_t)i;
	assert_ptr_equal(memory_out(p.at + 7, p.size - 7), p.at + 7);
	for (size_t i = 0; i < p.size; i++)
		assert_int_equal(p.at[i], (uint8_t)i);
	munmap(p.at, 3 * p.size);
}

static void no_octets_need_no_memory_and_null_stays_null(void **state)
{
	struct pages p = pages();

	(void)state;
	assert_ptr_equal(memory_in(p.at + 2 * p.size, 0), p.at + 2 * p.size);
	assert_ptr_equal(memory_out(p.at + 2 * p.size, 0), p.at + 2 * p.size);
	assert_null(memory_in(NULL, 0));
	assert_null(memory_out(NULL, 7));
	munmap(p.at, 3 * p.size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_there_up_to_its_last_octet),
		cmocka_unit_test(a_look_changes_nothing),
		cmocka_unit_test(no_octets_need_no_memory_and_null_stays_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
