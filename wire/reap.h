/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What REAP (RFC 5534 5) adds to Shim6's messages: the body of a Probe and the
 * Keepalive Timeout option. A Keepalive has nothing but its tag. Whole messages
 * are shim6.h's.
 */
#ifndef WIRE_REAP_H
#define WIRE_REAP_H

#include "wire/cursor.h"

#include <netinet/in.h>

struct shim6_option;

enum reap_state { /* RFC 5534 5.2: Sta */
	REAP_OPERATIONAL = 0, REAP_EXPLORING = 1, REAP_INBOUND_OK = 2,
	REAP_STATE_COUNT,
};

enum {
	REAP_REPORTS_MAX = 15, /* what Psent and Precvd can say */
	REAP_REPORT_LEN = 40,
};

/* A Probe that was sent or received. */
struct reap_report {
	struct in6_addr src, dst;
	uint32_t nonce;
	uint32_t data; /* echoed, never looked at */
};

/* The first of sent is the Probe that carries it, so there is one. */
struct reap_probe {
	uint8_t state; /* enum reap_state: the sender's, once it has sent */
	uint8_t sent_count, received_count; /* Psent and Precvd */
	struct reap_report sent[REAP_REPORTS_MAX];
	struct reap_report received[REAP_REPORTS_MAX];
};

/*
 * The reports, from and to where they stand behind Reserved2: those sent, then
 * those received, though the counts stand the other way round. State and
 * counts are those of *p. 0; -EMSGSIZE or -ENOSPC; -EBADMSG when parsed, -EINVAL
 * when emitted, for a state or count that is none. No section says what a
 * receiver does with Psent 0 or Sta 3; our reading is that it is no Probe. The
 * cursors move, and the reports are stored, on success only.
 */
int reap_reports_parse(struct reap_probe *p, struct rbuf *r);
int reap_reports_emit(const struct reap_probe *p, struct wbuf *w);

/* Keepalive Timeout, RFC 5534 5.3, in seconds, any of 16 bits: from and to an
 * option's content. -EBADMSG if it isn't 4 octets; -ENOSPC. */
int reap_keepalive_timeout_parse(uint16_t *seconds, const struct shim6_option *o);
int reap_keepalive_timeout_emit(uint16_t seconds, struct wbuf *w);

#endif
