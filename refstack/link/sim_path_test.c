/* SPDX-License-Identifier: BSD-2-Clause */
/* What single paths decide, and how they are found. */
#include "refstack/link/sim_path.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/test_octets.h"

static const struct sim_luck least, most = {
	{ UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
	  UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX }
};

static enum sim_fate fate(struct sim_path *path, const struct sim_luck *luck, usec_t now)
{
	return sim_path_fate(path, luck, 100, now);
}

/* --- chance ------------------------------------------------------------------------ */

static void a_perfect_path_does_nothing(void **state)
{
	struct sim_path path = { .count = { 0 } };
	uint8_t packet[41] = { 0 }, same[41] = { 0 };

	(void)state;
	assert_int_equal(fate(&path, &least, 0), SIM_DELIVERED);
	assert_int_equal(sim_path_fate(&path, &least, 65575, 0), SIM_DELIVERED);
	assert_true(sim_path_delay(&path, &most, false) == 0);
	assert_false(sim_path_duplicates(&path, &least));
	assert_false(sim_path_corrupts(&path, &least, packet, sizeof(packet)));
	assert_memory_equal(packet, same, sizeof(same));
}

static void a_probability_is_a_share_of_all_luck(void **state)
{
	struct sim_path path = { .quality.loss_ppm = 250000 };
	struct sim_luck luck = { { 0 } };

	(void)state;
	luck.of[LUCK_LOSS] = 0x3fffffff;
	assert_int_equal(fate(&path, &luck, 0), SIM_LOST_CHANCE);
	luck.of[LUCK_LOSS] = 0x40000000;
	assert_int_equal(fate(&path, &luck, 0), SIM_DELIVERED);
	path.quality.loss_ppm = 1000000;
	assert_int_equal(fate(&path, &most, 0), SIM_LOST_CHANCE);
	path.quality.loss_ppm = UINT32_MAX;
	assert_int_equal(fate(&path, &most, 0), SIM_LOST_CHANCE);
}

static void a_delay_is_of_three_parts(void **state)
{
	struct sim_path path = { .quality = {
		.delay_usec = 10, .jitter_usec = 5, .late_ppm = 500000, .late_usec = 1000,
	} };
	struct sim_luck luck = { .of[LUCK_LATE] = UINT32_MAX, .of[LUCK_TWIN_JITTER] = UINT32_MAX };

	(void)state;
	assert_true(sim_path_delay(&path, &luck, false) == 10);
	assert_true(sim_path_delay(&path, &luck, true) == 10 + 5 + 1000);
	path.quality = (struct sim_quality){
		.delay_usec = UINT32_MAX, .jitter_usec = UINT32_MAX,
	};
	assert_true(sim_path_delay(&path, &most, false) == 2 * (usec_t)UINT32_MAX);
}

static void damage_is_one_bit_behind_the_header(void **state)
{
	struct sim_path path = { .quality.corrupt_ppm = 1000000 };
	uint8_t packet[42] = { 0 };
	struct sim_luck luck = least;

	(void)state;
	assert_true(sim_path_corrupts(&path, &luck, packet, sizeof(packet)));
	assert_int_equal(packet[40], 0x80);
	luck.of[LUCK_BIT] = UINT32_MAX;
	assert_true(sim_path_corrupts(&path, &luck, packet, sizeof(packet)));
	assert_int_equal(packet[41], 0x01);
	assert_false(sim_path_corrupts(&path, &luck, packet, 40));
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(packet[i], 0);
}

/* --- outages ----------------------------------------------------------------------- */

static void an_outage_has_its_first_microsecond_but_not_its_last(void **state)
{
	struct sim_path path = { .outage = NULL };

	(void)state;
	assert_int_equal(sim_path_add_outage(&path, 10, 20), 0);
	assert_int_equal(fate(&path, &least, 9), SIM_DELIVERED);
	assert_int_equal(fate(&path, &least, 10), SIM_LOST_DOWN);
	assert_int_equal(fate(&path, &least, 19), SIM_LOST_DOWN);
	assert_int_equal(fate(&path, &least, 20), SIM_DELIVERED);
	free(path.outage);
}

static void outages_may_overlap_and_come_in_any_order(void **state)
{
	struct sim_path path = { .outage = NULL };

	(void)state;
	sim_path_add_outage(&path, 50, USEC_NEVER);
	sim_path_add_outage(&path, 10, 20);
	sim_path_add_outage(&path, 15, 30);
	sim_path_add_outage(&path, 40, 40);
	for (usec_t now = 0; now < 100; now++)
		assert_int_equal(fate(&path, &least, now),
				 (now >= 10 && now < 30) || now >= 50 ? SIM_LOST_DOWN
								      : SIM_DELIVERED);
	assert_int_equal(path.outage_count, 1); /* what is over is forgotten */
	free(path.outage);
}

/* --- packet too big, RFC 4443 3.2 ---------------------------------------------------- */

#define A1 "20010db8000a00010000000000000001"
#define B2 "20010db8000b00020000000000000002"

static void a_router_answers_what_is_too_big(void **state)
{
	const struct sim_path path = { .id = { 0, 1, 1, 2 }, .quality.mtu = 50 };
	struct octets packet = octets_of("60000000 000c fd 40" A1 B2 "6162636465666768696a6b6c");
	uint8_t out[SIM_TOO_BIG_MAX];
	size_t len = sim_path_too_big(&path, packet.data, packet.len, out);

	(void)state;
	/* The checksum was reckoned with another program. */
	assert_octets_equal(out, len,
			    "60000000 003c 3a 40 20010db8ffff01120000000000000001" A1
			    "02 00 817f 00000032"
			    "60000000 000c fd 40" A1 B2 "6162636465666768696a6b6c");
	octets_free(&packet);
}

static void an_answer_has_1280_octets_at_most(void **state)
{
	const struct sim_path path = { .id = { 0, 1, 1, 2 }, .quality.mtu = 1400 };
	uint8_t packet[1500] = { 0x60, [6] = 253, [1231] = 0xaa, [1232] = 0xbb };
	uint8_t out[SIM_TOO_BIG_MAX];

	(void)state;
	assert_int_equal(sim_path_too_big(&path, packet, sizeof(packet), out), 1280);
	assert_int_equal(out[1279], 0xaa);
}

static void an_icmpv6_error_is_not_answered_but_an_echo_is(void **state)
{
	const struct sim_path path = { .quality.mtu = 40 };
	struct octets unreachable = octets_of("60000000 0004 3a 40" A1 B2 "01040000");
	struct octets echo = octets_of("60000000 0004 3a 40" A1 B2 "80000000");
	uint8_t out[SIM_TOO_BIG_MAX];

	(void)state;
	assert_int_equal(sim_path_too_big(&path, unreachable.data, unreachable.len, out), 0);
	assert_int_equal(sim_path_too_big(&path, echo.data, echo.len, out), 40 + 8 + 44);
	octets_free(&unreachable);
	octets_free(&echo);
}

static void size_counts_from_one_octet_above_the_mtu(void **state)
{
	struct sim_path path = { .quality.mtu = 1280 };

	(void)state;
	assert_int_equal(sim_path_fate(&path, &least, 1280, 0), SIM_DELIVERED);
	assert_int_equal(sim_path_fate(&path, &least, 1281, 0), SIM_LOST_SIZE);
	path.quality.down = true;
	assert_int_equal(sim_path_fate(&path, &least, 1281, 0), SIM_LOST_DOWN);
}

/* --- the map ------------------------------------------------------------------------- */

static unsigned count_of(const struct sim_map *map, struct sim_paths which)
{
	struct sim_walk walk = { 0 };
	unsigned n = 0;

	for (const struct sim_path *path; (path = sim_map_next(map, &walk, &which)); n++)
		assert_ptr_equal(path, sim_map_path(map, path->id));
	return n;
}

static void every_link_has_a_path_to_every_link_and_to_the_outside(void **state)
{
	struct sim_map map = { .links = { 0 } };
	const struct sim_quality quality = { .mtu = 1300 };

	(void)state;
	assert_int_equal(count_of(&map, SIM_ALL_PATHS), 0);
	assert_int_equal(sim_map_add(&map, 0, 2, &quality), 0);
	assert_int_equal(sim_map_add(&map, 1, 3, &quality), 0);
	assert_int_equal(count_of(&map, SIM_ALL_PATHS), 5 * 5 + 2 * 5);
	assert_int_equal(count_of(&map, (struct sim_paths){ 0, SIM_ANY, 1, SIM_ANY }), 6);
	assert_int_equal(count_of(&map, (struct sim_paths){ 0, 1, SIM_ANY, SIM_ANY }), 6);
	assert_int_equal(count_of(&map, (struct sim_paths){ SIM_ANY, SIM_ANY, 1, 3 }), 6);
	assert_int_equal(count_of(&map, (struct sim_paths){ 1, 3, 0, 2 }), 1);
	assert_int_equal(count_of(&map, (struct sim_paths){ 0, SIM_ANY, SIM_OUTSIDE, SIM_ANY }), 2);
	assert_int_equal(sim_map_path(&map, (struct sim_paths){ 1, 3, 0, 2 })->quality.mtu, 1300);

	sim_map_remove(&map, 1);
	assert_int_equal(count_of(&map, SIM_ALL_PATHS), 2 * 2 + 2 * 2);
	sim_map_close(&map);
}

static void what_is_no_path_is_not_found(void **state)
{
	static const struct sim_paths none[] = {
		{ 0, 0, 0, 1 }, { 0, 1, 0, 0 },           { 0, 2, 0, 1 },
		{ 0, 1, 0, 2 }, { 1, 1, 0, 1 },           { 0, 1, 1, 1 },
		{ 9, 1, 0, 1 }, { SIM_ANY, 1, 0, 1 },     { 0, 1, SIM_ANY, 1 },
		{ 0, 1, 9, 1 }, { 0, SIM_ANY, 0, 1 },     { SIM_OUTSIDE, 1, SIM_OUTSIDE, 1 },
	};
	struct sim_map map = { .links = { 0 } };

	(void)state;
	sim_map_add(&map, 0, 1, &(struct sim_quality){ 0 });
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(sim_map_path(&map, none[i]));
	sim_map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perfect_path_does_nothing),
		cmocka_unit_test(a_probability_is_a_share_of_all_luck),
		cmocka_unit_test(a_delay_is_of_three_parts),
		cmocka_unit_test(damage_is_one_bit_behind_the_header),
		cmocka_unit_test(an_outage_has_its_first_microsecond_but_not_its_last),
		cmocka_unit_test(outages_may_overlap_and_come_in_any_order),
		cmocka_unit_test(a_router_answers_what_is_too_big),
		cmocka_unit_test(an_answer_has_1280_octets_at_most),
		cmocka_unit_test(an_icmpv6_error_is_not_answered_but_an_echo_is),
		cmocka_unit_test(size_counts_from_one_octet_above_the_mtu),
		cmocka_unit_test(every_link_has_a_path_to_every_link_and_to_the_outside),
		cmocka_unit_test(what_is_no_path_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
