/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 7.3 and 8.3: what an application tells the shim of its communication. */
#include "refstack/socket/ancillary.h"
#include "refstack/socket/two_hosts.h"
#include "wire/shim6.h"

static ssize_t send_feedback(struct two_hosts *w, int s, struct shim_feedback feedback,
			     size_t len)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CMSG_SPACE(64)];
	} control = { .octets = { 0 } };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(len),
	};
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);

	h->cmsg_level = SOL_SHIM;
	h->cmsg_type = SHIM_FEEDBACK;
	h->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(h), &feedback, sizeof(feedback));
	w->flown_count = 0;
	return sock_sendmsg(w->sockets[A], s, &msg, 0);
}

static ssize_t tell(struct two_hosts *w, int s, uint8_t direction, uint8_t indicator)
{
	const struct shim_feedback feedback = {
		.fb_direction = direction,
		.fb_indicator = indicator,
		.fb_reserved = 0xffff, /* ignored, 8.3 */
	};

	return send_feedback(w, s, feedback, sizeof(feedback));
}

/* Of a failure, in either direction: the datagram goes, and so does a Probe. */
static void failures_begin_an_exploration(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	for (uint8_t direction = 0; direction <= 1; direction++) {
		for (uint8_t indicator = 1; indicator <= 2; indicator++) {
			assert_int_equal(tell(w, s, direction, indicator), 1);
			assert_int_equal(w->flown_count, 2);
			assert_int_equal(flown_of(w, B, SHIM6_PROBE), 1);
			assert_int_equal(control_type(&w->last), 0);
			settle(w);
			run_for(w, 5 * USEC_PER_SEC); /* it ends where it began */
			assert_goes(w, s, 1, 1);
			settle(w);
		}
	}
}

static void zero_is_no_feedback(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	bound_socket(w);
	for (uint8_t direction = 0; direction <= 1; direction++) {
		assert_int_equal(tell(w, s, direction, 0), 1);
		run_for(w, USEC_PER_SEC);
		assert_int_equal(w->flown_count, 1);
	}
}

/* Satisfactory: nothing is explored, though nothing comes back. What is sent behind it has
 * to be answered as ever. */
static void satisfaction_puts_an_exploration_off(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	run_for(w, 30 * USEC_PER_SEC);
	w->cut[A][1] = w->cut[A][2] = true;
	assert_int_equal(sock_send(w->sockets[A], s, "x", 1, 0), 1);
	run_for(w, 14 * USEC_PER_SEC);
	assert_int_equal(tell(w, s, 1, 3), 1);
	run_for(w, 14 * USEC_PER_SEC);
	assert_int_equal(flown_of(w, B, SHIM6_PROBE), 0);
	run_for(w, 2 * USEC_PER_SEC);
	assert_true(flown_of(w, B, SHIM6_PROBE) > 0);
}

static void what_8_3_does_not_have_is_invalid(void **state)
{
	static const uint8_t wrong[][2] = { { 2, 1 }, { 255, 3 }, { 0, 4 }, { 1, 255 }, { 2, 0 } };
	struct two_hosts *w = *state;
	const struct shim_feedback unable = { .fb_indicator = 1 };
	int s = associated_socket(w);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(tell(w, s, wrong[i][0], wrong[i][1]), -EINVAL);
	for (size_t len = 0; len <= 64; len++)
		if (len != sizeof(unable))
			assert_int_equal(send_feedback(w, s, unable, len), -EINVAL);
	assert_int_equal(w->flown_count, 0);
}

static void without_connection_or_context_nothing_is_sent(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(connect_to(w, A, s, name_at(w, B, 2, PORT)), 0);
	assert_int_equal(tell(w, s, 0, 1), -ENOENT);
	assert_int_equal(disconnect_from(w, A, s), 0);
	assert_int_equal(tell(w, s, 0, 1), -EDESTADDRREQ);
	assert_int_equal(w->flown_count, 0);
}

static void it_is_no_option(void **state)
{
	struct two_hosts *w = *state;
	int s = associated_socket(w);

	assert_int_equal(get_option(w, A, s, SHIM_FEEDBACK), -ENOPROTOOPT);
	assert_int_equal(set_option(w, A, s, SHIM_FEEDBACK, 1), -ENOPROTOOPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(failures_begin_an_exploration),
		two_hosts_test(zero_is_no_feedback),
		two_hosts_test(satisfaction_puts_an_exploration_off),
		two_hosts_test(what_8_3_does_not_have_is_invalid),
		two_hosts_test(without_connection_or_context_nothing_is_sent),
		two_hosts_test(it_is_no_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
