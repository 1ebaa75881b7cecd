/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times as text, in UTC. Divisions, not localtime(): glibc asks the file system
 * about the time zone at each call, which would be most of the work of a line.
 */
#ifndef SHIMDUMP_CLOCK_H
#define SHIMDUMP_CLOCK_H

#include "tools/shimdump/view.h"
#include "wire/text.h"

struct clock { /* starts with all members zero */
	bool started;
	uint64_t first_usec, previous_usec;
};

/* The time of the next packet in that form, with a blank behind it. */
void clock_put(struct text *t, struct clock *c, enum time_form form, uint64_t usec);

/* Alone, without the blank. */
void clock_of_day(FILE *out, uint64_t usec);

/* Seconds between two times, "0.020123"; microseconds in. */
void clock_seconds(FILE *out, uint64_t usec);

#endif
