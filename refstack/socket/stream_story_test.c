/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whatever applications call, in whatever order, over a network that loses, doubles and
 * damages: when all is closed, all is forgotten. (That octets arrive as they were written is
 * in stream_shim_test.c.)
 */
#include "refstack/socket/stream.h"
#include "refstack/socket/two_streams.h"

#include <netinet/tcp.h>

enum { STORIES = 150, STEPS = 300, SOCKETS = 8, PORTS = 2 };

struct story {
	struct two_hosts *w;
	uint64_t chance;
	int s[2][SOCKETS];       /* -1: none */
	unsigned accepted, read; /* with success */
};

/* Numbers below n; xorshift64. */
static unsigned below(struct story *y, unsigned n)
{
	y->chance ^= y->chance << 13;
	y->chance ^= y->chance >> 7;
	y->chance ^= y->chance << 17;
	return (unsigned)(y->chance >> 33) % n;
}

/* --- the network --------------------------------------------------------------------------- */

static void harm(struct story *y, struct flying *p)
{
	p->octets[below(y, (unsigned)p->len)] ^= (uint8_t)(1 + below(y, 255));
}

/* What is in the air, and perhaps not all of it; one in eight has an accident. */
static void land(struct story *y)
{
	struct two_hosts *w = y->w;

	for (unsigned left = below(y, 40); left > 0 && w->flying_count > 0; left--) {
		unsigned accident = below(y, 32);
		struct flying first = w->flying[0];

		memmove(w->flying, w->flying + 1, --w->flying_count * sizeof(first));
		if (accident == 0)
			continue;
		if (accident == 1)
			harm(y, &first);
		if (w->flying_count > 100) /* two_hosts.h has no more room */
			continue;
		shim_host_input(w->host[first.to], first.link, first.octets, first.len);
		if (accident == 2)
			shim_host_input(w->host[first.to], first.link, first.octets, first.len);
	}
}

static void pass_time(struct story *y)
{
	while (y->w->flying_count > 0)
		land(y);
	run_for(y->w, below(y, 10) ? below(y, 3000000) : below(y, 100) * USEC_PER_SEC);
}

/* --- the applications ---------------------------------------------------------------------- */

/* One socket of a story, and what it needs for a call. */
struct who {
	struct story *y;
	struct two_hosts *w;
	struct sock_table *t;
	unsigned side, k;
	int *s; /* the k-th of the side */
};

static struct sockaddr_in6 any_port(struct story *y)
{
	return name_of(in6addr_any, (uint16_t)(1 + below(y, PORTS)));
}

static void find(struct who *o)
{
	connect_to(o->w, o->side, *o->s,
		   name_of(locator(o->w, !o->side, 1 + below(o->y, 2)),
			   (uint16_t)(1 + below(o->y, PORTS))));
}

/* The first two of a side would rather listen, the others talk. */
static void begin(struct who *o)
{
	if (*o->s >= 0)
		return;
	*o->s = sock_socket(o->t, AF_INET6, SOCK_STREAM, 0);
	if (o->k < 2 && bind_to(o->w, o->side, *o->s, any_port(o->y)) == 0)
		sock_listen(o->t, *o->s, 3);
	else if (below(o->y, 4))
		find(o);
}

static void rename_it(struct who *o)
{
	bind_to(o->w, o->side, *o->s, any_port(o->y));
}

static void hearken(struct who *o)
{
	sock_listen(o->t, *o->s, (int)below(o->y, 4));
}

static void meet(struct who *o)
{
	if (*o->s >= 0)
		return;
	*o->s = accept_from(o->w, o->side, o->y->s[o->side][below(o->y, 2)]);
	o->y->accepted += *o->s >= 0;
}

static void talk(struct who *o)
{
	uint8_t octets[5000] = { 0 };

	for (unsigned k = 0; k < SOCKETS; k++)
		sock_send(o->t, o->y->s[o->side][k], octets, below(o->y, sizeof(octets)), 0);
}

static void hear(struct who *o)
{
	uint8_t octets[5000];

	for (unsigned k = 0; k < SOCKETS; k++)
		o->y->read +=
			sock_recv(o->t, o->y->s[o->side][k], octets, below(o->y, sizeof(octets)),
				  below(o->y, 2) ? MSG_PEEK : 0) > 0;
}

static void say_no_more(struct who *o)
{
	if (below(o->y, 4) == 0)
		sock_shutdown(o->t, *o->s, (int)below(o->y, 3));
}

static void leave(struct who *o)
{
	if (below(o->y, 6) == 0) {
		sock_close(o->t, *o->s);
		*o->s = -1;
	} else if (below(o->y, 8) == 0) {
		disconnect_from(o->w, o->side, *o->s);
	}
}

static void set(struct who *o)
{
	set_int(o->w, o->side, *o->s, SOL_SOCKET, SO_REUSEADDR, (int)below(o->y, 2));
	set_int(o->w, o->side, *o->s, IPPROTO_TCP, TCP_NODELAY, (int)below(o->y, 2));
	set_option(o->w, o->side, *o->s, SHIM_DONTSHIM, below(o->y, 4) == 0);
	set_locator(o->w, o->side, *o->s, SHIM_LOC_LOCAL_SEND,
		    locator(o->w, o->side, 1 + below(o->y, 2)));
	set_locator(o->w, o->side, *o->s, SHIM_LOC_LOCAL_PREF,
		    locator(o->w, o->side, 1 + below(o->y, 2)));
}

/* Some stand more than once, since they are called more often. */
static void (*const calls[])(struct who *) = {
	begin, begin, find, rename_it, hearken, meet, meet,        talk,
	talk,  talk,  hear, hear,      leave,   set,  say_no_more,
};

static void call(struct story *y)
{
	unsigned side = below(y, 2), k = below(y, SOCKETS);
	struct who who = { y, y->w, y->w->sockets[side], side, k, &y->s[side][k] };

	calls[below(y, sizeof(calls) / sizeof(calls[0]))](&who);
}

static void assert_sound(const struct story *y)
{
	for (unsigned side = 0; side < 2; side++) {
		const struct sock_table *t = y->w->sockets[side];

		assert_true(t->lingering_count <= LINGERING_MAX);
		for (unsigned i = 0; i < t->lingering_count; i++)
			assert_false(t->lingering[i]->connected ||
				     tcp_over(t->lingering[i]->stream->conn));
		for (unsigned i = 0; i < SOCKETS_MAX; i++)
			assert_false(t->socket[i] && t->socket[i]->connected &&
				     !t->socket[i]->stream->conn);
		assert_true(sock_table_deadline(t) >= shim_host_now(t->host));
	}
}

static void any_story_ends_with_nothing_left(void **state)
{
	unsigned accepted = 0, read = 0; /* else the stories are about nothing */

	(void)state;
	for (unsigned n = 1; n <= STORIES; n++) {
		struct story y = { .chance = n * UINT64_C(0x9e3779b97f4a7c15) };
		void *w = NULL;

		assert_int_equal(two_hosts_setup(&w), 0);
		y.w = w;
		memset(y.s, 0xff, sizeof(y.s));
		for (unsigned i = 0; i < STEPS; i++) {
			call(&y);
			land(&y);
			if (below(&y, 8) == 0)
				pass_time(&y);
			assert_sound(&y);
		}
		for (unsigned side = 0; side < 2; side++)
			for (unsigned k = 0; k < SOCKETS; k++)
				sock_close(y.w->sockets[side], y.s[side][k]);
		run_for(y.w, 1000 * USEC_PER_SEC);
		for (unsigned side = 0; side < 2; side++) {
			assert_int_equal(y.w->sockets[side]->lingering_count, 0);
			assert_int_equal(sock_table_deadline(y.w->sockets[side]), USEC_NEVER);
		}
		two_hosts_teardown(&w);
		accepted += y.accepted;
		read += y.read;
	}
	assert_true(accepted > STORIES && read > STORIES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_story_ends_with_nothing_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
