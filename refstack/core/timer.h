/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timers for any number of contexts: a hierarchical wheel (Varghese and Lauck),
 * in which setting, stopping and running out cost the same whether ten of them
 * run or a million. Exact to the microsecond.
 */
#ifndef REFSTACK_TIMER_H
#define REFSTACK_TIMER_H

#include "refstack/core/host.h"

enum {
	WHEEL_BITS = 6, /* of the time, per level */
	WHEEL_SLOTS = 1 << WHEEL_BITS,
	WHEEL_LEVELS = (64 + WHEEL_BITS - 1) / WHEEL_BITS,
};

/* Lives in what it wakes; zeroed, it is stopped. */
struct timer {
	struct timer *next, **link; /* link: what points here; NULL: it doesn't run */
	usec_t at;
	unsigned level, slot; /* where the wheel keeps it */
};

/* Zeroed: at time 0, and nothing runs. */
struct timer_wheel {
	usec_t now; /* nothing that is left runs out before */
	uint64_t busy[WHEEL_LEVELS]; /* bit n: slot[n] isn't empty */
	struct timer *slot[WHEEL_LEVELS][WHEEL_SLOTS];
};

/* Anew if it runs already. `at` in the past is as good as now. */
void timer_set(struct timer_wheel *wheel, struct timer *timer, usec_t at);
/* Harmless if it doesn't run. */
void timer_stop(struct timer_wheel *wheel, struct timer *timer);

/* Nothing runs out before; USEC_NEVER: nothing runs. It may be that nothing
 * runs out then either: a far timer is brought nearer, once per level. */
usec_t timer_next(const struct timer_wheel *wheel);

/* One that runs out until `until`, in the order of time; it is stopped then.
 * NULL: none is left. */
struct timer *timer_expire(struct timer_wheel *wheel, usec_t until);

#endif
