/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of the case language, one row each: what they take and what they
 * hand out. The checker knows a call only by its row.
 */
#ifndef SCRIPT_CALLS_H
#define SCRIPT_CALLS_H

#include "conformance/script/scenario.h"

enum arg_kind {
	ARG_NONE, /* no further argument */
	ARG_SOCKET,
	ARG_FAMILY, ARG_SOCKTYPE, ARG_PROTOCOL, ARG_FLAGS, ARG_EVENTS, /* symbols */
	ARG_LENGTH, ARG_BACKLOG, ARG_HOW,
	ARG_ADDRESS,
	ARG_DATA,
	ARG_SENT_MESSAGE, ARG_MESSAGE_ROOM, /* of sendmsg and of recvmsg */
	ARG_LEVEL, ARG_OPTION, ARG_VALUE,   /* in this order */
	ARG_POINTER,                        /* where else a buffer is */
	ARG_TRANSPORT, ARG_STATE,           /* of open() */
	ARG_LOCATOR,
	ARG_LINK,
	ARG_PEER_LOCATOR,
	ARG_PLAYS, /* of peer(): any number of words */
	ARG_SAMPLE,
	ARG_LOCATORS, /* one, or a list of them */
};

enum out_kind { OUT_NOTHING, OUT_VALUE, OUT_ADDRESS, OUT_DATA, OUT_MESSAGE };

enum call_trait {
	TAKES_OPTLEN = 1,  /* optlen=N */
	MAKES_SOCKET = 2,  /* stands behind `s =` */
	MAKES_CONTEXT = 4, /* sets $local_tag and $peer_tag */
	MAKES_FORK = 8,    /* sets $fork_local_tag and $fork_peer_tag; peer() if it plays forks */
};

struct call_arg {
	enum arg_kind kind;
	const char *name;
	bool optional; /* at most one per call */
};

struct call_shape {
	const char *name;
	enum call_id id;
	struct call_arg args[CALL_ARGS_MAX]; /* those of struct call, in order */
	enum out_kind out;
	unsigned traits;                     /* enum call_trait */
};

extern const struct call_shape call_shapes[]; /* by call_id; ends with a NULL name */

const struct call_shape *call_named(const char *name); /* or NULL */

#endif
