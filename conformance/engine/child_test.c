/* SPDX-License-Identifier: BSD-2-Clause */
/* What a target may do to its process, and that only its own suffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEDGER = 1 << 22, PATIENCE = 20000000, IMPATIENCE = 50000 };

struct seen {
	struct child_end end;
	char reason[128];
	unsigned events, damages;
	int64_t number; /* of the last event */
	char damage[128];
};

static struct seen run(void (*work)(struct ledger *, void *), void *ctx, uint64_t limit_usec)
{
	struct seen s = { 0 };
	const uint8_t *content;
	struct ledger ledger;
	struct record r;
	uint8_t *octets;
	size_t len, off = 0;
	char *reason;

	assert_int_equal(ledger_map(&ledger, LEDGER), 0);
	assert_int_equal(child_run(&s.end, &ledger, work, ctx, limit_usec), 0);
	assert_int_equal(ledger_copy(&ledger, &octets, &len), 0);
	while (record_next(octets, len, &off, &r, &content)) {
		s.events += r.kind == RECORD_EVENT;
		if (r.kind == RECORD_EVENT)
			s.number = r.number[0];
		s.damages += r.kind == RECORD_DAMAGE;
		if (r.kind == RECORD_DAMAGE)
			snprintf(s.damage, sizeof(s.damage), "%s", record_text(&r, content, 0));
	}
	free(octets);
	ledger_unmap(&ledger);
	reason = child_reason(&s.end);
	assert_non_null(reason);
	snprintf(s.reason, sizeof(s.reason), "%s", reason);
	free(reason);
	return s;
}

static void assert_ends(void (*work)(struct ledger *, void *), const char *reason)
{
	struct seen s = run(work, NULL, PATIENCE);

	assert_false(s.end.finished);
	assert_false(s.end.timed_out);
	assert_string_equal(s.reason, reason);
	assert_int_equal(s.events, 1); /* what was written before the end is there */
	free(s.end.output);
}

static void behave(struct ledger *l, void *ctx)
{
	(void)ctx;
	assert_true(ledger_say(l, RECORD_EVENT, 0, "here", NULL));
}

static void crash(struct ledger *l, void *ctx)
{
	behave(l, ctx);
	signal(SIGSEGV, SIG_DFL); /* a sanitizer would have its own way */
	raise(SIGSEGV);
}

static void give_up(struct ledger *l, void *ctx)
{
	behave(l, ctx);
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void leave(struct ledger *l, void *ctx)
{
	behave(l, ctx);
	exit(0);
}

static void leave_abruptly(struct ledger *l, void *ctx)
{
	behave(l, ctx);
	_exit(5);
}

static void hang(struct ledger *l, void *ctx)
{
	behave(l, ctx);
	for (;;)
		pause();
}

static void close_descriptor(struct ledger *l, void *ctx)
{
	(void)l;
	close(*(int *)ctx);
}

static void replace_output(struct ledger *l, void *ctx)
{
	(void)l, (void)ctx;
	dup2(open("/dev/null", O_WRONLY), 2);
}

static void scribble(struct ledger *l, void *ctx)
{
	behave(l, ctx);
	memset(l->base, 0xff, l->size);
}

static void unmap(struct ledger *l, void *ctx)
{
	(void)ctx;
	signal(SIGSEGV, SIG_DFL);
	munmap(l->base, l->size);
}

static void chat(struct ledger *l, void *ctx)
{
	(void)l, (void)ctx;
	printf("to stdout, ");
	fflush(stdout);
	fprintf(stderr, "to stderr");
	printf(" and unflushed");
	fwrite("\0", 1, 1, stderr);
}

static void shout(struct ledger *l, void *ctx)
{
	(void)l, (void)ctx;
	for (int i = 0; i < 3 * CHILD_OUTPUT_MAX; i++)
		fputc('a', stderr);
}

/* Shout, and say how much memory that takes. */
static void shout_on(struct ledger *l, void *ctx)
{
	static char much[1 << 20];
	struct stat output;

	(void)ctx;
	for (int i = 0; i < 64; i++)
		if (write(1, much, sizeof(much)) < 0)
			break;
	fstat(1, &output);
	ledger_say(l, RECORD_EVENT, (int64_t)output.st_size, "shouted", NULL);
}

static void look_around(struct ledger *l, void *ctx)
{
	struct rlimit core;
	int fds = 0;

	(void)ctx;
	for (int fd = 0; fd < 64; fd++)
		fds += fcntl(fd, F_GETFD) >= 0;
	getrlimit(RLIMIT_CORE, &core);
	if (fds == 4 && core.rlim_cur == 0)
		ledger_say(l, RECORD_EVENT, 0, "alone", NULL);
}

/* The event's number is that of the process left behind. */
static void leave_a_child_behind(struct ledger *l, void *ctx)
{
	pid_t pid = fork();

	(void)ctx;
	if (pid == 0)
		for (;;)
			pause();
	ledger_say(l, RECORD_EVENT, pid, "left", NULL);
}

/* --- claims --------------------------------------------------------------- */

static void a_child_that_behaves_finishes(void **state)
{
	struct seen s = run(behave, NULL, PATIENCE);

	(void)state;
	assert_true(s.end.finished);
	assert_false(s.end.timed_out);
	assert_null(s.end.output);
	assert_int_equal(s.events, 1);
	assert_int_equal(s.damages, 0);
}

static void signals_are_told_by_name_and_number(void **state)
{
	(void)state;
	assert_ends(crash, "SIGSEGV (11)");
	assert_ends(give_up, "SIGABRT (6)");
}

static void leaving_early_is_told(void **state)
{
	(void)state;
	assert_ends(leave, "the target called exit()");
	assert_ends(leave_abruptly, "the target ended the process with exit status 5");
}

static void a_hanging_child_is_ended_in_time(void **state)
{
	struct seen s = run(hang, NULL, IMPATIENCE);

	(void)state;
	assert_true(s.end.timed_out);
	assert_false(s.end.finished);
	assert_in_range(s.end.wall_usec, IMPATIENCE, PATIENCE);
	assert_int_equal(s.events, 1);
}

static void a_closed_descriptor_is_damage(void **state)
{
	(void)state;
	for (int fd = 0; fd < 4; fd++) {
		struct seen s = run(close_descriptor, &fd, PATIENCE);
		char expected[128];

		snprintf(expected, sizeof(expected),
			 "the target closed descriptor %d, which is not its own", fd);
		assert_int_equal(s.damages, 1);
		assert_string_equal(s.damage, expected);
		free(s.end.output);
	}
}

static void a_replaced_descriptor_is_damage(void **state)
{
	struct seen s = run(replace_output, NULL, PATIENCE);

	(void)state;
	assert_int_equal(s.damages, 1);
	assert_string_equal(s.damage, "the target replaced descriptor 2, which is not its own");
	free(s.end.output);
}

static void a_scribbled_ledger_is_read_without_harm(void **state)
{
	struct seen s = run(scribble, NULL, PATIENCE);

	(void)state;
	assert_false(s.end.finished);
	s = run(unmap, NULL, PATIENCE);
	assert_string_equal(s.reason, "SIGSEGV (11)");
}

static void output_is_kept_up_to_a_bound(void **state)
{
	struct seen s = run(chat, NULL, PATIENCE);

	(void)state;
	assert_string_equal(s.end.output, "to stdout, to stderr? and unflushed");
	free(s.end.output);
	s = run(shout, NULL, PATIENCE);
	assert_int_equal(strlen(s.end.output), CHILD_OUTPUT_MAX);
	free(s.end.output);
}

static void output_takes_no_more_memory_than_is_kept(void **state)
{
	struct seen s = run(shout_on, NULL, PATIENCE);

	(void)state;
	assert_true(s.end.finished);
	assert_int_equal(s.number, CHILD_OUTPUT_MAX);
	free(s.end.output);
}

static void a_child_has_its_own_descriptors_only_and_leaves_no_core(void **state)
{
	(void)state;
	assert_int_equal(run(look_around, NULL, PATIENCE).events, 1);
}

static void what_a_child_starts_ends_with_it(void **state)
{
	struct seen s;
	int status;

	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans become ours, and can be waited for */
	s = run(leave_a_child_behind, NULL, PATIENCE);
	assert_true(s.end.finished);
	assert_int_equal(waitpid((pid_t)s.number, &status, 0), s.number);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void signals_of_the_runner_are_as_before(void **state)
{
	sigset_t before, after;

	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &before);
	run(behave, NULL, PATIENCE);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&before, SIGCHLD), sigismember(&after, SIGCHLD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_that_behaves_finishes),
		cmocka_unit_test(signals_are_told_by_name_and_number),
		cmocka_unit_test(leaving_early_is_told),
		cmocka_unit_test(a_hanging_child_is_ended_in_time),
		cmocka_unit_test(a_closed_descriptor_is_damage),
		cmocka_unit_test(a_replaced_descriptor_is_damage),
		cmocka_unit_test(a_scribbled_ledger_is_read_without_harm),
		cmocka_unit_test(output_is_kept_up_to_a_bound),
		cmocka_unit_test(output_takes_no_more_memory_than_is_kept),
		cmocka_unit_test(a_child_has_its_own_descriptors_only_and_leaves_no_core),
		cmocka_unit_test(what_a_child_starts_ends_with_it),
		cmocka_unit_test(signals_of_the_runner_are_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
