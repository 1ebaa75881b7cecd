/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time. On virtual time the clock goes from one deadline of the target to
 * the next; what is sent carries the time of its deadline exactly. A target
 * in real time is waited for, and gets a tolerance instead. Whenever the target
 * has returned, the peer answers what it took.
 */
#include "conformance/engine/trial.h"

#include "conformance/engine/show.h"
#include "conformance/engine/target.h"

#include <time.h>

enum {
	STUCK_MAX = 10000,         /* deadlines in a row at one point in time */
	LIVE_TOLERANCE = 100000,   /* microseconds; what a loaded machine may take */
};

static bool is_virtual(const struct trial *t)
{
	return t->target.next_deadline && t->target.advance;
}

static usec_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (usec_t)ts.tv_sec * 1000000 + (usec_t)ts.tv_nsec / 1000;
}

int timeline_start(struct trial *t)
{
	if (!is_virtual(t)) {
		t->started = monotonic();
		t->tolerance = LIVE_TOLERANCE;
	}
	return 0;
}

void timeline_read(struct trial *t)
{
	if (t->tolerance)
		t->now = monotonic() - t->started;
}

static bool stops(const struct trial *t, bool stop_when_sent)
{
	return stop_when_sent && trial_next_sent(t);
}

static int run_virtual(struct trial *t, usec_t until, bool stop_when_sent)
{
	char why[TARGET_WHY_MAX];
	unsigned stuck = 0;

	if (peer_play(t) < 0)
		return TRIAL_OVER;
	if (stops(t, stop_when_sent))
		return 0;
	do {
		usec_t before = t->now, due = t->target.next_deadline(t->instance);
		int r;

		if (due > until)
			due = until;
		if (due > t->now)
			t->now = due;
		stuck = t->now == before ? stuck + 1 : 0;
		if (stuck > STUCK_MAX)
			return trial_fail(t, NULL,
					  "the target does not move on: after advance() to %s "
					  "next_deadline() still is no later",
					  show_time(&t->brief, t->now));
		r = t->target.advance(t->instance, t->now);
		if (r < 0)
			return trial_fail(t, NULL, "advance() gave %s",
					  target_errno(t->description, -r, why));
		if (trial_complaints(t) < 0 || peer_play(t) < 0)
			return TRIAL_OVER;
	} while (!stops(t, stop_when_sent) &&
		 (t->now < until || t->target.next_deadline(t->instance) <= t->now));
	return 0;
}

static int run_live(struct trial *t, usec_t until, bool stop_when_sent)
{
	char why[TARGET_WHY_MAX];

	if (peer_play(t) < 0)
		return TRIAL_OVER;
	for (timeline_read(t); t->now < until; timeline_read(t)) {
		int r;

		if (stops(t, stop_when_sent))
			return 0;
		r = t->target.wait(t->instance, until - t->now);
		if (r < 0 && r != -ETIMEDOUT)
			return trial_fail(t, NULL, "wait() gave %s",
					  target_errno(t->description, -r, why));
		if (trial_complaints(t) < 0 || peer_play(t) < 0)
			return TRIAL_OVER;
	}
	return 0;
}

int timeline_run(struct trial *t, usec_t until, bool stop_when_sent)
{
	return is_virtual(t) ? run_virtual(t, until, stop_when_sent)
			     : run_live(t, until, stop_when_sent);
}

int timeline_settle(struct trial *t)
{
	timeline_read(t);
	return timeline_run(t, t->now + t->tolerance, true);
}
