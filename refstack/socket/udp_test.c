/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams, from one host's sockets to the other's. RFC 768, RFC 8200 8.1. */
#include "refstack/socket/two_hosts.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

enum {
	SHIM = 8,            /* the payload extension header, RFC 5533 5.2 */
	MTU = 1500,          /* of both links */
	FITS = MTU - 40 - 8, /* payload of a plain packet */
};

/* --- there and back ------------------------------------------------------------ */

static void datagrams_cross_and_name_their_sender(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), b = bound_socket(w);
	char buf[16];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct sockaddr_in6 from, expected;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "ping", 4), 4);
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 4);
	assert_memory_equal(buf, "ping", 4);
	assert_int_equal(msg.msg_flags, 0);
	assert_int_equal(msg.msg_namelen, sizeof(from));
	expected = name_at(w, A, 1, ntohs(own_name(w, A, a).sin6_port));
	assert_memory_equal(&from, &expected, sizeof(from));

	assert_int_equal(send_to(w, B, b, from, "pong", 4), 4);
	settle(w);
	assert_receives(w, A, a, "pong");
	assert_nothing_to_receive(w, A, a);
}

static void names_are_identifiers_whatever_the_locators(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = bound_socket(w);
	struct sockaddr_in6 from, expected = own_name(w, A, a);
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from) };

	assert_int_equal(set_local_send_option(w, A, a, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 0);
	assert_memory_equal(&from, &expected, sizeof(from));
}

static void bound_address_is_the_source(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A);

	assert_int_equal(bind_to(w, A, a, name_at(w, A, 2, PORT)), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 2, PORT), "x", 1), 1);
	assert_true(is_from(&w->flying[0], locator(w, A, 2)));
	assert_true(is_to(&w->flying[0], locator(w, B, 2)));
}

static void connected_socket_may_send_elsewhere(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w), other = udp_socket(w, B);

	assert_int_equal(bind_to(w, B, other, name_of(in6addr_any, PORT + 1)), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT + 1), "one", 3), 3);
	assert_int_equal(sock_send(w->sockets[A], a, "two", 3, 0), 3);
	settle(w);
	assert_receives(w, B, other, "one");
	assert_receives(w, B, b, "two");
}

static void datagrams_are_read_in_order_and_may_be_empty(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w);

	assert_int_equal(sock_send(w->sockets[A], a, "one", 3, 0), 3);
	assert_int_equal(sock_send(w->sockets[A], a, NULL, 0, 0), 0);
	assert_int_equal(sock_send(w->sockets[A], a, "three", 5, 0), 5);
	settle(w);
	assert_receives(w, B, b, "one");
	assert_receives(w, B, b, "");
	assert_receives(w, B, b, "three");
	assert_nothing_to_receive(w, B, b);
}

/* --- what a send refuses ---------------------------------------------------------- */

static void send_refuses_what_has_nowhere_to_go(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[A];
	const struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int s = udp_socket(w, A);

	assert_int_equal(sock_send(t, s, "x", 1, 0), -EDESTADDRREQ);
	assert_int_equal(send_to(w, A, s, name_at(w, B, 1, 0), "x", 1), -EINVAL);
	assert_int_equal(send_to(w, A, s, name_of(in6addr_any, PORT), "x", 1), -ENETUNREACH);
	assert_int_equal(sock_sendto(t, s, "x", 1, 0, (struct sockaddr *)&ipv4, sizeof(ipv4)),
			 -EAFNOSUPPORT);
	assert_int_equal(sock_sendto(t, s, "x", 1, 0, (struct sockaddr *)&ipv4, 1), -EINVAL);
	assert_int_equal(sock_sendto(t, s, "x", 1, MSG_OOB, NULL, 0), -EOPNOTSUPP);
	assert_int_equal(sock_sendto(t, s, "x", 1, MSG_MORE, NULL, 0), -EOPNOTSUPP);
	assert_int_equal(sock_sendmsg(t, s, NULL, 0), -EFAULT);
	assert_int_equal(w->flying_count, 0);
}

static void send_refuses_more_than_the_link_or_udp_takes(void **state)
{
	static const uint8_t data[65536];
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(sock_send(w->sockets[A], s, data, FITS + 1, 0), -EMSGSIZE);
	assert_int_equal(sock_send(w->sockets[A], s, data, 65527, 0), -EMSGSIZE);
	assert_int_equal(sock_send(w->sockets[A], s, data, 65528, 0), -EMSGSIZE);
	assert_int_equal(sock_send(w->sockets[A], s, data, 65536, 0), -EMSGSIZE);
	assert_int_equal(w->flying_count, 0);
	assert_int_equal(sock_send(w->sockets[A], s, data, FITS, 0), FITS);
	assert_int_equal(w->last.len, MTU);

	/* The payload extension header takes its share. */
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, data, FITS - SHIM + 1, 0), -EMSGSIZE);
	assert_int_equal(sock_send(w->sockets[A], s, data, FITS - SHIM, 0), FITS - SHIM);
	assert_int_equal(w->last.len, MTU);
}

static void send_fails_when_the_source_is_down(void **state)
{
	struct two_hosts *w = *state;
	int s = connected_socket(w), other = udp_socket(w, A);

	assert_int_equal(shim_host_link_event(w->host[A], 1, false), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), -ENETUNREACH);
	assert_int_equal(shim_host_link_event(w->host[A], 2, false), 0);
	assert_int_equal(send_to(w, A, other, name_at(w, B, 1, PORT), "x", 1), -EADDRNOTAVAIL);
	assert_int_equal(w->flying_count, 0);
}

/* --- scatter and gather -------------------------------------------------------------- */

static void vectors_are_gathered_and_scattered(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w);
	char head[3], tail[10] = "~~~~~~~~~";
	struct iovec out[] = { { "ab", 2 }, { NULL, 0 }, { "cdef", 4 }, { "g", 1 } };
	struct iovec in[] = { { head, sizeof(head) }, { NULL, 0 }, { tail, sizeof(tail) } };
	const struct msghdr from = { .msg_iov = out, .msg_iovlen = 4 };
	struct msghdr to = { .msg_iov = in, .msg_iovlen = 3 };

	assert_int_equal(sock_sendmsg(w->sockets[A], a, &from, 0), 7);
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &to, 0), 7);
	assert_memory_equal(head, "abc", 3);
	assert_memory_equal(tail, "defg~~~~~", 10);
	assert_int_equal(to.msg_flags, 0);
}

static void vectors_that_cannot_be_are_refused(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w);
	struct iovec null = { NULL, 1 }, huge[] = { { "", SSIZE_MAX }, { "", 1 } };
	struct msghdr msg = { .msg_iov = &null, .msg_iovlen = 1 };

	assert_int_equal(sock_sendmsg(w->sockets[A], a, &msg, 0), -EFAULT);
	assert_int_equal(sock_recvmsg(w->sockets[A], a, &msg, 0), -EFAULT);
	msg = (struct msghdr){ .msg_iov = huge, .msg_iovlen = 2 };
	assert_int_equal(sock_sendmsg(w->sockets[A], a, &msg, 0), -EINVAL);
	assert_int_equal(sock_recvmsg(w->sockets[A], a, &msg, 0), -EINVAL);
	msg = (struct msghdr){ .msg_iov = NULL, .msg_iovlen = 1 };
	assert_int_equal(sock_sendmsg(w->sockets[A], a, &msg, 0), -EFAULT);
	msg = (struct msghdr){ .msg_iov = huge, .msg_iovlen = IOV_MAX + 1 };
	assert_int_equal(sock_sendmsg(w->sockets[A], a, &msg, 0), -EMSGSIZE);
	assert_int_equal(w->flying_count, 0);
}

/* --- what a receive tells ------------------------------------------------------------ */

static void short_buffer_truncates_and_says_so(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w);
	char buf[4] = "~~~";
	struct iovec iov = { .iov_base = buf, .iov_len = 2 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	for (int i = 0; i < 3; i++)
		assert_int_equal(sock_send(w->sockets[A], a, "octets", 6, 0), 6);
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 2);
	assert_memory_equal(buf, "oc~", 4);
	assert_int_equal(msg.msg_flags, MSG_TRUNC);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, MSG_TRUNC), 6);
	assert_int_equal(msg.msg_flags, MSG_TRUNC);
	assert_int_equal(sock_recv(w->sockets[B], b, buf, 0, 0), 0);
	assert_nothing_to_receive(w, B, b);
}

static void peek_leaves_the_datagram(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w);
	char buf[8];

	assert_int_equal(sock_send(w->sockets[A], a, "octets", 6, 0), 6);
	settle(w);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sock_recv(w->sockets[B], b, buf, 3, MSG_PEEK), 3);
		assert_memory_equal(buf, "oct", 3);
		assert_int_equal(sock_recv(w->sockets[B], b, buf, 3, MSG_PEEK | MSG_TRUNC), 6);
	}
	assert_receives(w, B, b, "octets");
	assert_nothing_to_receive(w, B, b);
}

static void receive_refuses_what_it_has_not_got(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w);
	struct sockaddr_in6 name;
	struct msghdr msg = { .msg_name = &name, .msg_namelen = (socklen_t)-1 };
	char buf[8];

	assert_int_equal(sock_send(w->sockets[A], a, "octets", 6, 0), 6);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], b, buf, 8, MSG_OOB), -EOPNOTSUPP);
	assert_int_equal(sock_recv(w->sockets[B], b, buf, 8, MSG_ERRQUEUE), -EAGAIN);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), -EINVAL);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, NULL, 0), -EFAULT);
	assert_receives(w, B, b, "octets");
}

static void poll_tells_what_would_not_wait(void **state)
{
	struct two_hosts *w = *state;
	int a = connected_socket(w), b = bound_socket(w);

	assert_int_equal(sock_poll(w->sockets[B], b, POLLIN | POLLOUT | POLLERR), POLLOUT);
	assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
	settle(w);
	assert_int_equal(sock_poll(w->sockets[B], b, POLLIN | POLLOUT), POLLIN | POLLOUT);
	assert_int_equal(sock_poll(w->sockets[B], b, POLLIN), POLLIN);
	assert_receives(w, B, b, "x");
	assert_int_equal(sock_poll(w->sockets[B], b, POLLIN), 0);
}

/* --- whose datagram it is ------------------------------------------------------------- */

/* Ports are exclusive when bound, but a socket that goes back to any address
 * comes upon those that bound one of them meanwhile. */
static void best_match_gets_the_datagram(void **state)
{
	struct two_hosts *w = *state;
	int peer = udp_socket(w, A), stranger = udp_socket(w, A);
	int any = bound_socket(w), bound = udp_socket(w, B);
	struct sockaddr_in6 name = name_at(w, A, 1, PORT);

	assert_int_equal(bind_to(w, A, peer, name), 0);
	assert_int_equal(connect_to(w, B, any, name), 0);
	assert_int_equal(bind_to(w, B, bound, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(disconnect_from(w, B, any), 0);

	assert_int_equal(send_to(w, A, peer, name_at(w, B, 1, PORT), "any", 3), 3);
	assert_int_equal(send_to(w, A, peer, name_at(w, B, 2, PORT), "bound", 5), 5);
	settle(w);
	assert_receives(w, B, any, "any");
	assert_receives(w, B, bound, "bound");

	/* With link 1 down, L2 is what connecting chooses. */
	assert_int_equal(shim_host_link_event(w->host[B], 1, false), 0);
	assert_int_equal(connect_to(w, B, any, name), 0);
	assert_int_equal(shim_host_link_event(w->host[B], 1, true), 0);
	assert_int_equal(send_to(w, A, peer, name_at(w, B, 2, PORT), "connected", 9), 9);
	assert_int_equal(send_to(w, A, stranger, name_at(w, B, 2, PORT), "bound", 5), 5);
	settle(w);
	assert_receives(w, B, any, "connected");
	assert_receives(w, B, bound, "bound");
	assert_nothing_to_receive(w, B, any);
	assert_nothing_to_receive(w, B, bound);
}

static void connected_socket_hears_its_peer_alone(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), b = bound_socket(w);

	assert_int_equal(bind_to(w, A, a, name_of(in6addr_any, PORT)), 0);
	assert_int_equal(connect_to(w, B, b, name_at(w, A, 1, PORT + 1)), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	settle(w);
	assert_nothing_to_receive(w, B, b);
	assert_int_equal(connect_to(w, B, b, name_at(w, A, 2, PORT)), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	settle(w);
	assert_nothing_to_receive(w, B, b);
	assert_int_equal(connect_to(w, B, b, name_at(w, A, 1, PORT)), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	settle(w);
	assert_receives(w, B, b, "x");
}

/* RFC 4443 3.1: the host says so, and A's socket need not know. */
static void datagram_to_a_port_of_nobody_is_answered_by_the_host(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	settle(w);
	assert_int_equal(w->last.to, A);
	assert_int_equal(next_header(&w->last), IPPROTO_ICMPV6);
	assert_int_equal(w->last.octets[40], 1);     /* destination unreachable */
	assert_int_equal(w->last.octets[41], 4); /* port */
	assert_nothing_to_receive(w, A, a);
}

static void closed_socket_is_nobody(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), b = bound_socket(w);

	assert_int_equal(set_option(w, A, a, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "unread", 6), 6);
	settle(w);
	assert_int_equal(w->last.to, B);
	assert_int_equal(sock_close(w->sockets[B], b), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 1, PORT), "x", 1), 1);
	settle(w);
	assert_int_equal(next_header(&w->last), IPPROTO_ICMPV6);
}

/* --- the queue ------------------------------------------------------------------------ */

/* How many datagrams of this length a socket keeps for its reader. */
static int kept(struct two_hosts *w, size_t len, int sent)
{
	static const uint8_t data[FITS];
	int a = connected_socket(w), b = bound_socket(w), count = 0;

	for (int i = 0; i < sent; i++) {
		assert_int_equal(sock_send(w->sockets[A], a, data, len, 0), len);
		settle(w);
	}
	while (sock_recv(w->sockets[B], b, NULL, 0, 0) == 0)
		count++;
	assert_int_equal(sock_send(w->sockets[A], a, data, len, 0), len);
	settle(w);
	assert_int_equal(sock_recv(w->sockets[B], b, NULL, 0, MSG_TRUNC), len);
	assert_int_equal(sock_close(w->sockets[B], b), 0);
	return count;
}

static void queue_is_bounded_in_datagrams_and_in_octets(void **state)
{
	struct two_hosts *w = *state;

	assert_int_equal(kept(w, 0, QUEUE_DATAGRAMS_MAX), QUEUE_DATAGRAMS_MAX);
	assert_int_equal(kept(w, 0, QUEUE_DATAGRAMS_MAX + 5), QUEUE_DATAGRAMS_MAX);
	assert_int_equal(kept(w, 1024, 300), QUEUE_OCTETS_MAX / 1024);
	assert_int_equal(kept(w, FITS, 300), QUEUE_OCTETS_MAX / FITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(datagrams_cross_and_name_their_sender),
		two_hosts_test(names_are_identifiers_whatever_the_locators),
		two_hosts_test(bound_address_is_the_source),
		two_hosts_test(connected_socket_may_send_elsewhere),
		two_hosts_test(datagrams_are_read_in_order_and_may_be_empty),
		two_hosts_test(send_refuses_what_has_nowhere_to_go),
		two_hosts_test(send_refuses_more_than_the_link_or_udp_takes),
		two_hosts_test(send_fails_when_the_source_is_down),
		two_hosts_test(vectors_are_gathered_and_scattered),
		two_hosts_test(vectors_that_cannot_be_are_refused),
		two_hosts_test(short_buffer_truncates_and_says_so),
		two_hosts_test(peek_leaves_the_datagram),
		two_hosts_test(receive_refuses_what_it_has_not_got),
		two_hosts_test(poll_tells_what_would_not_wait),
		two_hosts_test(best_match_gets_the_datagram),
		two_hosts_test(connected_socket_hears_its_peer_alone),
		two_hosts_test(datagram_to_a_port_of_nobody_is_answered_by_the_host),
		two_hosts_test(closed_socket_is_nobody),
		two_hosts_test(queue_is_bounded_in_datagrams_and_in_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
