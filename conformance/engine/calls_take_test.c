/* SPDX-License-Identifier: BSD-2-Clause */
/* Room for what a target hands out, and pointers instead of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_rig.h"

#define SOCKET "needs efault\n0 s = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
enum { CALL = 5 }; /* line behind SOCKET */

/* What the last call got. */
static struct {
	void *value;
	socklen_t *len;
	socklen_t room;
	bool no_message;
	struct msghdr message;
	void *data;
} got;

static int keep_option(struct shimproof_instance *i, int s, int level, int name, void *value,
		       socklen_t *len)
{
	(void)i, (void)s, (void)level, (void)name;
	got.value = value;
	got.len = len;
	return -EFAULT;
}

static int keep_room(struct shimproof_instance *i, int s, int level, int name, void *value,
		     socklen_t *len)
{
	(void)i, (void)s, (void)level, (void)name;
	got.room = *len;
	memset(value, 0, 65536); /* and all of it is there */
	*len = 4;
	return 0;
}

static int give_nothing(struct shimproof_instance *i, int s, int level, int name, void *value,
			socklen_t *len)
{
	(void)i, (void)s, (void)level, (void)name, (void)value, (void)len;
	return 0;
}

static ssize_t keep_message(struct shimproof_instance *i, int s, struct msghdr *m, int flags)
{
	(void)i, (void)s, (void)flags;
	got.no_message = !m;
	if (!m)
		return -EFAULT;
	got.message = *m;
	got.data = m->msg_iov ? m->msg_iov[0].iov_base : NULL;
	return 0;
}

static int accept_from_afar(struct shimproof_instance *i, int s, struct sockaddr *addr,
			    socklen_t *len)
{
	if (rig.send_error)
		return -rig.send_error;
	rig_getsockname(i, s, addr, len);
	return 9;
}

static int close_the_ninth(struct shimproof_instance *i, int s)
{
	(void)i;
	return s == 9 ? 0 : -EBADF;
}

static void change(struct shimproof_target *target)
{
	target->getsockopt = keep_option;
	target->recvmsg = keep_message;
	target->accept = accept_from_afar;
	target->close = close_the_ninth;
}

static void change_room(struct shimproof_target *target)
{
	target->getsockopt = keep_room;
}

static void change_nothing(struct shimproof_target *target)
{
	target->getsockopt = give_nothing;
}

static int setup(void **state)
{
	rig_setup(state);
	memset(&got, 0, sizeof(got));
	inet_pton(AF_INET6, "2001:db8:dead::1", &rig.from);
	rig.change = change;
	return 0;
}

static void an_options_value_and_length_can_be_pointers(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, null) = -1 EFAULT\n");
	assert_null(got.value);
	assert_non_null(got.len);
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, unmapped, optlen=null) = "
			     "-1 EFAULT\n");
	assert_non_null(got.value);
	assert_null(got.len);
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, optlen=unmapped) = "
			     "-1 EFAULT\n");
	assert_non_null(got.value);
	assert_non_null(got.len);
	assert_ptr_not_equal(got.value, got.len);
}

static void a_value_without_a_buffer_is_not_there(void **state)
{
	struct case_result r;

	(void)state;
	rig.change = change_nothing;
	r = rig_run(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, null) = 0 {1}\n");
	assert_differs(&r, CALL, "value", "{value=1}", "no buffer to have it in");
	case_result_free(&r);
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, null) = 0\n");
}

static void a_huge_optlen_has_the_memory_that_can_be_had(void **state)
{
	(void)state;
	rig.change = change_room;
	assert_passes(SOCKET "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, optlen=0x7fffffff) = "
			     "0 {0}\n");
	assert_int_equal(got.room, 0x7fffffff);
}

static void parts_of_a_message_can_be_pointers(void **state)
{
	(void)state;
	assert_passes(SOCKET "+0 recvmsg(s, {name=unmapped, data=unmapped, control=unmapped}) = 0\n");
	assert_non_null(got.message.msg_name);
	assert_ptr_equal(got.message.msg_control, got.message.msg_name);
	assert_ptr_equal(got.data, got.message.msg_name);
	assert_int_equal(got.message.msg_namelen, sizeof(struct sockaddr_in6));
	assert_int_equal(got.message.msg_controllen, 256);
	assert_passes(SOCKET "+0 recvmsg(s, {name=null, control=null, controllen=20, iov=null}) = 0\n");
	assert_null(got.message.msg_name);
	assert_int_equal(got.message.msg_namelen, 0);
	assert_null(got.message.msg_control);
	assert_int_equal(got.message.msg_controllen, 20);
	assert_null(got.message.msg_iov);
	assert_passes(SOCKET "+0 recvmsg(s, null) = -1 EFAULT\n");
	assert_true(got.no_message);
}

static void accept_gives_a_socket_and_who_it_is(void **state)
{
	struct case_result r;

	(void)state;
	assert_passes(SOCKET "+0 t = accept(s) = 0 X1:$port\n+0 getsockname(s) = 0 X1:$port\n"
			     "+0 close(t) = 0\n+0 close(s) = -1 EBADF\n");
	assert_passes(SOCKET "+0 t = accept(s)\n+0 close(t) = 0\n");
	assert_passes(SOCKET "+0 t = accept(s) = 9\n");
	r = rig_run(SOCKET "+0 t = accept(s) = 0 X2:7\n");
	assert_differs(&r, CALL, "value.addr", "2001:db8:dead::2", "2001:db8:dead::1");
	case_result_free(&r);
	rig.send_error = EAGAIN;
	assert_passes(SOCKET "+0 t = accept(s) = -1 EAGAIN\n");
	r = rig_run(SOCKET "+0 t = accept(s) = 0\n");
	assert_differs(&r, CALL, "result", "0", "-1 EAGAIN (11)");
	case_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_options_value_and_length_can_be_pointers, setup),
		cmocka_unit_test_setup(a_value_without_a_buffer_is_not_there, setup),
		cmocka_unit_test_setup(a_huge_optlen_has_the_memory_that_can_be_had, setup),
		cmocka_unit_test_setup(parts_of_a_message_can_be_pointers, setup),
		cmocka_unit_test_setup(accept_gives_a_socket_and_who_it_is, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
