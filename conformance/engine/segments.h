/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer's end of the TCP connection (RFC 9293) between the ports that open()
 * uses: its handshake, from either side, and the two sequence numbers that a
 * case writes segments with. All else of TCP is the case's own affair.
 */
#ifndef ENGINE_SEGMENTS_H
#define ENGINE_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>

enum { OWN_PORT = 5000, PEER_PORT = 7 }; /* of L1 and of P1 */

/* Of a trial: what is followed, and in which direction a SYN was seen. */
struct segments {
	bool followed;
	bool synced[2]; /* by from_target */
};

struct trial;

/* From now on $local_seq and $peer_seq are those of a connection that begins. */
void segments_begin(struct trial *t);

/*
 * A packet passed: one that was delivered, or one of the target's that was taken.
 * $local_seq and $peer_seq go on to what is next, as the number that is acknowledged
 * does in a receiver: by a segment that begins with it, or before it and ends behind.
 * One that is wrong by itself (its checksum, say) moves nothing, nor does one behind a
 * gap. Checksums behind a payload header are for the ULIDs L1 and P1.
 */
void segments_follow(struct trial *t, const void *packet, size_t len, bool from_target);

/* The peer's part of a handshake; what goes wrong makes the trial inconclusive. The
 * target's SYN is due; it is answered, and acknowledges that; and the other way round. */
int segments_await_syn(struct trial *t);
int segments_answer(struct trial *t);
int segments_connect(struct trial *t);

#endif
