/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 section 6, cell by cell of Table 1 and section 6.15. */
#include "refstack/socket/options.h"
#include "refstack/socket/two_hosts.h"
#include "wire/ipv6.h"

#include <errno.h>

enum { UNCONNECTED, NO_CONTEXT, CONTEXT, STATES };

/* A socket of A in each state. */
static void every_state(struct two_hosts *w, int s[STATES])
{
	s[CONTEXT] = associated_socket(w);
	s[UNCONNECTED] = udp_socket(w, A);
	s[NO_CONTEXT] = udp_socket(w, A);
	assert_int_equal(connect_to(w, A, s[NO_CONTEXT], name_at(w, B, 2, PORT)), 0);
}

static void every_option_answers_in_every_state_as_section_6_says(void **state)
{
	static const struct {
		int name;
		size_t size;
		int get[STATES], set[STATES];
	} rows[] = {
#define INT    sizeof(int)
#define LOC    sizeof(struct shim_locator)
#define LIST   (LINKS * sizeof(struct shim_locator))
#define EXPL   sizeof(struct shim_pathexplore)
#define OK     0
#define NOTSUP -EOPNOTSUPP
#define NOENT  -ENOENT
#define INVAL  -EINVAL
#define NOPROT -ENOPROTOOPT
#define NEVER  { NOPROT, NOPROT, NOPROT }
		/* clang-format off */
		{ SHIM_ASSOCIATED,     INT,  { NOTSUP, OK,    OK }, { NOTSUP, NOPROT, NOPROT } },
		{ SHIM_DONTSHIM,       INT,  { OK,     OK,    OK }, { OK,     OK,     OK } },
		{ SHIM_HOT_STANDBY,    INT,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_LOC_LOCAL_PREF, LOC,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  INVAL } },
		{ SHIM_LOC_PEER_PREF,  LOC,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  INVAL } },
		{ SHIM_LOC_LOCAL_RECV, INT,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_LOC_PEER_RECV,  INT,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_LOC_LOCAL_SEND, LOC,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_LOC_PEER_SEND,  LOC,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_LOCLIST_LOCAL,  LIST, { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  INVAL } },
		{ SHIM_LOCLIST_PEER,   LIST, { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  INVAL } },
		{ SHIM_APP_TIMEOUT,    INT,  { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_PATHEXPLORE,    EXPL, { NOTSUP, NOENT, OK }, { NOTSUP, NOENT,  OK } },
		{ SHIM_DEFERRED_CONTEXT_SETUP,
				       INT,  { NOTSUP, OK,    OK }, { NOTSUP, NOPROT, NOPROT } },
		/* Ancillary data only, Table 2. */
		{ SHIM_FEEDBACK,       INT,  NEVER, NEVER },
		/* clang-format on */
	};
	struct two_hosts *w = *state;
	int s[STATES];

	every_state(w, s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (int k = 0; k < STATES; k++) {
			uint8_t value[LINKS * LOC] = { 0 };
			socklen_t len = (socklen_t)rows[i].size;
			int set = sock_setsockopt(w->sockets[A], s[k], SOL_SHIM, rows[i].name,
						  value, len);
			int get = sock_getsockopt(w->sockets[A], s[k], SOL_SHIM, rows[i].name,
						  value, &len);

			if (set != rows[i].set[k] || get != rows[i].get[k] || len != rows[i].size)
				fail_msg("option %d, state %d: set %d get %d len %u", rows[i].name,
					 k, set, get, (unsigned)len);
		}
	}
}

static void table_has_all_fourteen_options_once(void **state)
{
	unsigned seen = 0, count = 0;

	(void)state;
	for (const struct shim_option *o = shim_options; o->text; o++, count++) {
		assert_in_range(o->name, 1, 14);
		seen |= 1u << o->name;
	}
	assert_int_equal(count, 14);
	assert_int_equal(seen, 0x7ffe);
}

static void other_levels_have_no_options(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), value = 0;
	socklen_t len = sizeof(value);

	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM + 1, SHIM_DONTSHIM, &value,
					 &len), -ENOPROTOOPT);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM + 1, SHIM_DONTSHIM, &value,
					 len), -ENOPROTOOPT);
	assert_int_equal(get_option(w, A, s, 0), -ENOPROTOOPT);
	assert_int_equal(set_option(w, A, s, 99, 0), -ENOPROTOOPT);
}

static void no_socket_is_no_option(void **state)
{
	struct two_hosts *w = *state;

	assert_int_equal(get_option(w, A, 0, SHIM_DONTSHIM), -EBADF);
	assert_int_equal(set_option(w, A, -1, SHIM_DONTSHIM, 0), -EBADF);
}

/* --- lengths and pointers: POSIX and Linux, as RFC 6316 says nothing -------- */

static void null_pointers_fault(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), value;
	socklen_t len = sizeof(value);

	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_DONTSHIM, NULL, &len),
			 -EFAULT);
	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_DONTSHIM, &value, NULL),
			 -EFAULT);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_DONTSHIM, NULL, len),
			 -EFAULT);
}

static void set_refuses_every_short_length_and_takes_long_ones(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct shim_locator lc[2] = {
		{ .lc_family = AF_INET6, .lc_addr = locator(w, A, 2) },
	};
	const int ones[2] = { 1, 77 };

	for (socklen_t len = 0; len < sizeof(*lc); len++)
		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND,
						 lc, len), -EINVAL);
	for (socklen_t len = 0; len < sizeof(*ones); len++)
		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_PEER_RECV,
						 ones, len), -EINVAL);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_PEER_RECV, ones,
					 (socklen_t)-1), -EINVAL);
	assert_int_equal(get_option(w, A, s, SHIM_LOC_PEER_RECV), 0);

	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, lc,
					 sizeof(lc)), 0);
	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_PEER_RECV, ones,
					 sizeof(ones)), 0);
	assert_int_equal(get_option(w, A, s, SHIM_LOC_PEER_RECV), 1);
}

static void get_cuts_to_the_buffer_and_says_how_much_it_wrote(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	struct in6_addr own = locator(w, A, 2);
	struct shim_locator lc;
	uint8_t whole[sizeof(lc)], buf[sizeof(lc) + 8];
	socklen_t len = sizeof(whole);

	assert_int_equal(set_local_send_option(w, A, s, own), 0);
	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, whole,
					 &len), 0);
	for (socklen_t room = 0; room <= sizeof(buf); room++) {
		size_t due = room < sizeof(lc) ? room : sizeof(lc);

		memset(buf, 0xa5, sizeof(buf));
		len = room;
		assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND,
						 buf, &len), 0);
		assert_int_equal(len, due);
		assert_memory_equal(buf, whole, due);
		for (size_t i = due; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 0xa5);
	}
	len = (socklen_t)-4;
	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, buf,
					 &len), -EINVAL);
	assert_int_equal(len, (socklen_t)-4);
}

/* --- 6.1, 6.2, 6.14 ---------------------------------------------------------- */

static void associated_follows_connection_and_context(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(connect_to(w, A, s, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT + 1)), 0);
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), 1);
	assert_int_equal(disconnect_from(w, A, s), 0);
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), -EOPNOTSUPP);
}

static void responder_is_associated_too(void **state)
{
	struct two_hosts *w = *state;
	int a = associated_socket(w), b = udp_socket(w, B);

	assert_int_equal(connect_to(w, B, b, own_name(w, A, a)), 0);
	assert_int_equal(get_option(w, B, b, SHIM_ASSOCIATED), 1);
}

static void dontshim_is_for_unconnected_sockets(void **state)
{
	struct two_hosts *w = *state;
	int s = udp_socket(w, A);

	assert_int_equal(get_option(w, A, s, SHIM_DONTSHIM), 0);
	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(get_option(w, A, s, SHIM_DONTSHIM), 1);

	/* On a connected one, 1 fails even if it changes nothing, and 0 has no effect. */
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), -EOPNOTSUPP);
	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 0), 0);
	assert_int_equal(get_option(w, A, s, SHIM_DONTSHIM), 1);

	assert_int_equal(disconnect_from(w, A, s), 0);
	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 0), 0);
	assert_int_equal(get_option(w, A, s, SHIM_DONTSHIM), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), -EOPNOTSUPP);
	assert_int_equal(get_option(w, A, s, SHIM_DONTSHIM), 0);
}

static void dontshim_socket_lives_as_if_there_were_no_shim(void **state)
{
	struct two_hosts *w = *state;
	int other = associated_socket(w), s = udp_socket(w, A);

	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(get_option(w, A, s, SHIM_ASSOCIATED), 0);
	assert_int_equal(get_option(w, A, s, SHIM_LOC_PEER_RECV), -ENOENT);
	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), -ENOENT);
	assert_int_equal(get_option(w, A, other, SHIM_ASSOCIATED), 1);

	/* It sends from its identifier or not at all, wherever the context has moved. */
	assert_int_equal(shim_host_link_event(w->host[A], 1, false), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), -ENETUNREACH);
	assert_int_equal(sock_send(w->sockets[A], other, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 2)));
	assert_int_equal(shim_host_link_event(w->host[A], 1, true), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
	assert_int_equal(next_header(&w->last), IPPROTO_UDP);
}

static void dontshim_socket_begins_no_context(void **state)
{
	struct two_hosts *w = *state;
	int s = udp_socket(w, A), plain;

	assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, 1), 0);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	settle(w);
	plain = connected_socket(w);
	assert_int_equal(get_option(w, A, plain, SHIM_ASSOCIATED), 0);
}

static void deferred_setup_is_possible(void **state)
{
	struct two_hosts *w = *state;
	int s = connected_socket(w);

	assert_int_equal(get_option(w, A, s, SHIM_DEFERRED_CONTEXT_SETUP), 1);
	assert_int_equal(set_option(w, A, s, SHIM_DEFERRED_CONTEXT_SETUP, 0), -ENOPROTOOPT);
	assert_int_equal(get_option(w, A, s, SHIM_DEFERRED_CONTEXT_SETUP), 1);
}

/* --- 6.6, 6.7 ----------------------------------------------------------------- */

static void binary_options_start_at_0_and_take_0_and_1_only(void **state)
{
	static const int names[] = { SHIM_LOC_LOCAL_RECV, SHIM_LOC_PEER_RECV };
	static const int wrong[] = { -1, 2, 256, INT32_MAX, INT32_MIN };
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(get_option(w, A, s, names[i]), 0);
		assert_int_equal(set_option(w, A, s, names[i], 1), 0);
		assert_int_equal(get_option(w, A, s, names[i]), 1);
		for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++)
			assert_int_equal(set_option(w, A, s, names[i], wrong[k]), -EINVAL);
		assert_int_equal(get_option(w, A, s, names[i]), 1);
		assert_int_equal(set_option(w, A, s, names[i], 0), 0);
		assert_int_equal(get_option(w, A, s, names[i]), 0);
	}
	s = udp_socket(w, A);
	for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++)
		assert_int_equal(set_option(w, A, s, SHIM_DONTSHIM, wrong[k]), -EINVAL);
	assert_int_equal(get_option(w, A, s, SHIM_DONTSHIM), 0);
}

static void settings_are_the_sockets_own_and_outlive_its_context(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), other = connected_socket(w);

	assert_int_equal(set_option(w, A, s, SHIM_LOC_PEER_RECV, 1), 0);
	assert_int_equal(get_option(w, A, other, SHIM_LOC_PEER_RECV), 0);

	assert_int_equal(disconnect_from(w, A, s), 0);
	assert_int_equal(get_option(w, A, s, SHIM_LOC_PEER_RECV), -EOPNOTSUPP);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(get_option(w, A, s, SHIM_LOC_PEER_RECV), -ENOENT);
	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(get_option(w, A, s, SHIM_LOC_PEER_RECV), 1);
}

/* --- 6.8 ---------------------------------------------------------------------- */

static struct shim_locator local_send_of(struct two_hosts *w, int s)
{
	struct shim_locator lc;
	socklen_t len = sizeof(lc);

	memset(&lc, 0xa5, sizeof(lc));
	assert_int_equal(sock_getsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &lc,
					 &len), 0);
	assert_int_equal(len, sizeof(lc));
	return lc;
}

static void local_send_reads_zero_until_it_is_set(void **state)
{
	struct two_hosts *w = *state;
	struct shim_locator lc = local_send_of(w, associated_socket(w));
	const uint8_t zero[sizeof(lc)] = { 0 };

	assert_memory_equal(&lc, zero, sizeof(lc));
}

static void local_send_reads_back_the_designated_locator(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	for (unsigned n = 1; n <= LINKS; n++) {
		struct in6_addr own = locator(w, A, n);
		/* family, proto, port, prio, weight, then ifidx */
		uint8_t expected[sizeof(struct shim_locator)] = { AF_INET6 };
		const uint32_t ifidx = n;
		const uint16_t flags = SHIM_LOCATOR_HBA;
		struct shim_locator lc;

		memcpy(expected + 8, &ifidx, sizeof(ifidx));
		memcpy(expected + 12, &own, sizeof(own));
		memcpy(expected + 28, &flags, sizeof(flags));
		assert_int_equal(set_local_send_option(w, A, s, own), 0);
		lc = local_send_of(w, s);
		assert_memory_equal(&lc, expected, sizeof(expected));
	}
}

static void local_send_governs_every_packet_until_it_is_reset(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w), other = connected_socket(w);
	const struct shim_locator zero = { 0 };

	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
		assert_true(is_from(&w->last, locator(w, A, 2)));
		assert_true(is_to(&w->last, locator(w, B, 1)));
		assert_int_equal(next_header(&w->last), PROTO_SHIM6);
		assert_int_equal(w->last.link, 2);
	}
	assert_int_equal(sock_send(w->sockets[A], other, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));

	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &zero,
					 sizeof(zero)), 0);
	assert_int_equal(local_send_of(w, s).lc_family, 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->last, locator(w, A, 1)));
	assert_int_equal(next_header(&w->last), IPPROTO_UDP);
}

static void local_send_rests_away_from_its_context(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	struct sockaddr_in6 elsewhere = name_at(w, B, 2, PORT);

	assert_int_equal(set_local_send_option(w, A, s, locator(w, A, 2)), 0);
	assert_int_equal(sock_sendto(w->sockets[A], s, "x", 1, 0, (struct sockaddr *)&elsewhere,
				     sizeof(elsewhere)), 1);
	assert_true(is_from(&w->flying[0], locator(w, A, 1)));
	assert_int_equal(next_header(&w->flying[0]), IPPROTO_UDP);
	w->flying_count = 0;

	assert_int_equal(connect_to(w, A, s, elsewhere), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->flying[0], locator(w, A, 1)));
	assert_int_equal(next_header(&w->flying[0]), IPPROTO_UDP);
	w->flying_count = 0;

	assert_int_equal(connect_to(w, A, s, name_at(w, B, 1, PORT)), 0);
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	assert_true(is_from(&w->flying[0], locator(w, A, 2)));
}

static void local_send_refuses_what_8_1_forbids_and_stays_as_it_was(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct in6_addr before = locator(w, A, 2);
	const struct in6_addr own = locator(w, A, 1), peer = locator(w, B, 1);
	const struct in6_addr mapped = { { { [10] = 0xff, 0xff, 192, 0, 2, 1 } } };
	const struct in6_addr foreign = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	const struct {
		struct shim_locator lc;
		int rc;
	} rows[] = {
		{ { .lc_family = AF_INET6, .lc_addr = foreign }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_INET6, .lc_addr = peer }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_INET6, .lc_addr = mapped }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_INET, .lc_addr = mapped }, -EINVALIDLOCATOR },
		{ { .lc_family = AF_UNSPEC, .lc_addr = own }, -EINVAL },
		{ { .lc_family = AF_UNIX, .lc_addr = own }, -EINVAL },
		{ { .lc_family = AF_INET6 }, -EINVAL },
		{ { .lc_prio = 1 }, -EINVAL },
		{ { .lc_flags = 1 }, -EINVAL },
		{ { .lc_family = AF_INET6, .lc_proto = IPPROTO_UDP, .lc_addr = own }, -EINVAL },
		{ { .lc_family = AF_INET6, .lc_proto = IPPROTO_TCP, .lc_addr = own }, -EINVAL },
	};

	assert_int_equal(set_local_send_option(w, A, s, before), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct shim_locator lc;

		assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND,
						 &rows[i].lc, sizeof(rows[i].lc)), rows[i].rc);
		lc = local_send_of(w, s);
		assert_true(addr_equal(&lc.lc_addr, &before));
	}
}

static void local_send_ignores_members_without_effect_in_set(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);
	const struct shim_locator lc = {
		.lc_family = AF_INET6,
		.lc_port = 50500,
		.lc_prio = 3,
		.lc_weight = 4,
		.lc_ifidx = 99,
		.lc_addr = locator(w, A, 2),
		.lc_flags = 0xffff,
	};
	struct shim_locator back;

	assert_int_equal(sock_setsockopt(w->sockets[A], s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, &lc,
					 sizeof(lc)), 0);
	back = local_send_of(w, s);
	assert_int_equal(back.lc_ifidx, 2);
	assert_int_equal(back.lc_flags, SHIM_LOCATOR_HBA);
	assert_int_equal(back.lc_proto, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(every_option_answers_in_every_state_as_section_6_says),
		cmocka_unit_test(table_has_all_fourteen_options_once),
		two_hosts_test(other_levels_have_no_options),
		two_hosts_test(no_socket_is_no_option),
		two_hosts_test(null_pointers_fault),
		two_hosts_test(set_refuses_every_short_length_and_takes_long_ones),
		two_hosts_test(get_cuts_to_the_buffer_and_says_how_much_it_wrote),
		two_hosts_test(associated_follows_connection_and_context),
		two_hosts_test(responder_is_associated_too),
		two_hosts_test(dontshim_is_for_unconnected_sockets),
		two_hosts_test(dontshim_socket_lives_as_if_there_were_no_shim),
		two_hosts_test(dontshim_socket_begins_no_context),
		two_hosts_test(deferred_setup_is_possible),
		two_hosts_test(binary_options_start_at_0_and_take_0_and_1_only),
		two_hosts_test(settings_are_the_sockets_own_and_outlive_its_context),
		two_hosts_test(local_send_reads_zero_until_it_is_set),
		two_hosts_test(local_send_reads_back_the_designated_locator),
		two_hosts_test(local_send_governs_every_packet_until_it_is_reset),
		two_hosts_test(local_send_rests_away_from_its_context),
		two_hosts_test(local_send_refuses_what_8_1_forbids_and_stays_as_it_was),
		two_hosts_test(local_send_ignores_members_without_effect_in_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
