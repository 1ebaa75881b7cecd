/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inside of a connection, RFC 9293 3.3.1, and what the files of this folder do for
 * each other. Sequence variables have the RFC's names.
 */
#ifndef REFSTACK_TCP_CONN_H
#define REFSTACK_TCP_CONN_H

#include "refstack/tcp/seq.h"
#include "refstack/tcp/tcp.h"
#include "refstack/tcp/tcp_queue.h"

enum { CHALLENGES_MAX = 10 }; /* ACKs for what can't be, per second: RFC 5961 7 */

struct tcp_conn {
	struct tcp_pair pair;
	enum tcp_state state;
	int error, soft_error; /* negative errno, or 0 */
	bool passive;          /* came from LISTEN */
	bool closed;           /* the application is gone */
	bool shut_rd;
	bool nodelay;

	/* Sending. What is in the ring begins at SND.UNA, or behind the SYN as long as that
	 * isn't acknowledged, which is so in SYN-SENT and SYN-RECEIVED and in no other state. */
	uint32_t iss, snd_una, snd_nxt;
	uint32_t snd_cur; /* next to go out: SND.NXT, or less when something is sent again */
	uint32_t snd_wnd, snd_wl1, snd_wl2, max_snd_wnd;
	bool fin_wanted;
	uint32_t snd_fin; /* the FIN's, once it is wanted */
	struct tcp_ring send;

	/* Receiving. */
	uint32_t irs, rcv_nxt;
	uint32_t rcv_adv; /* RCV.NXT + RCV.WND as the peer was told; never moves back */
	bool fin_known;   /* it has arrived, maybe before what stands in front of it */
	uint32_t rcv_fin;
	bool fin_taken;
	struct tcp_reassembly recv;

	unsigned mss, peer_mss, path_mss; /* octets of text; what the peer and the path take */

	/* What tcp_output() has to make, beside what stands at snd_cur. */
	bool ack_now, rst_now, front_now, probe_now;
	bool refuse_now; /* <SEQ=SEG.ACK><CTL=RST> */
	uint32_t refuse_seq;

	/* RFC 5961 7. */
	usec_t challenged_at;
	unsigned challenges;

	/* RFC 6298; rexmt_at serves the persist timer too, never both. */
	usec_t rexmt_at, wait_at; /* USEC_NEVER: doesn't run */
	usec_t rto, srtt, rttvar; /* srtt 0: nothing measured */
	usec_t persist;           /* between two probes */
	unsigned tries;           /* without an answer */
	bool timing;              /* the octet rtt_seq, sent once, at rtt_at */
	uint32_t rtt_seq;
	usec_t rtt_at;

	/* RFC 5681. */
	uint32_t cwnd, ssthresh;
	unsigned duplicates;
};

/* What an event makes of each state, Figure 5. */
struct tcp_transition {
	const char *name;
	enum tcp_state on_shutdown;  /* CLOSE, or shutdown() for sending */
	enum tcp_state on_fin;       /* the peer's FIN, and all in front of it */
	enum tcp_state on_fin_acked; /* ours is acknowledged */
	bool text;                   /* RFC 9293 3.10.7.4, seventh: is taken */
	bool sends;                  /* the application may send */
	bool abort_resets;           /* 3.10.5 */
};
extern const struct tcp_transition tcp_transitions[TCP_STATES];

/* tcp.c */
struct tcp_conn *tcp_conn_new(const struct tcp_pair *pair, uint32_t iss, enum tcp_state state);
/* Into a state, with the timers that it has, or hasn't. */
void tcp_enter(struct tcp_conn *conn, enum tcp_state state, usec_t now);
/* CLOSED, with nothing left to send or to read; error: 0 or a negative errno. */
void tcp_finish(struct tcp_conn *conn, int error);
/* The same, and a RST tells the peer. */
void tcp_reset(struct tcp_conn *conn, int error);

/* Our SYN isn't acknowledged. */
static inline bool tcp_syn_unacked(const struct tcp_conn *c)
{
	return c->state == TCPS_SYN_SENT || c->state == TCPS_SYN_RECEIVED;
}
/* The sequence number of the first octet in the ring to be sent. */
static inline uint32_t tcp_text_start(const struct tcp_conn *c)
{
	return tcp_syn_unacked(c) ? c->iss + 1 : c->snd_una;
}
static inline uint32_t tcp_rcv_wnd(const struct tcp_conn *c)
{
	return c->rcv_adv - c->rcv_nxt;
}

/* tcp_out.c: the window could be opened by enough to be told, RFC 9293 3.8.6.2.2. */
bool tcp_window_opens(const struct tcp_conn *conn);

/* tcp_in.c: IRS and MSS from the peer's SYN. */
void tcp_take_syn(struct tcp_conn *conn, const struct tcp_segment *segment);

/* tcp_timer.c */
void tcp_timer_sent(struct tcp_conn *conn, uint32_t seq, bool again, usec_t now);
void tcp_timer_acked(struct tcp_conn *conn, uint32_t ack, usec_t now);
void tcp_timer_persist(struct tcp_conn *conn, usec_t now);
void tcp_timer_window_opened(struct tcp_conn *conn);

/* tcp_congestion.c */
void tcp_congestion_start(struct tcp_conn *conn);
void tcp_congestion_acked(struct tcp_conn *conn, uint32_t octets);
void tcp_congestion_duplicate(struct tcp_conn *conn);
void tcp_congestion_timeout(struct tcp_conn *conn);

/* tcp_segment.c: the checksum over the identifiers, in its place. */
void tcp_seal(const struct tcp_pair *pair, uint8_t *upper, size_t len);

#endif
