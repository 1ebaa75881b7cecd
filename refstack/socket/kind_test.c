/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 6316 hangs everything on whether a socket is connected, and nothing on its type
 * (sections 6.15 and 7.4), so every kind has to answer alike. What UDP has to answer is
 * in options_test.c and ancillary_test.c, cell by cell.
 */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/kind.h"
#include "refstack/socket/options.h"
#include "refstack/socket/two_streams.h"

enum { UNCONNECTED, NO_CONTEXT, CONTEXT, STATES };
enum { OSPF = 89 };

static bool is_stream(const struct sock_kind *kind)
{
	return kind->type == SOCK_STREAM;
}

static int socket_of(struct two_hosts *w, unsigned side, const struct sock_kind *kind)
{
	int s = sock_socket(w->sockets[side], AF_INET6, kind->type, kind->protocol ? 0 : OSPF);

	assert_true(s >= 0);
	return s;
}

/* A's socket, connected to a locator of B's. */
static void connect_kind(struct two_hosts *w, const struct sock_kind *kind, int s, unsigned to)
{
	int rc = connect_to(w, A, s, name_at(w, B, to, kind->ports ? PORT : 0));

	assert_int_equal(rc, is_stream(kind) ? -EINPROGRESS : 0);
	settle(w); /* the handshake */
}

/* A socket of the kind in each state. A handshake counts as packets, so where there is to
 * be no context, the one that it made ends. */
static void every_state(struct two_hosts *w, const struct sock_kind *kind, int s[STATES])
{
	struct in6_addr own = locator(w, A, 1), other = locator(w, B, 2);

	for (int k = 0; k < STATES; k++)
		s[k] = socket_of(w, A, kind);
	if (is_stream(kind))
		listener(w, B, 5);
	connect_kind(w, kind, s[NO_CONTEXT], 2);
	shim_end(w->host[A], &own, &other, 0);
	connect_kind(w, kind, s[CONTEXT], 1);
	if (get_option(w, A, s[CONTEXT], SHIM_ASSOCIATED) == 0)
		associate(w, s[CONTEXT]);
}

/* B's end of A's socket. */
static int other_end(struct two_hosts *w, const struct sock_kind *kind, int a)
{
	struct sockaddr_in6 name = own_name(w, A, a), from;
	socklen_t len = sizeof(from);
	int b;

	if (is_stream(kind)) { /* behind those of the other states */
		do
			b = sock_accept(w->sockets[B], 0, (struct sockaddr *)&from, &len);
		while (b >= 0 && memcmp(&from, &name, sizeof(name)) != 0);
		assert_true(b >= 0);
		return b;
	}
	b = socket_of(w, B, kind);
	assert_int_equal(bind_to(w, B, b, name_of(in6addr_any, PORT)), 0);
	assert_int_equal(connect_to(w, B, b, name), 0);
	return b;
}

/* What each option answers to a set of zeros, and to a get with its value. */
struct answer {
	int set, get;
	socklen_t len;
	uint8_t value[sizeof(struct shim_value)];
};

static struct answer ask(struct two_hosts *w, int s, const struct shim_option *o)
{
	struct answer a = { .len = (socklen_t)o->size };
	static const uint8_t zeros[sizeof(struct shim_value)];
	socklen_t len = o->list ? sizeof(struct shim_locator) : (socklen_t)o->size;

	a.set = sock_setsockopt(w->sockets[A], s, SOL_SHIM, o->name, zeros, len);
	a.get = sock_getsockopt(w->sockets[A], s, SOL_SHIM, o->name, a.value, &a.len);
	return a;
}

static void every_kind_answers_every_option_alike(void **state)
{
	struct two_hosts *w = *state;
	int udp[STATES], s[STATES];

	every_state(w, &sock_udp, udp);
	for (const struct sock_kind *const *k = sock_kinds; *k; k++) {
		every_state(w, *k, s);
		for (const struct shim_option *o = shim_options; o->text; o++) {
			for (int i = 0; i < STATES; i++) {
				struct answer due = ask(w, udp[i], o), now = ask(w, s[i], o);

				if (memcmp(&due, &now, sizeof(due)) != 0)
					fail_msg("%s, %s, state %d: set %d get %d", (*k)->text,
						 o->text, i, now.set, now.get);
			}
		}
		assert_int_equal(get_option(w, A, s[UNCONNECTED], SHIM_ASSOCIATED), -EOPNOTSUPP);
		assert_int_equal(get_option(w, A, s[NO_CONTEXT], SHIM_HOT_STANDBY), -ENOENT);
		assert_int_equal(get_option(w, A, s[CONTEXT], SHIM_ASSOCIATED), 1);
	}
}

/* One octet with an object that holds a locator. */
static ssize_t send_object(struct two_hosts *w, int s, const struct sockaddr_in6 *to, int type,
			   struct in6_addr addr)
{
	const struct sockaddr_in6 name = name_of(addr, 0);
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(name))] = { 0 };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = (void *)to,
		.msg_namelen = to ? sizeof(*to) : 0,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	*h = (struct cmsghdr){ CMSG_LEN(sizeof(name)), SOL_SHIM, type };
	memcpy(CMSG_DATA(h), &name, sizeof(name));
	return sock_sendmsg(w->sockets[A], s, &msg, 0);
}

static void every_kind_takes_every_object_alike(void **state)
{
	struct two_hosts *w = *state;
	int udp[STATES], s[STATES];

	every_state(w, &sock_udp, udp);
	for (const struct sock_kind *const *k = sock_kinds; *k; k++) {
		struct sockaddr_in6 to = name_at(w, B, 1, (*k)->ports ? PORT : 0);
		struct sockaddr_in6 udp_to = name_at(w, B, 1, PORT);

		every_state(w, *k, s);
		for (const struct shim_cmsg *c = shim_cmsgs; c->text; c++) {
			for (int i = 0; i < STATES; i++) {
				bool name = i == UNCONNECTED;
				ssize_t due = send_object(w, udp[i], name ? &udp_to : NULL, c->type,
							  locator(w, A, 2));
				ssize_t now = send_object(w, s[i], name ? &to : NULL, c->type,
							  locator(w, A, 2));

				if (now != due)
					fail_msg("%s, %s, state %d: %zd", (*k)->text, c->text, i,
						 now);
				settle(w);
			}
		}
		assert_int_equal(
			send_object(w, s[CONTEXT], NULL, SHIM_LOC_LOCAL_SEND, locator(w, A, 2)), 1);
		assert_true(is_from(&w->last, locator(w, A, 2)));
	}
}

/* 7.1: B reads by which locators A's message came. */
static void every_kind_gives_the_locators_of_a_message(void **state)
{
	struct two_hosts *w = *state;

	for (const struct sock_kind *const *k = sock_kinds; *k; k++) {
		_Alignas(struct cmsghdr)
			uint8_t control[2 * CMSG_SPACE(sizeof(struct sockaddr_in6))];
		uint8_t octet;
		struct iovec iov = { .iov_base = &octet, .iov_len = 1 };
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		const struct in6_addr due[2] = { locator(w, B, 1), locator(w, A, 2) };
		int a[STATES], b, n = 0;

		every_state(w, *k, a);
		b = other_end(w, *k, a[CONTEXT]);
		assert_int_equal(set_option(w, B, b, SHIM_LOC_LOCAL_RECV, 1), 0);
		assert_int_equal(set_option(w, B, b, SHIM_LOC_PEER_RECV, 1), 0);
		assert_int_equal(set_local_send_option(w, A, a[CONTEXT], due[1]), 0);
		assert_int_equal(sock_send(w->sockets[A], a[CONTEXT], "x", 1, 0), 1);
		settle(w);
		assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 1);
		for (struct cmsghdr *h = CMSG_FIRSTHDR(&msg); h; h = CMSG_NXTHDR(&msg, h), n++) {
			struct sockaddr_in6 name;

			memcpy(&name, CMSG_DATA(h), sizeof(name));
			assert_int_equal(h->cmsg_type,
					 n ? SHIM_LOC_PEER_RECV : SHIM_LOC_LOCAL_RECV);
			assert_memory_equal(&name.sin6_addr, &due[n], sizeof(due[n]));
		}
		assert_int_equal(n, 2);
		assert_int_equal(sock_close(w->sockets[B], b), 0);
	}
}

/* 6.4, 11.1: what it wants another way is given a fork, whoever was there before. */
static void sockets_of_two_kinds_part_where_they_can_not_agree(void **state)
{
	const struct shim_locator first = { .lc_family = AF_INET6,
					    .lc_addr = locator(*state, A, 1) };
	const struct shim_locator other = { .lc_family = AF_INET6,
					    .lc_addr = locator(*state, A, 2) };
	struct two_hosts *w = *state;
	int udp = associated_socket(w), raw = raw_socket(w, A, OSPF);

	assert_int_equal(connect_to(w, A, raw, name_at(w, B, 1, 0)), 0);
	assert_int_equal(sock_setsockopt(w->sockets[A], udp, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &first,
					 sizeof(first)),
			 0);
	assert_int_equal(sock_setsockopt(w->sockets[A], raw, SOL_SHIM, SHIM_LOC_LOCAL_PREF, &other,
					 sizeof(other)),
			 0);
	settle(w);
	run_for(w, 10 * USEC_PER_SEC);
	assert_int_equal(sock_send(w->sockets[A], udp, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
	assert_int_equal(sock_send(w->sockets[A], raw, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
}

/* --- what a socket is --------------------------------------------------------------------------
 */

static int socket_level(struct two_hosts *w, int s, int name)
{
	socklen_t len = sizeof(int);
	int value = -77;

	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SOCKET, name, &value, &len), 0);
	assert_int_equal(len, sizeof(int));
	return value;
}

static void sockets_say_what_they_are(void **state)
{
	struct two_hosts *w = *state;
	int udp = udp_socket(w, A), raw = raw_socket(w, A, OSPF), zero = 0;
	int tcp = tcp_socket(w, A);

	assert_int_equal(socket_level(w, udp, SO_TYPE), SOCK_DGRAM);
	assert_int_equal(socket_level(w, raw, SO_TYPE), SOCK_RAW);
	assert_int_equal(socket_level(w, tcp, SO_TYPE), SOCK_STREAM);
	assert_int_equal(socket_level(w, udp, SO_PROTOCOL), IPPROTO_UDP);
	assert_int_equal(socket_level(w, tcp, SO_PROTOCOL), IPPROTO_TCP);
	assert_int_equal(socket_level(w, raw, SO_PROTOCOL), OSPF);
	assert_int_equal(socket_level(w, raw, SO_DOMAIN), AF_INET6);
	assert_int_equal(socket_level(w, raw, SO_ERROR), 0);
	assert_int_equal(
		sock_setsockopt(w->sockets[A], raw, SOL_SOCKET, SO_TYPE, &zero, sizeof(zero)),
		-ENOPROTOOPT);
	assert_int_equal(
		sock_setsockopt(w->sockets[A], raw, SOL_SOCKET, SO_DEBUG, &zero, sizeof(zero)),
		-ENOPROTOOPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(every_kind_answers_every_option_alike),
		two_hosts_test(every_kind_takes_every_object_alike),
		two_hosts_test(every_kind_gives_the_locators_of_a_message),
		two_hosts_test(sockets_of_two_kinds_part_where_they_can_not_agree),
		two_hosts_test(sockets_say_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
