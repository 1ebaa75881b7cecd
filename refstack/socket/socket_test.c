/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of socket.h that move no data: table.c and name.c. */
#include "refstack/socket/two_hosts.h"

#include <errno.h>
#include <poll.h>

static void socket_is_udp_tcp_or_raw_over_ipv6_or_nothing(void **state)
{
	static const struct {
		int domain, type, protocol, rc;
	} rows[] = {
		{ AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 0 },
		{ AF_INET6, SOCK_DGRAM, 0, 1 },
		{ AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, 2 },
		{ AF_INET, SOCK_DGRAM, 0, -EAFNOSUPPORT },
		{ AF_UNIX, SOCK_DGRAM, 0, -EAFNOSUPPORT },
		{ AF_INET6, SOCK_STREAM, 0, 3 },
		{ AF_INET6, SOCK_STREAM, IPPROTO_TCP, 4 },
		{ AF_INET6, SOCK_STREAM, IPPROTO_UDP, -EPROTONOSUPPORT },
		{ AF_INET6, SOCK_SEQPACKET, 0, -ESOCKTNOSUPPORT },
		{ AF_INET6, SOCK_RAW, IPPROTO_UDP, 5 },
		{ AF_INET6, SOCK_RAW, 0, -EPROTONOSUPPORT },
		{ AF_INET, SOCK_RAW, IPPROTO_UDP, -EAFNOSUPPORT },
		{ AF_INET6, SOCK_DGRAM, IPPROTO_TCP, -EPROTONOSUPPORT },
	};
	struct two_hosts *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(sock_socket(w->sockets[A], rows[i].domain, rows[i].type,
					     rows[i].protocol), rows[i].rc);
}

static void socket_takes_the_lowest_free_number_until_none_is_left(void **state)
{
	struct two_hosts *w = *state;

	for (int i = 0; i < SOCKETS_MAX; i++)
		assert_int_equal(udp_socket(w, A), i);
	assert_int_equal(sock_socket(w->sockets[A], AF_INET6, SOCK_DGRAM, 0), -EMFILE);
	assert_int_equal(sock_close(w->sockets[A], 17), 0);
	assert_int_equal(sock_close(w->sockets[A], 3), 0);
	assert_int_equal(udp_socket(w, A), 3);
	assert_int_equal(udp_socket(w, A), 17);
	assert_int_equal(udp_socket(w, B), 0);
}

static void every_call_refuses_a_number_that_is_no_socket(void **state)
{
	static const int numbers[] = { -1, 0, SOCKETS_MAX, INT32_MAX, INT32_MIN };
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[A];
	struct sockaddr_in6 name = name_at(w, B, 1, PORT);
	struct sockaddr *addr = (struct sockaddr *)&name;
	struct msghdr msg = { 0 };

	assert_int_equal(sock_close(t, udp_socket(w, A)), 0);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int s = numbers[i], value = 0;
		socklen_t len = sizeof(name), size = sizeof(value);

		assert_int_equal(sock_bind(t, s, addr, len), -EBADF);
		assert_int_equal(sock_connect(t, s, addr, len), -EBADF);
		assert_int_equal(sock_close(t, s), -EBADF);
		assert_int_equal(sock_send(t, s, "", 0, 0), -EBADF);
		assert_int_equal(sock_sendto(t, s, "", 0, 0, addr, len), -EBADF);
		assert_int_equal(sock_sendmsg(t, s, &msg, 0), -EBADF);
		assert_int_equal(sock_recv(t, s, NULL, 0, 0), -EBADF);
		assert_int_equal(sock_recvmsg(t, s, &msg, 0), -EBADF);
		assert_int_equal(sock_getsockname(t, s, addr, &len), -EBADF);
		assert_int_equal(sock_getpeername(t, s, addr, &len), -EBADF);
		assert_int_equal(sock_getsockopt(t, s, SOL_SHIM, 1, &value, &size), -EBADF);
		assert_int_equal(sock_setsockopt(t, s, SOL_SHIM, 2, &value, size), -EBADF);
		assert_int_equal(sock_poll(t, s, POLLIN), -EBADF);
	}
	assert_int_equal(w->flying_count, 0);
}

static void host_without_its_sockets_goes_on(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A);

	bound_socket(w);
	sock_table_free(w->sockets[B]);
	w->sockets[B] = NULL;
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	assert_int_equal(w->flying[0].to, B);
	w->flying_count = 1; /* without the I1 that follows it */
	settle(w);
	assert_int_equal(w->last.to, A);
	assert_int_equal(next_header(&w->last), IPPROTO_ICMPV6);
}

/* --- bind ------------------------------------------------------------------- */

static void bind_takes_own_addresses_and_any(void **state)
{
	struct two_hosts *w = *state;
	const struct in6_addr mapped = { { { [10] = 0xff, 0xff, 192, 0, 2, 1 } } };
	int s = udp_socket(w, A);

	assert_int_equal(bind_to(w, A, s, name_at(w, B, 1, PORT)), -EADDRNOTAVAIL);
	assert_int_equal(bind_to(w, A, s, name_of(in6addr_loopback, PORT)), -EADDRNOTAVAIL);
	assert_int_equal(bind_to(w, A, s, name_of(mapped, PORT)), -EADDRNOTAVAIL);
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 2, PORT)), 0);
	assert_int_equal(bind_to(w, A, udp_socket(w, A), name_of(in6addr_any, PORT + 1)), 0);
}

static void bind_is_once_for_ever(void **state)
{
	struct two_hosts *w = *state;
	int bound = udp_socket(w, A), connected = connected_socket(w);

	assert_int_equal(bind_to(w, A, bound, name_of(in6addr_any, PORT)), 0);
	assert_int_equal(bind_to(w, A, bound, name_of(in6addr_any, PORT)), -EINVAL);
	assert_int_equal(bind_to(w, A, bound, name_of(in6addr_any, PORT + 1)), -EINVAL);
	assert_int_equal(bind_to(w, A, connected, name_of(in6addr_any, PORT + 1)), -EINVAL);
}

static void bind_refuses_a_port_whose_packets_are_anothers(void **state)
{
	struct two_hosts *w = *state;
	int any = udp_socket(w, A), first = udp_socket(w, A), s = udp_socket(w, A);

	assert_int_equal(bind_to(w, A, any, name_of(in6addr_any, PORT)), 0);
	assert_int_equal(bind_to(w, A, first, name_at(w, A, 1, PORT + 1)), 0);
	assert_int_equal(bind_to(w, A, s, name_of(in6addr_any, PORT)), -EADDRINUSE);
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 1, PORT)), -EADDRINUSE);
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 1, PORT + 1)), -EADDRINUSE);
	assert_int_equal(bind_to(w, A, s, name_of(in6addr_any, PORT + 1)), -EADDRINUSE);
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 2, PORT + 1)), 0);

	assert_int_equal(sock_close(w->sockets[A], any), 0);
	assert_int_equal(bind_to(w, A, udp_socket(w, A), name_of(in6addr_any, PORT)), 0);
}

static void bind_to_port_0_finds_one_that_is_free(void **state)
{
	struct two_hosts *w = *state;
	bool seen[UINT16_MAX + 1] = { false };

	for (int i = 0; i < SOCKETS_MAX; i++) {
		int s = udp_socket(w, A);
		uint16_t port;

		assert_int_equal(bind_to(w, A, s, name_of(in6addr_any, 0)), 0);
		port = ntohs(own_name(w, A, s).sin6_port);
		assert_in_range(port, 49152, 65535); /* RFC 6335 6 */
		assert_false(seen[port]);
		seen[port] = true;
	}
}

static void names_are_checked_for_length_and_family(void **state)
{
	struct two_hosts *w = *state;
	const struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct sockaddr_in6 name = name_at(w, A, 1, PORT);
	const struct sockaddr *addr = (struct sockaddr *)&name;
	const socklen_t without_scope = 24; /* RFC 2133 3.3 */
	struct sock_table *t = w->sockets[A];
	int s = udp_socket(w, A);

	assert_int_equal(sock_bind(t, s, NULL, sizeof(name)), -EFAULT);
	assert_int_equal(sock_connect(t, s, NULL, sizeof(name)), -EFAULT);
	assert_int_equal(sock_bind(t, s, (struct sockaddr *)&ipv4, sizeof(ipv4)), -EAFNOSUPPORT);
	assert_int_equal(sock_connect(t, s, (struct sockaddr *)&ipv4, sizeof(ipv4)),
			 -EAFNOSUPPORT);
	for (socklen_t len = 0; len < without_scope; len++) {
		assert_int_equal(sock_bind(t, s, addr, len), -EINVAL);
		assert_int_equal(sock_connect(t, s, addr, len), -EINVAL);
	}
	assert_int_equal(sock_bind(t, s, addr, (socklen_t)-1), -EINVAL);
	assert_int_equal(sock_bind(t, s, addr, without_scope), 0);
}

/* --- connect ------------------------------------------------------------------ */

static void connect_names_both_ends(void **state)
{
	struct two_hosts *w = *state;
	struct sockaddr_in6 peer, to = name_at(w, B, 1, PORT), own;
	socklen_t len = sizeof(peer);
	int s = udp_socket(w, A);

	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&peer, &len),
			 -ENOTCONN);
	assert_int_equal(connect_to(w, A, s, to), 0);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&peer, &len), 0);
	assert_memory_equal(&peer, &to, sizeof(peer));
	own = own_name(w, A, s);
	to = name_at(w, A, 1, ntohs(own.sin6_port));
	assert_int_not_equal(own.sin6_port, 0);
	assert_memory_equal(&own, &to, sizeof(own));
	assert_int_equal(w->flying_count, 0);
}

static void connect_refuses_what_no_unicast_packet_reaches(void **state)
{
	struct two_hosts *w = *state;
	const struct in6_addr multicast = { { { 0xff, 0x0e, [15] = 1 } } };
	const struct in6_addr mapped = { { { [10] = 0xff, 0xff, 192, 0, 2, 1 } } };
	int s = udp_socket(w, A);

	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, 0)), -EINVAL);
	assert_int_equal(connect_to(w, A, s, name_of(in6addr_any, PORT)), -ENETUNREACH);
	assert_int_equal(connect_to(w, A, s, name_of(in6addr_loopback, PORT)), -ENETUNREACH);
	assert_int_equal(connect_to(w, A, s, name_of(multicast, PORT)), -ENETUNREACH);
	assert_int_equal(connect_to(w, A, s, name_of(mapped, PORT)), -ENETUNREACH);
	assert_int_equal(own_name(w, A, s).sin6_port, 0);
}

static void connect_keeps_what_bind_gave(void **state)
{
	struct two_hosts *w = *state;
	struct sockaddr_in6 own = name_at(w, A, 2, PORT), now;
	int s = udp_socket(w, A);

	assert_int_equal(bind_to(w, A, s, own), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	now = own_name(w, A, s);
	assert_memory_equal(&now, &own, sizeof(now));
	assert_int_equal(disconnect_from(w, A, s), 0);
	now = own_name(w, A, s);
	assert_memory_equal(&now, &own, sizeof(now));
}

static void connect_again_is_to_the_new_peer(void **state)
{
	struct two_hosts *w = *state;
	struct sockaddr_in6 peer, to = name_at(w, B, 2, PORT + 1);
	socklen_t len = sizeof(peer);
	int s = connected_socket(w);
	struct sockaddr_in6 before = own_name(w, A, s), after;

	assert_int_equal(connect_to(w, A, s, to), 0);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&peer, &len), 0);
	assert_memory_equal(&peer, &to, sizeof(peer));
	after = own_name(w, A, s);
	assert_memory_equal(&after, &before, sizeof(after));

	/* One that fails leaves everything. */
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, 0)), -EINVAL);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&peer, &len), 0);
	assert_memory_equal(&peer, &to, sizeof(peer));
}

static void connect_needs_an_address_that_is_up(void **state)
{
	struct two_hosts *w = *state;
	struct in6_addr first = locator(w, A, 1), second = locator(w, A, 2);
	struct sockaddr_in6 own;
	int s = udp_socket(w, A);

	assert_int_equal(shim_host_link_event(w->host[A], 1, false), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	own = own_name(w, A, s);
	assert_memory_equal(&own.sin6_addr, &second, sizeof(second));

	/* It is chosen anew each time. */
	assert_int_equal(shim_host_link_event(w->host[A], 1, true), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	own = own_name(w, A, s);
	assert_memory_equal(&own.sin6_addr, &first, sizeof(first));
	assert_int_equal(shim_host_link_event(w->host[A], 1, false), 0);
	assert_int_equal(shim_host_link_event(w->host[A], 2, false), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), -EADDRNOTAVAIL);
}

static void disconnect_lets_go_what_connect_chose(void **state)
{
	struct two_hosts *w = *state;
	const struct sockaddr_in6 none = name_of(in6addr_any, 0);
	struct sockaddr_in6 now;
	socklen_t len = sizeof(now);
	int s = connected_socket(w);

	assert_int_equal(disconnect_from(w, A, s), 0);
	now = own_name(w, A, s);
	assert_memory_equal(&now, &none, sizeof(now));
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&now, &len),
			 -ENOTCONN);
	assert_int_equal(disconnect_from(w, A, s), 0);
	assert_int_equal(bind_to(w, A, s, name_at(w, A, 1, PORT)), 0);
}

/* RFC 6316 section 10: names are identifiers. */
static void names_stay_when_locators_change(void **state)
{
	struct two_hosts *w = *state;
	struct sockaddr_in6 peer, to = name_at(w, B, 1, PORT), before, after;
	socklen_t len = sizeof(peer);
	int s = associated_socket(w);

	before = own_name(w, A, s);
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
	after = own_name(w, A, s);
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)&peer, &len), 0);
	assert_memory_equal(&peer, &to, sizeof(peer));
}

static void names_are_cut_to_the_room_and_tell_their_length(void **state)
{
	struct two_hosts *w = *state;
	int s = connected_socket(w);
	struct sockaddr_in6 whole = own_name(w, A, s);
	uint8_t buf[sizeof(whole) + 4];
	socklen_t len;

	for (socklen_t room = 0; room <= sizeof(buf); room++) {
		size_t due = room < sizeof(whole) ? room : sizeof(whole);

		memset(buf, 0xa5, sizeof(buf));
		len = room;
		assert_int_equal(sock_getsockname(w->sockets[A], s, (struct sockaddr *)buf, &len),
				 0);
		assert_int_equal(len, sizeof(whole));
		assert_memory_equal(buf, &whole, due);
		for (size_t i = due; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 0xa5);
	}
	len = (socklen_t)-1;
	assert_int_equal(sock_getsockname(w->sockets[A], s, (struct sockaddr *)buf, &len), -EINVAL);
	assert_int_equal(sock_getsockname(w->sockets[A], s, NULL, &len), -EFAULT);
	assert_int_equal(sock_getpeername(w->sockets[A], s, (struct sockaddr *)buf, NULL), -EFAULT);
}

static void unbound_socket_is_named_any(void **state)
{
	struct two_hosts *w = *state;
	const struct sockaddr_in6 none = name_of(in6addr_any, 0);
	struct sockaddr_in6 now = own_name(w, A, udp_socket(w, A));

	assert_memory_equal(&now, &none, sizeof(now));
}

/* Both have to ask for it. */
static void a_port_is_shared_by_those_with_so_reuseaddr(void **state)
{
	struct two_hosts *w = *state;
	int s[3], on = 1;

	for (unsigned i = 0; i < 3; i++)
		s[i] = udp_socket(w, A);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(sock_setsockopt(w->sockets[A], s[i], SOL_SOCKET, SO_REUSEADDR,
						 &on, sizeof(on)),
				 0);
	assert_int_equal(bind_to(w, A, s[0], name_of(in6addr_any, PORT)), 0);
	assert_int_equal(bind_to(w, A, s[2], name_of(in6addr_any, PORT)), -EADDRINUSE);
	assert_int_equal(bind_to(w, A, s[1], name_of(in6addr_any, PORT)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(socket_is_udp_tcp_or_raw_over_ipv6_or_nothing),
		two_hosts_test(socket_takes_the_lowest_free_number_until_none_is_left),
		two_hosts_test(every_call_refuses_a_number_that_is_no_socket),
		two_hosts_test(host_without_its_sockets_goes_on),
		two_hosts_test(bind_takes_own_addresses_and_any),
		two_hosts_test(bind_is_once_for_ever),
		two_hosts_test(bind_refuses_a_port_whose_packets_are_anothers),
		two_hosts_test(bind_to_port_0_finds_one_that_is_free),
		two_hosts_test(names_are_checked_for_length_and_family),
		two_hosts_test(connect_names_both_ends),
		two_hosts_test(connect_refuses_what_no_unicast_packet_reaches),
		two_hosts_test(connect_keeps_what_bind_gave),
		two_hosts_test(connect_again_is_to_the_new_peer),
		two_hosts_test(connect_needs_an_address_that_is_up),
		two_hosts_test(disconnect_lets_go_what_connect_chose),
		two_hosts_test(names_stay_when_locators_change),
		two_hosts_test(names_are_cut_to_the_room_and_tell_their_length),
		two_hosts_test(unbound_socket_is_named_any),
		two_hosts_test(a_port_is_shared_by_those_with_so_reuseaddr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
