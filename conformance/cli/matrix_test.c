/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a case counts in which cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/cli/matrix.h"
#include "conformance/script/test_suite.h"

/* "SHIM_DONTSHIM get unconnected udp", as often as it is checked; one after the
 * other, in the order of the tables. */
static const char *counted(const char *body, const char *head)
{
	static char text[4096];
	struct matrix m = { 0 };
	struct cell c = { 0 };
	struct suite suite;

	snprintf(text, sizeof(text), "case t \"t\"\n%s\n%s", head, body);
	suite = loaded(text);
	matrix_add(&m, &suite.scenarios[0]);
	suite_free(&suite);
	text[0] = '\0';
	do
		for (unsigned i = 0; i < matrix_checks(&m, &c); i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %s %s %s",
				 text[0] ? ", " : "", matrix_subject_name[c.subject],
				 matrix_call_name(c.subject, c.call), matrix_state_name[c.state],
				 matrix_kind_name[c.kind]);
	while (matrix_next(&c));
	return text;
}

#define GET(socket)     "+0 getsockopt(" #socket ", SOL_SHIM, SHIM_ASSOCIATED) = *\n"
#define DGRAM(socket)   "+0 " #socket " = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
#define STREAM(socket)  "+0 " #socket " = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP)\n"
#define RAW(socket)     "+0 " #socket " = socket(AF_INET6, SOCK_RAW, 253)\n"
#define IS(state, kind) "SHIM_ASSOCIATED get " state " " kind

static const struct {
	const char *body, *counted;
} rows[] = {
	/* the kind */
	{ DGRAM(s) GET(s), IS("unconnected", "udp") },
	{ STREAM(s) GET(s), IS("unconnected", "tcp") },
	{ RAW(s) GET(s), IS("unconnected", "raw") },
	{ "+0 s = socket(AF_INET, SOCK_DGRAM, 0)\n" GET(s), "" },
	{ "+0 getsockopt(77, SOL_SHIM, SHIM_ASSOCIATED) = -1 EBADF\n", "" },
	{ DGRAM(s) "+0 close(s)\n" GET(s), "" },

	/* connecting */
	{ DGRAM(s) "+0 connect(s, P1:7) = 0\n" GET(s), IS("connected", "udp") },
	{ RAW(s) "+0 connect(s, P1:0)\n" GET(s), IS("connected", "raw") },
	{ DGRAM(s) "+0 connect(s, P1:7) = -1 EINVAL\n" GET(s), IS("unconnected", "udp") },
	{ "+0 s = open(udp, connected)\n+0 connect(s, AF_UNSPEC) = 0\n" GET(s),
	  IS("unconnected", "udp") },

	/* TCP connects with a handshake */
	{ STREAM(s) "+0 connect(s, P1:7) = -1 EINPROGRESS\n" GET(
		  s) "+0 < P1 -> L1 tcp(src=7, dst=1, flags=RST|ACK)\n" GET(s),
	  IS("unconnected", "tcp") ", " IS("unconnected", "tcp") },
	{ STREAM(s) "+0 connect(s, P1:7) = 0\n+0 < P1 -> L1 tcp(src=7, dst=1, flags=SYN|ACK)\n" GET(
		  s),
	  IS("connected", "tcp") },
	{ "+0 s = open(tcp, listening)\n" GET(s), IS("unconnected", "tcp") },
	{ "+0 s = open(tcp, connecting)\n" GET(s), IS("unconnected", "tcp") },
	{ "+0 s = open(tcp, accepted)\n" GET(s), IS("connected", "tcp") },
	{ "+0 s = open(tcp, context)\n" GET(s), IS("context", "tcp") },
	{ "+0 s = open(raw, connected)\n" GET(s), IS("connected", "raw") },
	{ "+0 s = open(tcp, listening)\n+0 < P2 -> L1 tcp(src=7, dst=5000, flags=SYN)\n"
	  "+0 t = accept(s)\n" GET(s) "+0 establish(t)\n" GET(
		  t) "+0 u = open(raw, connected)\n" GET(u),
	  IS("unconnected", "tcp") ", " IS("connected", "raw") ", " IS("context", "tcp") },

	/* contexts belong to pairs of addresses */
	{ "+0 s = open(udp, context)\n" GET(s), IS("context", "udp") },
	{ "+0 s = open(udp, connected)\n+0 establish(s)\n" GET(s), IS("context", "udp") },
	{ "+0 s = open(udp, connected)\n+0 answer(s)\n" GET(s), IS("context", "udp") },
	{ "+0 s = open(udp, context)\n" RAW(t) "+0 connect(t, P1:0)\n" GET(t),
	  IS("context", "raw") },
	{ "+0 s = open(udp, context)\n" DGRAM(t) "+0 connect(t, P2:7)\n" GET(t),
	  IS("connected", "udp") },
	{ "+0 s = open(udp, context)\n" DGRAM(t) "+0 bind(t, L2:1)\n+0 connect(t, P1:7)\n" GET(t),
	  IS("connected", "udp") },
	{ "+0 s = open(udp, context)\n+0 connect(s, X1:7)\n" GET(s), IS("connected", "udp") },
	{ "+0 s = open(udp, context)\n" DGRAM(t) "+0 setsockopt(t, SOL_SHIM, SHIM_DONTSHIM, 1) = "
						 "0\n+0 connect(t, P1:7)\n" GET(t),
	  IS("connected", "udp") ", SHIM_DONTSHIM set unconnected udp" },

	/* what is a check */
	{ DGRAM(s) "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED)\n", "" },
	{ DGRAM(s) "+0 getsockopt(s, SOL_SOCKET, SHIM_ASSOCIATED) = -1\n", "" },
	{ DGRAM(s) "+0 getsockopt(s, SOL_SHIM, 0x7ffe, optlen=4) = -1\n", "" },
	{ DGRAM(s) "+0 setsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE, zeros(12)) = -1\n",
	  "SHIM_PATHEXPLORE set unconnected udp" },
	{ DGRAM(s) "+0 getsockopt(s, SOL_SHIM, SHIM_CONTEXT_DEFERRED_SETUP) = -1\n",
	  "SHIM_DEFERRED_CONTEXT_SETUP get unconnected udp" },

	/* ancillary data */
	{ "+0 s = open(udp, context)\n"
	  "+0 sendmsg(s, {data=\"x\", control=[{SOL_SHIM, SHIM_FEEDBACK, {}}, "
	  "{SOL_SHIM, SHIM_LOC_PEER_SEND, {}}, {SOL_SOCKET, SHIM_FEEDBACK, \"\"}]}) = 1\n",
	  "SHIM_LOC_PEER_SEND sendmsg context udp, SHIM_FEEDBACK sendmsg context udp" },
	{ "+0 s = open(udp, context)\n+0 sendmsg(s, {data=\"x\", control=\"yz\"}) = -1 EINVAL\n",
	  "" },
	{ "+0 s = open(udp, context)\n"
	  "+0 recvmsg(s, {len=9}) = 1 {control=[{SOL_SHIM, SHIM_LOC_PEER_RECV, {addr=P1}}]}\n",
	  "SHIM_LOC_LOCAL_RECV recvmsg context udp, SHIM_LOC_PEER_RECV recvmsg context udp" },
	{ "+0 s = open(udp, connected)\n"
	  "+0 sendmsg(s, {data=\"x\", control=[{SOL_SHIM, SHIM_FEEDBACK, {}}]})\n"
	  "+0 recvmsg(s, {len=9}) = 1 {control=[]}\n",
	  "SHIM_LOC_LOCAL_RECV recvmsg connected udp, SHIM_LOC_PEER_RECV recvmsg connected udp, "
	  "SHIM_FEEDBACK recvmsg connected udp" },
	{ "+0 s = open(udp, context)\n"
	  "+0 setsockopt(s, SOL_SHIM, SHIM_LOC_PEER_SEND, {lc_addr=P1})\n"
	  "+0 recvmsg(s, {len=9}) = 1 {control=[]}\n",
	  "SHIM_LOC_LOCAL_RECV recvmsg context udp, SHIM_LOC_PEER_RECV recvmsg context udp, "
	  "SHIM_LOC_PEER_SEND recvmsg context udp" },
	{ STREAM(s) "+0 recvmsg(s, {len=9}) = -1 ENOTCONN\n",
	  "SHIM_LOC_LOCAL_RECV recvmsg unconnected tcp, "
	  "SHIM_LOC_PEER_RECV recvmsg unconnected tcp" },
	{ DGRAM(s) "+0 recvmsg(s, {len=9}) = -1 EAGAIN\n", "" },
	{ DGRAM(s) "+0 recvmsg(s, {len=9}) = 1 {data=\"x\"}\n", "" },
};

static void a_check_counts_for_the_socket_as_it_is_then(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = counted(rows[i].body, "rules a/b");

		if (strcmp(got, rows[i].counted) != 0)
			fail_msg("%snot \"%s\" but \"%s\"", rows[i].body, rows[i].counted, got);
	}
}

static void what_grades_nothing_checks_nothing(void **state)
{
	(void)state;
	assert_string_equal(counted(DGRAM(s) GET(s), "informs a/b"), "");
}

static void every_cell_is_there_once(void **state)
{
	struct cell c = { 0 };
	struct matrix m = { 0 };
	unsigned cells = 0, empty = 0;

	(void)state;
	do {
		cells++;
		empty += matrix_is_empty(&m, &c);
		assert_true(matrix_is_empty(&m, &c) || matrix_exception(&c));
	} while (matrix_next(&c));
	assert_int_equal(cells, (14 + 5) * 2 * 3 * 3);
	assert_int_equal(cells - empty, 3);
}

static void the_table_counts_what_is_empty(void **state)
{
	struct matrix m = { .checks = { [1] = { { { 7 } } } } };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	json_t *json = matrix_json(&m);

	(void)state;
	matrix_print(f, &m, false);
	fclose(f);
	assert_non_null(strstr(text, "\nSHIM_DONTSHIM                get           7    .    .  "));
	assert_non_null(strstr(text, "\n1 of 339 cells have a check, 338 are empty (.); "
				     "3 do not apply (-)\n"));
	assert_int_equal(json_array_size(json_object_get(json, "cells")), 342);
	assert_int_equal(json_integer_value(json_object_get(json, "empty")), 338);
	json_decref(json);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_counts_for_the_socket_as_it_is_then),
		cmocka_unit_test(what_grades_nothing_checks_nothing),
		cmocka_unit_test(every_cell_is_there_once),
		cmocka_unit_test(the_table_counts_what_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
