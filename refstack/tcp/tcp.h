/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP (RFC 9293), sans I/O: a connection is a value, between two identifiers (ULIDs)
 * and their ports. It never sees a locator, so the shim may change those under it.
 *
 * Whoever holds a connection gives it segments, time and the application's calls, and
 * after each of these, and whenever tcp_deadline() has come, fetches what is to be sent:
 *
 *	while ((len = tcp_output(conn, upper, shim_mtu(...), now)) > 0)
 *		shim_send(host, &send, upper, len);
 *	if (tcp_over(conn))    // and no application has it any more
 *		tcp_free(conn);
 *
 * Retransmission is timed by RFC 6298, congestion control is that of RFC 5681 (Reno).
 * Every segment with text is acknowledged at once. Not there, and not offered: window
 * scale, selective acknowledgments, timestamps, keep-alives, data on a SYN. The urgent
 * pointer is ignored, its octets are delivered in line.
 */
#ifndef REFSTACK_TCP_H
#define REFSTACK_TCP_H

#include "refstack/core/host.h"
#include "wire/tcp.h"

enum {
	TCP_BUFFER = 65535,    /* octets kept each way, and so the largest window */
	TCP_BACKLOG_MAX = 128, /* connections that a listener has, accepted by nobody yet */
	TCP_MSS_UNSAID = 1220, /* of a peer that has no such option, RFC 9293 3.7.1 */
	TCP_SECRET_LEN = 32,
	TCP_MSS_LEAST = 64,   /* of a peer that says less: it would be all headers */
	TCP_ROOM_LEAST = 128, /* octets without which tcp_output() makes nothing */
};

#define TCP_RTO_FIRST (1 * USEC_PER_SEC)   /* RFC 6298 2.1 */
#define TCP_RTO_MIN   (1 * USEC_PER_SEC)   /* 2.4 */
#define TCP_RTO_MAX   (60 * USEC_PER_SEC)  /* 2.5 */
#define TCP_RTO_LOST  (3 * USEC_PER_SEC)   /* 5.7: when a SYN had to be sent again */
#define TCP_MSL       (120 * USEC_PER_SEC) /* RFC 9293 3.4.2; TIME-WAIT is twice that */
#define TCP_ORPHAN    (60 * USEC_PER_SEC)  /* in FIN-WAIT-2, when nobody reads any more */

/* How often the same is sent again: with the timeouts above, a SYN is given up after 183
 * seconds (RFC 9293 3.8.3, MUST-23: 3 minutes at least), anything else after 483 when RTO
 * was 1 second (SHLD-11: 100 at least): REAP may need some of them. */
enum { TCP_SYN_TRIES = 7, TCP_TRIES = 12 };

/* RFC 9293 3.3.2. LISTEN is a struct tcp_listener, not a connection. */
enum tcp_state {
	TCPS_CLOSED,
	TCPS_SYN_SENT,
	TCPS_SYN_RECEIVED,
	TCPS_ESTABLISHED,
	TCPS_FIN_WAIT_1,
	TCPS_FIN_WAIT_2,
	TCPS_CLOSE_WAIT,
	TCPS_CLOSING,
	TCPS_LAST_ACK,
	TCPS_TIME_WAIT,
};
enum { TCP_STATES = TCPS_TIME_WAIT + 1 };

const char *tcp_state_name(enum tcp_state state); /* as in the RFC: "SYN-SENT" */

/* The two ends, from ours. */
struct tcp_pair {
	struct in6_addr local, peer;    /* ULIDs */
	uint16_t local_port, peer_port; /* host order */
};

bool tcp_pair_equal(const struct tcp_pair *a, const struct tcp_pair *b);

/* --- segments --------------------------------------------------------------------------- */

struct tcp_segment {
	struct tcp_pair pair; /* the destination is local */
	struct tcp_header header;
	const uint8_t *text; /* borrowed from the octets */
	uint32_t len;        /* octets of text */
};

/* What has arrived from an identifier at one of ours. 0; -EMSGSIZE: less than its header;
 * -EBADMSG: a wrong checksum, options that can't be, a multicast address or none. Either
 * is to be dropped in silence. */
int tcp_segment_read(struct tcp_segment *out, const struct in6_addr *local,
		     const struct in6_addr *peer, const uint8_t *upper, size_t len);

/* The RST for a segment that no connection and no listener is there for (RFC 9293
 * 3.10.7.1): its octets, at least TCP_HEADER_LEN of room; 0: it gets none. */
size_t tcp_refuse(const struct tcp_segment *segment, uint8_t *out, size_t room);

/* The pair of a segment of ours that an ICMPv6 error quotes, for the connection to be
 * found. 0, or -EMSGSIZE if less than ports and sequence number is quoted. */
int tcp_quoted(struct tcp_pair *out, const struct in6_addr *local, const struct in6_addr *peer,
	       const uint8_t *upper, size_t len);

/* RFC 6528 3: the secret comes from the host's seed, once. */
uint32_t tcp_iss(const uint8_t secret[static TCP_SECRET_LEN], const struct tcp_pair *pair,
		 usec_t now);

/* --- connections ------------------------------------------------------------------------ */

struct tcp_conn;

/* An active OPEN, in SYN-SENT. NULL: no memory. Owned by the caller, tcp_free(). */
struct tcp_conn *tcp_connect(const struct tcp_pair *pair, uint32_t iss);
/* In any state, without a word to the peer. NULL is harmless. */
void tcp_free(struct tcp_conn *conn);

enum tcp_state tcp_state(const struct tcp_conn *conn);
const struct tcp_pair *tcp_pair(const struct tcp_conn *conn);
/* CLOSED, and nothing left for tcp_output(). */
bool tcp_over(const struct tcp_conn *conn);

/* A segment whose pair is the connection's. */
void tcp_input(struct tcp_conn *conn, const struct tcp_segment *segment, usec_t now);

/*
 * The next segment, if one has to be sent now: header, text and checksum over the
 * identifiers, in at most `room` octets; its length, or 0. room is what the path takes, as
 * shim_mtu() says, and may differ with each call: more than it is never sent, and in a
 * SYN it is what the peer is told (RFC 9293 3.7.1). With less than TCP_ROOM_LEAST all is
 * as if it had been sent and lost.
 */
size_t tcp_output(struct tcp_conn *conn, uint8_t *out, size_t room, usec_t now);

usec_t tcp_deadline(const struct tcp_conn *conn); /* absolute; USEC_NEVER if none */
/* Early or twice is harmless. */
void tcp_expire(struct tcp_conn *conn, usec_t now);

/*
 * An ICMPv6 error about a segment of ours: its type, code and octets 4 to 7, and what is
 * quoted from the TCP header on. One that quotes no octet in flight is nobody's (RFC 5927
 * 4.1). A hard one ends an attempt to connect, and nothing else (RFC 5461 4); a soft one is
 * the error that is told if the connection is given up for want of answers. Packet Too
 * Big makes segments smaller (RFC 8201), but not smaller than 1280 octets of packet.
 */
void tcp_error(struct tcp_conn *conn, uint8_t type, uint8_t code, uint32_t word,
	       const uint8_t *upper, size_t len);

/* --- the application's calls ------------------------------------------------------------ */

/* A pending error (-ECONNREFUSED, -ECONNRESET, -ETIMEDOUT, -EHOSTUNREACH, ...) is told by
 * one of tcp_send(), tcp_recv(), tcp_take_error(), once. */

/* As many octets as there is room for; -EAGAIN: none, or it isn't ESTABLISHED yet;
 * -EPIPE: it is closed or shut down for sending. */
ssize_t tcp_send(struct tcp_conn *conn, const void *octets, size_t len);
/* peek: they stay. 0: the peer has shut down, or we have for receiving, or all is over;
 * -EAGAIN: nothing yet. */
ssize_t tcp_recv(struct tcp_conn *conn, void *out, size_t len, bool peek);
/* Octets that can be received now. */
size_t tcp_readable(const struct tcp_conn *conn);
/* SHUT_RD, SHUT_WR or SHUT_RDWR. Shut for receiving, it acknowledges and forgets what
 * comes; the peer isn't told. -ENOTCONN before ESTABLISHED and after CLOSED, -EINVAL. */
int tcp_shutdown(struct tcp_conn *conn, int how);
/*
 * Nobody will call for the application again; the connection lives on in its state, till
 * tcp_over(). With text that nobody has read, now or later, it is reset instead, so that
 * the peer learns of the loss (RFC 9293 3.6.1, SHLD-3).
 */
void tcp_close(struct tcp_conn *conn, usec_t now);
/* CLOSED at once, with a RST where RFC 9293 3.10.5 has one. */
void tcp_abort(struct tcp_conn *conn);

/* 0 or a negative errno, SO_ERROR's; it is pending no more. */
int tcp_take_error(struct tcp_conn *conn);
/* POLLIN, POLLOUT, POLLRDHUP, POLLHUP, POLLERR of <poll.h>. */
short tcp_poll(const struct tcp_conn *conn);
/* TCP_NODELAY: small segments don't wait for an ACK (RFC 9293 3.7.4). */
void tcp_set_nodelay(struct tcp_conn *conn, bool on);
bool tcp_nodelay(const struct tcp_conn *conn);
/* Octets of text that the next full segment has, TCP_MAXSEG; TCP_MSS_UNSAID before. */
unsigned tcp_mss(const struct tcp_conn *conn);

/* --- listeners -------------------------------------------------------------------------- */

/* Zeroed but for backlog, it waits. Its connections, not accepted yet, are its own. */
struct tcp_listener {
	unsigned backlog; /* 1 to TCP_BACKLOG_MAX; beyond it SYNs are dropped */
	unsigned count;
	struct tcp_conn *conn[TCP_BACKLOG_MAX]; /* owned, in the order of their SYNs */
};

/* One of its connections, or NULL; borrowed. */
struct tcp_conn *tcp_listener_find(const struct tcp_listener *listener,
				   const struct tcp_pair *pair);
/*
 * A segment that no connection is there for, RFC 9293 3.10.7.2. A SYN makes a connection
 * in SYN-RECEIVED with the iss, which is returned, borrowed: tcp_output() it. NULL: it did
 * not; *refuse: the segment gets a RST, tcp_refuse().
 */
struct tcp_conn *tcp_listener_input(struct tcp_listener *listener,
				    const struct tcp_segment *segment, uint32_t iss, bool *refuse);
/* The oldest that is ESTABLISHED or further, now the caller's; NULL: none. */
struct tcp_conn *tcp_listener_accept(struct tcp_listener *listener);
/* accept() would find one. */
bool tcp_listener_ready(const struct tcp_listener *listener);
/* Frees those that are over; to be called when tcp_over() is seen of one. */
void tcp_listener_reap(struct tcp_listener *listener);
/* Aborts all, which are the caller's then to send their RSTs: the last of them with each
 * call, NULL when there is none left. */
struct tcp_conn *tcp_listener_close(struct tcp_listener *listener);

#endif
