/* SPDX-License-Identifier: BSD-2-Clause */
/* The rings of a connection, against arrays that do the same in the plainest way. */
#include "refstack/tcp/tcp_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t dice(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(*seed >> 8) * below >> 24);
}

static uint8_t octet_at(uint32_t n)
{
	return (uint8_t)(n * 2654435761u >> 24);
}

static void ring_gives_back_what_it_was_given(void **state)
{
	struct tcp_ring ring = { .len = 0 };
	uint32_t seed = 1, in = 0, out = 0;
	uint8_t octets[5000];

	(void)state;
	while (out < 5 * RING_OCTETS) {
		uint32_t n = dice(&seed, sizeof(octets));

		if (ring.len + n <= RING_OCTETS && dice(&seed, 2)) {
			for (uint32_t i = 0; i < n; i++)
				octets[i] = octet_at(in++);
			assert_int_equal(tcp_ring_append(&ring, octets, n), 0);
		} else if (n < ring.len) {
			uint32_t off = dice(&seed, ring.len - n);

			tcp_ring_copy(&ring, off, octets, n);
			for (uint32_t i = 0; i < n; i++)
				assert_int_equal(octets[i], octet_at(out + off + i));
			tcp_ring_drop(&ring, n);
			out += n;
		}
		assert_int_equal(ring.len, in - out);
	}
	tcp_ring_free(&ring);
}

/* Pieces of a stream in any order and more than once; sequence numbers go round. */
static void reassemble_with(uint32_t seed)
{
	enum { LEN = 20000, WINDOW = 6000 };
	const uint32_t base = 0xffffff00u - seed;
	static uint8_t stream[LEN], out[LEN];
	struct tcp_reassembly r = { .islands = 0 };
	uint32_t next = 0;

	for (uint32_t i = 0; i < LEN; i++)
		stream[i] = octet_at(i + seed);
	while (next < LEN) {
		uint32_t window = LEN - next < WINDOW ? LEN - next : WINDOW;
		uint32_t from = dice(&seed, dice(&seed, 3) ? window : 1), len, more;

		len = 1 + dice(&seed, window - from < 900 ? window - from : 900);
		if (from + len > window)
			len = window - from;
		more = tcp_reassemble(&r, base + next, base + next + from, stream + next + from,
				      len);
		assert_true(from > 0 ? more == 0 : more >= len);
		assert_true(r.islands <= ISLANDS_MAX);
		for (unsigned i = 0; i < r.islands; i++) {
			assert_true((int32_t)(r.island[i].from - (base + next + more)) > 0);
			assert_true((int32_t)(r.island[i].to - r.island[i].from) > 0);
			assert_true(i == 0 || (int32_t)(r.island[i].from - r.island[i - 1].to) > 0);
		}
		next += more;
		if (r.ring.len > 0 && dice(&seed, 2)) {
			uint32_t have = r.ring.len;

			tcp_ring_copy(&r.ring, 0, out + next - have, have);
			tcp_ring_drop(&r.ring, have);
		}
	}
	tcp_ring_copy(&r.ring, 0, out + next - r.ring.len, r.ring.len);
	assert_memory_equal(out, stream, LEN);
	assert_int_equal(r.islands, 0);
	tcp_reassembly_free(&r);
}

static void stream_comes_out_in_order_whatever_the_order_of_its_pieces(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 200; seed++)
		reassemble_with(seed);
}

static void more_islands_than_there_is_room_for_are_forgotten(void **state)
{
	struct tcp_reassembly r = { .islands = 0 };
	uint8_t all[4 * ISLANDS_MAX] = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 2 * ISLANDS_MAX; i++)
		assert_int_equal(tcp_reassemble(&r, 0, 2 * i + 1, all, 1), 0);
	assert_int_equal(r.islands, ISLANDS_MAX);
	/* What touches one that is there needs no room. */
	assert_int_equal(tcp_reassemble(&r, 0, 2, all, 1), 0);
	assert_int_equal(r.islands, ISLANDS_MAX - 1);
	assert_int_equal(tcp_reassemble(&r, 0, 0, all, 1), 4);
	/* One that covers all of them. */
	assert_int_equal(tcp_reassemble(&r, 4, 4, all, 3 * ISLANDS_MAX), 3 * ISLANDS_MAX);
	assert_int_equal(r.islands, 0);
	tcp_reassembly_free(&r);
}

/* Or the stream would stand still for ever. */
static void what_is_in_order_finds_room_however_many_islands_there_are(void **state)
{
	struct tcp_reassembly r = { .islands = 0 };

	(void)state;
	for (uint32_t i = 1; i <= ISLANDS_MAX; i++)
		tcp_reassemble(&r, 0, 2 * i, (const uint8_t *)"x", 1);
	assert_int_equal(r.islands, ISLANDS_MAX);
	assert_int_equal(tcp_reassemble(&r, 0, 0, (const uint8_t *)"x", 1), 1);
	assert_int_equal(r.islands, ISLANDS_MAX);
	assert_int_equal(tcp_reassemble(&r, 1, 1, (const uint8_t *)"x", 1), 2);
	assert_int_equal(r.islands, ISLANDS_MAX - 1);
	tcp_reassembly_free(&r);
}

static void nothing_is_allocated_for_nothing(void **state)
{
	struct tcp_reassembly r = { .islands = 0 };

	(void)state;
	assert_int_equal(tcp_reassemble(&r, 7, 7, (const uint8_t *)"", 0), 0);
	assert_null(r.ring.octets);
	assert_int_equal(tcp_ring_append(&r.ring, "", 0), 0);
	assert_null(r.ring.octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ring_gives_back_what_it_was_given),
		cmocka_unit_test(stream_comes_out_in_order_whatever_the_order_of_its_pieces),
		cmocka_unit_test(more_islands_than_there_is_room_for_are_forgotten),
		cmocka_unit_test(what_is_in_order_finds_room_however_many_islands_there_are),
		cmocka_unit_test(nothing_is_allocated_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
