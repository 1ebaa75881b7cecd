/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Silence is told from death by an echo request (RFC 4443 4.1), which comes
 * from an address of the runner's own so that it touches no context of the
 * case's. What goes back there, the reply or even an I1, is no case's affair.
 */
#include "conformance/engine/trial.h"

#include "conformance/engine/target.h"
#include "pcap/inject.h"
#include "wire/layers.h"

#include <string.h>

enum { ECHO_ID = 0x5370, ECHO_SEQ = 1 };

static const struct in6_addr prober = { { { 0x20, 0x01, 0x0d, 0xb8, 0x00, 0xfe, 0, 0, 0, 0, 0, 0,
					    0, 0, 0, 1 } } };

static const char payload[] = "alive?";

/* The first locator that nothing has taken down; NULL: none. */
static const struct shimproof_locator *reachable(const struct trial *t)
{
	for (size_t i = 0; i < t->locator_count; i++)
		if (!t->gone[i] && !t->no_carrier[t->locators[i].link])
			return &t->locators[i];
	return NULL;
}

static bool is_field(const struct wire_dissection *d, unsigned span, const char *name,
		     uint64_t expected)
{
	uint64_t number;

	return wire_number_get(d, span, name, &number) == 0 && number == expected;
}

static bool is_reply(const struct sent *s)
{
	struct wire_dissection d;
	size_t data_len = strlen(payload);

	wire_dissect(&d, s->octets, s->len);
	return d.span_count == 3 && d.spans[0].layer == &layer_ipv6 &&
	       d.spans[1].layer == &layer_echo && is_field(&d, 1, "type", INJECT_ECHO_REPLY) &&
	       is_field(&d, 1, "id", ECHO_ID) && is_field(&d, 1, "seq", ECHO_SEQ) &&
	       d.spans[2].len == data_len &&
	       !memcmp(s->octets + d.spans[2].off, payload, data_len);
}

bool liveness_takes(struct trial *t, const struct sent *s)
{
	if (!t->pinged || s->len < IPV6_HEADER_LEN ||
	    memcmp(s->octets + 24, &prober, sizeof(prober)))
		return false;
	t->answered |= is_reply(s);
	trial_looked(t, s->number, s->time, s->time);
	trial_note(t, s->number, is_reply(s) ? "liveness reply" : "to the liveness prober");
	return true;
}

int liveness_run(struct trial *t)
{
	const struct shimproof_locator *to = reachable(t);
	uint8_t packet[128];
	struct ipv6_header ip;
	ssize_t len;
	int r;

	if (!to) {
		trial_log(t, "not pinged: no locator is up");
		return 0;
	}
	if (!target_supports(t->description, "echo")) {
		trial_log(t, "not pinged: the target does not claim to answer echo requests");
		return 0;
	}
	ip = (struct ipv6_header){ .next_header = IPPROTO_ICMPV6, .hop_limit = 64,
				   .src = prober, .dst = to->addr };
	len = inject_echo(packet, sizeof(packet), &ip, INJECT_ECHO_REQUEST, ECHO_ID, ECHO_SEQ,
			  payload, strlen(payload));
	if (len < 0)
		return trial_blocked(t, "the liveness probe could not be built");
	t->pinged = true;
	t->answered = false;
	r = trial_deliver(t, to->link, packet, (size_t)len, "liveness probe");
	if (r == 0)
		r = timeline_settle(t);
	if (r < 0)
		return r;
	if (!t->answered)
		return trial_blocked(t, "silence cannot be told from death: no echo reply came");
	return 0;
}
