/* SPDX-License-Identifier: BSD-2-Clause */
#include "refstack/careful.h"
#include "refstack/memory.h"
#include "refstack/socket/two_streams.h"

#include <sys/mman.h>
#include <unistd.h>

/* A page that can't be touched. */
static void *nowhere(void)
{
	void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	return page;
}

static void release(void *page)
{
	munmap(page, (size_t)sysconf(_SC_PAGESIZE));
}

static void a_name_that_leads_nowhere_is_efault(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[A];
	struct sockaddr_in6 name;
	socklen_t len = sizeof(name);
	int s = connected_socket(w);
	void *bad = nowhere();

	if (!memory_is_checked())
		skip();
	assert_int_equal(careful_bind(t, udp_socket(w, A), bad, sizeof(name)), -EFAULT);
	assert_int_equal(careful_connect(t, s, bad, sizeof(name)), -EFAULT);
	assert_int_equal(careful_connect(t, s, bad, (socklen_t)-1), -EINVAL);
	assert_int_equal(careful_connect(t, 99, bad, sizeof(name)), -EBADF);
	assert_int_equal(careful_getsockname(t, s, bad, &len), -EFAULT);
	assert_int_equal(careful_getpeername(t, s, bad, &len), -EFAULT);
	assert_int_equal(careful_getpeername(t, s, (struct sockaddr *)&name, bad), -EFAULT);
	assert_int_equal(careful_getpeername(t, s, (struct sockaddr *)&name, &len), 0);
	assert_int_equal(len, sizeof(name));
	release(bad);
}

static void an_option_that_leads_nowhere_is_efault_in_its_turn(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[A];
	int s = udp_socket(w, A), value;
	socklen_t len = sizeof(value);
	void *bad = nowhere();

	if (!memory_is_checked())
		skip();
	assert_int_equal(careful_setsockopt(t, s, SOL_SHIM, SHIM_DONTSHIM, bad, len), -EFAULT);
	assert_int_equal(careful_getsockopt(t, s, SOL_SHIM, SHIM_DONTSHIM, bad, &len), -EFAULT);
	assert_int_equal(careful_getsockopt(t, s, SOL_SHIM, SHIM_DONTSHIM, &value, bad), -EFAULT);
	assert_int_equal(careful_getsockopt(t, s, SOL_SHIM, 9999, bad, &len), -ENOPROTOOPT);
	assert_int_equal(careful_setsockopt(t, s, SOL_SHIM, 9999, bad, len), -ENOPROTOOPT);
	assert_int_equal(careful_getsockopt(t, s, SOL_SHIM, SHIM_DONTSHIM, &value, &len), 0);
	assert_int_equal(value, 0);
	release(bad);
}

static void octets_that_lead_nowhere_are_efault_and_nothing_is_sent(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[A];
	int s = connected_socket(w);
	void *bad = nowhere();
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	const struct msghdr bad_iov = { .msg_iov = bad, .msg_iovlen = 1 };
	const struct msghdr bad_name = {
		.msg_name = bad, .msg_namelen = 28, .msg_iov = &iov, .msg_iovlen = 1
	};
	const struct msghdr bad_control = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = bad, .msg_controllen = 16
	};

	if (!memory_is_checked())
		skip();
	assert_int_equal(careful_sendto(t, s, bad, 1, 0, NULL, 0), -EFAULT);
	assert_int_equal(careful_sendto(t, s, "x", 1, 0, bad, 28), -EFAULT);
	assert_int_equal(careful_sendmsg(t, s, bad, 0), -EFAULT);
	assert_int_equal(careful_sendmsg(t, s, NULL, 0), -EFAULT);
	assert_int_equal(careful_sendmsg(t, s, &bad_iov, 0), -EFAULT);
	assert_int_equal(careful_sendmsg(t, s, &bad_name, 0), -EFAULT);
	assert_int_equal(careful_sendmsg(t, s, &bad_control, 0), -EFAULT);
	assert_int_equal(w->flown_count, 0);
	assert_int_equal(careful_sendto(t, s, bad, 0, 0, NULL, 0), 0);
	assert_int_not_equal(w->flown_count, 0);
	release(bad);
}

static void what_can_not_be_given_stays_to_be_read(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[B];
	int a = udp_socket(w, A), b = bound_socket(w);
	void *bad = nowhere();
	char octet = 0;
	struct sockaddr_in6 name;
	struct iovec iov = { .iov_base = &octet, .iov_len = 1 }, bad_iov = { bad, 1 };
	struct msghdr msg = { .msg_iov = &bad_iov, .msg_iovlen = 1, .msg_flags = 77 };

	if (!memory_is_checked())
		skip();
	send_to(w, A, a, name_at(w, B, 1, PORT), "xy", 2);
	settle(w);
	assert_int_equal(careful_recv(t, b, bad, 1, 0), -EFAULT);
	assert_int_equal(careful_recvmsg(t, b, bad, 0), -EFAULT);
	assert_int_equal(careful_recvmsg(t, b, &msg, 0), -EFAULT);
	assert_int_equal(msg.msg_flags, 77);
	msg = (struct msghdr){ .msg_iov = bad, .msg_iovlen = 1 };
	assert_int_equal(careful_recvmsg(t, b, &msg, 0), -EFAULT);
	msg = (struct msghdr){
		.msg_name = bad, .msg_namelen = sizeof(name), .msg_iov = &iov, .msg_iovlen = 1
	};
	assert_int_equal(careful_recvmsg(t, b, &msg, 0), -EFAULT);
	msg.msg_name = &name;
	msg.msg_namelen = 500;
	assert_int_equal(careful_recvmsg(t, b, &msg, 0), 1);
	assert_int_equal(octet, 'x');
	assert_int_equal(msg.msg_namelen, sizeof(name));
	assert_int_equal(msg.msg_flags, MSG_TRUNC);
	release(bad);
}

static void accept_keeps_the_connection_of_a_name_that_leads_nowhere(void **state)
{
	struct two_hosts *w = *state;
	struct sock_table *t = w->sockets[B];
	int l = listener(w, B, 1), a = tcp_socket(w, A);
	struct sockaddr_in6 name;
	socklen_t len = sizeof(name);
	void *bad = nowhere();

	if (!memory_is_checked())
		skip();
	connect_to(w, A, a, name_at(w, B, 1, PORT));
	settle(w);
	assert_int_equal(careful_accept(t, l, bad, &len), -EFAULT);
	assert_int_equal(careful_accept(t, l, (struct sockaddr *)&name, bad), -EFAULT);
	assert_true(careful_accept(t, l, NULL, bad) >= 0);
	release(bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		two_hosts_test(a_name_that_leads_nowhere_is_efault),
		two_hosts_test(an_option_that_leads_nowhere_is_efault_in_its_turn),
		two_hosts_test(octets_that_lead_nowhere_are_efault_and_nothing_is_sent),
		two_hosts_test(what_can_not_be_given_stays_to_be_read),
		two_hosts_test(accept_keeps_the_connection_of_a_name_that_leads_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
