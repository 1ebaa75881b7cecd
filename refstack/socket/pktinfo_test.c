/* SPDX-License-Identifier: BSD-2-Clause */
/* IPV6_PKTINFO and IPV6_RECVPKTINFO: RFC 3542 6, of identifiers (RFC 6316 section 10). */
#include "refstack/socket/two_hosts.h"

enum {
	OBJECT = CMSG_SPACE(sizeof(struct in6_pktinfo)),
	BARE = CMSG_LEN(sizeof(struct in6_pktinfo))
};

static const struct in6_pktinfo none;

static struct in6_pktinfo info_of(struct in6_addr addr, unsigned link)
{
	return (struct in6_pktinfo){ .ipi6_addr = addr, .ipi6_ifindex = link };
}

static int set_pktinfo(struct two_hosts *w, unsigned side, int s, struct in6_pktinfo info)
{
	return sock_setsockopt(w->sockets[side], s, IPPROTO_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info));
}

static void assert_pktinfo(struct two_hosts *w, unsigned side, int s, struct in6_pktinfo due)
{
	struct in6_pktinfo info;
	socklen_t len = sizeof(info);

	memset(&info, 0xa5, sizeof(info));
	assert_int_equal(
		sock_getsockopt(w->sockets[side], s, IPPROTO_IPV6, IPV6_PKTINFO, &info, &len), 0);
	assert_int_equal(len, 20); /* RFC 3542 6: an address and an unsigned int */
	assert_memory_equal(&info, &due, sizeof(due));
}

static int recvpktinfo(struct two_hosts *w, unsigned side, int s, int on)
{
	return sock_setsockopt(w->sockets[side], s, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
			       sizeof(on));
}

static int recvpktinfo_is(struct two_hosts *w, unsigned side, int s)
{
	socklen_t len = sizeof(int);
	int on = -77;

	assert_int_equal(
		sock_getsockopt(w->sockets[side], s, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, &len), 0);
	return on;
}

/* One octet by a message that names its source. len: of what stands in the object. */
static ssize_t send_len(struct two_hosts *w, int s, struct sockaddr_in6 to, struct in6_pktinfo info,
			size_t len)
{
	_Alignas(struct cmsghdr) uint8_t control[OBJECT] = { 0 };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(len),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	*h = (struct cmsghdr){ CMSG_LEN(len), IPPROTO_IPV6, IPV6_PKTINFO };
	memcpy(CMSG_DATA(h), &info, len);
	return sock_sendmsg(w->sockets[A], s, &msg, 0);
}

static ssize_t send_info(struct two_hosts *w, int s, struct sockaddr_in6 to,
			 struct in6_pktinfo info)
{
	return send_len(w, s, to, info, sizeof(info));
}

/* --- recvmsg() ----------------------------------------------------------------------------- */

/* The one object that B's next datagram brings. */
static struct in6_pktinfo received(struct two_hosts *w, int b)
{
	_Alignas(struct cmsghdr) uint8_t control[OBJECT];
	struct msghdr msg = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct in6_pktinfo info;
	struct cmsghdr *h;

	settle(w);
	assert_true(sock_recvmsg(w->sockets[B], b, &msg, 0) >= 0);
	assert_int_equal(msg.msg_controllen, OBJECT);
	h = CMSG_FIRSTHDR(&msg);
	assert_int_equal(h->cmsg_level, 41); /* IPPROTO_IPV6 */
	assert_int_equal(h->cmsg_type, 50);  /* IPV6_PKTINFO, as Linux has it */
	assert_int_equal(h->cmsg_len, CMSG_LEN(20));
	memcpy(&info, CMSG_DATA(h), sizeof(info));
	return info;
}

static void recvmsg_tells_which_address_was_written_to(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), b = bound_socket(w);

	assert_int_equal(recvpktinfo_is(w, B, b), 0);
	assert_int_equal(recvpktinfo(w, B, b, 7), 0);
	assert_int_equal(recvpktinfo_is(w, B, b), 1);
	for (unsigned n = 1; n <= LINKS; n++) {
		const struct in6_pktinfo due = info_of(locator(w, B, n), n);
		struct in6_pktinfo info;

		assert_int_equal(send_to(w, A, a, name_at(w, B, n, PORT), "", 0), 0);
		info = received(w, b);
		assert_memory_equal(&info, &due, sizeof(due));
	}
	assert_int_equal(recvpktinfo(w, B, b, 0), 0);
	assert_int_equal(recvpktinfo_is(w, B, b), 0);
}

/* The packet comes to B's second locator, by its tag. */
static void recvmsg_tells_identifiers_not_locators(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = bound_socket(w);
	const struct in6_pktinfo due = info_of(locator(w, B, 1), 1);
	struct in6_addr second = locator(w, B, 2);
	struct in6_pktinfo info;

	assert_int_equal(recvpktinfo(w, B, b, 1), 0);
	assert_int_equal(set_local_send_option(w, A, a, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
	assert_int_equal(next_header(&w->last), 140);
	memcpy(w->flying[0].octets + 24, &second, sizeof(second));
	info = received(w, b);
	assert_memory_equal(&info, &due, sizeof(due));
}

/* RFC 3542 6: what was received can be given back as it is. */
static void an_answer_comes_from_where_the_question_went(void **state)
{
	struct two_hosts *w = *state;
	int a = udp_socket(w, A), b = bound_socket(w);
	struct in6_pktinfo info;

	assert_int_equal(bind_to(w, A, a, name_of(in6addr_any, PORT)), 0);
	assert_int_equal(recvpktinfo(w, B, b, 1), 0);
	assert_int_equal(send_to(w, A, a, name_at(w, B, 2, PORT), "", 0), 0);
	info = received(w, b);
	assert_int_equal(set_pktinfo(w, B, b, info), 0);
	assert_int_equal(send_to(w, B, b, name_at(w, A, 1, PORT), "x", 1), 1);
	assert_true(is_from(&w->last, locator(w, B, 2)));
}

/* Whatever the room, whole objects or none; and first of all the older one. */
static void recvmsg_flags_every_control_buffer_that_is_too_small(void **state)
{
	enum { LOCATOR = CMSG_LEN(sizeof(struct sockaddr_in6)), ROOM = OBJECT + LOCATOR + 8 };
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = bound_socket(w);

	assert_int_equal(connect_to(w, B, b, own_name(w, A, a)), 0);
	assert_int_equal(recvpktinfo(w, B, b, 1), 0);
	assert_int_equal(set_option(w, B, b, SHIM_LOC_PEER_RECV, 1), 0);
	for (size_t room = 0; room <= ROOM; room++) {
		_Alignas(struct cmsghdr) uint8_t control[ROOM];
		struct msghdr msg = { .msg_control = control, .msg_controllen = room };
		bool one = room >= BARE, two = room >= OBJECT + LOCATOR;

		assert_int_equal(sock_send(w->sockets[A], a, "", 0, 0), 0);
		settle(w);
		assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 0);
		assert_int_equal(msg.msg_flags, two ? 0 : MSG_CTRUNC);
		if (!one)
			assert_int_equal(msg.msg_controllen, 0);
		else if (!two)
			assert_int_equal(msg.msg_controllen, room < OBJECT ? room : OBJECT);
		else
			assert_in_range(msg.msg_controllen, OBJECT + LOCATOR, room);
		if (one)
			assert_int_equal(CMSG_FIRSTHDR(&msg)->cmsg_type, IPV6_PKTINFO);
	}
}

/* --- sendmsg() ------------------------------------------------------------------------------- */

static void a_message_names_its_source_by_address_or_link(void **state)
{
	struct two_hosts *w = *state;
	const struct in6_addr first = locator(w, A, 1), second = locator(w, A, 2);
	const struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	const struct {
		struct in6_pktinfo info;
		struct in6_addr source;
	} rows[] = {
		{ none, first },
		{ info_of(second, 0), second },
		{ info_of(second, 2), second },
		{ info_of(in6addr_any, 2), second },
		{ info_of(in6addr_any, 1), first },
	};
	int s = udp_socket(w, A);
	struct sockaddr_in6 own;

	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(send_info(w, s, to, rows[i].info), 1);
		assert_true(is_from(&w->last, rows[i].source));
	}
	own = own_name(w, A, s);
	assert_memory_equal(&own.sin6_addr, &in6addr_any, sizeof(in6addr_any));
}

/* RFC 3542 6.2 and 6.6 */
static void a_source_must_be_ours_and_on_its_link(void **state)
{
	struct two_hosts *w = *state;
	const struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	const struct in6_addr multicast = { { { 0xff, 0x0e, [15] = 1 } } };
	const struct {
		struct in6_pktinfo info;
		int rc;
	} rows[] = {
		{ info_of(locator(w, B, 1), 0), -EADDRNOTAVAIL },
		{ info_of(locator(w, A, 2), 1), -EADDRNOTAVAIL },
		{ info_of(in6addr_loopback, 0), -EADDRNOTAVAIL },
		{ info_of(multicast, 0), -EADDRNOTAVAIL },
		{ info_of(in6addr_any, 3), -ENXIO },
		{ info_of(locator(w, A, 1), UINT32_MAX), -ENXIO },
	};
	int s = udp_socket(w, A), bound = udp_socket(w, A);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(send_info(w, s, to, rows[i].info), rows[i].rc);
		assert_int_equal(set_pktinfo(w, A, s, rows[i].info), rows[i].rc);
	}
	assert_pktinfo(w, A, s, none);
	assert_int_equal(bind_to(w, A, bound, name_at(w, A, 1, PORT)), 0);
	assert_int_equal(send_info(w, bound, to, info_of(in6addr_any, 2)), -EADDRNOTAVAIL);
	for (size_t len = 0; len < sizeof(none); len++)
		assert_int_equal(send_len(w, s, to, none, len), -EINVAL);
	assert_int_equal(w->flying_count, 0);
	assert_int_equal(shim_host_link_event(w->host[A], 2, false), 0);
	assert_int_equal(send_info(w, s, to, info_of(in6addr_any, 2)), -EADDRNOTAVAIL);
	assert_int_equal(send_info(w, s, to, info_of(locator(w, A, 2), 2)), -ENETUNREACH);
}

static void a_bound_address_gives_way_for_one_message(void **state)
{
	struct two_hosts *w = *state;
	const struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	int s = udp_socket(w, A);

	assert_int_equal(bind_to(w, A, s, name_at(w, A, 1, PORT)), 0);
	assert_int_equal(send_info(w, s, to, info_of(locator(w, A, 2), 0)), 1);
	assert_true(is_from(&w->flying[0], locator(w, A, 2)));
	w->flying_count = 0;
	assert_int_equal(send_to(w, A, s, to, "x", 1), 1);
	assert_true(is_from(&w->flying[0], locator(w, A, 1)));
}

/* --- the socket option ----------------------------------------------------------------------- */

static void the_option_is_for_all_messages_that_bring_none(void **state)
{
	struct two_hosts *w = *state;
	const struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	const struct in6_pktinfo second = info_of(locator(w, A, 2), 2);
	int s = raw_socket(w, A, IPPROTO_ICMPV6);
	static const uint8_t echo[8] = { 129 };
	struct sockaddr_in6 raw_to = to, own;

	raw_to.sin6_port = 0;
	assert_pktinfo(w, A, s, none);
	assert_int_equal(set_pktinfo(w, A, s, second), 0);
	assert_pktinfo(w, A, s, second);
	assert_int_equal(send_to(w, A, s, raw_to, echo, sizeof(echo)), sizeof(echo));
	assert_true(is_from(&w->last, locator(w, A, 2)));
	assert_int_equal(set_pktinfo(w, A, s, none), 0); /* RFC 3542 6: clears it */
	assert_int_equal(send_to(w, A, s, raw_to, echo, sizeof(echo)), sizeof(echo));
	assert_true(is_from(&w->last, locator(w, A, 1)));

	s = udp_socket(w, A);
	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(set_pktinfo(w, A, s, second), 0);
	assert_int_equal(send_info(w, s, to, none), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
	assert_int_equal(connect_to(w, A, s, to), 0);
	own = own_name(w, A, s);
	assert_memory_equal(&own.sin6_addr, &second.ipi6_addr, sizeof(second.ipi6_addr));
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
}

static void values_have_their_size(void **state)
{
	struct two_hosts *w = *state;
	int s = udp_socket(w, A), on = 1;

	assert_int_equal(sock_setsockopt(w->sockets[A], s, IPPROTO_IPV6, IPV6_PKTINFO, &none,
					 sizeof(none) - 1),
			 -EINVAL);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
					 sizeof(on) - 1),
			 -EINVAL);
	assert_int_equal(recvpktinfo_is(w, A, s), 0);
}

/* --- pairs and contexts ------------------------------------------------------------------------
 */

static void another_source_is_another_pair_with_its_own_context(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), other = udp_socket(w, A);
	const struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	const struct in6_pktinfo second = info_of(locator(w, A, 2), 2);

	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_int_equal(next_header(&w->last), 140); /* from the locator, for the identifier */
	w->flying_count = 0;

	/* From the identifier: no tag, and by itself the begin of a context. */
	assert_int_equal(bind_to(w, A, other, name_at(w, A, 2, PORT)), 0);
	assert_int_equal(connect_to(w, A, other, to), 0);
	assert_int_equal(get_option(w, A, other, SHIM_ASSOCIATED), 0);
	assert_int_equal(send_info(w, s, to, second), 1);
	assert_int_equal(next_header(&w->flying[0]), IPPROTO_UDP);
	assert_true(is_from(&w->flying[0], locator(w, A, 2)));
	settle(w);
	assert_int_equal(get_option(w, A, other, SHIM_ASSOCIATED), 1);
}

/* RFC 6316 7.4: they are about the context of the socket's own pair. */
static void locators_are_not_for_a_message_of_another_pair(void **state)
{
	enum { LOCATOR = CMSG_SPACE(sizeof(struct sockaddr_in6)) };
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct sockaddr_in6 name = name_at(w, A, 2, 0);

	for (unsigned n = 1; n <= LINKS; n++) {
		const struct in6_pktinfo info = info_of(locator(w, A, n), n);
		_Alignas(struct cmsghdr) uint8_t control[LOCATOR + OBJECT] = { 0 };
		struct iovec iov = { .iov_base = "x", .iov_len = 1 };
		const struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

		/* In this order: the one that decides comes last. */
		*h = (struct cmsghdr){ CMSG_LEN(sizeof(name)), SOL_SHIM, SHIM_LOC_LOCAL_SEND };
		memcpy(CMSG_DATA(h), &name, sizeof(name));
		h = (struct cmsghdr *)(control + LOCATOR);
		*h = (struct cmsghdr){ CMSG_LEN(sizeof(info)), IPPROTO_IPV6, IPV6_PKTINFO };
		memcpy(CMSG_DATA(h), &info, sizeof(info));
		assert_int_equal(sock_sendmsg(w->sockets[A], s, &msg, 0), n == 1 ? 1 : -EOPNOTSUPP);
	}
	assert_true(is_from(&w->last, locator(w, A, 2)));
	assert_int_equal(next_header(&w->last), 140);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(recvmsg_tells_which_address_was_written_to),
		two_hosts_test(recvmsg_tells_identifiers_not_locators),
		two_hosts_test(an_answer_comes_from_where_the_question_went),
		two_hosts_test(recvmsg_flags_every_control_buffer_that_is_too_small),
		two_hosts_test(a_message_names_its_source_by_address_or_link),
		two_hosts_test(a_source_must_be_ours_and_on_its_link),
		two_hosts_test(a_bound_address_gives_way_for_one_message),
		two_hosts_test(the_option_is_for_all_messages_that_bring_none),
		two_hosts_test(values_have_their_size),
		two_hosts_test(another_source_is_another_pair_with_its_own_context),
		two_hosts_test(locators_are_not_for_a_message_of_another_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
