/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/shimdump/clock.h"

#include <inttypes.h>
#include <time.h>

enum { USEC = 1000000 }; /* in a second */

/* Hours, as many as there are, minutes and seconds. */
static void print_hours(FILE *out, uint64_t usec)
{
	uint64_t minutes = usec / USEC / 60;

	fprintf(out, "%02" PRIu64 ":%02u:%02u.%06u", minutes / 60, (unsigned)(minutes % 60),
		(unsigned)(usec / USEC % 60), (unsigned)(usec % USEC));
}

void clock_of_day(FILE *out, uint64_t usec)
{
	print_hours(out, usec % (24 * UINT64_C(3600) * USEC));
}

void clock_seconds(FILE *out, uint64_t usec)
{
	fprintf(out, "%" PRIu64 ".%06u", usec / USEC, (unsigned)(usec % USEC));
}

static void print_date(FILE *out, uint64_t usec)
{
	time_t seconds = (time_t)(usec / USEC);
	struct tm tm;
	char text[32];

	if (gmtime_r(&seconds, &tm) && strftime(text, sizeof(text), "%Y-%m-%d ", &tm))
		fputs(text, out);
	clock_of_day(out, usec);
}

/* Captures may go back in time, so there is a column for the sign. */
static void print_difference(FILE *out, uint64_t usec, uint64_t from)
{
	fputc(usec < from ? '-' : ' ', out);
	print_hours(out, usec < from ? from - usec : usec - from);
}

void clock_print(FILE *out, struct clock *c, enum time_form form, uint64_t usec)
{
	if (!c->started) {
		c->first_usec = c->previous_usec = usec;
		c->started = true;
	}
	switch (form) {
	case TIME_OF_DAY:
		clock_of_day(out, usec);
		break;
	case TIME_SECONDS:
		clock_seconds(out, usec);
		break;
	case TIME_SINCE_PACKET:
		print_difference(out, usec, c->previous_usec);
		break;
	case TIME_AND_DATE:
		print_date(out, usec);
		break;
	case TIME_SINCE_FIRST:
		print_difference(out, usec, c->first_usec);
		break;
	case TIME_NONE:
	case TIME_FORMS:
		break;
	}
	c->previous_usec = usec;
	if (form != TIME_NONE)
		fputc(' ', out);
}
