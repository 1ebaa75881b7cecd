/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cases check, as a table: every option of RFC 6316 read and set, and
 * every kind of ancillary data sent and received, on every kind of socket in
 * every state. The cases are not run for it: matrix_follow.c follows the calls of
 * each and what they do to its sockets.
 */
#ifndef CLI_MATRIX_H
#define CLI_MATRIX_H

#include "conformance/script/scenario.h"

#include <jansson.h>
#include <stdio.h>

/* By RFC 6316 6.15 and 7.4 what is right depends on these. A socket that is
 * still connecting, and one that listens, are unconnected. */
enum matrix_state { STATE_UNCONNECTED, STATE_CONNECTED, STATE_CONTEXT, MATRIX_STATES };
enum matrix_kind { KIND_UDP, KIND_TCP, KIND_RAW, MATRIX_KINDS };

/* Options first, then kinds of ancillary data, in the order of the RFC's
 * tables; both use the same names. Two calls each, 0 and 1. */
enum { MATRIX_OPTIONS = 14, MATRIX_CMSGS = 5, MATRIX_SUBJECTS = MATRIX_OPTIONS + MATRIX_CMSGS };
enum {
	MATRIX_RECEIVED_END = MATRIX_OPTIONS + 2
}; /* those that recvmsg() can hand out come first */
enum { MATRIX_GET, MATRIX_SET };
enum { MATRIX_SENDMSG, MATRIX_RECVMSG };
enum { MATRIX_CALLS = 2 };

extern const char *const matrix_subject_name[MATRIX_SUBJECTS];
extern const char *const matrix_state_name[MATRIX_STATES]; /* "unconnected", ... */
extern const char *const matrix_kind_name[MATRIX_KINDS];   /* "udp", ... */
const char *matrix_call_name(size_t subject, size_t call); /* "get", "set"; "sendmsg", ... */

struct cell {
	size_t subject, call; /* < MATRIX_SUBJECTS, < MATRIX_CALLS */
	enum matrix_state state;
	enum matrix_kind kind;
};

/* Through all cells in the order of the tables; starts with all zero. false
 * behind the last one. */
bool matrix_next(struct cell *cell);

/* How many checks the cases have for each cell; all zero to begin with. */
struct matrix {
	unsigned checks[MATRIX_SUBJECTS][MATRIX_CALLS][MATRIX_STATES][MATRIX_KINDS];
};

/* Add the checks of a case. One that grades nothing has none. matrix_follow.c */
void matrix_add(struct matrix *m, const struct scenario *s);

unsigned matrix_checks(const struct matrix *m, const struct cell *cell);
/* Why there is nothing to check; NULL: there is. */
const char *matrix_exception(const struct cell *cell);
bool matrix_is_empty(const struct matrix *m, const struct cell *cell); /* and shouldn't be */

void matrix_print(FILE *f, const struct matrix *m, bool colour);
json_t *matrix_json(const struct matrix *m); /* owned */

#endif
