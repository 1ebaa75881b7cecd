/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of shimdump. */
#ifndef SHIMDUMP_OPTIONS_H
#define SHIMDUMP_OPTIONS_H

#include "tools/shimdump/view.h"

enum { /* exit status, beside EXIT_SUCCESS */
	EXIT_ERRORS = 1,     /* --findings has found some */
	EXIT_MISUSE = 2,
	EXIT_UNWRITABLE = 3, /* standard output, or the file of -w */
	EXIT_UNREADABLE = 4, /* the capture or the device, all of it or from some point on */
};

enum { TYPES_MAX = 16 };

/* Which packets are shown. What isn't set selects nothing. */
struct selection {
	bool shim6, all; /* -S, -a; neither: as the view has it */
	bool malformed, bad_checksum, has_tag, has_ulid;
	unsigned context; /* 0: any */
	uint64_t tag;
	struct in6_addr ulid;
	unsigned type_count;
	const struct wire_layer *types[TYPES_MAX];
};

bool selected(const struct selection *sel, const struct sight *s);

struct options {
	const char *path, *device, *write_path, *user; /* borrowed; NULL: not given */
	unsigned long count; /* 0: no limit */
	unsigned max_contexts;
	bool devices;        /* -D */
	bool quiet_progress;
	bool lines;          /* -l */
	bool findings;       /* --findings, which is a view, too */
	bool promiscuous;
	unsigned snaplen;    /* 0: all of each packet */
	const struct view_kind *view; /* while options are read, NULL: none was given */
	struct look look;
	struct selection selection;
	char *filter;        /* owned; "" if there is none */
};

/* true: there is something to do; else *status ends it, and all was said. */
bool options_parse(struct options *o, int argc, char **argv, int *status);
void options_free(struct options *o);

#endif
