/* SPDX-License-Identifier: BSD-2-Clause */
/* What is demanded of a target before anything runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/target.h"

#include "conformance/engine/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *describe(void) { return "{}"; }

static int create(const char *config, const struct shimproof_env *env,
		  struct shimproof_instance **out)
{
	(void)config, (void)env, (void)out;
	return -ENOSYS;
}

static void destroy(struct shimproof_instance *i) { (void)i; }

static ssize_t locators(struct shimproof_instance *i, struct shimproof_locator *out, size_t max)
{
	(void)i, (void)out, (void)max;
	return 0;
}

static int deliver(struct shimproof_instance *i, unsigned link, const void *packet, size_t len)
{
	(void)i, (void)link, (void)packet, (void)len;
	return 0;
}

static int wait_for(struct shimproof_instance *i, uint64_t max_usec)
{
	(void)i, (void)max_usec;
	return 0;
}

static int take(struct shimproof_instance *i, int s)
{
	(void)i, (void)s;
	return 0;
}

static struct shimproof_target whole(void)
{
	return (struct shimproof_target){
		.abi = SHIMPROOF_TARGET_ABI, .size = sizeof(struct shimproof_target),
		.describe = describe, .create = create, .destroy = destroy, .locators = locators,
		.deliver = deliver, .wait = wait_for, .close = take,
	};
}

static void a_target_with_the_mandatory_calls_is_taken(void **state)
{
	struct shimproof_target t = whole(), out;
	char why[TARGET_WHY_MAX];

	(void)state;
	assert_int_equal(target_check(&out, &t, why), 0);
	assert_memory_equal(&out, &t, sizeof(t));
}

static void another_abi_is_refused(void **state)
{
	struct shimproof_target t = whole(), out;
	char why[TARGET_WHY_MAX];

	(void)state;
	t.abi = 2;
	assert_int_equal(target_check(&out, &t, why), -EPROTO);
	assert_string_equal(why, "ABI 2, this runner speaks 1");
}

static void missing_calls_are_all_named(void **state)
{
	struct shimproof_target t = whole(), out;
	char why[TARGET_WHY_MAX];

	(void)state;
	t.locators = NULL;
	t.deliver = NULL;
	t.wait = NULL;
	assert_int_equal(target_check(&out, &t, why), -EPROTO);
	assert_string_equal(why,
			    "missing calls: locators, deliver, next_deadline and advance, or wait");
}

static void what_a_target_was_built_without_is_not_read(void **state)
{
	struct shimproof_target t = whole(), out;
	char why[TARGET_WHY_MAX];

	(void)state;
	t.size = offsetof(struct shimproof_target, socket);
	assert_int_equal(target_check(&out, &t, why), 0);
	assert_true(out.wait == wait_for);
	assert_true(out.close == NULL);
	t.size--;
	assert_int_equal(target_check(&out, &t, why), -EPROTO);
	assert_non_null(strstr(why, "octets"));
}

/* --- self-description ----------------------------------------------------- */

static const char good[] = "{\"name\": \"x\","
			   " \"supports\": {\"udp\": true, \"tcp\": false, \"odd\": 3},"
			   " \"numbers\": {\"levels\": {\"SOL_SHIM\": 17},"
			   "  \"options\": {\"SHIM_DONTSHIM\": 2}, \"cmsgs\": {},"
			   "  \"errnos\": {\"EINVALIDLOCATOR\": 200}}}";

static void a_description_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "line 1" },
		{ "{\"name\": \"x\"", "line 1" },
		{ "[]", "\"name\"" },
		{ "{\"name\": 3, \"numbers\": {}, \"supports\": {}}", "\"name\"" },
		{ "{\"name\": \"x\", \"supports\": {}}", "\"numbers\"" },
		{ "{\"name\": \"x\", \"profile\": \"mptcp\", \"supports\": {}, \"numbers\": {}}",
		  "\"profile\" that is" },
		{ "{\"name\": \"x\", \"profile\": 6, \"supports\": {}, \"numbers\": {}}",
		  "\"profile\" that is" },
		{ "{\"name\": \"x\", \"numbers\": {}, \"supports\": []}", "\"supports\"" },
	};
	char why[TARGET_WHY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(target_description(rows[i].text, why));
		assert_non_null(strstr(why, rows[i].why));
	}
}

static void numbers_are_the_targets_or_the_platforms(void **state)
{
	char why[TARGET_WHY_MAX];
	json_t *d = target_description(good, why);
	int64_t number = -1;

	(void)state;
	assert_int_equal(target_number(d, symbol_named("SOL_SHIM", SYMBOL_LEVEL), &number), 0);
	assert_int_equal(number, 17);
	assert_int_equal(target_number(d, symbol_named("AF_INET6", SYMBOL_FAMILY), &number), 0);
	assert_int_equal(number, AF_INET6);
	assert_int_equal(target_number(d, symbol_named("SHIM_ASSOCIATED", SYMBOL_OPTION), &number),
			 -ENOENT);
	assert_int_equal(number, AF_INET6);
	assert_string_equal(target_errno(d, 200, why), "EINVALIDLOCATOR (200)");
	assert_string_equal(target_errno(d, ENOENT, why), "ENOENT (2)");
	assert_string_equal(target_errno(d, 9999, why), "an unknown errno (9999)");
	json_decref(d);
}

static enum case_applicability ask(const char *need, const char *option,
				   char why[static TARGET_WHY_MAX])
{
	const struct symbol *symbol = symbol_named(option, SYMBOL_OPTION);
	const struct scenario s = { .needs = &need, .need_count = 1, .target_symbols = &symbol,
				    .target_symbol_count = 1 };
	json_t *d = target_description(good, why);
	enum case_applicability found = target_applicability(d, NULL, &s, why);

	json_decref(d);
	return found;
}

static void applicability_follows_from_what_is_declared(void **state)
{
	char why[TARGET_WHY_MAX];

	(void)state;
	assert_int_equal(ask("udp", "SHIM_DONTSHIM", why), APPLICABLE);
	assert_string_equal(why, "");
	assert_int_equal(ask("tcp", "SHIM_DONTSHIM", why), UNSUPPORTED);
	assert_string_equal(why, "the target does not support tcp");
	assert_int_equal(ask("sctp", "SHIM_DONTSHIM", why), UNDECLARED);
	assert_string_equal(why, "the target does not say whether it supports sctp");
	assert_int_equal(ask("odd", "SHIM_DONTSHIM", why), UNDECLARED);
	assert_int_equal(ask("udp", "SHIM_ASSOCIATED", why), UNSUPPORTED);
	assert_string_equal(why, "the target has no number for SHIM_ASSOCIATED");
}

/* --- files ---------------------------------------------------------------- */

static void a_file_that_is_no_target_is_refused(void **state)
{
	static const struct {
		const char *path;
		int error;
	} rows[] = {
		{ "no-such-target.so", -ENOENT },
		{ "/dev/null", -ELIBBAD },
		{ "/proc/self/status", -ELIBBAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct engine_options o = { .target_path = rows[i].path };
		json_t *description = NULL;
		char *message = NULL;

		assert_int_equal(engine_describe(&o, &description, &message), rows[i].error);
		assert_null(description);
		assert_non_null(strstr(message, rows[i].path));
		free(message);
	}
}

static void a_case_of_another_profile_is_not_applicable(void **state)
{
	static struct rule rules[] = {
		{ .id = "any", .profile = "any" },
		{ .id = "shim6", .profile = "shim6" },
		{ .id = "hip", .profile = "hip" },
	};
	static const struct catalogue catalogue = { .rules = rules, .rule_count = 3 };
	static const struct {
		const char *profile, *rules[2];
		enum case_applicability expected;
	} rows[] = {
		{ "\"shim6\"", { "any" }, APPLICABLE },
		{ "\"shim6\"", { "shim6" }, APPLICABLE },
		{ "\"shim6\"", { "hip" }, NOT_APPLICABLE },
		{ "\"hip\"", { "shim6" }, NOT_APPLICABLE },
		{ "\"hip\"", { "shim6", "hip" }, APPLICABLE },
		{ "\"hip\"", { "shim6", "any" }, APPLICABLE },
		{ "\"hip\"", { "shim6", "unknown" }, APPLICABLE },
		{ "\"hip\"", { "shim6", "shim6" }, NOT_APPLICABLE },
		{ "null", { "hip" }, APPLICABLE },
	};
	const char *need = "tcp";
	char why[TARGET_WHY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scenario s = { .rules = rows[i].rules,
				      .rule_count = rows[i].rules[1] ? 2 : 1 };
		json_t *d = json_pack("{s:o, s:{s:b}}", "profile",
				      json_loads(rows[i].profile, JSON_DECODE_ANY, NULL),
				      "supports", "tcp", 0);

		assert_int_equal(target_applicability(d, &catalogue, &s, why), rows[i].expected);
		s.needs = &need;
		s.need_count = 1;
		assert_int_equal(target_applicability(d, &catalogue, &s, why),
				 rows[i].expected == APPLICABLE ? UNSUPPORTED : NOT_APPLICABLE);
		json_decref(d);
	}
}

static void a_case_that_is_not_applicable_is_not_run(void **state)
{
	static struct rule rule = { .id = "shim6", .profile = "shim6" };
	static const struct catalogue catalogue = { .rules = &rule, .rule_count = 1 };
	const struct engine_options o = { .target_path = "no-such-target.so",
					  .catalogue = &catalogue };
	const char *const rules[] = { "shim6" };
	const struct scenario s = { .id = "x", .title = "x", .place.file = "x", .rules = rules,
				    .rule_count = 1 };
	json_t *d = json_pack("{s:s}", "profile", "hip");
	struct case_result r;

	(void)state;
	assert_int_equal(engine_run(&r, &s, d, &o), 0);
	assert_int_equal(r.status, STATUS_NOT_RUN);
	assert_int_equal(r.applicability, NOT_APPLICABLE);
	assert_string_equal(r.reason, "its rules are for shim6, and the target is hip");
	case_result_free(&r);
	json_decref(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_with_the_mandatory_calls_is_taken),
		cmocka_unit_test(another_abi_is_refused),
		cmocka_unit_test(missing_calls_are_all_named),
		cmocka_unit_test(what_a_target_was_built_without_is_not_read),
		cmocka_unit_test(a_description_that_is_none_is_refused),
		cmocka_unit_test(numbers_are_the_targets_or_the_platforms),
		cmocka_unit_test(applicability_follows_from_what_is_declared),
		cmocka_unit_test(a_file_that_is_no_target_is_refused),
		cmocka_unit_test(a_case_of_another_profile_is_not_applicable),
		cmocka_unit_test(a_case_that_is_not_applicable_is_not_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
