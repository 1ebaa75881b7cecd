/* SPDX-License-Identifier: BSD-2-Clause */
/* Every call and word of the runner, with its arguments and outcomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"

static const struct call *call_at(const struct suite *suite, size_t n)
{
	assert_int_equal(event_at(suite, n)->kind, EVENT_CALL);
	return event_at(suite, n)->call;
}

static void every_call_is_known(void **state)
{
	static const enum call_id ids[] = {
		CALL_OPEN, CALL_SOCKET, CALL_BIND, CALL_CONNECT, CALL_LISTEN, CALL_ACCEPT,
		CALL_SHUTDOWN, CALL_SEND, CALL_SENDTO,
		CALL_SENDMSG, CALL_RECV, CALL_RECVMSG, CALL_GETSOCKNAME, CALL_GETPEERNAME,
		CALL_GETSOCKOPT, CALL_SETSOCKOPT, CALL_POLL, CALL_CLOSE, CALL_ESTABLISH,
		CALL_ANSWER, CALL_ADDRESS_DOWN, CALL_ADDRESS_UP, CALL_LINK_DOWN, CALL_LINK_UP,
		CALL_DRAIN, CALL_PEER, CALL_PEER_DOWN, CALL_PEER_UP, CALL_FORK, CALL_FORGET,
		CALL_SAMPLE,
	};
	struct suite suite = loaded(HEAD "+0 r = socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)\n"
					 "+0 bind(r, L1:5000) = 0\n"
					 "+0 connect(r, AF_UNSPEC) = 0\n"
					 "+0 listen(r, 5) = 0\n"
					 "+0 t = accept(r) = 0 P1:$port\n"
					 "+0 shutdown(t, SHUT_WR) = 0\n"
					 "+0 send(s, \"abc\") = 3\n"
					 "+0 sendto(s, \"abc\", P1:7) = 3\n"
					 "+0 sendmsg(s, {data=\"abc\"}) = 3\n"
					 "+0 recv(s, 100) = 3 \"abc\"\n"
					 "+0 recvmsg(s, {}) = 3\n"
					 "+0 getsockname(s) = 0 L1:5000\n"
					 "+0 getpeername(s) = 0 P1:7\n"
					 "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 {0}\n"
					 "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1) = 0\n"
					 "+0 poll(s, POLLIN) = POLLIN\n"
					 "+0 close(s)\n"
					 "+0 establish(s)\n"
					 "+0 answer(s)\n"
					 "+0 address_down(L2)\n"
					 "+0 address_up(L2)\n"
					 "+0 link_down(1)\n"
					 "+0 link_up(2)\n"
					 "+0 drain()\n"
					 "+0 peer(probes)\n"
					 "+0 peer_down(P2)\n"
					 "+0 peer_up(P2)\n"
					 "+0 fork(s)\n"
					 "+0 forget()\n"
					 "+0 sample(\"6.1-get\", s) = 0 {0}\n");

	(void)state;
	assert_int_equal(sizeof(ids) / sizeof(ids[0]), CALL_COUNT);
	for (size_t i = 0; i < CALL_COUNT; i++)
		assert_int_equal(call_at(&suite, i)->id, ids[i]);
	assert_symbol(call_at(&suite, 1)->args[0], "AF_INET6");
	assert_symbol(call_at(&suite, 1)->args[1], "SOCK_DGRAM");
	assert_symbol(call_at(&suite, 1)->args[2], "IPPROTO_UDP");
	assert_locator(call_at(&suite, 20)->args[0]->locator, 'L', 2);
	assert_number(call_at(&suite, 23)->args[0], 2);
	suite_free(&suite);
}

static void sockets_are_variables_of_their_own(void **state)
{
	struct suite suite = loaded(HEAD "+0 r = open(udp, unconnected)\n"
					 "+0 close(s)\n"
					 "+0 close(r)\n"
					 "+0 close(99) = -1 EBADF\n");
	const struct scenario *c = &suite.scenarios[0];

	(void)state;
	assert_true(call_at(&suite, 0)->assigns);
	assert_string_equal(c->variables[call_at(&suite, 0)->variable], "s");
	assert_string_equal(c->variables[call_at(&suite, 1)->variable], "r");
	assert_int_equal(call_at(&suite, 2)->args[0]->kind, VALUE_VARIABLE);
	assert_int_equal(call_at(&suite, 2)->args[0]->variable, call_at(&suite, 0)->variable);
	assert_int_equal(call_at(&suite, 3)->args[0]->variable, call_at(&suite, 1)->variable);
	assert_false(call_at(&suite, 2)->args[0]->binds);
	assert_number(call_at(&suite, 4)->args[0], 99);
	suite_free(&suite);
}

static void open_has_a_transport_and_a_state(void **state)
{
	struct suite suite = loaded("case t \"t\"\nrules a/b\n"
				    "0 a = open(udp, unconnected)\n"
				    "0 b = open(udp, connected)\n"
				    "0 c = open(udp, context)\n"
				    "0 d = open(tcp, listening)\n"
				    "0 e = open(tcp, connecting)\n"
				    "0 f = open(tcp, accepted)\n"
				    "0 g = open(raw, connected)\n");

	(void)state;
	assert_number(call_at(&suite, 0)->args[0], TRANSPORT_UDP);
	assert_number(call_at(&suite, 0)->args[1], OPEN_UNCONNECTED);
	assert_number(call_at(&suite, 1)->args[1], OPEN_CONNECTED);
	assert_number(call_at(&suite, 2)->args[1], OPEN_CONTEXT);
	assert_number(call_at(&suite, 3)->args[0], TRANSPORT_TCP);
	assert_number(call_at(&suite, 3)->args[1], OPEN_LISTENING);
	assert_number(call_at(&suite, 4)->args[1], OPEN_CONNECTING);
	assert_number(call_at(&suite, 5)->args[1], OPEN_ACCEPTED);
	assert_number(call_at(&suite, 6)->args[0], TRANSPORT_RAW);
	suite_free(&suite);
}

static void open_sets_the_sequence_numbers_of_tcp(void **state)
{
	struct suite suite = loaded("case t \"t\"\nrules a/b\n"
				    "0 s = open(tcp, context)\n"
				    "0 < P1 -> L1 payload(tag=$local_tag) "
				    "tcp(seq=$peer_seq, ack=$local_seq, flags=PSH|ACK) \"x\"\n");
	const struct layer_value *tcp = &event_at(&suite, 1)->packet->layers[2];

	(void)state;
	assert_string_equal(tcp->layer->name, "tcp");
	assert_int_equal(tcp->fields[0].value->variable, VARIABLE_PEER_SEQ);
	assert_int_equal(tcp->fields[1].value->variable, VARIABLE_LOCAL_SEQ);
	assert_string_equal(tcp->fields[2].value->symbols[0]->name, "PSH");
	assert_int_equal(tcp->fields[2].value->symbols[0]->number, 0x08); /* RFC 9293 3.1 */
	assert_int_equal(tcp->fields[2].value->symbols[1]->number, 0x10);
	suite_free(&suite);
}

static void an_accepted_socket_has_a_name_and_an_address(void **state)
{
	struct suite suite = loaded(HEAD "+0 r = accept(s) = 0 P1:$port or -1 EAGAIN\n"
					 "+0 q = accept(s)\n"
					 "+0 accept(s) = -1 EINVAL\n");
	const struct call *call = call_at(&suite, 1);

	(void)state;
	assert_true(call->assigns);
	assert_int_equal(call->outcome_count, 2);
	assert_locator(call->outcomes[0].out->locator, 'P', 1);
	assert_symbol(call->outcomes[1].error, "EAGAIN");
	assert_true(call_at(&suite, 2)->assigns);
	assert_false(call_at(&suite, 3)->assigns);
	suite_free(&suite);
}

#define EFAULT_HEAD "case t \"t\"\nrules a/b\nneeds efault\n0 s = open(udp, unconnected)\n"

static void a_pointer_stands_where_memory_would(void **state)
{
	struct suite suite = loaded(
		EFAULT_HEAD
		"+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, null) = -1 EFAULT\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, unmapped, optlen=null) = -1 EFAULT\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED, optlen=unmapped) = -1 EFAULT\n"
		"+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, unmapped) = -1 EFAULT\n"
		"+0 connect(s, unmapped) = -1 EFAULT\n"
		"+0 sendmsg(s, {name=unmapped, data=unmapped, control=unmapped, iov=null})\n"
		"+0 recvmsg(s, {name=unmapped, data=unmapped, control=null, iov=unmapped})\n"
		"+0 recvmsg(s, unmapped) = -1 EFAULT\n");
	const struct message_value *sent = call_at(&suite, 6)->args[1]->message;
	const struct message_value *room = call_at(&suite, 7)->args[1]->message;

	(void)state;
	assert_int_equal(call_at(&suite, 1)->args[3]->kind, VALUE_NULL);
	assert_int_equal(call_at(&suite, 2)->args[3]->kind, VALUE_UNMAPPED);
	assert_int_equal(call_at(&suite, 2)->optlen->kind, VALUE_NULL);
	assert_null(call_at(&suite, 3)->args[3]);
	assert_int_equal(call_at(&suite, 3)->optlen->kind, VALUE_UNMAPPED);
	assert_int_equal(call_at(&suite, 4)->args[3]->kind, VALUE_UNMAPPED);
	assert_int_equal(call_at(&suite, 5)->args[1]->kind, VALUE_UNMAPPED);
	assert_int_equal(sent->name->kind, VALUE_UNMAPPED);
	assert_int_equal(sent->data->kind, VALUE_UNMAPPED);
	assert_int_equal(sent->control->kind, VALUE_UNMAPPED);
	assert_int_equal(sent->iov->kind, VALUE_NULL);
	assert_int_equal(room->name->kind, VALUE_UNMAPPED);
	assert_int_equal(room->data->kind, VALUE_UNMAPPED);
	assert_int_equal(room->control->kind, VALUE_NULL);
	assert_int_equal(room->iov->kind, VALUE_UNMAPPED);
	assert_int_equal(call_at(&suite, 8)->args[1]->kind, VALUE_UNMAPPED);
	suite_free(&suite);
}

static void addresses_can_be_of_any_family(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 r = socket(AF_INET, SOCK_DGRAM, 0)\n"
		"+0 bind(r, sockaddr_in{port=5000, addr=0xc0000201}) = 0\n"
		"+0 connect(s, hex\"0100 2f00\") = -1 EAFNOSUPPORT\n"
		"+0 getsockname(r) = 0 sockaddr_in{port=5000}\n"
		"+0 q = socket(AF_UNIX, SOCK_STREAM, 0)\n");

	(void)state;
	assert_ptr_equal(call_at(&suite, 2)->args[1]->type, &type_sockaddr_in);
	assert_octets(call_at(&suite, 3)->args[1], "\1\0\x2f\0", 4);
	assert_ptr_equal(call_at(&suite, 4)->outcomes[0].out->type, &type_sockaddr_in);
	suite_free(&suite);
}

static void optional_arguments_have_fixed_slots(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 sendto(s, \"abc\", P1:7)\n"
		"+0 sendto(s, \"abc\", MSG_DONTWAIT|MSG_OOB|0x40, any:5000)\n"
		"+0 send(s, null)\n"
		"+0 recv(s, 10, MSG_PEEK) = 0 \"\"\n");
	const struct value *flags = call_at(&suite, 2)->args[2];

	(void)state;
	assert_null(call_at(&suite, 1)->args[2]);
	assert_sockaddr(call_at(&suite, 1)->args[3], 'P', 1, 7);
	assert_int_equal(flags->kind, VALUE_SYMBOLS);
	assert_string_equal(flags->symbols[0]->name, "MSG_DONTWAIT");
	assert_string_equal(flags->symbols[1]->name, "MSG_OOB");
	assert_null(flags->symbols[2]);
	assert_int_equal(flags->number, 0x40);
	assert_sockaddr(call_at(&suite, 2)->args[3], '*', 0, 5000);
	assert_int_equal(call_at(&suite, 3)->args[1]->kind, VALUE_NULL);
	assert_null(call_at(&suite, 3)->args[2]);
	assert_symbol(call_at(&suite, 4)->args[2], "MSG_PEEK");
	suite_free(&suite);
}

static void connect_takes_a_family_alone(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 connect(s, AF_INET)\n+0 connect(s, null) = -1 EFAULT\n");
	const struct value *address = call_at(&suite, 1)->args[1];

	(void)state;
	assert_int_equal(address->kind, VALUE_SOCKADDR);
	assert_int_equal(address->locator.who, 0);
	assert_int_equal(address->number, 2);
	assert_int_equal(call_at(&suite, 2)->args[1]->kind, VALUE_NULL);
	suite_free(&suite);
}

static void a_call_without_outcome_has_none(void **state)
{
	struct suite suite = loaded(HEAD "+0 send(s, \"x\")\n");

	(void)state;
	assert_int_equal(call_at(&suite, 1)->outcome_count, 0);
	assert_false(call_at(&suite, 1)->assigns);
	suite_free(&suite);
}

static void outcomes_are_alternatives_and_stay_tolerated(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) =\\\n"
		"  -1  EOPNOTSUPP or 0 {2} or tolerated -1 EINVAL or -1\n");
	const struct call *call = call_at(&suite, 1);
	const struct outcome *o = call->outcomes;

	(void)state;
	assert_int_equal(call->outcome_count, 4);
	assert_number(o[0].result, -1);
	assert_symbol(o[0].error, "EOPNOTSUPP");
	assert_false(o[0].tolerated);
	assert_string_equal(o[0].text, "-1  EOPNOTSUPP");
	assert_number(o[1].result, 0);
	assert_null(o[1].error);
	assert_number(member_of(o[1].out, "value"), 2);
	assert_false(o[1].tolerated);
	assert_true(o[2].tolerated);
	assert_symbol(o[2].error, "EINVAL");
	assert_true(o[3].tolerated);
	assert_null(o[3].error);
	suite_free(&suite);
}

static void what_is_handed_out_depends_on_the_call(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 getsockname(s) = 0 L1:*\n"
		"+0 getsockname(s) = 0 *\n"
		"+0 recv(s, 9) = * *\n"
		"+0 recv(s, 9) = $n $d\n"
		"+0 poll(s, POLLIN|POLLOUT) = POLLIN|POLLOUT\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT, optlen=9) = 0 {1} optlen=4\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT) = 0 optlen=0\n");
	const struct outcome *o = call_at(&suite, 4)->outcomes;

	(void)state;
	assert_int_equal(call_at(&suite, 1)->outcomes->out->port->kind, VALUE_ANY);
	assert_int_equal(call_at(&suite, 2)->outcomes->out->kind, VALUE_ANY);
	assert_int_equal(call_at(&suite, 3)->outcomes->result->kind, VALUE_ANY);
	assert_true(o->result->binds && o->out->binds);
	assert_string_equal(call_at(&suite, 5)->outcomes->result->symbols[1]->name, "POLLOUT");
	assert_number(call_at(&suite, 6)->optlen, 9);
	assert_number(call_at(&suite, 6)->outcomes->out_len, 4);
	assert_null(call_at(&suite, 7)->outcomes->out);
	assert_number(call_at(&suite, 7)->outcomes->out_len, 0);
	suite_free(&suite);
}

static void a_variable_binds_once_and_is_compared_after(void **state)
{
	struct suite suite = loaded(HEAD "+0 getsockname(s) = 0 L1:$port\n"
					 "+0 getsockname(s) = 0 L1:$port\n"
					 "+0 bind(s, L2:$port)\n");

	(void)state;
	assert_true(call_at(&suite, 1)->outcomes->out->port->binds);
	assert_false(call_at(&suite, 2)->outcomes->out->port->binds);
	assert_false(call_at(&suite, 3)->args[1]->port->binds);
	assert_int_equal(call_at(&suite, 3)->args[1]->port->variable,
			 call_at(&suite, 1)->outcomes->out->port->variable);
	suite_free(&suite);
}

static void a_variable_of_every_alternative_is_bound_after(void **state)
{
	struct suite suite = loaded(HEAD "+0 poll(s, POLLIN) = $n or tolerated $n\n"
					 "+0 poll(s, POLLIN) = $n\n");

	(void)state;
	assert_true(call_at(&suite, 1)->outcomes[0].result->binds);
	assert_true(call_at(&suite, 1)->outcomes[1].result->binds);
	assert_false(call_at(&suite, 2)->outcomes[0].result->binds);
	suite_free(&suite);
}

static void symbols_of_the_target_are_listed_once(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = -1 EINVALIDLOCATOR\n"
		"+0 getsockopt(s, SOL_SHIM, SHIM_ASSOCIATED) = 0 {SHIM_MAX_LOCATORS}\n");
	const struct scenario *c = &suite.scenarios[0];

	(void)state;
	assert_int_equal(c->target_symbol_count, 4);
	assert_string_equal(c->target_symbols[0]->name, "SOL_SHIM");
	assert_string_equal(c->target_symbols[1]->name, "SHIM_ASSOCIATED");
	assert_string_equal(c->target_symbols[2]->name, "EINVALIDLOCATOR");
	assert_string_equal(c->target_symbols[3]->name, "SHIM_MAX_LOCATORS");
	suite_free(&suite);
}

static void a_sample_has_its_own_locators_and_value(void **state)
{
	struct suite suite = loaded(HEAD "+0 sample(\"6.1-get\", s) = 0 {1}\n"
					 "+0 sample(\"6.4-set\", s, L2) = 0\n"
					 "+0 sample(\"6.10-set\", s, [L1, X1]) = -1 EINVALIDLOCATOR\n"
					 "+0 sample(\"6.10-get\", s) = 0 [{lc_addr=L1}]\n");

	(void)state;
	assert_string_equal(call_at(&suite, 1)->sample->name, "6.1-get");
	assert_ptr_equal(call_at(&suite, 1)->type, &type_int);
	assert_null(call_at(&suite, 1)->args[2]);
	assert_null(call_at(&suite, 2)->type);
	assert_locator(call_at(&suite, 2)->args[2]->locator, 'L', 2);
	assert_int_equal(call_at(&suite, 3)->args[2]->count, 2);
	assert_locator(call_at(&suite, 3)->args[2]->items[1]->locator, 'X', 1);
	assert_ptr_equal(call_at(&suite, 4)->type, &type_shim_locators);
	suite_free(&suite);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_is_known),
		cmocka_unit_test(sockets_are_variables_of_their_own),
		cmocka_unit_test(open_has_a_transport_and_a_state),
		cmocka_unit_test(open_sets_the_sequence_numbers_of_tcp),
		cmocka_unit_test(an_accepted_socket_has_a_name_and_an_address),
		cmocka_unit_test(a_pointer_stands_where_memory_would),
		cmocka_unit_test(addresses_can_be_of_any_family),
		cmocka_unit_test(optional_arguments_have_fixed_slots),
		cmocka_unit_test(connect_takes_a_family_alone),
		cmocka_unit_test(a_call_without_outcome_has_none),
		cmocka_unit_test(outcomes_are_alternatives_and_stay_tolerated),
		cmocka_unit_test(what_is_handed_out_depends_on_the_call),
		cmocka_unit_test(a_variable_binds_once_and_is_compared_after),
		cmocka_unit_test(a_variable_of_every_alternative_is_bound_after),
		cmocka_unit_test(symbols_of_the_target_are_listed_once),
		cmocka_unit_test(a_sample_has_its_own_locators_and_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
