/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 as far as a host without neighbours needs it: RFC 4443 2.4, 3 and 4. */
#include "refstack/core/internal.h"
#include "wire/checksum.h"

#include <errno.h>
#include <netinet/icmp6.h>

enum {
	ERROR_HEADER_LEN = 8, /* RFC 4443 3: type, code, checksum and four octets more */
	ERROR_MAX = 1280,     /* RFC 4443 2.4 (c): the whole packet */
};

static void set_checksum(uint8_t *message, size_t len, const struct in6_addr *src,
			 const struct in6_addr *dst)
{
	uint32_t sum = checksum_pseudo(src, dst, (uint32_t)len, IPPROTO_ICMPV6);
	uint16_t checksum;

	message[2] = message[3] = 0;
	checksum = checksum_finish(checksum_add(sum, message, len));
	message[2] = (uint8_t)(checksum >> 8);
	message[3] = (uint8_t)checksum;
}

/* --- errors that we send --------------------------------------------------- */

/* RFC 4443 2.4 (e) forbids an answer to ICMPv6 errors and to what went to a
 * multicast address or came from none: icmp6_input() answers no error, and
 * shim_host_input() lets no such address in. The error is about the packet
 * as it came, so it goes between the locators. */
void icmp6_send_error(struct shim_host *host, const struct received *rx, uint16_t type_code,
		      uint32_t word)
{
	struct ipv6_header ip = {
		.next_header = IPPROTO_ICMPV6,
		.src = rx->ip.dst,
		.dst = rx->ip.src,
	};
	uint8_t message[ERROR_MAX - IPV6_HEADER_LEN];
	struct wbuf w = wbuf_of(message, sizeof(message));
	size_t quote = sizeof(message) - ERROR_HEADER_LEN;

	if (!host_may(host, &host->icmp6_errors, ERRORS_PER_SEC)) { /* RFC 4443 2.4 (f) */
		host_drop(host, rx, "no ICMPv6 error, too many already");
		return;
	}
	wbuf_u16(&w, type_code);
	wbuf_u16(&w, 0);
	wbuf_u32(&w, word);
	wbuf_copy(&w, rx->packet, rx->len < quote ? rx->len : quote);
	set_checksum(message, w.len, &ip.src, &ip.dst);
	host_send(host, &ip, &(struct span){ message, w.len }, 1);
}

/* --- echo ---------------------------------------------------------------------- */

/* RFC 4443 4.2. The reply is an upper-layer packet between the ULIDs, so it
 * goes through the context if there is one. */
static void answer_echo(struct shim_host *host, const struct shim_arrival *arrival)
{
	struct shim_send send = {
		.local = arrival->local,
		.peer = arrival->peer,
		.protocol = IPPROTO_ICMPV6,
	};
	uint8_t reply[HOST_MTU_MAX];

	memcpy(reply, arrival->upper, arrival->len);
	reply[0] = ICMP6_ECHO_REPLY;
	set_checksum(reply, arrival->len, &arrival->local, &arrival->peer);
	if (shim_send(host, &send, reply, arrival->len))
		host_log(host, "an echo reply could not be sent");
}

/* --- errors about packets of ours: RFC 5533 8 ----------------------------------- */

enum {
	MTU_MIN = 1280,      /* RFC 8200 5 */
	PATH_MTU_TIME = 600, /* seconds, RFC 8201 4 */
	HINTS_PER_SEC = 10,  /* anybody may have sent them */
};

/* What an error quotes, as it was before the shim had it. */
struct quoted {
	struct shim_context *context; /* that it went through; NULL: none */
	bool current;                 /* over the pair that the context has now */
	bool tagged;                  /* with a payload extension header */
	size_t shim_at, named_at;     /* where that stands in the quote, and is named */
	struct in6_addr local, peer;  /* ULIDs */
	uint8_t protocol;
	const uint8_t *upper;
	size_t len;
};

/* The walk goes on behind the payload extension header. */
static bool quoted_tag(struct quoted *out, const struct shim_host *host, const uint8_t *quote,
		       size_t len, const struct ipv6_header *ip, struct ipv6_found *at)
{
	struct rbuf r = rbuf_of(quote + at->off, len - at->off);
	struct shim6_payload payload;

	if (shim6_payload_parse(&payload, &r))
		return false;
	out->context = translate_quoted(host, &ip->src, &ip->dst, payload.tag);
	out->shim_at = at->off;
	out->named_at = at->next_at;
	at->off += SHIM6_PAYLOAD_LEN;
	at->proto = payload.next_header;
	if (!out->context || ipv6_walk(at, quote, len, -1) || at->fragment)
		return false;
	out->tagged = true;
	out->local = out->context->ulids.local;
	out->peer = out->context->ulids.peer;
	return true;
}

static bool unquote(struct quoted *out, const struct shim_host *host, const uint8_t *quote,
		    size_t len)
{
	struct rbuf r = rbuf_of(quote, len);
	struct ipv6_header ip;
	struct ipv6_found end;

	*out = (struct quoted){ .context = NULL };
	if (ipv6_parse(&ip, &r) || ipv6_find(&end, quote, len, -1) || end.fragment)
		return false;
	if (rbuf_left(&r) > ip.payload_len) /* RFC 4884: what follows is no more of it */
		len = IPV6_HEADER_LEN + ip.payload_len;
	if (end.proto == PROTO_SHIM6) {
		if (!quoted_tag(out, host, quote, len, &ip, &end))
			return false;
	} else {
		out->context = shim_context_of(host, &ip.src, &ip.dst);
		out->local = ip.src;
		out->peer = ip.dst;
	}
	out->current = out->context && IN6_ARE_ADDR_EQUAL(&out->context->lp_local, &ip.src) &&
		       IN6_ARE_ADDR_EQUAL(&out->context->lp_peer, &ip.dst);
	out->protocol = end.proto;
	out->upper = quote + end.off;
	out->len = len - end.off;
	return shim_host_owns(host, &out->local);
}

/* Another path may help. Nothing is believed but that it is worth a Probe; with
 * one path alone there is nothing to be done here. */
static bool act_by_path(struct shim_host *host, const struct quoted *quoted)
{
	const struct peer_locators *ls = quoted->context->ls_peer;
	unsigned local = (unsigned)__builtin_popcount(host_locators_up(host) &
						      context_sources(host, quoted->context));

	if (local * (ls ? ls->count : 1) < 2 || !host_may(host, &host->hints, HINTS_PER_SEC))
		return false;
	reap_happen(host, quoted->context, REAP_BROKEN, NULL);
	return true;
}

/* The upper layer has to know, too: it is what makes packets large. */
static void note_size(struct shim_host *host, const struct quoted *quoted, uint32_t mtu)
{
	struct shim_context *context = quoted->context;
	bool known = context->path_mtu && host->now < context->path_mtu_until;

	if (known && mtu >= context->path_mtu) /* RFC 8201 4: it is never raised so */
		return;
	context->path_mtu = mtu;
	context->path_mtu_until = host->now + PATH_MTU_TIME * USEC_PER_SEC;
}

/* The errors that the shim can do something about, codes as bits. */
static const struct {
	uint8_t type, codes;
} about_path[] = {
	{ ICMP6_DST_UNREACH, 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 },
	{ ICMP6_TIME_EXCEEDED, 0xff },
};

static bool is_about_path(uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < sizeof(about_path) / sizeof(about_path[0]); i++)
		if (about_path[i].type == type && code < 8 && about_path[i].codes & 1 << code)
			return true;
	return false;
}

static bool shim_acts(struct shim_host *host, const struct quoted *quoted, uint8_t type,
		      uint8_t code, uint32_t word)
{
	/* The octet in question may be one that the shim has put there. */
	if (quoted->tagged && type == ICMP6_PARAM_PROB &&
	    (word == quoted->named_at || word - quoted->shim_at < SHIM6_PAYLOAD_LEN))
		return true;
	if (!quoted->current)
		return false;
	if (type == ICMP6_PACKET_TOO_BIG)
		note_size(host, quoted, word);
	return is_about_path(type, code) && act_by_path(host, quoted);
}

/* An MTU, or an offset in the packet, without the payload extension header. */
static uint32_t as_if_untagged(const struct quoted *quoted, uint8_t type, uint32_t word)
{
	bool counts = type == ICMP6_PACKET_TOO_BIG ||
		      (type == ICMP6_PARAM_PROB && word > quoted->shim_at);

	return quoted->tagged && counts && word >= SHIM6_PAYLOAD_LEN ? word - SHIM6_PAYLOAD_LEN
								     : word;
}

/* To whoever reads ICMPv6 (RFC 3542 3). If nobody does, that is no reason for an error. */
static void offer(struct shim_host *host, const struct shim_arrival *arrival)
{
	if (host->upper && host->upper->arrival)
		host->upper->arrival(host->upper_ctx, arrival);
}

/* Also to them it is as if there were no shim: the quoted packet is between ULIDs, and
 * without the payload extension header. What stands behind it (RFC 4884) goes. */
static void offer_error(struct shim_host *host, const struct shim_arrival *arrival,
			const struct shim_upper_error *error, const struct quoted *quoted)
{
	const uint8_t *quote = arrival->upper + ERROR_HEADER_LEN;
	const uint8_t *shim = quote + quoted->shim_at, *behind = shim + SHIM6_PAYLOAD_LEN;
	struct rbuf r = rbuf_of(quote, IPV6_HEADER_LEN);
	struct shim_arrival plain = *arrival;
	uint8_t message[HOST_MTU_MAX];
	struct wbuf w = wbuf_of(message, sizeof(message)), at;
	struct ipv6_header ip;

	if (!quoted->tagged) {
		offer(host, arrival);
		return;
	}
	wbuf_copy(&w, arrival->upper, ICMP6_HEADER_LEN);
	wbuf_u32(&w, error->word);
	wbuf_copy(&w, quote, quoted->shim_at);
	wbuf_copy(&w, behind, (size_t)(error->upper + error->len - behind));
	ipv6_parse(&ip, &r);
	ip.payload_len -= SHIM6_PAYLOAD_LEN; /* unquote() has found it in there */
	ip.src = error->local;
	ip.dst = error->peer;
	at = wbuf_of(message + ERROR_HEADER_LEN, IPV6_HEADER_LEN);
	ipv6_emit(&ip, &at);
	message[ERROR_HEADER_LEN + quoted->named_at] = shim[0];
	set_checksum(message, w.len, &arrival->peer, &error->local);
	plain.local = error->local;
	plain.upper = message;
	plain.len = w.len;
	offer(host, &plain);
}

static void take_error(struct shim_host *host, const struct shim_arrival *arrival)
{
	const uint8_t *quote = arrival->upper + ERROR_HEADER_LEN;
	size_t len = arrival->len - ERROR_HEADER_LEN;
	struct rbuf word = rbuf_of(arrival->upper + 4, 4);
	struct shim_upper_error error = {
		.type = arrival->upper[0],
		.code = arrival->upper[1],
		.word = rbuf_u32(&word),
	};
	struct quoted quoted;

	if (error.type == ICMP6_PARAM_PROB && error.code == ICMP6_PARAMPROB_NEXTHEADER)
		handshake_unsupported(host, quote, len);
	if (error.type == ICMP6_PACKET_TOO_BIG && error.word < MTU_MIN)
		return; /* RFC 8201 4 */
	if (!unquote(&quoted, host, quote, len))
		return;
	if (shim_acts(host, &quoted, error.type, error.code, error.word) &&
	    !host->cfg.deliver_all_icmp)
		return;
	error.word = as_if_untagged(&quoted, error.type, error.word);
	error.local = quoted.local;
	error.peer = quoted.peer;
	error.protocol = quoted.protocol;
	error.upper = quoted.upper;
	error.len = quoted.len;
	if (host->upper && host->upper->error)
		host->upper->error(host->upper_ctx, &error);
	offer_error(host, arrival, &error, &quoted);
}

/* --- messages that we get ------------------------------------------------------- */

void icmp6_input(struct shim_host *host, const struct shim_arrival *arrival)
{
	uint32_t sum = checksum_pseudo(&arrival->peer, &arrival->local, (uint32_t)arrival->len,
				       IPPROTO_ICMPV6);

	if (arrival->len < ICMP6_HEADER_LEN ||
	    checksum_finish(checksum_add(sum, arrival->upper, arrival->len)) != 0)
		return;
	if (arrival->upper[0] >= ICMP6_INFOMSG_MASK)
		offer(host, arrival);
	/* All that we know have at least eight octets. */
	if (arrival->len < ERROR_HEADER_LEN)
		return;
	if (arrival->upper[0] < ICMP6_INFOMSG_MASK) /* RFC 4443 2.4 (a): also the unknown ones */
		take_error(host, arrival);
	else if (arrival->upper[0] == ICMP6_ECHO_REQUEST)
		answer_echo(host, arrival);
}
