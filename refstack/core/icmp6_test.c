/* SPDX-License-Identifier: BSD-2-Clause */
/* Echo, and the errors for what nobody wants: RFC 4443. */
#include "refstack/core/back_to_back.h"

/* A packet from B's first to A's first locator. */
static struct flight packet(const struct pair *p, uint8_t next_header, const void *octets,
			    size_t len)
{
	struct flight f = { .to = A, .link = 1, .len = 40 + len };

	memcpy(f.octets, ((uint8_t[]){ 0x60, 0, 0, 0, (uint8_t)(len >> 8), (uint8_t)len,
				       next_header, 64 }), 8);
	memcpy(f.octets + 8, &p->host[B]->locator[0].addr, 16);
	memcpy(f.octets + 24, &p->host[A]->locator[0].addr, 16);
	memcpy(f.octets + 40, octets, len);
	return f;
}

static uint16_t sum_of(const struct flight *f, size_t off)
{
	struct in6_addr src, dst;

	memcpy(&src, f->octets + 8, 16);
	memcpy(&dst, f->octets + 24, 16);
	return checksum_finish(checksum_add(checksum_pseudo(&src, &dst, (uint32_t)(f->len - off),
							    58),
					    f->octets + off, f->len - off));
}

static struct flight echo_request(const struct pair *p)
{
	/* Type 128, code 0, checksum, id 0x1234, sequence 7, data */
	struct flight f = packet(p, 58, "\x80\0\0\0\x12\x34\0\x07ping!", 13);
	uint16_t sum = sum_of(&f, 40);

	f.octets[42] = (uint8_t)(sum >> 8);
	f.octets[43] = (uint8_t)sum;
	return f;
}

/* The single packet that A sent in answer, an ICMPv6 message with a right
 * checksum from and to the addresses of f. */
static const struct flight *answer_to(struct pair *p, const struct flight *f)
{
	const struct flight *answer = &p->flight[0];

	shim_host_input(p->host[A], 1, f->octets, f->len);
	assert_int_equal(p->count, 1);
	assert_int_equal(answer->octets[6], 58);
	assert_memory_equal(answer->octets + 8, f->octets + 24, 16);
	assert_memory_equal(answer->octets + 24, f->octets + 8, 16);
	assert_int_equal(sum_of(answer, 40), 0);
	return answer;
}

/* --- echo: RFC 4443 4 ------------------------------------------------------------- */

static void an_echo_request_gets_its_reply(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_request(p);
	const struct flight *reply = answer_to(p, &f);

	assert_int_equal(reply->len, f.len);
	assert_int_equal(reply->octets[40], 129);
	assert_int_equal(reply->octets[41], 0);
	assert_memory_equal(reply->octets + 44, "\x12\x34\0\x07ping!", 9);
}

/* A host that is pinged to see whether it lives stays as it was. */
static void echo_replies_do_not_count_towards_a_context(void **state)
{
	struct pair *p = pair_new(42, 1);
	struct flight f = echo_request(p);
	struct shim_send send = {
		.local = locator_of(p, A, 1),
		.peer = locator_of(p, B, 1),
		.protocol = IPPROTO_UDP,
	};

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		land(p, &f);
	assert_int_equal(p->count, 10);
	assert_int_equal(p->host[A]->contexts.count, 0);
	assert_int_equal(shim_send(p->host[A], &send, "datagram", 8), 0);
	assert_int_equal(p->host[A]->contexts.count, 1);
	pair_free(p);
}

static void a_wrong_checksum_gets_no_reply(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_request(p);

	f.octets[43] ^= 1;
	land(p, &f);
	assert_int_equal(p->count, 0);
}

static void a_truncated_request_gets_no_reply(void **state)
{
	struct pair *p = *state;

	for (size_t len = 0; len < 8; len++) {
		struct flight f = packet(p, 58, "\x80\0\0\0\x12\x34\0\x07", len);
		uint16_t sum = sum_of(&f, 40);

		if (len >= 4) {
			f.octets[42] = (uint8_t)(sum >> 8);
			f.octets[43] = (uint8_t)sum;
		}
		land(p, &f);
		assert_int_equal(p->count, 0);
	}
}

/* The reply is payload of the context like any other. */
static void the_reply_takes_the_way_of_the_context(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_request(p);
	const struct flight *reply;

	establish(p);
	shim_host_link_event(p->host[A], 1, false);
	/* The request still finds A's other locator, under A's tag. */
	memmove(f.octets + 48, f.octets + 40, f.len - 40);
	memcpy(f.octets + 40, ((uint8_t[]){ 58, 0 }), 2);
	for (unsigned i = 0; i < 6; i++)
		f.octets[42 + i] = (uint8_t)(context_of(p, A)->ct_local >> 8 * (5 - i));
	f.octets[42] |= 0x80;
	f.octets[5] += 8;
	f.octets[6] = 140;
	f.len += 8;
	memcpy(f.octets + 24, &p->host[A]->locator[1].addr, 16);
	land(p, &f);

	reply = &p->flight[p->count - 1];
	assert_int_equal(reply->octets[6], 140);
	assert_addr(reply->octets + 8, locator_of(p, A, 2));
	assert_int_equal(reply->octets[40], 58);
	assert_int_equal(reply->octets[48], 129);
}

/* --- errors: RFC 4443 3 ------------------------------------------------------------- */

static void udp_that_nobody_wants_is_port_unreachable(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 17, "\x12\x34\x56\x78\0\x08\xff\xff", 8);
	const struct flight *error;

	p->end[A].wants = false;
	error = answer_to(p, &f);
	assert_memory_equal(error->octets + 40, "\x01\x04", 2);
	assert_memory_equal(error->octets + 44, "\0\0\0\0", 4);
	assert_int_equal(error->len, 48 + f.len);
	assert_memory_equal(error->octets + 48, f.octets, f.len);
}

static void an_unknown_next_header_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 253, "abcdefgh", 8);
	const struct flight *error;

	p->end[A].wants = false;
	error = answer_to(p, &f);
	assert_memory_equal(error->octets + 40, "\x04\x01", 2);
	assert_memory_equal(error->octets + 44, "\0\0\0\x06", 4);
	assert_memory_equal(error->octets + 48, f.octets, f.len);
}

static void the_pointer_leads_into_the_extension_header_that_named_it(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 60, "\xfd\0\x01\x04\0\0\0\0abcdefgh", 16);
	const struct flight *error;

	p->end[A].wants = false;
	error = answer_to(p, &f);
	assert_memory_equal(error->octets + 44, "\0\0\0\x28", 4);
}

/* The quote is the packet as it came, so the pointer must fit that one:
 * destination options at 40, the payload header at 48, and behind it at 56
 * nothing, or destination options again. */
static void behind_a_payload_header_the_pointer_is_right_too(void **state)
{
	static const struct {
		const char *octets;
		size_t tag_at, len;
		uint8_t next, pointer;
	} cases[] = {
		{ "\xfd\0......", 2, 8, 140, 40 },
		{ "\x8c\0\x01\x04\0\0\0\0\xfd\0......", 10, 16, 60, 48 },
		{ "\x3c\0......\xfd\0\x01\x04\0\0\0\0", 2, 16, 140, 48 },
	};
	struct pair *p = *state;

	establish(p);
	p->end[A].wants = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flight f = packet(p, cases[i].next, cases[i].octets, cases[i].len);
		uint8_t *tag = f.octets + 40 + cases[i].tag_at;

		for (unsigned k = 0; k < 6; k++)
			tag[k] = (uint8_t)(context_of(p, A)->ct_local >> 8 * (5 - k));
		tag[0] |= 0x80;
		p->count = p->landed = 0;
		assert_int_equal(answer_to(p, &f)->octets[47], cases[i].pointer);
		assert_memory_equal(p->flight[0].octets + 48, f.octets, f.len);
	}
}

/* RFC 4443 2.4 (c) */
static void an_error_has_no_more_than_1280_octets(void **state)
{
	static const uint8_t octets[1460];
	struct pair *p = *state;
	struct flight f = packet(p, 17, octets, sizeof(octets));

	p->end[A].wants = false;
	assert_int_equal(answer_to(p, &f)->len, 1280);
	assert_memory_equal(p->flight[0].octets + 48, f.octets, 1280 - 48);
}

/* RFC 4443 2.4 (e) */
static void errors_and_other_icmpv6_get_no_error(void **state)
{
	struct pair *p = *state;

	p->end[A].wants = false;
	for (unsigned type = 0; type < 256; type++) {
		uint8_t message[8] = { (uint8_t)type };
		struct flight f = packet(p, 58, message, sizeof(message));
		uint16_t sum = sum_of(&f, 40);

		if (type == 128)
			continue;
		f.octets[42] = (uint8_t)(sum >> 8);
		f.octets[43] = (uint8_t)sum;
		land(p, &f);
	}
	assert_int_equal(p->count, 0);
}

/* Type 129, code 0, id 0x1234, sequence 7: a reply to a ping of the upper layer's. */
static struct flight echo_reply(const struct pair *p)
{
	struct flight f = packet(p, 58, "\x81\0\0\0\x12\x34\0\x07ping!", 13);
	uint16_t sum = sum_of(&f, 40);

	f.octets[42] = (uint8_t)(sum >> 8);
	f.octets[43] = (uint8_t)sum;
	return f;
}

static void an_echo_reply_is_offered_to_the_upper_layer(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_reply(p);

	land(p, &f);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_int_equal(p->end[A].arrival.protocol, 58);
	assert_int_equal(p->end[A].arrival.len, 13);
	assert_memory_equal(p->end[A].upper, f.octets + 40, 13);
	assert_int_equal(p->count, 0);
}

static void a_broken_echo_reply_is_not_offered(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_reply(p);

	f.octets[43] ^= 1;
	land(p, &f);
	assert_int_equal(p->end[A].arrivals, 0);
}

/* RFC 3542 3.2: who reads ICMPv6 sees requests, too. */
static void an_echo_request_is_answered_and_offered(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_request(p);

	answer_to(p, &f);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_memory_equal(p->end[A].upper, f.octets + 40, f.len - 40);
}

/* RFC 4443 2.1 has four octets for all, 3542 3.3 wants the unknown passed on. */
static void a_message_without_a_body_is_offered_alone(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 58, "\x80\0\0\0", 4);
	uint16_t sum = sum_of(&f, 40);

	f.octets[42] = (uint8_t)(sum >> 8);
	f.octets[43] = (uint8_t)sum;
	land(p, &f);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_int_equal(p->end[A].arrival.len, 4);
	assert_int_equal(p->count, 0);
}

static void an_echo_reply_without_an_upper_layer_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = echo_reply(p);

	shim_set_upper(p->host[A], NULL, NULL);
	land(p, &f);
	assert_int_equal(p->count, 0);
}

static void no_next_header_is_no_error(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 59, "", 0);

	p->end[A].wants = false;
	land(p, &f);
	assert_int_equal(p->count, 0);
}

/* RFC 4443 2.4 (f) */
static void errors_are_limited_to_ten_a_second(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 17, "\x12\x34\x56\x78\0\x08\xff\xff", 8);

	p->end[A].wants = false;
	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	assert_int_equal(p->count, 10);
	shim_host_advance(p->host[A], USEC_PER_SEC / 2);
	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	assert_int_equal(p->count, 15);
	shim_host_advance(p->host[A], 3600 * USEC_PER_SEC);
	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	assert_int_equal(p->count, 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(an_echo_request_gets_its_reply),
		cmocka_unit_test(echo_replies_do_not_count_towards_a_context),
		pair_test(a_wrong_checksum_gets_no_reply),
		pair_test(a_truncated_request_gets_no_reply),
		pair_test(the_reply_takes_the_way_of_the_context),
		pair_test(udp_that_nobody_wants_is_port_unreachable),
		pair_test(an_unknown_next_header_is_pointed_at),
		pair_test(the_pointer_leads_into_the_extension_header_that_named_it),
		pair_test(behind_a_payload_header_the_pointer_is_right_too),
		pair_test(an_error_has_no_more_than_1280_octets),
		pair_test(errors_and_other_icmpv6_get_no_error),
		pair_test(an_echo_reply_is_offered_to_the_upper_layer),
		pair_test(a_broken_echo_reply_is_not_offered),
		pair_test(an_echo_request_is_answered_and_offered),
		pair_test(a_message_without_a_body_is_offered_alone),
		pair_test(an_echo_reply_without_an_upper_layer_is_dropped),
		pair_test(no_next_header_is_no_error),
		pair_test(errors_are_limited_to_ten_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
