/* SPDX-License-Identifier: BSD-2-Clause */
/* Shim6 messages for tests. Include after <cmocka.h>. */
#ifndef WIRE_TEST_SHIM6_H
#define WIRE_TEST_SHIM6_H

#include "wire/checksum.h"
#include "wire/shim6.h"
#include "wire/test_octets.h"

static inline void assert_span_equal(const struct span *a, const struct span *b)
{
	assert_int_equal(!a->data, !b->data);
	assert_int_equal(a->len, b->len);
	if (a->len)
		assert_memory_equal(a->data, b->data, a->len);
}

static inline void assert_message_equal(const struct shim6_message *a,
					const struct shim6_message *b)
{
	assert_int_equal(a->type, b->type);
	assert_true(a->init_tag == b->init_tag);
	assert_true(a->resp_tag == b->resp_tag);
	assert_true(a->receiver_tag == b->receiver_tag);
	assert_true(a->packet_tag == b->packet_tag);
	assert_int_equal(a->init_nonce, b->init_nonce);
	assert_int_equal(a->resp_nonce, b->resp_nonce);
	assert_int_equal(a->request_nonce, b->request_nonce);
	assert_int_equal(a->probe.state, b->probe.state);
	assert_int_equal(a->probe.sent_count, b->probe.sent_count);
	assert_int_equal(a->probe.received_count, b->probe.received_count);
	assert_memory_equal(a->probe.sent, b->probe.sent, sizeof(a->probe.sent));
	assert_memory_equal(a->probe.received, b->probe.received, sizeof(a->probe.received));
	assert_int_equal(a->error.code, b->error.code);
	assert_int_equal(a->error.pointer, b->error.pointer);
	assert_span_equal(&a->error.quote, &b->error.quote);
	assert_span_equal(&a->validator, &b->validator);
	assert_span_equal(&a->pds, &b->pds);
	assert_span_equal(&a->signature, &b->signature);
	assert_int_equal(a->has_locators, b->has_locators);
	assert_int_equal(a->locators.generation, b->locators.generation);
	assert_int_equal(a->locators.count, b->locators.count);
	assert_memory_equal(a->locators.method, b->locators.method, sizeof(a->locators.method));
	assert_memory_equal(a->locators.locator, b->locators.locator, sizeof(a->locators.locator));
	assert_int_equal(a->has_ulids, b->has_ulids);
	assert_memory_equal(&a->ulids, &b->ulids, sizeof(a->ulids));
	assert_int_equal(a->has_fii, b->has_fii);
	assert_int_equal(a->fii, b->fii);
	assert_int_equal(a->other_count, b->other_count);
	for (size_t i = 0; i < a->other_count; i++) {
		assert_int_equal(a->other[i].type, b->other[i].type);
		assert_int_equal(a->other[i].critical, b->other[i].critical);
		assert_int_equal(a->other[i].off, b->other[i].off);
		assert_int_equal(a->other[i].len, b->other[i].len);
		assert_memory_equal(a->other[i].data, b->other[i].data, a->other[i].len);
	}
}

/* Nothing of the message came out, and the cursor stayed. */
static inline void assert_rejected(const uint8_t *data, size_t len, int error)
{
	static const struct shim6_message untouched = { .type = 77 };
	struct octets o = octets_copy(data, len);
	struct rbuf r = rbuf_of(o.data, o.len);
	struct shim6_message m = untouched;

	assert_int_equal(shim6_message_parse(&m, &r), error);
	assert_message_equal(&m, &untouched);
	assert_int_equal(r.off, 0);
	octets_free(&o);
}

/* A message whose Hdr Ext Len and checksum are made right. */
static inline struct octets sealed(const char *hex)
{
	struct octets o = octets_of(hex);
	uint16_t sum;

	assert_int_equal(o.len % 8, 0);
	o.data[1] = (uint8_t)(o.len / 8 - 1);
	sum = checksum_shim6(o.data, o.len);
	o.data[4] = (uint8_t)(sum >> 8);
	o.data[5] = (uint8_t)sum;
	return o;
}

#endif
