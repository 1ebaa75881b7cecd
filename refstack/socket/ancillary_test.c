/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 section 7: what sendmsg() takes, and Table 2 cell by cell; what recvmsg()
 * gives is in ancillary_recv_test.c. */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/two_hosts.h"
#include "wire/ipv6.h"

#include <errno.h>

/* Two of the objects that a locator takes: cmsghdr, sockaddr_in6, padding. */
enum { OBJECT = CMSG_SPACE(sizeof(struct sockaddr_in6)), OBJECTS = 2 * OBJECT };

/* One message of one octet, with a single object. */
static ssize_t send_with(struct two_hosts *w, unsigned side, int s, struct sockaddr_in6 *to,
			 int level, int type, const void *data, size_t len)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(64)] = { 0 };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = to,
		.msg_namelen = to ? sizeof(*to) : 0,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(len),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	assert_true(len <= 64);
	h->cmsg_level = level;
	h->cmsg_type = type;
	h->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(h), data, len);
	return sock_sendmsg(w->sockets[side], s, &msg, 0);
}

static ssize_t send_from(struct two_hosts *w, int s, struct in6_addr source)
{
	struct sockaddr_in6 name = name_of(source, 0);

	return send_with(w, A, s, NULL, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &name, sizeof(name));
}

/* --- Table 2, sendmsg() ------------------------------------------------------ */

static void sendmsg_answers_every_type_in_every_state_as_section_7_says(void **state)
{
	enum { UNCONNECTED, NO_CONTEXT, CONTEXT, STATES };
	struct two_hosts *w = *state;
	const struct sockaddr_in6 own = name_at(w, A, 2, 0);
	static const struct {
		int type, rc[STATES];
	} rows[] = {
		{ SHIM_LOC_LOCAL_SEND, { -EOPNOTSUPP, -ENOENT, 1 } },
		{ SHIM_LOC_PEER_SEND, { -EOPNOTSUPP, -ENOENT, -EINVALIDLOCATOR } }, /* it isn't the peer's */
		{ SHIM_FEEDBACK, { -EOPNOTSUPP, -ENOENT, -EINVAL } }, /* no such length */
		{ SHIM_LOC_LOCAL_RECV, { -EINVAL, -EINVAL, -EINVAL } },
		{ SHIM_LOC_PEER_RECV, { -EINVAL, -EINVAL, -EINVAL } },
		{ SHIM_ASSOCIATED, { -EINVAL, -EINVAL, -EINVAL } },
		{ 99, { -EINVAL, -EINVAL, -EINVAL } },
	};
	struct sockaddr_in6 to = name_at(w, B, 1, PORT);
	int s[STATES];

	s[CONTEXT] = associated_socket(w);
	s[UNCONNECTED] = udp_socket(w, A);
	s[NO_CONTEXT] = udp_socket(w, A);
	assert_int_equal(connect_to(w, A, s[NO_CONTEXT], name_at(w, B, 2, PORT)), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int k = 0; k < STATES; k++) {
			/* A name with a context does not make an unconnected socket connected. */
			ssize_t rc = send_with(w, A, s[k], k == UNCONNECTED ? &to : NULL, SOL_SHIM,
					       rows[i].type, &own, sizeof(own));

			if (rc != rows[i].rc[k] || w->flying_count != (rc < 0 ? 0 : 1))
				fail_msg("type %d, state %d: %zd", rows[i].type, k, rc);
			w->flying_count = 0;
		}
	}
}

static void other_levels_pass_without_effect(void **state)
{
	struct two_hosts *w = *state;
	struct sockaddr_in6 own = name_at(w, A, 2, 0);
	int s = associated_socket(w);

	assert_int_equal(send_with(w, A, s, NULL, SOL_SHIM + 1, SHIM_LOC_LOCAL_SEND, &own,
				   sizeof(own)), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
}

static void local_send_moves_its_own_datagram_and_no_other(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(send_from(w, s, locator(w, A, 2)), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
	assert_true(is_to(&w->last, locator(w, B, 1)));
	assert_int_equal(next_header(&w->last), PROTO_SHIM6);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
	assert_int_equal(next_header(&w->last), IPPROTO_UDP);
}

static void local_send_overrides_the_option_for_its_datagram(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(send_from(w, s, locator(w, A, 1)), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
}

static void local_send_is_not_for_another_destination(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	struct sockaddr_in6 own = name_at(w, A, 2, 0), to = name_at(w, B, 2, PORT);

	assert_int_equal(send_with(w, A, s, &to, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &own, sizeof(own)),
			 -EOPNOTSUPP);
	assert_int_equal(w->flying_count, 0);
	to = name_at(w, B, 1, PORT + 1);
	assert_int_equal(send_with(w, A, s, &to, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &own, sizeof(own)),
			 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
}

static void local_send_refuses_what_is_no_local_locator(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct sockaddr_in6 names[2] = { name_at(w, A, 2, 0), name_at(w, A, 2, 0) };
	const struct sockaddr_in ipv4 = { .sin_family = AF_INET };
	const uint8_t zero[sizeof(*names) + 1] = { 0 };
	const struct in6_addr foreign = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	const struct in6_addr mapped = { { { [10] = 0xff, 0xff, 192, 0, 2, 1 } } };

	assert_int_equal(send_from(w, s, foreign), -EINVALIDLOCATOR);
	assert_int_equal(send_from(w, s, mapped), -EINVALIDLOCATOR);
	assert_int_equal(send_from(w, s, in6addr_any), -EINVALIDLOCATOR);
	assert_int_equal(send_from(w, s, locator(w, B, 1)), -EINVALIDLOCATOR);
	assert_int_equal(send_with(w, A, s, NULL, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &ipv4,
				   sizeof(ipv4)), -EINVALIDLOCATOR);
	for (size_t len = 0; len <= sizeof(names); len++)
		if (len != sizeof(*names))
			assert_int_equal(send_with(w, A, s, NULL, SOL_SHIM, SHIM_LOC_LOCAL_SEND,
						   names, len), -EINVAL);
	for (size_t len = 0; len <= sizeof(zero); len++)
		assert_int_equal(send_with(w, A, s, NULL, SOL_SHIM, SHIM_LOC_LOCAL_SEND, zero,
					   len), -EINVAL);
	assert_int_equal(w->flying_count, 0);
}

/* One message of one octet, with control data as it is. */
static ssize_t send_control(struct two_hosts *w, int s, const void *control, size_t len)
{
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	const struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = (void *)control,
		.msg_controllen = len,
	};

	return sock_sendmsg(w->sockets[A], s, &msg, 0);
}

static void put_object(uint8_t *at, int level, int type, struct sockaddr_in6 name)
{
	const struct cmsghdr h = {
		.cmsg_len = CMSG_LEN(sizeof(name)),
		.cmsg_level = level,
		.cmsg_type = type,
	};

	memcpy(at, &h, sizeof(h));
	memcpy(at + CMSG_LEN(0), &name, sizeof(name));
}

static void control_data_is_walked_at_any_alignment(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	uint8_t buf[OBJECTS + 1] = { 0 };

	put_object(buf + 1, IPPROTO_IPV6, 1, name_at(w, A, 1, 0));
	put_object(buf + 1 + OBJECT, SOL_SHIM, SHIM_LOC_LOCAL_SEND, name_at(w, A, 2, 0));
	assert_int_equal(send_control(w, s, buf + 1, OBJECTS), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
}

static void last_of_two_objects_of_a_type_counts(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	uint8_t buf[OBJECTS] = { 0 };

	put_object(buf, SOL_SHIM, SHIM_LOC_LOCAL_SEND, name_at(w, A, 2, 0));
	put_object(buf + OBJECT, SOL_SHIM, SHIM_LOC_LOCAL_SEND, name_at(w, A, 1, 0));
	assert_int_equal(send_control(w, s, buf, sizeof(buf)), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
}

/* Too short for a header, it holds nothing, as on Linux; then every length up
 * to the object's own cuts it, and cmsg_len leaves the buffer. */
static void control_data_cut_anywhere_sends_nothing(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	uint8_t buf[OBJECT] = { 0 };
	size_t whole = CMSG_LEN(sizeof(struct sockaddr_in6));

	put_object(buf, SOL_SHIM, SHIM_LOC_LOCAL_SEND, name_at(w, A, 2, 0));
	for (size_t len = sizeof(struct cmsghdr); len < whole; len++)
		assert_int_equal(send_control(w, s, buf, len), -EINVAL);
	assert_int_equal(w->flying_count, 0);
	assert_int_equal(send_control(w, s, buf, whole), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
	for (size_t len = 0; len < sizeof(struct cmsghdr); len++) {
		assert_int_equal(send_control(w, s, buf, len), 1);
		assert_true(is_from(&w->last, locator(w, A, 1)));
		w->flying_count = 0;
	}
}

static void impossible_cmsg_len_is_invalid(void **state)
{
	static const size_t lens[] = { 0, 1, CMSG_LEN(0) - 1, OBJECT + 1, SIZE_MAX, SIZE_MAX - 6 };
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	uint8_t buf[OBJECT] = { 0 };

	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		put_object(buf, SOL_SHIM, SHIM_LOC_LOCAL_SEND, name_at(w, A, 2, 0));
		memcpy(buf + offsetof(struct cmsghdr, cmsg_len), &lens[i], sizeof(lens[i]));
		assert_int_equal(send_control(w, s, buf, sizeof(buf)), -EINVAL);
	}
	assert_int_equal(send_control(w, s, NULL, OBJECT), -EFAULT);
	assert_int_equal(w->flying_count, 0);
}

/* --- the table ------------------------------------------------------------------- */

static void table_has_all_five_types_and_their_places(void **state)
{
	static const struct {
		int type;
		unsigned place;
	} rows[] = { /* RFC 6316 Table 2 */
		{ SHIM_LOC_LOCAL_RECV, SHIM_RECVMSG }, { SHIM_LOC_PEER_RECV, SHIM_RECVMSG },
		{ SHIM_LOC_LOCAL_SEND, SHIM_SENDMSG }, { SHIM_LOC_PEER_SEND, SHIM_SENDMSG },
		{ SHIM_FEEDBACK, SHIM_SENDMSG },
	};
	size_t i = 0;

	(void)state;
	for (const struct shim_cmsg *c = shim_cmsgs; c->text; c++, i++) {
		assert_true(i < sizeof(rows) / sizeof(*rows));
		assert_int_equal(c->type, rows[i].type);
		assert_int_equal(c->place, rows[i].place);
	}
	assert_int_equal(i, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(sendmsg_answers_every_type_in_every_state_as_section_7_says),
		two_hosts_test(other_levels_pass_without_effect),
		two_hosts_test(local_send_moves_its_own_datagram_and_no_other),
		two_hosts_test(local_send_overrides_the_option_for_its_datagram),
		two_hosts_test(local_send_is_not_for_another_destination),
		two_hosts_test(local_send_refuses_what_is_no_local_locator),
		two_hosts_test(control_data_is_walked_at_any_alignment),
		two_hosts_test(last_of_two_objects_of_a_type_counts),
		two_hosts_test(control_data_cut_anywhere_sends_nothing),
		two_hosts_test(impossible_cmsg_len_is_invalid),
		cmocka_unit_test(table_has_all_five_types_and_their_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
