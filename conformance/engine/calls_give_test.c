/* SPDX-License-Identifier: BSD-2-Clause */
/* What a target gets by the calls that hand something to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define SOCKET "needs efault\n0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"

/* What the last call got. */
static struct {
	int s, number;
	const void *pointer;
	size_t len;
	bool no_message;
	struct msghdr message;
	struct iovec data;
} got;

static int keep_number(struct shimproof_instance *i, int s, int number)
{
	(void)i;
	got.s = s;
	got.number = number;
	return 0;
}

static int keep_address(struct shimproof_instance *i, int s, const struct sockaddr *addr,
			socklen_t len)
{
	(void)i, (void)s;
	got.pointer = addr;
	got.len = len;
	return 0;
}

static int keep_address_octets(struct shimproof_instance *i, int s, const struct sockaddr *addr,
			       socklen_t len)
{
	(void)i, (void)s;
	rig_remember(addr, len);
	return 0;
}

static int keep_option(struct shimproof_instance *i, int s, int level, int name, const void *value,
		       socklen_t len)
{
	(void)i, (void)s, (void)level;
	got.number = name;
	got.pointer = value;
	got.len = len;
	return 0;
}

static ssize_t keep_message(struct shimproof_instance *i, int s, const struct msghdr *m, int flags)
{
	(void)i, (void)s, (void)flags;
	got.no_message = !m;
	if (!m)
		return -EFAULT;
	got.message = *m;
	if (m->msg_iov)
		got.data = m->msg_iov[0];
	return 0;
}

static ssize_t keep_control(struct shimproof_instance *i, int s, const struct msghdr *m, int flags)
{
	(void)i, (void)s, (void)flags;
	rig_remember(m->msg_control, m->msg_controllen);
	return 0;
}

static void change(struct shimproof_target *target)
{
	target->listen = keep_number;
	target->shutdown = keep_number;
	target->connect = keep_address;
	target->bind = keep_address_octets;
	target->setsockopt = keep_option;
	target->sendmsg = keep_message;
}

static void change_control(struct shimproof_target *target)
{
	target->sendmsg = keep_control;
}

static int setup(void **state)
{
	rig_setup(state);
	memset(&got, 0, sizeof(got));
	rig.change = change;
	return 0;
}

static void listen_and_shutdown_hand_on_their_number(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 listen(s, 5) = 0\n");
	assert_int_equal(got.s, 3);
	assert_int_equal(got.number, 5);
	assert_passes(SOCKET "+0 listen(s, -1) = 0\n");
	assert_int_equal(got.number, -1);
	assert_passes(SOCKET "+0 shutdown(s, SHUT_RDWR) = 0\n");
	assert_int_equal(got.number, SHUT_RDWR);
}

static void an_address_of_any_family_is_laid_out(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 bind(s, sockaddr_in{port=5000, addr=0xc0000201}) = 0\n");
	assert_string_equal(rig.given, "02001388c00002010000000000000000");
	assert_passes(SOCKET "+0 bind(s, hex\"0100 2f\") = 0\n");
	assert_string_equal(rig.given, "01002f");
}

static void a_pointer_is_given_as_it_is(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, null, optlen=4) = 0\n");
	assert_null(got.pointer);
	assert_int_equal(got.len, 4);
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE, unmapped) = 0\n");
	assert_non_null(got.pointer);
	assert_int_equal(got.len, 12);
	assert_passes(SOCKET "+0 connect(s, unmapped) = 0\n");
	assert_non_null(got.pointer);
	assert_int_equal(got.len, sizeof(struct sockaddr_in6));
	assert_passes(SOCKET "+0 connect(s, null) = 0\n");
	assert_null(got.pointer);
	assert_int_equal(got.len, 0);
}

static void parts_of_a_message_can_be_pointers(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 sendmsg(s, {name=unmapped, data=unmapped, control=unmapped}) = 0\n");
	assert_non_null(got.message.msg_name);
	assert_ptr_equal(got.message.msg_control, got.message.msg_name);
	assert_ptr_equal(got.data.iov_base, got.message.msg_name);
	assert_int_equal(got.message.msg_namelen, sizeof(struct sockaddr_in6));
	assert_int_equal(got.message.msg_controllen, 16);
	assert_int_equal(got.data.iov_len, 16);
	assert_passes(SOCKET "+0 sendmsg(s, {iov=null, control=null, controllen=20}) = 0\n");
	assert_null(got.message.msg_iov);
	assert_int_equal(got.message.msg_iovlen, 1);
	assert_null(got.message.msg_control);
	assert_int_equal(got.message.msg_controllen, 20);
	assert_passes(SOCKET "+0 sendmsg(s, null) = -1 EFAULT\n");
	assert_true(got.no_message);
}

static int look_with_the_kernel(struct shimproof_instance *i, int s, const struct sockaddr *addr,
				socklen_t len)
{
	int ends[2], r;

	(void)i, (void)s;
	assert_int_equal(pipe(ends), 0);
	r = write(ends[1], addr, len) < 0 ? -errno : 0;
	close(ends[0]);
	close(ends[1]);
	return r;
}

static void change_looking(struct shimproof_target *target)
{
	target->connect = look_with_the_kernel;
}

static void unmapped_is_what_the_kernel_calls_efault(void **state)
{
	(void)state;
	rig.change = change_looking;
	assert_passes(SOCKET "+0 connect(s, unmapped) = -1 EFAULT\n+0 connect(s, L1:7) = 0\n");
}

static void a_huge_optlen_needs_no_memory(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1, optlen=0x7fffffff) = 0\n");
	assert_non_null(got.pointer);
	assert_int_equal(got.len, 0x7fffffff);
	assert_passes(SOCKET "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1, optlen=0xffffffff) = 0\n");
	assert_int_equal(got.len, 0xffffffff);
}

static void options_of_other_levels_have_the_platforms_numbers(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 setsockopt(s, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) = 0\n");
	assert_int_equal(got.number, IPV6_RECVPKTINFO);
	assert_int_equal(got.len, 4);
	assert_passes(SOCKET "+0 setsockopt(s, IPPROTO_IPV6, IPV6_PKTINFO, {addr=L2}) = 0\n");
	assert_int_equal(got.number, IPV6_PKTINFO);
	assert_int_equal(got.len, 20);
}

/* RFC 3542 6: struct in6_pktinfo behind a cmsghdr of IPPROTO_IPV6, 41, and 50. */
static void pktinfo_is_a_struct_in_ancillary_data(void **state)
{
	(void)state;
	rig.change = change_control;
	assert_passes(SOCKET "+0 sendmsg(s, {data=\"x\", control=["
			     "{IPPROTO_IPV6, IPV6_PKTINFO, {addr=L1, ifindex=2}}]}) = 0\n");
	assert_string_equal(rig.given, "24000000000000002900000032000000"
				       "20010db8000100000000000000000001" "02000000" "00000000");
}

/* As much memory as controllen promises. */
static void ancillary_data_is_as_long_as_it_says(void **state)
{
	(void)state;
	rig.change = change_control;
	assert_passes(SOCKET "+0 sendmsg(s, {control=hex\"0102\", controllen=4}) = 0\n");
	assert_string_equal(rig.given, "01020000");
	assert_passes(SOCKET "+0 sendmsg(s, {control=hex\"0102\", controllen=1}) = 0\n");
	assert_string_equal(rig.given, "01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(listen_and_shutdown_hand_on_their_number, setup),
		cmocka_unit_test_setup(an_address_of_any_family_is_laid_out, setup),
		cmocka_unit_test_setup(a_pointer_is_given_as_it_is, setup),
		cmocka_unit_test_setup(parts_of_a_message_can_be_pointers, setup),
		cmocka_unit_test_setup(unmapped_is_what_the_kernel_calls_efault, setup),
		cmocka_unit_test_setup(a_huge_optlen_needs_no_memory, setup),
		cmocka_unit_test_setup(options_of_other_levels_have_the_platforms_numbers, setup),
		cmocka_unit_test_setup(pktinfo_is_a_struct_in_ancillary_data, setup),
		cmocka_unit_test_setup(ancillary_data_is_as_long_as_it_says, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
