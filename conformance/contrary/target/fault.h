/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the contrary target is to do otherwise, as it stands in the environment
 * variable SHIMPROOF_CONTRARY: statements, separated by semicolons. Calls and
 * packets of an instance are counted from 0, as the runner sees them; octets
 * are hexadecimal, and `-` where there are none.
 *
 *     note                        write every observation to the runner's log
 *     call N result R             the Nth call returns R
 *     call N REGION LEN OCTETS    it hands these out, and says they are LEN long
 *     call N flags F              its msg_flags
 *     call N overruns REGION      it writes an octet behind that buffer
 *     packet N times K            the Nth packet leaves K times: 0, it is dropped
 *     packet N link L             on another link
 *     packet N octets OCTETS      with other octets
 *     send T L OCTETS             a packet of our own, T microseconds after the start
 *
 * A REGION is value, name, data or control; but for `overruns`, what doesn't
 * fit the runner's buffer isn't written.
 */
#ifndef CONTRARY_FAULT_H
#define CONTRARY_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_kind {
	FAULT_NOTE,
	FAULT_RESULT,
	FAULT_REGION,
	FAULT_FLAGS,
	FAULT_OVERRUN,
	FAULT_TIMES,
	FAULT_LINK,
	FAULT_OCTETS,
	FAULT_SEND,
};

enum region { REGION_VALUE, REGION_NAME, REGION_DATA, REGION_CONTROL, REGION_COUNT };

extern const char *const region_name[]; /* "value", ...; ends with NULL */

struct fault {
	enum fault_kind kind;
	uint64_t which;     /* call or packet; FAULT_SEND: microseconds */
	enum region region; /* FAULT_REGION, FAULT_OVERRUN */
	int64_t number;     /* result, reported length, flags, times or link */
	uint8_t *octets;    /* owned */
	size_t len;
};

enum { FAULTS_MAX = 4 };

struct faults {
	struct fault items[FAULTS_MAX];
	size_t count;
};

/* 0, or -EINVAL for a text that is none (out is then empty), -ENOMEM. */
int faults_parse(struct faults *out, const char *text);
void faults_free(struct faults *f);

/* The fault of this kind for this call or packet; NULL: there is none. */
const struct fault *faults_find(const struct faults *f, enum fault_kind kind, uint64_t which);

#endif
