/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two connections with a path between them that loses, delays, doubles and reorders: for
 * every seed, both streams come out as they went in, and both ends come to CLOSED.
 */
#include "refstack/tcp/test_tcp.h"

enum { STREAM = 200 * 1024, FLIGHTS = 512, SEEDS = 400 };

struct flight {
	usec_t due; /* 0: free */
	unsigned to;
	size_t len;
	uint8_t octets[1500];
};

struct end {
	struct tcp_conn *conn;
	struct tcp_pair pair;
	size_t sent, received;
	bool closed;
};

struct path {
	struct end end[2];
	struct tcp_listener listener; /* of end 1, which waits in half of the stories */
	struct flight flight[FLIGHTS];
	usec_t now;
	uint64_t chance;
	unsigned loss, twice; /* of 1000 */
	usec_t delay, jitter;
	uint8_t stream[2][STREAM];
	unsigned long segments;
};

static uint32_t dice(struct path *p, uint32_t below)
{
	p->chance = p->chance * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((p->chance >> 33) % below);
}

static void put(struct path *p, unsigned to, const uint8_t *octets, size_t len)
{
	for (unsigned i = 0; i < FLIGHTS; i++) {
		struct flight *f = &p->flight[i];

		if (f->due)
			continue;
		f->due = p->now + p->delay + (p->jitter ? dice(p, (uint32_t)p->jitter) : 0);
		f->to = to;
		f->len = len;
		memcpy(f->octets, octets, len);
		return;
	}
}

static void transmit(struct path *p, unsigned to, const uint8_t *octets, size_t len)
{
	p->segments++;
	if (dice(p, 1000) < p->loss)
		return;
	put(p, to, octets, len);
	if (dice(p, 1000) < p->twice)
		put(p, to, octets, len);
}

/* The application: as fast as it goes, in portions of any size; it reads seldom. */
static void talk(struct path *p, unsigned side)
{
	struct end *e = &p->end[side];
	uint8_t got[8000];
	ssize_t n;

	while (e->sent < STREAM) {
		size_t portion = 1 + dice(p, 20000);

		if (portion > STREAM - e->sent)
			portion = STREAM - e->sent;
		n = tcp_send(e->conn, p->stream[side] + e->sent, portion);
		if (n == -EAGAIN)
			break;
		assert_true(n > 0);
		e->sent += (size_t)n;
	}
	if (e->sent == STREAM && !e->closed && tcp_state(e->conn) != TCPS_CLOSED)
		assert_int_equal(tcp_shutdown(e->conn, SHUT_WR), 0);
	if (dice(p, 3))
		return;
	while ((n = tcp_recv(e->conn, got, 1 + dice(p, sizeof(got)), false)) > 0) {
		assert_true(e->received + (size_t)n <= STREAM);
		assert_memory_equal(got, p->stream[!side] + e->received, n);
		e->received += (size_t)n;
	}
	if (n == 0 && e->sent == STREAM && !e->closed) {
		assert_int_equal(e->received, STREAM);
		e->closed = true;
		tcp_close(e->conn, p->now);
	}
}

static void work(struct path *p, unsigned side)
{
	struct end *e = &p->end[side];
	uint8_t out[1500];
	size_t len, room = 1240 + dice(p, 3) * 100; /* a path that isn't always the same */

	if (!e->conn)
		return;
	tcp_expire(e->conn, p->now);
	if (tcp_state(e->conn) != TCPS_SYN_SENT && tcp_state(e->conn) != TCPS_SYN_RECEIVED)
		talk(p, side);
	while ((len = tcp_output(e->conn, out, room, p->now)) > 0) {
		assert_true(len <= room);
		transmit(p, !side, out, len);
	}
}

static void land(struct path *p, struct flight *f)
{
	struct end *e = &p->end[f->to];
	struct octets o = octets_copy(f->octets, f->len);
	struct tcp_segment s;
	uint8_t rst[64];
	bool refuse;
	size_t len;

	f->due = 0;
	assert_int_equal(tcp_segment_read(&s, &e->pair.local, &e->pair.peer, o.data, o.len), 0);
	if (!e->conn) {
		e->conn = tcp_listener_input(&p->listener, &s, dice(p, 0x7fffffff), &refuse);
		p->listener.count = 0;
	} else if (tcp_state(e->conn) == TCPS_CLOSED) {
		len = tcp_refuse(&s, rst, sizeof(rst));
		if (len > 0)
			transmit(p, !f->to, rst, len);
	} else {
		tcp_input(e->conn, &s, p->now);
	}
	octets_free(&o);
}

static usec_t next_due(const struct path *p)
{
	usec_t due = p->now + 200000; /* the applications look in */

	for (unsigned side = 0; side < 2; side++)
		if (p->end[side].conn && tcp_deadline(p->end[side].conn) < due)
			due = tcp_deadline(p->end[side].conn);
	for (unsigned i = 0; i < FLIGHTS; i++)
		if (p->flight[i].due && p->flight[i].due < due)
			due = p->flight[i].due;
	return due > p->now ? due : p->now;
}

static bool over(const struct path *p)
{
	return tcp_over(p->end[0].conn) && p->end[1].conn && tcp_over(p->end[1].conn) &&
	       p->end[0].closed && p->end[1].closed;
}

static struct path *path_new(uint64_t seed)
{
	struct path *p = calloc(1, sizeof(*p));
	struct tcp_pair pair = { addr_of("2001:db8:a::1"), addr_of("2001:db8:b::1"), 40000, 80 };

	assert_non_null(p);
	p->chance = seed * 77;
	p->now = 1;
	p->loss = dice(p, 150);
	p->twice = dice(p, 100);
	p->delay = 1 + dice(p, 100000);
	p->jitter = dice(p, 2) ? dice(p, 60000) : 0;
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < STREAM; i++)
			p->stream[side][i] = (uint8_t)dice(p, 256);
	p->end[0].pair = pair;
	p->end[1].pair = (struct tcp_pair){ pair.peer, pair.local, 80, 40000 };
	return p;
}

static void path_free(struct path *p)
{
	tcp_free(p->end[0].conn);
	tcp_free(p->end[1].conn);
	free(p);
}

/* One end opens, or both at once. */
static void open_ends(struct path *p)
{
	unsigned ends = 1 + dice(p, 2);

	p->listener.backlog = 1;
	for (unsigned side = 0; side < ends; side++) {
		uint32_t iss = dice(p, 2) ? 0xffffffffu - dice(p, 100000) : dice(p, 0x7fffffff);

		p->end[side].conn = tcp_connect(&p->end[side].pair, iss);
		assert_non_null(p->end[side].conn);
	}
}

static void transfer(uint64_t seed)
{
	struct path *p = path_new(seed);
	unsigned long rounds = 0;

	open_ends(p);
	while (!over(p)) {
		for (unsigned side = 0; side < 2; side++)
			work(p, side);
		p->now = next_due(p);
		for (unsigned i = 0; i < FLIGHTS; i++)
			if (p->flight[i].due && p->flight[i].due <= p->now)
				land(p, &p->flight[i]);
		if (++rounds > 200000 || p->segments > 60000)
			fail_msg("seed %llu: no end: %zu and %zu octets have arrived",
				 (unsigned long long)seed, p->end[0].received, p->end[1].received);
	}
	for (unsigned side = 0; side < 2; side++) {
		int error = tcp_take_error(p->end[side].conn);

		if (p->end[side].received != STREAM || error != 0)
			fail_msg("seed %llu: end %u has %zu octets, error %d",
				 (unsigned long long)seed, side, p->end[side].received, error);
	}
	path_free(p);
}

static void both_streams_arrive_and_both_ends_close(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		transfer(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_streams_arrive_and_both_ends_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
