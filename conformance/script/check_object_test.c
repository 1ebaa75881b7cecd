/* SPDX-License-Identifier: BSD-2-Clause */
/* Structs, lists, ancillary data and messages, laid out by their types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/test_suite.h"

static const struct value *value_given(const struct suite *suite, size_t n)
{
	assert_int_equal(event_at(suite, n)->call->id, CALL_SETSOCKOPT);
	return event_at(suite, n)->call->args[3];
}

static const struct value *value_expected(const struct suite *suite, size_t n)
{
	assert_true(event_at(suite, n)->call->outcome_count > 0);
	return event_at(suite, n)->call->outcomes[0].out;
}

static void a_struct_has_the_type_of_its_option(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 setsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND,"
		" {lc_family=AF_INET6, lc_addr=L2})\n"
		     "+0 setsockopt(s, SOL_SHIM, SHIM_PATHEXPLORE, {pe_probenum=4})\n"
		     "+0 setsockopt(s, SOL_SHIM, SHIM_LOC_PEER_PREF, {})\n");
	const struct value *v = value_given(&suite, 1);

	(void)state;
	assert_ptr_equal(v->type, &type_shim_locator);
	assert_ptr_equal(event_at(&suite, 1)->call->type, &type_shim_locator);
	assert_int_equal(v->count, 2);
	assert_symbol(member_of(v, "lc_family"), "AF_INET6");
	assert_locator(member_of(v, "lc_addr")->locator, 'L', 2);
	assert_ptr_equal(value_given(&suite, 2)->type, &type_shim_pathexplore);
	assert_int_equal(value_given(&suite, 3)->count, 0);
	suite_free(&suite);
}

static void an_int_is_written_in_three_ways(void **state)
{
	struct suite suite = loaded(HEAD "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 1)\n"
					 "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, {1})\n"
					 "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, int{1})\n"
					 "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, {value=1})\n");

	(void)state;
	for (size_t i = 1; i <= 4; i++) {
		const struct value *v = value_given(&suite, i);

		assert_ptr_equal(v->type, &type_int);
		assert_int_equal(v->count, 1);
		assert_int_equal(v->members[0]->kind, MEMBER_SELF);
		assert_number(v->items[0], 1);
	}
	suite_free(&suite);
}

static void an_int_holds_what_32_bits_hold(void **state)
{
	struct suite suite = loaded(HEAD "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, -2147483648)\n"
					 "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, 0x7fffffff)\n");

	(void)state;
	assert_number(value_given(&suite, 1)->items[0], INT32_MIN);
	assert_number(value_given(&suite, 2)->items[0], INT32_MAX);
	suite_free(&suite);
}

static void another_type_can_be_written(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, shim_locator{lc_prio=1})\n"
		"+0 setsockopt(s, SOL_SHIM, 0x7fff, int{3})\n"
		"+0 setsockopt(s, SOL_SHIM, 0x7fff, hex\"01\", optlen=1)\n"
		"+0 setsockopt(s, SOL_SHIM, SHIM_DONTSHIM, null, optlen=4)\n"
		"+0 setsockopt(s, SOL_SHIM, SHIM_FEEDBACK, {fb_indicator=2})\n");

	(void)state;
	assert_ptr_equal(value_given(&suite, 1)->type, &type_shim_locator);
	assert_ptr_equal(value_given(&suite, 2)->type, &type_int);
	assert_null(event_at(&suite, 2)->call->type);
	assert_octets(value_given(&suite, 3), "\x01", 1);
	assert_int_equal(value_given(&suite, 4)->kind, VALUE_NULL);
	assert_number(event_at(&suite, 4)->call->optlen, 4);
	assert_ptr_equal(value_given(&suite, 5)->type, &type_shim_feedback);
	suite_free(&suite);
}

static void locator_lists_are_lists_of_structs(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 setsockopt(s, SOL_SHIM, SHIM_LOCLIST_LOCAL,"
		" [{lc_addr=L1}, shim_locator{lc_addr=L2}])\n"
		     "+0 setsockopt(s, SOL_SHIM, SHIM_LOCLIST_PEER, [])\n"
		     "+0 getsockopt(s, SOL_SHIM, SHIM_LOCLIST_PEER) = 0 [{lc_addr=P1}, *]\n");
	const struct value *v = value_given(&suite, 1);

	(void)state;
	assert_int_equal(v->kind, VALUE_LIST);
	assert_int_equal(v->count, 2);
	assert_ptr_equal(v->items[0]->type, &type_shim_locator);
	assert_locator(member_of(v->items[1], "lc_addr")->locator, 'L', 2);
	assert_ptr_equal(event_at(&suite, 1)->call->type, &type_shim_locators);
	assert_int_equal(value_given(&suite, 2)->count, 0);
	assert_int_equal(value_expected(&suite, 3)->items[1]->kind, VALUE_ANY);
	suite_free(&suite);
}

static void expected_objects_may_be_zero_or_anything(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND) = 0 zero\n"
		     "+0 getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND) = 0 *\n"
		     "+0 getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND) ="
		     " 0 {lc_addr=$a, lc_ifidx=*}\n"
		     "+0 getsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND) = 0 $all\n"
		     "+0 setsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, $all)\n"
		     "+0 setsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, {lc_addr=$a})\n"
		     "+0 setsockopt(s, SOL_SHIM, SHIM_LOC_LOCAL_SEND, {lc_addr=any})\n");

	(void)state;
	assert_int_equal(value_expected(&suite, 1)->kind, VALUE_ZERO);
	assert_int_equal(value_expected(&suite, 2)->kind, VALUE_ANY);
	assert_true(member_of(value_expected(&suite, 3), "lc_addr")->binds);
	assert_int_equal(member_of(value_expected(&suite, 3), "lc_ifidx")->kind, VALUE_ANY);
	assert_true(value_expected(&suite, 4)->binds);
	assert_int_equal(value_given(&suite, 5)->kind, VALUE_VARIABLE);
	assert_int_equal(member_of(value_given(&suite, 6), "lc_addr")->kind, VALUE_VARIABLE);
	assert_locator(member_of(value_given(&suite, 7), "lc_addr")->locator, '*', 0);
	suite_free(&suite);
}

static void a_variable_for_an_int_holds_its_number(void **state)
{
	struct suite suite = loaded(HEAD "+0 getsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT) = 0 $t\n"
					 "+0 setsockopt(s, SOL_SHIM, SHIM_APP_TIMEOUT, $t)\n");

	(void)state;
	assert_true(member_of(value_expected(&suite, 1), "value")->binds);
	assert_int_equal(member_of(value_given(&suite, 2), "value")->kind, VALUE_VARIABLE);
	suite_free(&suite);
}

static void a_sent_message_has_name_data_and_control(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 sendmsg(s, {name=P1:7, data=\"abc\", controllen=9, control=[\n"
		     "   {SOL_SHIM, SHIM_LOC_LOCAL_SEND, {addr=L2, port=7}},\n"
		     "   {SOL_SHIM, SHIM_FEEDBACK, {fb_direction=1}},\n"
		     "   {IPPROTO_IPV6, 50, hex\"00\"}]}, MSG_OOB)\n"
		     "+0 sendmsg(s, {data=null, control=hex\"0011\"})\n"
		     "+0 sendmsg(s, null)\n");
	const struct message_value *m = event_at(&suite, 1)->call->args[1]->message;
	const struct value *const *cmsgs = m->control->items;

	(void)state;
	assert_sockaddr(m->name, 'P', 1, 7);
	assert_octets(m->data, "abc", 3);
	assert_number(m->controllen, 9);
	assert_null(m->flags);
	assert_symbol(event_at(&suite, 1)->call->args[2], "MSG_OOB");
	assert_int_equal(m->control->count, 3);
	assert_int_equal(cmsgs[0]->kind, VALUE_CMSG);
	assert_symbol(cmsgs[0]->items[0], "SOL_SHIM");
	assert_int_equal(cmsgs[0]->items[1]->symbols[0]->class, SYMBOL_CMSG);
	assert_ptr_equal(cmsgs[0]->items[2]->type, &type_sockaddr_in6);
	assert_locator(member_of(cmsgs[0]->items[2], "addr")->locator, 'L', 2);
	assert_ptr_equal(cmsgs[1]->items[2]->type, &type_shim_feedback);
	assert_octets(cmsgs[2]->items[2], "\0", 1);
	assert_int_equal(event_at(&suite, 2)->call->args[1]->message->data->kind, VALUE_NULL);
	assert_octets(event_at(&suite, 2)->call->args[1]->message->control, "\x00\x11", 2);
	assert_int_equal(event_at(&suite, 3)->call->args[1]->kind, VALUE_NULL);
	suite_free(&suite);
}

static void a_received_message_has_room_and_parts(void **state)
{
	struct suite suite = loaded(
		HEAD "+0 recvmsg(s, {len=100, controllen=256, namelen=28}, MSG_PEEK) =\\\n"
		     "  3 {name=P1:7, data=\"abc\", flags=MSG_CTRUNC, controllen=*,\\\n"
		     "     control=[{SOL_SHIM, SHIM_LOC_PEER_RECV, zero}, *]}\n"
		     "+0 recvmsg(s, {}) = 3 {name=null, control=[]}\n");
	const struct message_value *room = event_at(&suite, 1)->call->args[1]->message;
	const struct message_value *seen = value_expected(&suite, 1)->message;

	(void)state;
	assert_number(room->len, 100);
	assert_number(room->controllen, 256);
	assert_number(room->namelen, 28);
	assert_symbol(seen->flags, "MSG_CTRUNC");
	assert_int_equal(seen->controllen->kind, VALUE_ANY);
	assert_int_equal(seen->control->items[0]->items[2]->kind, VALUE_ZERO);
	assert_int_equal(seen->control->items[1]->kind, VALUE_ANY);
	assert_int_equal(value_expected(&suite, 2)->message->name->kind, VALUE_NULL);
	assert_int_equal(value_expected(&suite, 2)->message->control->count, 0);
	suite_free(&suite);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_struct_has_the_type_of_its_option),
		cmocka_unit_test(an_int_is_written_in_three_ways),
		cmocka_unit_test(an_int_holds_what_32_bits_hold),
		cmocka_unit_test(another_type_can_be_written),
		cmocka_unit_test(locator_lists_are_lists_of_structs),
		cmocka_unit_test(expected_objects_may_be_zero_or_anything),
		cmocka_unit_test(a_variable_for_an_int_holds_its_number),
		cmocka_unit_test(a_sent_message_has_name_data_and_control),
		cmocka_unit_test(a_received_message_has_room_and_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
