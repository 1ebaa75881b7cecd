/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small run in which every kind of ending occurs once, for the tests of the
 * reports. testdata/report.json, report.xml and report.txt were written by
 * hand from it. Nothing here is owned: run_free is not for it.
 */
#ifndef REPORTS_TESTDATA_SAMPLE_H
#define REPORTS_TESTDATA_SAMPLE_H

#include "reports/report.h"

#define SAMPLE_6_6 "conformance/cases/rfc6316/6.6-loc-local-recv.case"
#define SAMPLE_6_8 "conformance/cases/rfc6316/6.8-loc-local-send.case"

#define SAMPLE_RULE                                                                            \
	.document = "RFC 6316", .url = "https://www.rfc-editor.org/rfc/rfc6316",               \
	.subject = "shim", .profile = "any", .observe = "api"

static const char *const sample_cited[] = { "AMB-06" };

static struct rule sample_rules[] = {
	{ SAMPLE_RULE, .id = "rfc6316/6.6/unconnected", .section = "6.6",
	  .level = LEVEL_DEFINED, .testability = "tested", .testable = true,
	  .statement = "Without a connection, the option can't be read." },
	{ SAMPLE_RULE, .id = "rfc6316/6.6/delivers", .section = "6.6",
	  .level = LEVEL_MUST, .from_keyword = true, .testability = "tested", .testable = true,
	  .statement = "What is received brings its locators.",
	  .readings = sample_cited, .reading_count = 1 },
	{ SAMPLE_RULE, .id = "rfc6316/6.8/pins-source", .section = "6.8",
	  .level = LEVEL_SHOULD, .from_keyword = true, .testability = "tested", .testable = true,
	  .statement = "Packets leave from the locator that was set." },
	{ SAMPLE_RULE, .id = "rfc6316/6.8/tcp", .section = "6.8",
	  .level = LEVEL_MAY, .from_keyword = true, .testability = "tested", .testable = true,
	  .statement = "The same holds for streams." },
	{ SAMPLE_RULE, .id = "rfc6316/6.8/wise", .section = "6.8",
	  .level = LEVEL_SHOULD, .from_keyword = true, .testability = "untestable",
	  .reason = "Wisdom can't be seen from outside.",
	  .statement = "Locators are chosen wisely." },
};

static const char *const sample_outcomes[] = { "-1 ENOENT" };

static struct reading sample_readings[] = {
	{ .id = "AMB-06", .document = "RFC 6316", .subject = "Delivery without a context",
	  .verdict = "CONFIGURABLE", .problem = "Two texts exclude each other.",
	  .outcomes = sample_outcomes, .outcome_count = 1,
	  .interpretation = "Tested with a context only.", .why = "Both texts stay true." },
	{ .id = "AMB-99", .document = "RFC 6316", .subject = "Cited by no rule",
	  .verdict = "STRICT", .problem = "None.", .interpretation = "None.", .why = "None." },
};

static const struct catalogue sample_catalogue = {
	.rules = sample_rules,
	.rule_count = 5,
	.readings = sample_readings,
	.reading_count = 2,
	.digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};

static struct difference sample_differences[] = {
	{ .where = "result", .offset = -1, .expected = "-1", .actual = "0" },
	{ .where = "value", .offset = 4, .expected = "0x1f", .actual = "0x20" },
};

static struct failure sample_failure = {
	.message = "the call succeeded, but must fail",
	.file = SAMPLE_6_6,
	.line = 14,
	.column = 7,
	.source = "+0    getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_RECV) = -1 EOPNOTSUPP",
	.differences = sample_differences,
	.difference_count = 2,
};

static char *sample_unconnected[] = { "rfc6316/6.6/unconnected" };
static char *sample_delivers[] = { "rfc6316/6.6/delivers" };
static char *sample_pins[] = { "rfc6316/6.8/pins-source" };
static char *sample_tcp[] = { "rfc6316/6.8/tcp" };
static char *sample_events[] = { "t=0.000000  s = open(udp, unconnected)",
				 "t=0.000000  getsockopt(s, \x1b[31m...) = 0" };
static char *sample_observed[] = { SAMPLE_6_6 ":20: -1 EOPNOTSUPP" };
static char *sample_question[] = { "AMB-99" };
static char *sample_seen[] = { SAMPLE_6_8 ":31: 0 {1} optlen=4", SAMPLE_6_8 ":32: -1 EINVAL (22)" };
static char *sample_deviations[] = { SAMPLE_6_8 ":9: 0" };

static struct case_result sample_cases[] = {
	{ .id = "rfc6316/6.6-loc-local-recv/get-is-refused:local-recv",
	  .title = "reading <SHIM_LOC_LOCAL_RECV> & \"co\" fails",
	  .file = SAMPLE_6_6,
	  .line = 8,
	  .rules = sample_unconnected,
	  .rule_count = 1,
	  .status = STATUS_COMPLETED,
	  .verdict = VERDICT_FAIL,
	  .checks = 2,
	  .failure = &sample_failure,
	  .events = sample_events,
	  .event_count = 2,
	  .capture = "captures/get-is-refused.pcapng",
	  .wall_usec = 1500 },
	{ .id = "rfc6316/6.6-loc-local-recv/get-twice",
	  .title = "reading twice fails twice",
	  .file = SAMPLE_6_6,
	  .line = 18,
	  .rules = sample_unconnected,
	  .rule_count = 1,
	  .status = STATUS_COMPLETED,
	  .verdict = VERDICT_PASS,
	  .checks = 3,
	  .observed = sample_observed,
	  .observed_count = 1,
	  .events = sample_events,
	  .event_count = 2,
	  .wall_usec = 1000 },
	{ .id = "rfc6316/6.6-loc-local-recv/delivers",
	  .title = "a datagram brings its locators",
	  .file = SAMPLE_6_6,
	  .line = 30,
	  .rules = sample_delivers,
	  .rule_count = 1,
	  .status = STATUS_CRASHED,
	  .applicability = UNDECLARED,
	  .reason = "SIGSEGV (11)",
	  .checks = 1,
	  .target_stderr = "stack smashed at 0x7ffe\n",
	  .wall_usec = 2000 },
	{ .id = "rfc6316/6.8-loc-local-send/pins",
	  .title = "the locator is used",
	  .file = SAMPLE_6_8,
	  .line = 3,
	  .rules = sample_pins,
	  .rule_count = 1,
	  .status = STATUS_COMPLETED,
	  .verdict = VERDICT_PASS,
	  .checks = 4,
	  .deviations = sample_deviations,
	  .deviation_count = 1,
	  .wall_usec = 500 },
	{ .id = "rfc6316/6.8-loc-local-send/silent",
	  .title = "nothing else is sent",
	  .file = SAMPLE_6_8,
	  .line = 12,
	  .rules = sample_pins,
	  .rule_count = 1,
	  .status = STATUS_COMPLETED,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .reason = "no answer to the ping",
	  .checks = 1,
	  .wall_usec = 700 },
	{ .id = "rfc6316/6.8-loc-local-send/tcp",
	  .title = "streams, too",
	  .file = SAMPLE_6_8,
	  .line = 20,
	  .rules = sample_tcp,
	  .rule_count = 1,
	  .applicability = UNSUPPORTED,
	  .reason = "the target does not have tcp" },
	{ .id = "rfc6316/6.8-loc-local-send/odd",
	  .title = "what an odd length brings",
	  .file = SAMPLE_6_8,
	  .line = 28,
	  .informs = sample_question,
	  .inform_count = 1,
	  .status = STATUS_COMPLETED,
	  .verdict = VERDICT_RECORDED,
	  .checks = 1,
	  .observed = sample_seen,
	  .observed_count = 2,
	  .deviations = sample_deviations,
	  .deviation_count = 1,
	  .wall_usec = 300 },
};

/* run->target is owned by the caller: json_decref. */
static inline struct run sample_run(void)
{
	return (struct run){
		.suite_version = "1.2.3",
		.target_path = "./libsample.so",
		.target = json_pack("{s:s, s:s, s:s, s:s, s:{s:b, s:b}, s:{s:{s:i}}}",
				    "name", "sample", "version", "0.9", "profile", "shim6",
				    "time", "virtual", "supports", "udp", 1, "tcp", 0,
				    "numbers", "levels", "SOL_SHIM", 281),
		.seed = 7,
		.cases = sample_cases,
		.case_count = sizeof(sample_cases) / sizeof(*sample_cases),
		.wall_usec = 6000,
		.started = "2030-01-02T03:04:05Z",
	};
}

/* What one of the reports writes of a run; owned. Inlined, gcc 12 takes it for a
 * pointer to a local. */
static __attribute__((noinline, unused)) char *
sample_report(int (*report)(FILE *f, const struct run *run, const struct rollup *r,
			    const struct catalogue *c),
	      const struct run *run)
{
	struct rollup r;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_int_equal(rollup_make(&r, run, &sample_catalogue), 0);
	assert_int_equal(report(f, run, &r, &sample_catalogue), 0);
	fclose(f);
	rollup_free(&r);
	return text;
}

#endif
