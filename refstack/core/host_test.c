/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, links, and which packets are let in. */
#include "refstack/core/back_to_back.h"

#include <arpa/inet.h>
#include <errno.h>

/* --- configuration --------------------------------------------------------------- */

static void locators_are_one_hba_set_over_all_prefixes(void **state)
{
	struct pair *p = *state;
	struct shim_address own[4];

	assert_int_equal(shim_host_addresses(p->host[A], own, 4), 2);
	for (uint8_t i = 0; i < 2; i++) {
		const uint8_t prefix[8] = { 0x20, 1, 0x0d, 0xb8, 0, 0xa, 0, (uint8_t)(i + 1) };

		assert_memory_equal(&own[i].addr, prefix, 8);
		assert_int_equal(own[i].link, i + 1);
		assert_int_equal(own[i].prefix_len, 64);
		assert_true(own[i].up);
		assert_true(shim_host_owns(p->host[A], &own[i].addr));
		assert_false(shim_host_owns(p->host[B], &own[i].addr));
		assert_int_equal(hba_verify(&own[i].addr, p->host[A]->identity.pds,
					    p->host[A]->identity.pds_len), 0);
	}
}

static void no_more_addresses_are_told_than_there_is_room_for(void **state)
{
	struct pair *p = *state;
	struct shim_address own[2] = { { .link = 0 }, { .link = 77 } };

	assert_int_equal(shim_host_addresses(p->host[A], own, 1), 2);
	assert_int_equal(own[0].link, 1);
	assert_int_equal(own[1].link, 77);
}

static void prefixes_of_a_link_come_in_their_order(void **state)
{
	struct pair *p = *state;
	struct shim_config cfg = pair_config(&p->end[A], 1);
	struct shim_address own[4];
	struct shim_host *host;

	cfg.link[0].prefix_count = 2;
	cfg.link[0].prefix[1][0] = 0x3f;
	host = shim_host_new(&cfg);
	assert_non_null(host);
	assert_int_equal(shim_host_addresses(host, own, 4), 3);
	assert_int_equal(own[1].link, 1);
	assert_memory_equal(&own[1].addr, cfg.link[0].prefix[1], 8);
	assert_int_equal(own[2].link, 2);
	shim_host_free(host);
}

static void refuse(const struct shim_config *cfg)
{
	assert_null(shim_host_new(cfg));
}

static void a_configuration_out_of_range_makes_no_host(void **state)
{
	struct pair *p = *state;
	const struct shim_config good = pair_config(&p->end[A], 1);
	struct shim_config cfg;

	cfg = good, cfg.link[0].mtu = 1279, refuse(&cfg);
	cfg = good, cfg.link[1].mtu = 65576, refuse(&cfg);
	cfg = good, cfg.link_count = HOST_LINKS_MAX + 1, refuse(&cfg);
	cfg = good, cfg.link[0].prefix_count = HOST_PREFIXES_MAX + 1, refuse(&cfg);
	cfg = good, cfg.link_count = 0, refuse(&cfg);
	cfg = good, cfg.hba_sec = 3, refuse(&cfg);
	cfg = good, cfg.transmit = NULL, refuse(&cfg);
	cfg = good, memcpy(cfg.link[1].prefix[0], cfg.link[0].prefix[0], 8), refuse(&cfg);
}

static void the_seed_makes_the_addresses(void **state)
{
	struct pair *p = *state;
	struct shim_config cfg = pair_config(&p->end[A], 42);
	struct shim_host *same = shim_host_new(&cfg), *other;
	struct in6_addr l1 = locator_of(p, A, 1);

	cfg.seed++;
	other = shim_host_new(&cfg);
	assert_true(shim_host_owns(same, &l1));
	assert_false(shim_host_owns(other, &l1));
	shim_host_free(same);
	shim_host_free(other);
}

/* --- time -------------------------------------------------------------------------- */

static void time_goes_only_forward(void **state)
{
	struct pair *p = *state;

	assert_true(shim_host_now(p->host[A]) == 0);
	assert_true(shim_host_deadline(p->host[A]) == USEC_NEVER);
	shim_host_advance(p->host[A], 77);
	shim_host_advance(p->host[A], 77);
	shim_host_advance(p->host[A], 5);
	assert_true(shim_host_now(p->host[A]) == 77);
}

/* --- events ------------------------------------------------------------------------ */

static void address_events_are_for_our_own_addresses(void **state)
{
	struct pair *p = *state;
	struct shim_host *host = p->host[A];
	struct in6_addr l1 = locator_of(p, A, 1), other = locator_of(p, B, 1);

	assert_int_equal(shim_host_address_event(host, 0, &l1, false), -ENODEV);
	assert_int_equal(shim_host_address_event(host, 3, &l1, false), -ENODEV);
	assert_int_equal(shim_host_address_event(host, 2, &l1, false), -EADDRNOTAVAIL);
	assert_int_equal(shim_host_address_event(host, 1, &other, false), -EADDRNOTAVAIL);
	assert_int_equal(shim_host_address_event(host, 1, &other, true), -EINVAL);
	assert_int_equal(shim_host_link_event(host, 0, false), -ENODEV);
	assert_int_equal(shim_host_link_event(host, 3, false), -ENODEV);
}

static void an_address_is_up_when_it_and_its_link_are(void **state)
{
	struct pair *p = *state;
	struct shim_host *host = p->host[A];
	struct in6_addr l1 = locator_of(p, A, 1), source;
	struct shim_address own[2];

	shim_host_address_event(host, 1, &l1, false);
	shim_host_link_event(host, 1, false);
	shim_host_link_event(host, 1, true);
	shim_host_addresses(host, own, 2);
	assert_false(own[0].up);
	assert_true(own[1].up);
	assert_true(shim_host_owns(host, &l1));
	assert_int_equal(shim_select_source(host, &l1, &source), 0);
	assert_addr(&source, locator_of(p, A, 2));

	shim_host_address_event(host, 1, &l1, true);
	assert_int_equal(shim_select_source(host, &l1, &source), 0);
	assert_addr(&source, l1);
	shim_host_link_event(host, 1, false);
	shim_host_link_event(host, 2, false);
	assert_int_equal(shim_select_source(host, &l1, &source), -EADDRNOTAVAIL);
}

/* --- packets that come in ------------------------------------------------------------ */

/* From B's first to A's first locator, with a next header and eight octets. */
static struct flight packet(const struct pair *p, uint8_t next_header)
{
	struct flight f = { .to = A, .link = 1, .len = 48 };

	memcpy(f.octets, ((uint8_t[]){ 0x60, 0, 0, 0, 0, 8, next_header, 64 }), 8);
	memcpy(f.octets + 8, &p->host[B]->locator[0].addr, 16);
	memcpy(f.octets + 24, &p->host[A]->locator[0].addr, 16);
	memcpy(f.octets + 40, "abcdefgh", 8);
	return f;
}

static void input(struct pair *p, const struct flight *f)
{
	shim_host_input(p->host[A], f->link, f->octets, f->len);
}

static void a_packet_for_us_goes_up(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 17);
	const struct shim_arrival *arrival = &p->end[A].arrival;

	input(p, &f);
	assert_int_equal(p->end[A].arrivals, 1);
	assert_int_equal(arrival->protocol, 17);
	assert_int_equal(arrival->hop_limit, 64);
	assert_false(arrival->shimmed);
	assert_int_equal(arrival->len, 8);
	assert_memory_equal(arrival->upper, "abcdefgh", 8);
	assert_addr(&arrival->local, locator_of(p, A, 1));
	assert_addr(&arrival->local_locator, locator_of(p, A, 1));
	assert_addr(&arrival->peer, locator_of(p, B, 1));
	assert_addr(&arrival->peer_locator, locator_of(p, B, 1));
}

static void what_is_behind_the_payload_length_is_not_the_packet(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 17);

	f.len += 10;
	input(p, &f);
	assert_int_equal(p->end[A].arrival.len, 8);
}

static void packets_that_are_not_for_us_are_dropped(void **state)
{
	struct pair *p = *state;
	struct in6_addr mld;
	struct flight f;

	f = packet(p, 17), f.octets[0] = 0x40, input(p, &f);
	f = packet(p, 17), f.octets[5]++, input(p, &f);
	f = packet(p, 17), f.link = 0, input(p, &f);
	f = packet(p, 17), f.link = 3, input(p, &f);
	f = packet(p, 17), f.octets[39] ^= 1, input(p, &f);
	f = packet(p, 17), f.octets[8] = 0xff, input(p, &f);
	f = packet(p, 17), memset(f.octets + 8, 0, 16), input(p, &f);
	f.octets[23] = 1, input(p, &f); /* from ::1 */
	inet_pton(AF_INET6, "ff02::16", &mld);
	f = packet(p, 17), memcpy(f.octets + 24, &mld, 16), input(p, &f);
	for (f = packet(p, 17), f.len = 0; f.len < 48; f.len++)
		input(p, &f);
	assert_int_equal(p->end[A].arrivals, 0);
	assert_int_equal(p->count, 0);
}

static void an_address_that_is_down_gets_nothing(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 17);
	struct in6_addr l1 = locator_of(p, A, 1);

	shim_host_address_event(p->host[A], 1, &l1, false);
	input(p, &f);
	shim_host_address_event(p->host[A], 1, &l1, true);
	shim_host_link_event(p->host[A], 1, false);
	input(p, &f);
	assert_int_equal(p->end[A].arrivals, 0);
	shim_host_link_event(p->host[A], 1, true);
	input(p, &f);
	assert_int_equal(p->end[A].arrivals, 1);
}

/* RFC 8200 4.5; the stack doesn't reassemble. */
static void fragments_are_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 44);

	memcpy(f.octets + 40, ((uint8_t[]){ 17, 0, 0, 8, 0, 0, 0, 1 }), 8);
	input(p, &f);
	f.octets[43] = 9; /* one in the middle */
	input(p, &f);
	f.octets[43] = 1; /* the first */
	input(p, &f);
	assert_int_equal(p->end[A].arrivals, 0);
	assert_int_equal(p->count, 0);
}

/* RFC 6946 */
static void a_fragment_that_is_all_there_is_goes_up(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 44);

	memcpy(f.octets + 40, ((uint8_t[]){ 17, 0, 0, 0, 0, 0, 0, 1 }), 8);
	input(p, &f);
	assert_int_equal(p->end[A].arrivals, 1);
}

static void every_next_header_with_any_octets_is_survived(void **state)
{
	struct pair *p = *state;
	struct flight f = packet(p, 0);

	for (unsigned next = 0; next < 256; next++) {
		for (unsigned v = 0; v < 256; v++) {
			f.octets[6] = (uint8_t)next;
			f.octets[40] = (uint8_t)v;
			f.octets[41] = (uint8_t)(v >> 4);
			f.octets[42] = (uint8_t)(v << 3);
			input(p, &f);
			p->count = p->landed = 0;
		}
	}
	assert_int_equal(p->host[A]->contexts.count, 0);
	assert_true(p->end[A].arrivals > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(locators_are_one_hba_set_over_all_prefixes),
		pair_test(no_more_addresses_are_told_than_there_is_room_for),
		pair_test(prefixes_of_a_link_come_in_their_order),
		pair_test(a_configuration_out_of_range_makes_no_host),
		pair_test(the_seed_makes_the_addresses),
		pair_test(time_goes_only_forward),
		pair_test(address_events_are_for_our_own_addresses),
		pair_test(an_address_is_up_when_it_and_its_link_are),
		pair_test(a_packet_for_us_goes_up),
		pair_test(what_is_behind_the_payload_length_is_not_the_packet),
		pair_test(packets_that_are_not_for_us_are_dropped),
		pair_test(an_address_that_is_down_gets_nothing),
		pair_test(fragments_are_dropped),
		pair_test(a_fragment_that_is_all_there_is_goes_up),
		pair_test(every_next_header_with_any_octets_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
