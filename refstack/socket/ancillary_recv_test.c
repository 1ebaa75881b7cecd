/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 section 7.1: what recvmsg() gives beside the data. */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/two_hosts.h"

/* Two of the objects that a locator takes: cmsghdr, sockaddr_in6, padding. */
enum { OBJECT = CMSG_SPACE(sizeof(struct sockaddr_in6)), OBJECTS = 2 * OBJECT };

/* One octet from A's socket, by this locator. */
static ssize_t send_by(struct two_hosts *w, int s, struct in6_addr source)
{
	assert_int_equal(set_local_send_option(w, A, s, source), 0);
	return sock_send(w->sockets[A], s, "x", 1, 0);
}

/* What a recvmsg() brought besides its data. */
struct received {
	uint8_t control[OBJECTS];
	size_t len;
	int flags;
	bool has[SHIM_FEEDBACK + 1];
	struct in6_addr locator[SHIM_FEEDBACK + 1];
};

static void receive(struct received *out, struct two_hosts *w, unsigned side, int s, size_t room)
{
	char data[8];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = out->control,
		.msg_controllen = room,
	};

	memset(out, 0, sizeof(*out));
	memset(out->control, 0xa5, sizeof(out->control));
	assert_int_equal(sock_recvmsg(w->sockets[side], s, &msg, 0), 1);
	out->len = msg.msg_controllen;
	out->flags = msg.msg_flags;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&msg); h; h = CMSG_NXTHDR(&msg, h)) {
		struct sockaddr_in6 name;

		assert_int_equal(h->cmsg_level, SOL_SHIM);
		assert_int_equal(h->cmsg_len, CMSG_LEN(sizeof(name)));
		assert_in_range(h->cmsg_type, 1, SHIM_FEEDBACK);
		assert_false(out->has[h->cmsg_type]);
		memcpy(&name, CMSG_DATA(h), sizeof(name));
		assert_int_equal(name.sin6_family, AF_INET6);
		assert_int_equal(name.sin6_port, 0);
		assert_int_equal(name.sin6_flowinfo, 0);
		assert_int_equal(name.sin6_scope_id, 0);
		out->has[h->cmsg_type] = true;
		out->locator[h->cmsg_type] = name.sin6_addr;
	}
}

/* B's socket, connected to one of A's that has a context, asking as said. */
static int asking_socket(struct two_hosts *w, int a, int local, int peer)
{
	int b = bound_socket(w);

	assert_int_equal(connect_to(w, B, b, own_name(w, A, a)), 0);
	assert_int_equal(set_option(w, B, b, SHIM_LOC_LOCAL_RECV, local), 0);
	assert_int_equal(set_option(w, B, b, SHIM_LOC_PEER_RECV, peer), 0);
	return b;
}

static void recvmsg_gives_one_object_per_option_that_is_on(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w);

	for (int on = 0; on < 4; on++) {
		int b = asking_socket(w, a, on & 1, on >> 1);
		struct received got;

		assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
		settle(w);
		receive(&got, w, B, b, OBJECTS);
		assert_int_equal(got.has[SHIM_LOC_LOCAL_RECV], on & 1);
		assert_int_equal(got.has[SHIM_LOC_PEER_RECV], on >> 1);
		assert_int_equal(got.len, ((on & 1) + (on >> 1)) * OBJECT);
		assert_int_equal(got.flags, 0);
		assert_int_equal(sock_close(w->sockets[B], b), 0);
	}
}

static void recvmsg_tells_the_locators_of_the_packet(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 1, 1);

	for (unsigned n = 1; n <= LINKS; n++) {
		struct received got;
		struct in6_addr local = locator(w, B, 1), peer = locator(w, A, n);

		assert_int_equal(send_by(w, a, peer), 1);
		settle(w);
		receive(&got, w, B, b, OBJECTS);
		assert_memory_equal(&got.locator[SHIM_LOC_LOCAL_RECV], &local, sizeof(local));
		assert_memory_equal(&got.locator[SHIM_LOC_PEER_RECV], &peer, sizeof(peer));
	}
}

static void recvmsg_tells_which_locator_of_its_own_was_reached(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 0, 0);
	struct in6_addr local = locator(w, A, 1), peer = locator(w, B, 2);
	struct received got;

	assert_int_equal(set_option(w, A, a, SHIM_LOC_LOCAL_RECV, 1), 0);
	assert_int_equal(set_option(w, A, a, SHIM_LOC_PEER_RECV, 1), 0);
	assert_int_equal(set_local_send_option(w, B, b, peer), 0);
	assert_int_equal(sock_send(w->sockets[B], b, "x", 1, 0), 1);
	settle(w);
	receive(&got, w, A, a, OBJECTS);
	assert_memory_equal(&got.locator[SHIM_LOC_LOCAL_RECV], &local, sizeof(local));
	assert_memory_equal(&got.locator[SHIM_LOC_PEER_RECV], &peer, sizeof(peer));
}

/* A sends to the same locator as long as nothing fails, so the packet is
 * redirected in flight; its tag still says whose it is (RFC 5533 12.2). */
static void recvmsg_tells_the_destination_not_the_identifier(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 1, 1);
	struct in6_addr local = locator(w, B, 2), peer = locator(w, A, 2);
	struct received got;

	assert_int_equal(send_by(w, a, peer), 1);
	memcpy(w->flying[0].octets + 24, &local, sizeof(local));
	settle(w);
	receive(&got, w, B, b, OBJECTS);
	assert_memory_equal(&got.locator[SHIM_LOC_LOCAL_RECV], &local, sizeof(local));
	assert_memory_equal(&got.locator[SHIM_LOC_PEER_RECV], &peer, sizeof(peer));
}

/* 7.1: the setting outlives the context, and then the objects are zero-filled. */
static void recvmsg_gives_zero_locators_without_a_context(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = udp_socket(w, B);
	struct received got;

	assert_int_equal(set_option(w, A, a, SHIM_LOC_LOCAL_RECV, 1), 0);
	assert_int_equal(set_option(w, A, a, SHIM_LOC_PEER_RECV, 1), 0);
	assert_int_equal(connect_to(w, A, a, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(get_option(w, A, a, SHIM_LOC_LOCAL_RECV), -ENOENT);
	assert_int_equal(bind_to(w, B, b, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(connect_to(w, B, b, own_name(w, A, a)), 0);
	assert_int_equal(sock_send(w->sockets[B], b, "x", 1, 0), 1);
	settle(w);
	receive(&got, w, A, a, OBJECTS);
	assert_true(got.has[SHIM_LOC_LOCAL_RECV] && got.has[SHIM_LOC_PEER_RECV]);
	assert_memory_equal(&got.locator[SHIM_LOC_LOCAL_RECV], &in6addr_any, sizeof(in6addr_any));
	assert_memory_equal(&got.locator[SHIM_LOC_PEER_RECV], &in6addr_any, sizeof(in6addr_any));
}

static void recvmsg_gives_zero_locators_for_a_datagram_of_another_pair(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 0, 0);
	struct received got;

	/* It arrived on a pair with a context; the socket has moved on since. */
	assert_int_equal(set_option(w, A, a, SHIM_LOC_PEER_RECV, 1), 0);
	assert_int_equal(sock_send(w->sockets[B], b, "x", 1, 0), 1);
	settle(w);
	assert_int_equal(connect_to(w, A, a, name_at(w, B, 2, PORT)), 0);
	associate(w, a);
	receive(&got, w, A, a, OBJECTS);
	assert_true(got.has[SHIM_LOC_PEER_RECV]);
	assert_memory_equal(&got.locator[SHIM_LOC_PEER_RECV], &in6addr_any, sizeof(in6addr_any));
}

static void recvmsg_gives_nothing_on_an_unconnected_socket(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 1, 1);
	struct received got;

	assert_int_equal(disconnect_from(w, B, b), 0);
	assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
	settle(w);
	receive(&got, w, B, b, OBJECTS);
	assert_int_equal(got.len, 0);
	assert_int_equal(got.flags, 0);
}

/* Whatever the room: whole objects or none, padding zero, nothing behind it. */
static void recvmsg_flags_every_control_buffer_that_is_too_small(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 1, 1);
	const size_t bare = CMSG_LEN(sizeof(struct sockaddr_in6));

	for (size_t room = 0; room <= OBJECTS; room++) {
		size_t objects = room >= OBJECT + bare ? 2 : room >= bare ? 1 : 0;
		size_t due = objects * OBJECT < room ? objects * OBJECT : room;
		struct received got;

		if (objects == 0)
			due = 0;
		assert_int_equal(sock_send(w->sockets[A], a, "x", 1, 0), 1);
		settle(w);
		receive(&got, w, B, b, room);
		assert_int_equal(got.len, due);
		assert_int_equal(got.flags, objects == 2 ? 0 : MSG_CTRUNC);
		for (size_t i = bare; i < due && i < OBJECT; i++)
			assert_int_equal(got.control[i], 0);
		for (size_t i = OBJECT + bare; i < due; i++)
			assert_int_equal(got.control[i], 0);
		for (size_t i = due; i < sizeof(got.control); i++)
			assert_int_equal(got.control[i], 0xa5);
	}
}

static void recvmsg_without_control_buffer_flags_what_is_lost(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = asking_socket(w, a, 0, 1);
	struct msghdr msg = { .msg_controllen = 1000 };

	assert_int_equal(sock_send(w->sockets[A], a, "", 0, 0), 0);
	settle(w);
	assert_int_equal(sock_recvmsg(w->sockets[B], b, &msg, 0), 0);
	assert_int_equal(msg.msg_flags, MSG_CTRUNC);
	assert_int_equal(msg.msg_controllen, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(recvmsg_gives_one_object_per_option_that_is_on),
		two_hosts_test(recvmsg_tells_the_locators_of_the_packet),
		two_hosts_test(recvmsg_tells_which_locator_of_its_own_was_reached),
		two_hosts_test(recvmsg_tells_the_destination_not_the_identifier),
		two_hosts_test(recvmsg_gives_zero_locators_without_a_context),
		two_hosts_test(recvmsg_gives_zero_locators_for_a_datagram_of_another_pair),
		two_hosts_test(recvmsg_gives_nothing_on_an_unconnected_socket),
		two_hosts_test(recvmsg_flags_every_control_buffer_that_is_too_small),
		two_hosts_test(recvmsg_without_control_buffer_flags_what_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
