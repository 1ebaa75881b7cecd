/* SPDX-License-Identifier: BSD-2-Clause */
/* One observation at a time, in front of a target that is honest and simple. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/contrary/target/contrary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- the honest one ----------------------------------------------------------- */

/* Every send() leaves as a packet on link 1; at 5 s it sends "tick". */
static struct honest {
	const struct shimproof_env *env;
	bool ticked;
} honest;

static int create(const char *config, const struct shimproof_env *env,
		  struct shimproof_instance **out)
{
	if (!strcmp(config, "refuse"))
		return -EINVAL;
	honest = (struct honest){ .env = env };
	*out = (struct shimproof_instance *)(void *)&honest;
	return 0;
}

static void destroy(struct shimproof_instance *i)
{
	assert_ptr_equal(i, &honest);
}

static ssize_t locators(struct shimproof_instance *i, struct shimproof_locator *out, size_t max)
{
	(void)i, (void)max;
	out[0] = (struct shimproof_locator){ .addr = in6addr_loopback, .link = 1 };
	return 1;
}

static uint64_t next_deadline(struct shimproof_instance *i)
{
	(void)i;
	return honest.ticked ? SHIMPROOF_NEVER : 5000000;
}

static int advance(struct shimproof_instance *i, uint64_t now)
{
	(void)i;
	if (!honest.ticked && now >= 5000000) {
		honest.ticked = true;
		honest.env->transmit(honest.env->ctx, 1, "tick", 4);
	}
	return 0;
}

static ssize_t do_send(struct shimproof_instance *i, int s, const void *data, size_t len, int flags)
{
	(void)i, (void)s, (void)flags;
	honest.env->transmit(honest.env->ctx, 1, data, len);
	return (ssize_t)len;
}

static int do_getsockopt(struct shimproof_instance *i, int s, int level, int name, void *value,
			 socklen_t *len)
{
	(void)i, (void)s, (void)level, (void)name;
	memcpy(value, "abcd", 4);
	*len = 4;
	return 0;
}

static ssize_t do_recvmsg(struct shimproof_instance *i, int s, struct msghdr *m, int flags)
{
	(void)i, (void)s, (void)flags;
	memcpy(m->msg_iov[0].iov_base, "hi", 2);
	memcpy(m->msg_control, "ctrl", 4);
	m->msg_namelen = 0;
	m->msg_controllen = 4;
	m->msg_flags = 0;
	return 2;
}

static const struct shimproof_target real = {
	.abi = SHIMPROOF_TARGET_ABI,
	.size = sizeof(real),
	.create = create,
	.destroy = destroy,
	.locators = locators,
	.next_deadline = next_deadline,
	.advance = advance,
	.send = do_send,
	.getsockopt = do_getsockopt,
	.recvmsg = do_recvmsg,
};

/* --- the runner ------------------------------------------------------------------ */

static char seen[1024]; /* "1:hello " a packet, "[line] " of the log */

static void on_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	size_t at = strlen(seen);

	assert_ptr_equal(ctx, seen);
	snprintf(seen + at, sizeof(seen) - at, "%u:%.*s ", link, (int)len, (const char *)packet);
}

static void on_log(void *ctx, const char *line)
{
	size_t at = strlen(seen);

	assert_ptr_equal(ctx, seen);
	snprintf(seen + at, sizeof(seen) - at, "[%s] ", line);
}

static const struct shimproof_env env = {
	.size = sizeof(env), .ctx = seen, .transmit = on_transmit, .log = on_log
};

static struct shimproof_target t;
static struct shimproof_instance *instance;

static void begin(const char *text)
{
	seen[0] = '\0';
	assert_int_equal(contrary_make(&t, &real, text), 0);
	assert_int_equal(t.create("{}", &env, &instance), 0);
}

static void end(const char *expected)
{
	t.destroy(instance);
	assert_string_equal(seen, expected);
}

static ssize_t send_text(const char *text)
{
	return t.send(instance, 1, text, strlen(text), 0);
}

/* --- claims ------------------------------------------------------------------------ */

static void without_a_fault_nothing_is_changed(void **state)
{
	char value[4];
	socklen_t len = sizeof(value);

	(void)state;
	begin("");
	assert_int_equal(send_text("a"), 1);
	assert_int_equal(t.getsockopt(instance, 1, 2, 3, value, &len), 0);
	assert_memory_equal(value, "abcd", 4);
	assert_int_equal(t.next_deadline(instance), 5000000);
	assert_int_equal(t.advance(instance, 5000000), 0);
	end("1:a 1:tick ");
}

static void what_the_real_one_lacks_is_lacking(void **state)
{
	(void)state;
	begin("");
	assert_null(t.bind);
	assert_null(t.wait);
	assert_null(t.reset);
	assert_non_null(t.send);
	end("");
	assert_int_equal(t.create("refuse", &env, &instance), -EINVAL);
}

static void one_result_is_another_and_the_call_was_made(void **state)
{
	(void)state;
	begin("call 1 result -22");
	assert_int_equal(send_text("a"), 1);
	assert_int_equal(send_text("b"), -22);
	assert_int_equal(send_text("c"), 1);
	end("1:a 1:b 1:c ");
}

static void a_value_and_its_length_are_others(void **state)
{
	char value[5] = "....";
	socklen_t len = 4;

	(void)state;
	begin("call 0 value 3 4142");
	assert_int_equal(t.getsockopt(instance, 1, 2, 3, value, &len), 0);
	assert_string_equal(value, "ABcd");
	assert_int_equal(len, 3);
	end("");
}

static void what_does_not_fit_is_not_written(void **state)
{
	char value[] = "....!";
	socklen_t len = 4;

	(void)state;
	begin("call 0 value 5 4142434445");
	assert_int_equal(t.getsockopt(instance, 1, 2, 3, value, &len), 0);
	assert_string_equal(value, "ABCD!");
	assert_int_equal(len, 5);
	end("");
}

static void a_write_behind_the_buffer_is_one_octet(void **state)
{
	char value[] = "....!!";
	socklen_t len = 4;

	(void)state;
	begin("call 0 overruns value;call 0 overruns name");
	assert_int_equal(t.getsockopt(instance, 1, 2, 3, value, &len), 0);
	assert_memory_equal(value, "abcd\xde!", 7);
	assert_int_equal(len, 4);
	end("");
}

static void parts_of_a_message_are_others(void **state)
{
	char data[8] = "", control[8] = "";
	struct iovec at = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &at,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };

	(void)state;
	begin("call 0 data 2 58;call 0 control 2 5959;call 0 flags 8");
	assert_int_equal(t.recvmsg(instance, 1, &m, 0), 2);
	assert_string_equal(data, "Xi");
	assert_string_equal(control, "YYrl");
	assert_int_equal(m.msg_controllen, 2);
	assert_int_equal(m.msg_flags, 8);
	assert_int_equal(m.msg_namelen, 0);
	end("");
}

static void a_packet_is_dropped_repeated_moved_or_another(void **state)
{
	(void)state;
	begin("packet 0 times 0;packet 1 times 2;packet 2 link 7;packet 3 octets 5a5a");
	send_text("a");
	send_text("b");
	send_text("c");
	send_text("d");
	send_text("e");
	end("1:b 1:b 7:c 1:ZZ 1:e ");
}

static void a_packet_comes_at_another_time(void **state)
{
	(void)state;
	begin("packet 0 times 0;send 6000000 1 4c");
	assert_int_equal(t.next_deadline(instance), 5000000);
	assert_int_equal(t.advance(instance, 5000000), 0);
	assert_string_equal(seen, "");
	assert_int_equal(t.next_deadline(instance), 6000000);
	assert_int_equal(t.advance(instance, 6000000), 0);
	assert_int_equal(t.next_deadline(instance), SHIMPROOF_NEVER);
	assert_int_equal(t.advance(instance, 7000000), 0);
	end("1:L ");
}

static void notes_tell_what_could_be_observed(void **state)
{
	struct shimproof_locator l;
	char value[4], control[6];
	struct iovec at = { value, sizeof(value) };
	struct msghdr m = { .msg_iov = &at,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	socklen_t len = sizeof(value);

	(void)state;
	begin("note");
	t.locators(instance, &l, 1);
	t.getsockopt(instance, 1, 2, 3, value, &len);
	t.recvmsg(instance, 1, &m, 0);
	end("[contrary: locator 1 00000000000000000000000000000001] "
	    "[contrary: call 0 getsockopt 0 value 4 4 61626364] "
	    "[contrary: call 1 recvmsg 2 data 4 2 6869 control 6 4 6374726c flags 0] ");
}

static void nonsense_is_refused_at_once(void **state)
{
	(void)state;
	assert_int_equal(contrary_make(&t, &real, "call 0 return 1"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_fault_nothing_is_changed),
		cmocka_unit_test(what_the_real_one_lacks_is_lacking),
		cmocka_unit_test(one_result_is_another_and_the_call_was_made),
		cmocka_unit_test(a_value_and_its_length_are_others),
		cmocka_unit_test(what_does_not_fit_is_not_written),
		cmocka_unit_test(a_write_behind_the_buffer_is_one_octet),
		cmocka_unit_test(parts_of_a_message_are_others),
		cmocka_unit_test(a_packet_is_dropped_repeated_moved_or_another),
		cmocka_unit_test(a_packet_comes_at_another_time),
		cmocka_unit_test(notes_tell_what_could_be_observed),
		cmocka_unit_test(nonsense_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
