/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/background.h"
#include "bench/contexts.h"
#include "wire/hba.h"
#include "wire/layers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PACKETS = 100000 };

static const struct wire_layer *const messages[] = {
	&layer_payload, &layer_i1, &layer_r1, &layer_i2, &layer_r2, &layer_r1bis, &layer_i2bis,
	&layer_update_request, &layer_update_ack, &layer_keepalive, &layer_probe, &layer_error,
};
enum { MESSAGES = sizeof(messages) / sizeof(messages[0]) };

static void assert_clean(struct wire_dissection *d, const struct packet *p)
{
	wire_dissect_ulids(d, p->octets, p->len, &p->ulid_src, &p->ulid_dst);
	if (d->finding_count)
		fail_msg("octet %u: %s (%s)", d->findings[0].off, d->findings[0].text,
			 d->findings[0].rfc);
}

static void every_packet_is_right(void **state)
{
	struct contexts *contexts = contexts_new(1);
	struct background *background = background_new(1);
	struct wire_dissection d;
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++) {
		contexts_next(contexts, &p);
		assert_clean(&d, &p);
		background_next(background, &p);
		assert_clean(&d, &p);
	}
	contexts_free(contexts);
	background_free(background);
}

static void every_message_is_there(void **state)
{
	struct contexts *contexts = contexts_new(2);
	unsigned seen[MESSAGES] = { 0 };
	struct wire_dissection d;
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++) {
		contexts_next(contexts, &p);
		wire_dissect(&d, p.octets, p.len);
		assert_in_range(d.span_count, 2, WIRE_SPANS_MAX);
		for (unsigned j = 0; j < MESSAGES; j++)
			seen[j] += d.spans[1].layer == messages[j];
	}
	for (unsigned j = 0; j < MESSAGES; j++)
		if (!seen[j])
			fail_msg("no %s", messages[j]->name);
	contexts_free(contexts);
}

static struct wire_value value_of(const struct wire_dissection *d, unsigned span, const char *name)
{
	struct wire_value value;

	assert_int_equal(wire_field_get(d, span, wire_field_named(d->spans[span].layer, name),
					&value, NULL), 0);
	return value;
}

static void every_locator_is_proven_by_the_parameters_beside_it(void **state)
{
	struct contexts *contexts = contexts_new(3);
	unsigned proven = 0;
	struct wire_dissection d;
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++) {
		contexts_next(contexts, &p);
		wire_dissect(&d, p.octets, p.len);
		for (unsigned j = 0; j + 1 < d.span_count; j++) {
			struct wire_value list, pds;

			if (d.spans[j].layer != &layer_locator_list)
				continue;
			list = value_of(&d, j, "locators");
			pds = value_of(&d, j + 1, "octets");
			for (size_t at = 0; at < list.len; at += sizeof(struct in6_addr)) {
				struct in6_addr addr;

				memcpy(&addr, list.octets + at, sizeof(addr));
				assert_int_equal(hba_verify(&addr, pds.octets, pds.len), 0);
				proven++;
			}
		}
	}
	assert_in_range(proven, 1000, PACKETS);
	contexts_free(contexts);
}

static void same_seed_gives_the_same_octets(void **state)
{
	struct contexts *a = contexts_new(4), *b = contexts_new(4), *c = contexts_new(5);
	struct packet p, q;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		contexts_next(a, &p);
		contexts_next(b, &q);
		assert_int_equal(p.len, q.len);
		assert_memory_equal(p.octets, q.octets, p.len);
	}
	contexts_next(c, &q);
	assert_memory_not_equal(p.octets, q.octets, 40);
	contexts_free(a);
	contexts_free(b);
	contexts_free(c);
}

/* FNV-1a. */
static uint32_t hash(uint32_t so_far, const struct packet *p)
{
	for (size_t i = 0; i < p->len; i++)
		so_far = (so_far ^ p->octets[i]) * UINT32_C(16777619);
	return so_far;
}

/* Numbers are thrown in the same order whatever builds this. Change the number
 * when what is generated is meant to change. */
static void every_compiler_gives_the_same_octets(void **state)
{
	struct contexts *contexts = contexts_new(6);
	struct background *background = background_new(6);
	uint32_t sum = UINT32_C(2166136261);
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++) {
		contexts_next(contexts, &p);
		sum = hash(sum, &p);
		background_next(background, &p);
		sum = hash(sum, &p);
	}
	assert_int_equal(sum, UINT32_C(0x6c8a4bb2));
	contexts_free(contexts);
	background_free(background);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_packet_is_right),
		cmocka_unit_test(every_message_is_there),
		cmocka_unit_test(every_locator_is_proven_by_the_parameters_beside_it),
		cmocka_unit_test(same_seed_gives_the_same_octets),
		cmocka_unit_test(every_compiler_gives_the_same_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
