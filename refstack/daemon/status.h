/* SPDX-License-Identifier: BSD-2-Clause */
/* What 'refstackd status' shows: made by the daemon as JSON, printed by who asks. */
#ifndef REFSTACK_DAEMON_STATUS_H
#define REFSTACK_DAEMON_STATUS_H

#include "refstack/daemon/apps.h"
#include "refstack/daemon/link.h"

#include <jansson.h>
#include <stdio.h>

enum { STATUS_CONTEXTS_MAX = 4096 }; /* that are told; all are counted */

/* All borrowed. */
struct status_subject {
	usec_t now;
	const struct settings *settings;
	const struct shim_host *host;
	const struct link *links;
	unsigned link_count;
	const struct apps *apps;
	uint64_t echoed;
};

/* Owned by the caller; NULL if memory is short. */
json_t *status_make(const struct status_subject *subject);

/* As tables for people. 0, or -EINVAL: it is not what status_make() makes. */
int status_print(json_t *status, FILE *out);

/* Asks the daemon that listens there and prints what it says, as tables, or as it
 * is. 0, or a negative errno; what is wrong was told on stderr. */
int status_ask(const char *path, bool json);

#endif
