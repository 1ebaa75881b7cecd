/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMPv6 as far as a host without neighbours needs it: RFC 4443 2.4, 3 and 4. */
#include "refstack/core/internal.h"
#include "wire/checksum.h"

#include <errno.h>
#include <netinet/icmp6.h>

enum {
	ERROR_HEADER_LEN = 8, /* RFC 4443 3: type, code, checksum and four octets more */
	ERROR_MAX = 1280,     /* RFC 4443 2.4 (c): the whole packet */
	ERRORS_PER_SEC = 10,
	ERRORS_BURST = 10,
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

/* RFC 4443 2.4 (f): a bucket that leaks ERRORS_PER_SEC. */
static bool may_send_error(struct shim_host *host)
{
	const usec_t each = USEC_PER_SEC / ERRORS_PER_SEC;
	usec_t leaked = (host->now - host->icmp6_since) / each;

	host->icmp6_since += leaked * each;
	host->icmp6_sent -= leaked < host->icmp6_sent ? (unsigned)leaked : host->icmp6_sent;
	if (host->icmp6_sent == ERRORS_BURST)
		return false;
	host->icmp6_sent++;
	return true;
}

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

	if (!may_send_error(host)) {
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

/* --- messages that we get ---------------------------------------------------- */

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

/* RFC 5533 8: type 4 code 1 is for the shim if it quotes a shim message. */
static void take_parameter_problem(struct shim_host *host, const struct shim_arrival *arrival)
{
	if (arrival->upper[1] == ICMP6_PARAMPROB_NEXTHEADER)
		handshake_unsupported(host, arrival->upper + ERROR_HEADER_LEN,
				      arrival->len - ERROR_HEADER_LEN);
}

static const struct {
	uint8_t type;
	void (*take)(struct shim_host *host, const struct shim_arrival *arrival);
} messages[] = {
	{ ICMP6_ECHO_REQUEST, answer_echo },
	{ ICMP6_PARAM_PROB, take_parameter_problem },
};

void icmp6_input(struct shim_host *host, const struct shim_arrival *arrival)
{
	uint32_t sum = checksum_pseudo(&arrival->peer, &arrival->local, (uint32_t)arrival->len,
				       IPPROTO_ICMPV6);

	/* All that we know have at least eight octets. */
	if (arrival->len < ERROR_HEADER_LEN ||
	    checksum_finish(checksum_add(sum, arrival->upper, arrival->len)) != 0)
		return;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (messages[i].type == arrival->upper[0])
			messages[i].take(host, arrival);
}
