/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 errors about segments of ours: RFC 9293 3.9.2.2, RFC 5461, RFC 5927, RFC 8201. */
#include "refstack/tcp/tcp_conn.h"
#include "wire/ipv6.h"

#include <errno.h>

enum {
	ANY_CODE = -1,
	UNREACHABLE = 1, /* RFC 4443 3 */
	TOO_BIG = 2,
	TIME_EXCEEDED = 3,
	PARAMETER_PROBLEM = 4,
	MTU_LEAST = 1280, /* RFC 8200 5 */
};

/* What is hard says that it won't be otherwise in a moment; RFC 9293 3.9.2.2, SHLD-26. */
/* clang-format off */
static const struct {
	uint8_t type;
	int code;
	int error;
	bool hard;
} errors[] = {
	{ UNREACHABLE,       0,        -ENETUNREACH,  false }, /* no route */
	{ UNREACHABLE,       1,        -EACCES,       true },  /* prohibited */
	{ UNREACHABLE,       2,        -EHOSTUNREACH, false }, /* beyond scope */
	{ UNREACHABLE,       3,        -EHOSTUNREACH, false }, /* address */
	{ UNREACHABLE,       4,        -ECONNREFUSED, true },  /* port */
	{ UNREACHABLE,       5,        -EACCES,       true },  /* source address policy */
	{ UNREACHABLE,       6,        -EACCES,       true },  /* reject route */
	{ TIME_EXCEEDED,     ANY_CODE, -EHOSTUNREACH, false },
	{ PARAMETER_PROBLEM, 1,        -ECONNREFUSED, true },  /* TCP isn't known there */
	{ PARAMETER_PROBLEM, ANY_CODE, -EPROTO,       false },
};
/* clang-format on */

/* An MTU of the path; what was too big goes out again, in smaller pieces. */
static void too_big(struct tcp_conn *c, uint32_t mtu)
{
	unsigned mss = (mtu < MTU_LEAST ? MTU_LEAST : mtu) - IPV6_HEADER_LEN - TCP_HEADER_LEN;

	if (tcp_syn_unacked(c) || mss >= c->path_mss || mss >= c->mss)
		return;
	c->path_mss = c->mss = mss;
	c->timing = false;
	c->snd_cur = c->snd_una;
}

void tcp_error(struct tcp_conn *c, uint8_t type, uint8_t code, uint32_t word, const uint8_t *upper,
	       size_t len)
{
	struct rbuf r = rbuf_of(upper, len);
	uint32_t seq;

	rbuf_u32(&r); /* the ports, which have led here */
	seq = rbuf_u32(&r);
	if (r.bad || c->state == TCPS_CLOSED || !seq_in(seq, c->snd_una, c->snd_nxt - c->snd_una))
		return;
	if (type == TOO_BIG) {
		too_big(c, word);
		return;
	}
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].type != type ||
		    (errors[i].code != code && errors[i].code != ANY_CODE))
			continue;
		if (errors[i].hard && c->state == TCPS_SYN_SENT)
			tcp_finish(c, errors[i].error);
		else
			c->soft_error = errors[i].error;
		return;
	}
}
