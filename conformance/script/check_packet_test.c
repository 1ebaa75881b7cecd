/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets: layers and fields are found in the tables of wire/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"
#include "wire/layers.h"

static const struct packet_value *packet_at(const struct suite *suite, size_t n)
{
	assert_non_null(event_at(suite, n)->packet);
	return event_at(suite, n)->packet;
}

static const struct value *field_of(const struct packet_value *p, size_t layer, const char *name)
{
	assert_true(layer < p->layer_count);
	for (size_t i = 0; i < p->layers[layer].field_count; i++)
		if (strcmp(p->layers[layer].fields[i].field->name, name) == 0)
			return p->layers[layer].fields[i].value;
	return NULL;
}

static void a_packet_has_ends_layers_and_data(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 < P1 -> L2 udp(src=7, dst=5000, checksum=0xbad) \"hello\"\n");
	const struct packet_value *p = packet_at(&suite, 1);

	(void)state;
	assert_int_equal(event_at(&suite, 1)->kind, EVENT_INJECT);
	assert_locator(p->src, 'P', 1);
	assert_locator(p->dst, 'L', 2);
	assert_int_equal(p->layer_count, 3);
	assert_ptr_equal(p->layers[0].layer, &layer_ipv6);
	assert_int_equal(p->layers[0].field_count, 0);
	assert_ptr_equal(p->layers[1].layer, &layer_udp);
	assert_int_equal(p->layers[1].field_count, 3);
	assert_number(field_of(p, 1, "checksum"), 0xbad);
	assert_ptr_equal(p->layers[2].layer, &layer_data);
	assert_octets(field_of(p, 2, "octets"), "hello", 5);
	assert_place(p->layers[1].place, 4, 15, 36);
	assert_int_equal(p->link, 0);
	assert_null(p->raw);
	assert_false(p->open_end || p->ulids_given);
	suite_free(&suite);
}

static void an_end_may_be_left_open(void **state)
{
	struct suite suite = loaded(HEAD "+0 > * -> * udp\n");
	const struct packet_value *p = packet_at(&suite, 1);

	(void)state;
	assert_locator(p->src, 'L', 0);
	assert_locator(p->dst, 'P', 0);
	suite_free(&suite);
}

static void ipv6_is_written_to_say_something_of_it(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 < P1 -> L1 ipv6(hop_limit=3, src=X1)"
		" dst(options=hex\"0104 00000000\") udp\n");
	const struct packet_value *p = packet_at(&suite, 1);

	(void)state;
	assert_int_equal(p->layer_count, 3);
	assert_number(field_of(p, 0, "hop_limit"), 3);
	assert_locator(field_of(p, 0, "src")->locator, 'X', 1);
	assert_ptr_equal(p->layers[1].layer, &layer_dst);
	assert_octets(field_of(p, 1, "options"), "\x01\x04\0\0\0\0", 6);
	suite_free(&suite);
}

static void expected_fields_bind_variables_and_take_stars(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 > L1 -> P1 i1(init_tag=$t, init_nonce=$n) ...\n"
		"+0 < P1 -> L1 r1(init_nonce=$n, resp_nonce=9) validator(octets=\"v\")\n"
		"+0 > L1 -> P1 payload(tag=$peer_tag) udp(src=*) *\n"
		"+0 > L1 -> P1 udp $rest\n"
		"+0 < P1 -> L1 udp $rest\n");

	(void)state;
	assert_int_equal(event_at(&suite, 1)->kind, EVENT_EXPECT);
	assert_true(packet_at(&suite, 1)->open_end);
	assert_true(field_of(packet_at(&suite, 1), 1, "init_nonce")->binds);
	assert_false(field_of(packet_at(&suite, 2), 1, "init_nonce")->binds);
	assert_int_equal(field_of(packet_at(&suite, 2), 1, "init_nonce")->variable,
			 field_of(packet_at(&suite, 1), 1, "init_nonce")->variable);
	assert_int_equal(field_of(packet_at(&suite, 3), 1, "tag")->variable, VARIABLE_PEER_TAG);
	assert_int_equal(field_of(packet_at(&suite, 3), 2, "src")->kind, VALUE_ANY);
	assert_int_equal(field_of(packet_at(&suite, 3), 3, "octets")->kind, VALUE_ANY);
	assert_true(field_of(packet_at(&suite, 4), 2, "octets")->binds);
	assert_int_equal(field_of(packet_at(&suite, 5), 2, "octets")->kind, VALUE_VARIABLE);
	suite_free(&suite);
}

static void runs_are_lists_or_octets(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 < P1 -> L1 update_request"
		" locator_list(generation=1, methods=[1, 3], locators=[P1, any])\n"
		     "+0 < P1 -> L1 update_request locator_list(methods=hex\"0103\")\n");
	const struct packet_value *p = packet_at(&suite, 1);

	(void)state;
	assert_int_equal(field_of(p, 2, "methods")->kind, VALUE_LIST);
	assert_number(field_of(p, 2, "methods")->items[1], 3);
	assert_locator(field_of(p, 2, "locators")->items[0]->locator, 'P', 1);
	assert_locator(field_of(p, 2, "locators")->items[1]->locator, '*', 0);
	assert_octets(field_of(packet_at(&suite, 2), 2, "methods"), "\x01\x03", 2);
	suite_free(&suite);
}

static void parameters_of_either_side_are_named(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 < P1 -> L1 i2 pds(octets=P) pds(octets=L) pds(octets=\"P\")\n");
	const struct packet_value *p = packet_at(&suite, 1);

	(void)state;
	assert_int_equal(field_of(p, 2, "octets")->kind, VALUE_PDS);
	assert_int_equal(field_of(p, 2, "octets")->locator.who, 'P');
	assert_int_equal(field_of(p, 3, "octets")->locator.who, 'L');
	assert_octets(field_of(p, 4, "octets"), "P", 1);
	suite_free(&suite);
}

static void links_ulids_and_raw_octets_are_written_in_front(void **state)
{
	struct suite suite = loaded(HEAD "+0 < link2 P1 -> L1 ulids(P2, L2) payload(tag=1) udp\n"
					 "+0 < raw(hex\"6000\")\n"
					 "+0 < link1 raw(zeros(40))\n");
	const struct packet_value *p = packet_at(&suite, 1);

	(void)state;
	assert_int_equal(p->link, 2);
	assert_true(p->ulids_given);
	assert_locator(p->ulid_src, 'P', 2);
	assert_locator(p->ulid_dst, 'L', 2);
	assert_int_equal(p->layer_count, 3);
	assert_octets(packet_at(&suite, 2)->raw, "\x60\x00", 2);
	assert_int_equal(packet_at(&suite, 2)->layer_count, 0);
	assert_int_equal(packet_at(&suite, 3)->link, 1);
	assert_int_equal(packet_at(&suite, 3)->raw->len, 40);
	suite_free(&suite);
}

/* A new layer or field is a row in wire/ and must be usable at once. */
static void every_layer_and_field_can_be_expected(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; wire_layers[i]; i++)
		for (size_t f = 0; f < wire_layers[i]->field_count; f++) {
			const struct wire_layer *l = wire_layers[i];
			struct suite suite;

			snprintf(text, sizeof(text), HEAD "+0 > L1 -> P1 %s%s(%s=*)\n",
				 l->family == WIRE_FAMILY_OPTION ? "i1 " : "", l->name,
				 l->fields[f].name);
			suite = loaded(text);
			suite_free(&suite);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_has_ends_layers_and_data),
		cmocka_unit_test(an_end_may_be_left_open),
		cmocka_unit_test(ipv6_is_written_to_say_something_of_it),
		cmocka_unit_test(expected_fields_bind_variables_and_take_stars),
		cmocka_unit_test(runs_are_lists_or_octets),
		cmocka_unit_test(parameters_of_either_side_are_named),
		cmocka_unit_test(links_ulids_and_raw_octets_are_written_in_front),
		cmocka_unit_test(every_layer_and_field_can_be_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
