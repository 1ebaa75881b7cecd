/* SPDX-License-Identifier: BSD-2-Clause */
/* The runs: one clean per case, then every perturbation, by as many processes
 * as there are processors. */
#include "conformance/contrary/doubt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS_MAX = 64 };

/* --- clean ------------------------------------------------------------------ */

static int behave(const struct doubt *d, const char *fault)
{
	return setenv("SHIMPROOF_CONTRARY_TARGET", d->target, 1) ||
			       setenv("SHIMPROOF_CONTRARY", fault, 1)
		       ? -errno
		       : 0;
}

static int run_clean(struct doubt *d, size_t i)
{
	const struct scenario *s = &d->suite->scenarios[i];
	struct engine_options o = d->engine;
	struct notes notes = { 0 };
	int r;

	o.verbose = true; /* the target's notes are lines of its log */
	o.witness = notes_take;
	o.witness_ctx = &notes;
	r = engine_run(&d->clean[i], s, d->description, &o);
	if (r == 0 && d->clean[i].status == STATUS_COMPLETED && d->clean[i].verdict == VERDICT_PASS)
		r = plan_case(&d->plan, i, s, &notes, d->description, d->engine.seed);
	notes_free(&notes);
	return r;
}

static int run_all_clean(struct doubt *d)
{
	int r = behave(d, "note");

	d->clean = calloc(d->suite->count + 1, sizeof(*d->clean));
	if (!d->clean)
		return -ENOMEM;
	for (size_t i = 0; i < d->suite->count && r == 0; i++)
		if (d->chosen[i])
			r = run_clean(d, i);
	return r;
}

/* --- otherwise --------------------------------------------------------------- */

/* Another of the case's own alternatives, or one that it tolerates? */
static bool saw_the_same(const struct case_result *a, const struct case_result *b)
{
	if (a->observed_count != b->observed_count)
		return false;
	for (size_t i = 0; i < a->observed_count; i++)
		if (strcmp(a->observed[i], b->observed[i]))
			return false;
	return true;
}

static enum finding judge(const struct doubt *d, const struct perturbation *p,
			  const struct case_result *r)
{
	if (r->status != STATUS_COMPLETED)
		return FOUND_BROKEN;
	if (r->verdict == VERDICT_FAIL)
		return FOUND_FAILED;
	if (r->verdict != VERDICT_PASS)
		return FOUND_INCONCLUSIVE;
	return p->excuse || !saw_the_same(r, &d->clean[p->scenario]) ? FOUND_ALLOWED
								     : FOUND_SURVIVED;
}

static enum finding run_otherwise(const struct doubt *d, const struct perturbation *p)
{
	struct case_result result = { 0 };
	enum finding found = FOUND_BROKEN;

	if (behave(d, p->fault) == 0 &&
	    engine_run(&result, &d->suite->scenarios[p->scenario], d->description, &d->engine) == 0)
		found = judge(d, p, &result);
	case_result_free(&result);
	return found;
}

/* What the processes share. */
struct board {
	atomic_size_t next; /* perturbation that nobody has taken */
	uint8_t findings[]; /* enum finding, by perturbation */
};

static void work(const struct doubt *d, struct board *board)
{
	size_t i;

	while ((i = atomic_fetch_add(&board->next, d->every)) < d->plan.count)
		board->findings[i] = (uint8_t)run_otherwise(d, &d->plan.items[i]);
}

_Noreturn static void in_worker(const struct doubt *d, struct board *board, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		work(d, board);
	_exit(0);
}

/* A process that dies leaves what it had begun undone: then the whole fails. */
static int run_workers(const struct doubt *d, struct board *board)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	pid_t pids[WORKERS_MAX], parent = getpid();
	int count = 0, r = 0;

	fflush(NULL);
	while (count < processors && count < WORKERS_MAX && !r) {
		pids[count] = fork();
		if (pids[count] == 0)
			in_worker(d, board, parent);
		if (pids[count] < 0)
			r = -errno;
		else
			count++;
	}
	for (int i = 0; i < count; i++) {
		int status = 0;

		while (waitpid(pids[i], &status, 0) < 0 && errno == EINTR)
			;
		if (status)
			r = r ? r : -ECHILD;
	}
	return r;
}

static int run_all_otherwise(struct doubt *d)
{
	size_t size = sizeof(struct board) + d->plan.count;
	struct board *board =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r;

	if (board == MAP_FAILED)
		return -errno;
	d->findings = calloc(d->plan.count + 1, 1);
	r = d->findings ? run_workers(d, board) : -ENOMEM;
	if (r == 0)
		memcpy(d->findings, board->findings, d->plan.count);
	munmap(board, size);
	return r;
}

int doubt_run(struct doubt *d)
{
	int r = run_all_clean(d);

	return r ? r : run_all_otherwise(d);
}

void doubt_free(struct doubt *d)
{
	for (size_t i = 0; d->clean && i < d->suite->count; i++)
		case_result_free(&d->clean[i]);
	free(d->clean);
	plan_free(&d->plan);
	free(d->findings);
}
