/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control messages on their way in: the checks of RFC 5533 12.3, the options that
 * a message may have, and who takes it. And the two answers that need no
 * context: Error (5.14) and R1bis (7.17).
 */
#include "refstack/core/handshake.h"
#include "wire/layers.h"

#include <errno.h>

/* --- what every message gets -------------------------------------------------- */

bool control_option(const struct heard *h, uint16_t type, struct shim6_option *out)
{
	const uint8_t *message = h->rx->packet + h->off;
	struct rbuf r = rbuf_of(message, 8 * (message[1] + 1u));

	rbuf_take(&r, shim6_fixed_len(h->m->type));
	while (shim6_option_next(&r, out))
		if (out->type == type)
			return true;
	return false;
}

bool control_quoted(const struct span *quote, const struct wire_layer *layer, uint8_t type,
		    struct ipv6_header *ip, struct shim6_message *out)
{
	struct rbuf r = rbuf_of(quote->data, quote->len);
	struct ipv6_found shim;

	if (ipv6_parse(ip, &r) || ipv6_find(&shim, quote->data, quote->len, PROTO_SHIM6) ||
	    quote->len - shim.off < layer->fixed || quote->data[shim.off + 2] != type)
		return false;
	*out = (struct shim6_message){ .type = type };
	wire_fixed_parse(layer, quote->data + shim.off, out);
	return true;
}

void control_error(struct shim_host *host, const struct received *rx, uint8_t code, size_t pointer)
{
	struct shim6_message error = {
		.type = SHIM6_ERROR,
		.error = {
			.code = code,
			.pointer = (uint16_t)pointer,
			.quote = { rx->packet, shim6_quote_len(rx->len, IPV6_HEADER_LEN) },
		},
	};

	if (error.error.quote.len > 0 && host_may(host, &host->shim_errors, ERRORS_PER_SEC))
		host_send_control(host, &rx->ip.dst, &rx->ip.src, &error);
}

enum { R1BIS_PER_SEC = 1000 }; /* it is larger than what can provoke it */

/* Nothing is kept: the validator has all that the I2bis will have to repeat. */
void control_r1bis(struct shim_host *host, const struct received *rx, uint64_t tag)
{
	struct validator_claim claim = {
		.packet_tag = tag,
		.src = rx->ip.src,
		.dst = rx->ip.dst,
	};
	struct shim6_message r1bis = { .type = SHIM6_R1BIS, .packet_tag = tag };
	uint8_t validator[VALIDATOR_LEN];

	if (!host_may(host, &host->r1bis, R1BIS_PER_SEC))
		return;
	r1bis.resp_nonce = validator_issue(&host->validators, &host->random, host->now, &claim,
					   validator);
	r1bis.validator = (struct span){ validator, sizeof(validator) };
	host_send_control(host, &rx->ip.dst, &rx->ip.src, &r1bis);
}

/* --- who takes it --------------------------------------------------------------- */

struct kind;
typedef void taker(struct shim_host *host, const struct kind *kind, struct heard *h);
static taker by_meeting, by_tag, by_quote;

#define HAS(option) (1u << SHIM6_OPT_##option)

enum {
	NAMED = HAS(ULID_PAIR) | HAS(FII),
	PROVEN = HAS(LOCATOR_LIST) | HAS(PREFERENCES) | HAS(CGA_PDS) | HAS(CGA_SIGNATURE) |
		 HAS(KEEPALIVE_TIMEOUT),
};

/* The messages, and the options that RFC 5533 5.4 to 5.11 and RFC 5534 5.3
 * list for them. */
static const struct kind {
	uint8_t type;
	unsigned options;
	taker *take;
	meeting *meet;              /* of by_meeting */
	enum handshake_event event; /* then */
	void (*process)(struct shim_host *host, struct shim_context *context,
			const struct heard *h); /* of by_tag */
} kinds[] = {
	{ SHIM6_I1, NAMED, by_meeting, meet_i1, ON_I1, NULL },
	{ SHIM6_R1, HAS(VALIDATOR), by_meeting, meet_r1, ON_R1, NULL },
	{ SHIM6_I2, NAMED | PROVEN | HAS(VALIDATOR), by_meeting, meet_i2, ON_I2, NULL },
	{ SHIM6_R2, PROVEN, by_meeting, meet_r2, ON_R2, NULL },
	{ SHIM6_R1BIS, HAS(VALIDATOR), by_meeting, meet_r1bis, ON_R1BIS, NULL },
	{ SHIM6_I2BIS, NAMED | PROVEN | HAS(VALIDATOR), by_meeting, meet_i2bis, ON_I2, NULL },
	{ SHIM6_UPDATE_REQUEST, PROVEN, by_tag, NULL, 0, update_take_request },
	{ SHIM6_UPDATE_ACK, 0, by_tag, NULL, 0, update_take_ack },
	{ SHIM6_KEEPALIVE, 0, by_tag, NULL, 0, reap_take_keepalive },
	{ SHIM6_PROBE, 0, by_tag, NULL, 0, reap_take_probe },
	{ SHIM6_ERROR, 0, by_quote, NULL, 0, NULL },
};

/* The handshake's messages find their context each in its own way. */
static void by_meeting(struct shim_host *host, const struct kind *kind, struct heard *h)
{
	struct refusal no = { .why = NULL };
	struct shim_context *context = kind->meet(host, h, &no);

	if (!no.why) {
		handshake_happen(host, kind->event, context, h);
		return;
	}
	host_drop(host, h->rx, no.why);
	if (no.error_at)
		control_error(host, h->rx, SHIM6_ERROR_METHOD, no.error_at);
}

/* Those of a context that stands: RFC 5533 12.4. A tag may have been used
 * before, so the locators must be the context's, too. */
static void by_tag(struct shim_host *host, const struct kind *kind, struct heard *h)
{
	struct shim_context *context = context_by_tag(&host->contexts, h->m->receiver_tag);
	enum standing standing = STRANGER;

	if (!context || (context_has_peer(context, &h->rx->ip.src) &&
			 context_hears_at(host, context, &h->rx->ip.dst)))
		standing = handshake_standing(host, context);
	if (standing == STRANGER) {
		host_drop(host, h->rx, "no context with this tag and these locators");
		control_r1bis(host, h->rx, h->m->receiver_tag);
	} else if (standing == SPEAKS) {
		kind->process(host, context, h);
	} else {
		host_drop(host, h->rx, "a message that the STATE has no use for");
	}
}

static void about_update(struct shim_host *host, const struct span *quote)
{
	struct shim_context *context;
	struct shim6_message m;
	struct ipv6_header ip;

	if (!control_quoted(quote, &layer_update_request, SHIM6_UPDATE_REQUEST, &ip, &m))
		return;
	context = translate_quoted(host, &ip.src, &ip.dst, m.receiver_tag);
	if (context)
		update_refused(host, context, m.request_nonce);
}

/* RFC 5533 says what an Error tells, and not what to do: it goes to the log. But a
 * peer that has another list than we believe can be told all of it again. */
static void by_quote(struct shim_host *host, const struct kind *kind, struct heard *h)
{
	const struct shim6_error *error = &h->m->error;

	(void)kind;
	host_log(host, "Error code %u, pointer %u, about a packet of ours", error->code,
		 error->pointer);
	if (error->code == SHIM6_ERROR_GENERATION || error->code == SHIM6_ERROR_PREFERENCES)
		about_update(host, &error->quote);
}

/* --- in ------------------------------------------------------------------------ */

/* RFC 5533 5.15: with an option that is critical, and unknown or not one of
 * this message's, nothing of it is processed. Those that the parser unpacked
 * are known. NULL if there is none. */
static const struct shim6_option *forbidden(const struct kind *kind, const struct shim6_message *m)
{
	for (unsigned i = 0; i < m->other_count; i++) {
		uint16_t type = m->other[i].type;

		if (m->other[i].critical && !(type < 32 && kind->options & 1u << type))
			return &m->other[i];
	}
	return NULL;
}

static const struct kind *kind_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

void control_input(struct shim_host *host, const struct received *rx, size_t off)
{
	struct rbuf r = rbuf_of(rx->packet + off, rx->len - off);
	struct shim6_message m;
	struct heard h = { .rx = rx, .off = off, .m = &m };
	const struct shim6_option *option;
	const struct kind *kind;
	int err = shim6_message_parse(&m, &r);

	if (err == -ENOTSUP) {
		host_drop(host, rx, "a control message of unknown type");
		control_error(host, rx, SHIM6_ERROR_TYPE, off + 2);
		return;
	}
	kind = err ? NULL : kind_of(m.type);
	if (!kind) {
		host_drop(host, rx, "a control message that is malformed");
		return;
	}
	option = forbidden(kind, &m);
	if (option) {
		host_drop(host, rx, "a critical option that is not known here");
		control_error(host, rx, SHIM6_ERROR_OPTION, off + option->off);
		return;
	}
	kind->take(host, kind, &h);
}
