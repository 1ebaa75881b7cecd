/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What refstackd tells while it runs, a line each: for people, or as JSON for
 * programs. refstackd(1) has the members; what is there stays.
 */
#ifndef REFSTACK_DAEMON_JOURNAL_H
#define REFSTACK_DAEMON_JOURNAL_H

#include "refstack/core/host.h"

#include <stdio.h>
#include <time.h>

struct journal {
	FILE *out; /* borrowed */
	bool json;
	char said[256]; /* the last event, which the core also has as a line for its log */
};

/* The others' times count from here; at: by the clock on the wall. */
void journal_start(struct journal *j, const struct timespec *at);
void journal_line(struct journal *j, usec_t at, const char *line);
void journal_event(struct journal *j, const struct shim_event *event);
void journal_link(struct journal *j, usec_t at, unsigned number, const char *name, bool up);
void journal_address(struct journal *j, usec_t at, const struct shim_address *address);

#endif
