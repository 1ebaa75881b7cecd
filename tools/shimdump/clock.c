/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/shimdump/clock.h"

#include <inttypes.h>
#include <time.h>

enum { USEC = 1000000, DAY = 24 * 3600 }; /* in a second; seconds */

/* A number with all its zeros in front: ten to the power of its digits is added,
 * and then the 1 in front of it overwritten with what goes there. */
static void put_padded(struct text *t, char before, uint64_t ten_to_digits, uint64_t number)
{
	size_t at = t->len;

	text_dec(t, ten_to_digits + number);
	if (at < t->size)
		t->buf[at] = before;
}

/* Hours, as many as there are, minutes and seconds. */
static void put_hours(struct text *t, uint64_t usec)
{
	uint64_t minutes = usec / USEC / 60;

	if (minutes / 60 < 10)
		text_put(t, "0", 1);
	text_dec(t, minutes / 60);
	put_padded(t, ':', 100, minutes % 60);
	put_padded(t, ':', 100, usec / USEC % 60);
	put_padded(t, '.', USEC, usec % USEC);
}

static void put_of_day(struct text *t, uint64_t usec)
{
	put_hours(t, usec % ((uint64_t)DAY * USEC));
}

static void put_seconds(struct text *t, uint64_t usec)
{
	text_dec(t, usec / USEC);
	put_padded(t, '.', USEC, usec % USEC);
}

static void put_date(struct text *t, uint64_t usec)
{
	time_t seconds = (time_t)(usec / USEC);
	struct tm tm;
	char text[32];

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%d ", &tm))
		text_str(t, text);
	put_of_day(t, usec);
}

/* Captures may go back in time, so there is a column for the sign. */
static void put_difference(struct text *t, uint64_t usec, uint64_t from)
{
	text_str(t, usec < from ? "-" : " ");
	put_hours(t, usec < from ? from - usec : usec - from);
}

void clock_put(struct text *t, struct clock *c, enum time_form form, uint64_t usec)
{
	if (!c->started) {
		c->first_usec = c->previous_usec = usec;
		c->started = true;
	}
	switch (form) {
	case TIME_OF_DAY:
		put_of_day(t, usec);
		break;
	case TIME_SECONDS:
		put_seconds(t, usec);
		break;
	case TIME_SINCE_PACKET:
		put_difference(t, usec, c->previous_usec);
		break;
	case TIME_AND_DATE:
		put_date(t, usec);
		break;
	case TIME_SINCE_FIRST:
		put_difference(t, usec, c->first_usec);
		break;
	case TIME_NONE:
	case TIME_FORMS:
		break;
	}
	c->previous_usec = usec;
	if (form != TIME_NONE)
		text_put(t, " ", 1);
}

/* --- alone ----------------------------------------------------------------------- */

static void print(FILE *out, void (*form)(struct text *t, uint64_t usec), uint64_t usec)
{
	char buf[64];
	struct text t = text_of(buf, sizeof(buf));

	form(&t, usec);
	fputs(buf, out);
}

void clock_of_day(FILE *out, uint64_t usec)
{
	print(out, put_of_day, usec);
}

void clock_seconds(FILE *out, uint64_t usec)
{
	print(out, put_seconds, usec);
}
