/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The wheel; see timer.h. A time is a number of eleven digits to the base 64.
 * A timer lies at the level of the first digit in which its time differs from
 * the wheel's, in the slot that this digit names. When the wheel reaches that
 * slot, what lies there differs from it in a lower digit, and moves down.
 */
#include "refstack/core/timer.h"

static unsigned digit(usec_t at, unsigned level)
{
	return at >> (WHEEL_BITS * level) & (WHEEL_SLOTS - 1);
}

static void put(struct timer_wheel *wheel, struct timer *timer)
{
	usec_t differs = timer->at ^ wheel->now;
	struct timer **head;

	timer->level = differs ? (63 - (unsigned)__builtin_clzll(differs)) / WHEEL_BITS : 0;
	timer->slot = digit(timer->at, timer->level);
	head = &wheel->slot[timer->level][timer->slot];
	timer->next = *head;
	timer->link = head;
	if (*head)
		(*head)->link = &timer->next;
	*head = timer;
	wheel->busy[timer->level] |= UINT64_C(1) << timer->slot;
}

void timer_stop(struct timer_wheel *wheel, struct timer *timer)
{
	if (!timer->link)
		return;
	*timer->link = timer->next;
	if (timer->next)
		timer->next->link = timer->link;
	timer->link = NULL;
	if (!wheel->slot[timer->level][timer->slot])
		wheel->busy[timer->level] &= ~(UINT64_C(1) << timer->slot);
}

void timer_set(struct timer_wheel *wheel, struct timer *timer, usec_t at)
{
	timer_stop(wheel, timer);
	timer->at = at > wheel->now ? at : wheel->now;
	put(wheel, timer);
}

/* The first level where something lies, and when its first slot begins. All
 * that lies above comes later, since it differs in a higher digit. */
static usec_t first_slot(const struct timer_wheel *wheel, unsigned *level, unsigned *slot)
{
	for (*level = 0; *level < WHEEL_LEVELS; ++*level) {
		unsigned shift = WHEEL_BITS * *level;

		if (!wheel->busy[*level])
			continue;
		*slot = (unsigned)__builtin_ctzll(wheel->busy[*level]);
		return ((wheel->now >> shift & ~(usec_t)(WHEEL_SLOTS - 1)) | *slot) << shift;
	}
	return USEC_NEVER;
}

usec_t timer_next(const struct timer_wheel *wheel)
{
	unsigned level, slot;

	return first_slot(wheel, &level, &slot);
}

static void move_down(struct timer_wheel *wheel, unsigned level, unsigned slot)
{
	struct timer *timer = wheel->slot[level][slot], *next;

	wheel->slot[level][slot] = NULL;
	wheel->busy[level] &= ~(UINT64_C(1) << slot);
	for (; timer; timer = next) {
		next = timer->next;
		put(wheel, timer);
	}
}

struct timer *timer_expire(struct timer_wheel *wheel, usec_t until)
{
	for (;;) {
		unsigned level, slot;
		usec_t at = first_slot(wheel, &level, &slot);
		struct timer *timer;

		if (at == USEC_NEVER || at > until) {
			if (until > wheel->now)
				wheel->now = until;
			return NULL;
		}
		wheel->now = at;
		if (level > 0) {
			move_down(wheel, level, slot);
			continue;
		}
		timer = wheel->slot[0][slot];
		timer_stop(wheel, timer);
		return timer;
	}
}
