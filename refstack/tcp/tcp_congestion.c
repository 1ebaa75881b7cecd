/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Congestion control, RFC 5681: slow start and congestion avoidance (3.1), fast
 * retransmit and fast recovery (3.2). SMSS is mss.
 */
#include "refstack/tcp/tcp_conn.h"

enum { DUPLICATES = 3 };

static uint32_t half_of_flight(const struct tcp_conn *c)
{
	uint32_t half = (c->snd_nxt - c->snd_una) / 2;

	return half > 2 * c->mss ? half : 2 * c->mss;
}

/* The initial window; of one segment if the SYN was lost. */
void tcp_congestion_start(struct tcp_conn *c)
{
	unsigned segments = c->mss > 2190 ? 2 : c->mss > 1095 ? 3 : 4;

	c->cwnd = (c->tries > 0 ? 1 : segments) * c->mss;
}

void tcp_congestion_acked(struct tcp_conn *c, uint32_t octets)
{
	uint32_t more = octets < c->mss ? octets : c->mss;

	if (c->duplicates >= DUPLICATES) { /* the end of fast recovery */
		c->cwnd = c->ssthresh;
	} else if (c->cwnd < c->ssthresh) {
		c->cwnd += more;
	} else {
		more = (uint32_t)((uint64_t)c->mss * c->mss / c->cwnd);
		c->cwnd += more ? more : 1;
	}
	if (c->cwnd > TCP_BUFFER + c->mss) /* no window is larger */
		c->cwnd = TCP_BUFFER + c->mss;
	c->duplicates = 0;
}

void tcp_congestion_duplicate(struct tcp_conn *c)
{
	c->duplicates++;
	if (c->duplicates == DUPLICATES) {
		c->ssthresh = half_of_flight(c);
		c->cwnd = c->ssthresh + DUPLICATES * c->mss;
		c->front_now = true;
	} else if (c->duplicates > DUPLICATES && c->cwnd < 2 * TCP_BUFFER) {
		c->cwnd += c->mss;
	}
}

/* Of the same segment for the second time, ssthresh has been set already. */
void tcp_congestion_timeout(struct tcp_conn *c)
{
	if (c->tries <= 1)
		c->ssthresh = half_of_flight(c);
	c->cwnd = c->mss;
	c->duplicates = 0;
}
