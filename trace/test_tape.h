/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets between two hosts, fed to a trace as they are made. Include after
 * <cmocka.h>.
 *
 *	A  ULID A1, locators A1 and A2, tag TAG_A, generation 1
 *	B  ULID B1, locators B1 and B2, tag TAG_B, generation 1
 *
 * Both are hash-based sets (RFC 5535), made with fixed octets for random ones. After
 * each packet the tables have to agree.
 */
#ifndef TRACE_TEST_TAPE_H
#define TRACE_TEST_TAPE_H

#include "trace/internal.h"
#include "wire/hba.h"
#include "wire/ipv6.h"
#include "wire/test_octets.h"

#define TAG_A   UINT64_C(0xaaaaaaaaaa)
#define TAG_B   UINT64_C(0xbbbbbbbbbb)
#define NONCE_A 0xa1a1a1a1u
#define NONCE_B 0xb1b1b1b1u

enum { TAPE_CONTEXTS = 16, TICK_USEC = 1000 };

struct tape {
	struct trace *t;
	uint64_t usec; /* of the last packet */
	struct trace_mark mark;
	struct hba_set a, b;
	bool unchecked; /* for floods: the check looks at all there is */
};

#define A1 (&tape->a.addr[0])
#define A2 (&tape->a.addr[1])
#define B1 (&tape->b.addr[0])
#define B2 (&tape->b.addr[1])

static inline void tape_host(struct hba_set *set, uint8_t number)
{
	uint8_t prefixes[2][8] = { { 0x20, 0x01, 0x0d, 0xb8, 0, number, 0, 1 },
				   { 0x20, 0x01, 0x0d, 0xb8, 0, number, 0, 2 } };
	uint8_t modifier[HBA_MODIFIER_LEN] = { number }, nonce[HBA_NONCE_LEN] = { 0x80, number };

	assert_int_equal(hba_generate(set, prefixes, 2, 0, modifier, nonce, 0), 0);
}

static inline struct tape *tape_new(unsigned max_contexts)
{
	struct tape *tape = calloc(1, sizeof(*tape));

	assert_non_null(tape);
	tape->t = trace_new(max_contexts);
	assert_non_null(tape->t);
	tape_host(&tape->a, 0xa);
	tape_host(&tape->b, 0xb);
	return tape;
}

static inline int tape_setup(void **state)
{
	*state = tape_new(TAPE_CONTEXTS);
	return 0;
}

static inline int tape_teardown(void **state)
{
	struct tape *tape = *state;

	trace_free(tape->t);
	free(tape);
	return 0;
}

/* Octets of any kind, in memory of just that size. */
static inline unsigned tape_feed(struct tape *tape, const uint8_t *octets, size_t len)
{
	struct octets copy = octets_copy(octets, len);
	struct wire_dissection d;
	const char *wrong;

	tape->usec += TICK_USEC;
	wire_dissect(&d, copy.data, len);
	assert_int_equal(trace_packet(tape->t, &d, tape->usec, &tape->mark), 0);
	wrong = tape->unchecked ? NULL : trace_check(tape->t);
	octets_free(&copy);
	if (wrong)
		fail_msg("%s", wrong);
	return tape->mark.events;
}

static inline void put_ipv6(struct wbuf *w, const struct in6_addr *src, const struct in6_addr *dst,
			    uint8_t next)
{
	struct ipv6_header ip = { .next_header = next, .hop_limit = 64, .src = *src, .dst = *dst };

	assert_int_equal(ipv6_emit(&ip, w), 0);
}

static inline void seal_ipv6(struct wbuf *w)
{
	wire_bits_put(w->data, 32, 16, w->len - IPV6_HEADER_LEN);
}

static inline size_t make_control(uint8_t *octets, size_t cap, const struct in6_addr *src,
				  const struct in6_addr *dst, const struct shim6_message *m)
{
	struct wbuf w = wbuf_of(octets, cap);

	put_ipv6(&w, src, dst, PROTO_SHIM6);
	assert_int_equal(shim6_message_emit(m, &w), 0);
	seal_ipv6(&w);
	return w.len;
}

static inline unsigned tape_control(struct tape *tape, const struct in6_addr *src,
				    const struct in6_addr *dst, const struct shim6_message *m)
{
	uint8_t octets[2200];

	return tape_feed(tape, octets, make_control(octets, sizeof(octets), src, dst, m));
}

static inline size_t make_payload(uint8_t *octets, size_t cap, const struct in6_addr *src,
				  const struct in6_addr *dst, uint64_t tag)
{
	struct shim6_payload header = { .next_header = IPPROTO_TCP, .tag = tag };
	struct wbuf w = wbuf_of(octets, cap);

	put_ipv6(&w, src, dst, PROTO_SHIM6);
	assert_int_equal(shim6_payload_emit(&header, &w), 0);
	wbuf_zero(&w, 20);
	seal_ipv6(&w);
	return w.len;
}

static inline unsigned tape_payload(struct tape *tape, const struct in6_addr *src,
				    const struct in6_addr *dst, uint64_t tag)
{
	uint8_t octets[80];

	return tape_feed(tape, octets, make_payload(octets, sizeof(octets), src, dst, tag));
}

/* Without a payload header. */
static inline size_t make_plain(uint8_t *octets, size_t cap, const struct in6_addr *src,
				const struct in6_addr *dst, uint8_t protocol)
{
	struct wbuf w = wbuf_of(octets, cap);

	put_ipv6(&w, src, dst, protocol);
	wbuf_zero(&w, 20);
	seal_ipv6(&w);
	return w.len;
}

static inline unsigned tape_plain(struct tape *tape, const struct in6_addr *src,
				  const struct in6_addr *dst)
{
	uint8_t octets[80];

	return tape_feed(tape, octets, make_plain(octets, sizeof(octets), src, dst, IPPROTO_TCP));
}

/* --- messages --------------------------------------------------------------- */

static inline void tape_list(struct shim6_message *m, const struct hba_set *set,
			     uint32_t generation, unsigned count)
{
	m->has_locators = true;
	m->locators.generation = generation;
	m->locators.count = (uint8_t)count;
	for (unsigned i = 0; i < count; i++) {
		m->locators.method[i] = SHIM6_METHOD_HBA;
		m->locators.locator[i] = set->addr[i];
	}
	m->pds = (struct span){ set->pds, set->pds_len };
}

static const uint8_t some_validator[4] = { 1, 2, 3, 4 };
#define VALIDATOR_SPAN { some_validator, sizeof(some_validator) }

static inline struct shim6_message i1_of(uint64_t tag, uint32_t nonce)
{
	return (struct shim6_message){ .type = SHIM6_I1, .init_tag = tag, .init_nonce = nonce };
}

static inline struct shim6_message r1_of(uint32_t nonce)
{
	return (struct shim6_message){ .type = SHIM6_R1, .init_nonce = nonce, .resp_nonce = 7,
				       .validator = VALIDATOR_SPAN };
}

static inline struct shim6_message i2_of(uint64_t tag, uint32_t nonce, const struct hba_set *set)
{
	struct shim6_message m = { .type = SHIM6_I2, .init_tag = tag, .init_nonce = nonce,
				   .resp_nonce = 7, .validator = VALIDATOR_SPAN };

	tape_list(&m, set, 1, 2);
	return m;
}

static inline struct shim6_message r2_of(uint64_t tag, uint32_t nonce, const struct hba_set *set)
{
	struct shim6_message m = { .type = SHIM6_R2, .resp_tag = tag, .init_nonce = nonce };

	tape_list(&m, set, 1, 2);
	return m;
}

static inline struct shim6_message r1bis_of(uint64_t tag)
{
	return (struct shim6_message){ .type = SHIM6_R1BIS, .packet_tag = tag, .resp_nonce = 9,
				       .validator = VALIDATOR_SPAN };
}

static inline struct shim6_message i2bis_of(uint64_t tag, uint64_t lost, uint32_t nonce,
					    const struct tape *tape, const struct hba_set *set)
{
	struct shim6_message m = { .type = SHIM6_I2BIS, .init_tag = tag, .init_nonce = nonce,
				   .resp_nonce = 9, .packet_tag = lost,
				   .validator = VALIDATOR_SPAN, .has_ulids = true };
	const struct hba_set *peer = set == &tape->a ? &tape->b : &tape->a;

	m.ulids = (struct shim6_ulid_pair){ set->addr[0], peer->addr[0] };
	tape_list(&m, set, 1, 2);
	return m;
}

static inline struct shim6_message update_of(uint64_t tag, const struct hba_set *set,
					     uint32_t generation, unsigned count)
{
	struct shim6_message m = { .type = SHIM6_UPDATE_REQUEST, .receiver_tag = tag,
				   .request_nonce = generation };

	tape_list(&m, set, generation, count);
	return m;
}

static inline struct shim6_message keepalive_of(uint64_t tag)
{
	return (struct shim6_message){ .type = SHIM6_KEEPALIVE, .receiver_tag = tag };
}

static inline unsigned tape_probe(struct tape *tape, const struct in6_addr *src,
				  const struct in6_addr *dst, uint64_t tag, enum reap_state state)
{
	struct shim6_message m = { .type = SHIM6_PROBE, .receiver_tag = tag };

	m.probe.state = (uint8_t)state;
	m.probe.sent_count = 1;
	m.probe.sent[0] = (struct reap_report){ .src = *src, .dst = *dst, .nonce = 1 };
	return tape_control(tape, src, dst, &m);
}

/* As tape_control(), for a message that is made on the spot. */
#define SAY(src, dst, ...) tape_control(tape, src, dst, &(struct shim6_message[]){ __VA_ARGS__ }[0])

/* --- and what became of them -------------------------------------------------- */

/* I1, R1, I2, R2 from A to B. */
static inline const struct trace_context *tape_handshake(struct tape *tape)
{
	SAY(A1, B1, i1_of(TAG_A, NONCE_A));
	SAY(B1, A1, r1_of(NONCE_A));
	SAY(A1, B1, i2_of(TAG_A, NONCE_A, &tape->a));
	SAY(B1, A1, r2_of(TAG_B, NONCE_A, &tape->b));
	return tape->mark.context;
}

static inline void count_one(void *ctx, const struct trace_context *c)
{
	(void)c;
	++*(unsigned *)ctx;
}

static inline unsigned tape_count(const struct tape *tape)
{
	unsigned count = 0;

	trace_each(tape->t, count_one, &count);
	return count;
}

static inline void assert_addr(const struct in6_addr *is, const struct in6_addr *expected)
{
	assert_memory_equal(is, expected, sizeof(*is));
}

/* The ULIDs of a payload by that tag, where src is NULL none. */
static inline void assert_ulids(struct tape *tape, const struct in6_addr *from,
				const struct in6_addr *to, uint64_t tag,
				const struct in6_addr *src, const struct in6_addr *dst)
{
	uint8_t octets[80];
	size_t len = make_payload(octets, sizeof(octets), from, to, tag);
	struct in6_addr s, d;
	bool known = trace_ulids(tape->t, octets, len, &s, &d);

	assert_int_equal(known, src != NULL);
	if (!src)
		return;
	assert_addr(&s, src);
	assert_addr(&d, dst);
}

#define TAPE_TEST(f) cmocka_unit_test_setup_teardown(f, tape_setup, tape_teardown)

#endif
