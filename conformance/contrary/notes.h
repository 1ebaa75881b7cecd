/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a clean run of a case could observe, in the order in which it came,
 * and which event looked at it: the notes of the contrary target beside the
 * records of the engine.
 */
#ifndef CONTRARY_NOTES_H
#define CONTRARY_NOTES_H

#include "conformance/contrary/target/fault.h"
#include "conformance/engine/pool.h"
#include "conformance/engine/trial.h"

/* What a call handed out in one of the runner's buffers. */
struct noted_piece {
	bool there;
	size_t room, len;      /* octets; len as the target says */
	const uint8_t *octets; /* as many as both allow */
	size_t held;
};

struct noted_call {
	size_t event; /* in which it was made, from 0 */
	int64_t result;
	size_t outcome; /* of those that the case allows, from 0 */
	struct noted_piece pieces[REGION_COUNT];
	int flags; /* msg_flags, of recvmsg() alone */
};

enum packet_use {
	PACKET_UNSEEN,   /* of a handshake, or drained: no event is about it */
	PACKET_EXPECTED, /* by an event */
	PACKET_LIVENESS, /* tells silence from death */
};

struct noted_packet {
	unsigned number; /* in the capture */
	usec_t time;
	unsigned link;
	const uint8_t *octets;
	size_t len;
	enum packet_use use;
	size_t event;       /* that took it */
	usec_t from, until; /* when it might have come */
};

struct noted_silence {
	size_t event;
	usec_t from, until;
};

/* All by the contrary target's count. */
struct notes {
	struct pool pool; /* of all below */
	struct noted_call *calls;
	struct noted_packet *packets;
	struct noted_silence *silences;
	size_t call_count, packet_count, silence_count;
	struct shimproof_locator locators[TRIAL_LOCATORS_MAX];
	size_t locator_count;
	usec_t end; /* when the case was over; 0 if it did not come that far */
};

/* Out of a ledger's records; `out` starts zeroed. For engine_options.witness. */
void notes_take(void *out, const uint8_t *records, size_t len);
void notes_free(struct notes *n);

#endif
