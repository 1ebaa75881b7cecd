/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a child tells its parent: records, one behind the other, in memory
 * that both have mapped. No target can close it, and what was written before
 * a crash is there after it. The parent trusts nothing that it reads.
 */
#ifndef ENGINE_LEDGER_H
#define ENGINE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_kind {
	RECORD_DESCRIPTION = 1, /* content: what describe() gave */
	RECORD_REFUSED,         /* number[0]: errno; content: why the target can't be used */
	RECORD_UNSUPPORTED,     /* content: what the target does not have */
	RECORD_REACHED,         /* number[0]: the event that begins, from 0; their count: the end */
	RECORD_EVENT,           /* content: a line of the log */
	RECORD_PACKET,          /* number: time, link, enum pcapng_direction; content: octets */
	RECORD_NOTE,            /* number[0]: packet, from 0; content: a comment on it */
	RECORD_CHECK,           /* one expectation was put to the test */
	RECORD_OBSERVED,        /* content: which right outcome was seen; number[0]: of the call's,
				 * from 0 */
	RECORD_DEVIATION,       /* content: a tolerated outcome */
	RECORD_FAILURE,         /* number[0]: event, from 0; content: message */
	RECORD_DIFFERENCE,      /* number[0]: offset; content: where, expected, actual */
	RECORD_VERDICT,         /* number[0]: enum case_verdict; content: reason or "" */
	RECORD_ANSWER,          /* number: which option of a survey, from 0; result or -errno */
	RECORD_DAMAGE,          /* content: what the target did to its process */
	RECORD_FINISHED,        /* the child came to its end */
	RECORD_LOOKED,          /* an event looked at what is sent: number: the packet that it took,
				 * or -1; from when, until when (usec). From == until and
				 * no packet: the end of the case */
};

/* Texts in a content end with a NUL each. */
struct record {
	uint32_t kind;
	uint32_t len; /* octets of content */
	int64_t number[3];
};

enum {
	LEDGER_SIZE = 64 << 20,
	LEDGER_RESERVE = 1 << 20, /* kept from what a target can make many of, for the verdict */
};

struct ledger {
	uint8_t *base; /* shared between processes */
	size_t size;   /* octets */
};

/* 0 or a negative errno. */
int ledger_map(struct ledger *l, size_t size);
void ledger_unmap(struct ledger *l);

/* Append a record. Where its content went; NULL if there is no room. */
const uint8_t *ledger_put(struct ledger *l, const struct record *r, const void *content);

/* One with texts, which end with a NULL. false if there is no room. */
bool ledger_say(struct ledger *l, enum record_kind kind, int64_t number, const char *text, ...)
	__attribute__((sentinel));

/* A copy of what was written, which nobody else can change any more: octets
 * and how many, owned. 0 or -ENOMEM. */
int ledger_copy(const struct ledger *l, uint8_t **octets, size_t *len);

/* Next record of a copy, from *off on. false at the end, and where a record
 * contradicts the copy's length. */
bool record_next(const uint8_t *octets, size_t len, size_t *off, struct record *out,
		 const uint8_t **content);

/* The nth text of a content, from 0; "" if it is not there. Borrowed. */
const char *record_text(const struct record *r, const uint8_t *content, unsigned nth);

#endif
