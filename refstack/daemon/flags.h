/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of refstackd. */
#ifndef REFSTACK_DAEMON_FLAGS_H
#define REFSTACK_DAEMON_FLAGS_H

#include "refstack/daemon/settings.h"

#include <stdio.h>

enum request {
	REQUEST_RUN,
	REQUEST_CHECK, /* the settings are right: that was all */
	REQUEST_STATUS,
	REQUEST_HELP,
	REQUEST_VERSION,
	REQUEST_MISUSE, /* told already */
};

struct flags {
	struct settings settings;
	bool json; /* of REQUEST_STATUS */
};

/* What is wrong goes to `errors`, in one line. Each flag counts from where it
 * stands, --config as if what the file says stood there: the last one wins. */
enum request flags_parse(struct flags *f, int argc, char **argv, FILE *errors);

void flags_help(FILE *out);

#endif
