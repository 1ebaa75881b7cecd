/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean ...?" */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conformance/script/suggest.h"

static const char *nearest(const char *written, const char *const *candidates)
{
	struct suggestion s = { .written = written };

	for (; *candidates; candidates++)
		suggestion_offer(&s, *candidates);
	return s.nearest;
}

static void the_nearest_name_is_suggested(void **state)
{
	static const char *const names[] = { "SHIM_LOC_LOCAL_PREF", "SHIM_LOC_LOCAL_SEND",
					     "SHIM_LOC_LOCAL_RECV", "SHIM_LOC_PEER_RECV", NULL };

	(void)state;
	assert_string_equal(nearest("SHIM_LOC_LOCAL_RCV", names), "SHIM_LOC_LOCAL_RECV");
	assert_string_equal(nearest("SHIM_LOC_LOCAL_SENT", names), "SHIM_LOC_LOCAL_SEND");
	assert_string_equal(nearest("shim_loc_peer_recv", names), "SHIM_LOC_PEER_RECV");
}

static void swapped_letters_are_one_step(void **state)
{
	static const char *const names[] = { "udp", "dst", NULL };
	struct suggestion s = { .written = "upd" };

	(void)state;
	assert_string_equal(nearest("upd", names), "udp");
	suggestion_offer(&s, "udp");
	assert_int_equal(s.distance, 1);
}

static void what_is_far_is_not_suggested(void **state)
{
	static const char *const names[] = { "send", "recv", "s", NULL };
	char endless[200];

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_null(nearest("bind", names));
	assert_null(nearest("r", names));
	assert_null(nearest(endless, names));
	assert_null(nearest("", names));
}

static void the_first_of_equals_is_kept(void **state)
{
	static const char *const names[] = { "P1a", "P1b", NULL, };

	(void)state;
	assert_string_equal(nearest("P1c", names), "P1a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_name_is_suggested),
		cmocka_unit_test(swapped_letters_are_one_step),
		cmocka_unit_test(what_is_far_is_not_suggested),
		cmocka_unit_test(the_first_of_equals_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
