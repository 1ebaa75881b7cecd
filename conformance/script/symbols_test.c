/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of symbols and types against RFC 6316 and the platform. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conformance/script/symbols.h"

#include <netinet/in.h>
#include <string.h>

/* RFC 6316 section 8, in its order, with C's natural alignment. */
struct shim_locator {
	uint8_t lc_family, lc_proto;
	uint16_t lc_port, lc_prio, lc_weight;
	uint32_t lc_ifidx;
	struct in6_addr lc_addr;
	uint16_t lc_flags;
};

struct shim_pathexplore {
	uint16_t pe_probenum, pe_keepaliveto, pe_keepaliveint, pe_initprobeto;
	uint32_t pe_reserved;
};

struct shim_feedback {
	uint8_t fb_direction, fb_indicator;
	uint16_t fb_reserved;
};

#define MEMBER(t, m) { #t, #m, offsetof(struct t, m), sizeof(((struct t *)NULL)->m) }

static void layouts_are_those_of_section_8(void **state)
{
	static const struct {
		const char *type, *member;
		size_t offset, size;
	} members[] = {
		MEMBER(shim_locator, lc_family),       MEMBER(shim_locator, lc_proto),
		MEMBER(shim_locator, lc_port),         MEMBER(shim_locator, lc_prio),
		MEMBER(shim_locator, lc_weight),       MEMBER(shim_locator, lc_ifidx),
		MEMBER(shim_locator, lc_addr),         MEMBER(shim_locator, lc_flags),
		MEMBER(shim_pathexplore, pe_probenum), MEMBER(shim_pathexplore, pe_keepaliveto),
		MEMBER(shim_pathexplore, pe_keepaliveint),
		MEMBER(shim_pathexplore, pe_initprobeto),
		MEMBER(shim_pathexplore, pe_reserved), MEMBER(shim_feedback, fb_direction),
		MEMBER(shim_feedback, fb_indicator),   MEMBER(shim_feedback, fb_reserved),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct type *t = type_named(members[i].type);
		const struct type_member *m;

		assert_non_null(t);
		m = type_member_named(t, members[i].member);
		assert_non_null(m);
		assert_int_equal(m->offset, members[i].offset);
		assert_int_equal(m->size, members[i].size);
		assert_int_equal(m->init, 0);
	}
	assert_int_equal(type_shim_locator.size, sizeof(struct shim_locator));
	assert_int_equal(type_shim_pathexplore.size, sizeof(struct shim_pathexplore));
	assert_int_equal(type_shim_feedback.size, sizeof(struct shim_feedback));
	assert_int_equal(type_int.size, sizeof(int));
}

static void a_socket_address_is_of_its_family(void **state)
{
	const struct type_member *family = type_member_named(&type_sockaddr_in6, "family");

	(void)state;
	assert_int_equal(type_sockaddr_in6.size, sizeof(struct sockaddr_in6));
	assert_int_equal(family->init, AF_INET6);
	assert_int_equal(type_member_named(&type_sockaddr_in6, "addr")->offset,
			 offsetof(struct sockaddr_in6, sin6_addr));
	assert_int_equal(type_member_named(&type_sockaddr_in6, "port")->kind, MEMBER_BE);

	/* RFC 3542 6: the address, then the interface. */
	assert_int_equal(type_in6_pktinfo.size, 20);
	assert_int_equal(type_member_named(&type_in6_pktinfo, "addr")->offset, 0);
	assert_int_equal(type_member_named(&type_in6_pktinfo, "ifindex")->offset, 16);
	assert_int_equal(type_sockaddr_in.size, 16);
	assert_int_equal(type_member_named(&type_sockaddr_in, "family")->init, AF_INET);
	assert_int_equal(type_member_named(&type_sockaddr_in, "port")->offset, 2);
	assert_int_equal(type_member_named(&type_sockaddr_in, "addr")->offset, 4);
}

static void an_array_has_elements(void **state)
{
	(void)state;
	assert_true(type_shim_locators.array);
	assert_ptr_equal(type_element(&type_shim_locators), &type_shim_locator);
	assert_null(type_element(&type_shim_locator));
	assert_null(type_named("shim_locators"));
}

/* RFC 6316 Tables 1 and 2 use one name for two things. */
static void options_and_cmsgs_of_one_name_differ_in_type(void **state)
{
	static const struct {
		const char *name;
		const struct type *option, *cmsg;
	} rows[] = {
		{ "SHIM_LOC_LOCAL_RECV", &type_int, &type_sockaddr_in6 },
		{ "SHIM_LOC_PEER_RECV", &type_int, &type_sockaddr_in6 },
		{ "SHIM_LOC_LOCAL_SEND", &type_shim_locator, &type_sockaddr_in6 },
		{ "SHIM_LOC_PEER_SEND", &type_shim_locator, &type_sockaddr_in6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ptr_equal(symbol_named(rows[i].name, SYMBOL_OPTION)->type, rows[i].option);
		assert_ptr_equal(symbol_named(rows[i].name, SYMBOL_CMSG)->type, rows[i].cmsg);
	}
	assert_null(symbol_named("SHIM_FEEDBACK", SYMBOL_OPTION));
	assert_null(symbol_named("SHIM_ASSOCIATED", SYMBOL_CMSG));
	assert_ptr_equal(symbol_any_class("SHIM_LOC_PEER_RECV"),
			 symbol_named("SHIM_LOC_PEER_RECV", SYMBOL_OPTION));
}

static void only_what_rfc_6316_leaves_open_is_the_targets(void **state)
{
	(void)state;
	for (const struct symbol *s = symbols; s->name; s++) {
		static const char *const errnos[] = { "EINVALIDLOCATOR", "EUNVERIFIEDLOCATOR",
						      "EUNREACHABLELOCATOR", "ETOOMANYLOCATORS" };
		bool shims = strncmp(s->name, "SHIM_", 5) == 0 || strcmp(s->name, "SOL_SHIM") == 0;

		for (size_t i = 0; i < 4; i++)
			shims |= strcmp(s->name, errnos[i]) == 0;
		assert_int_equal(s->from_target, shims);
	}
}

static void no_class_has_a_name_twice(void **state)
{
	(void)state;
	for (const struct symbol *s = symbols; s->name; s++)
		assert_ptr_equal(symbol_named(s->name, s->class), s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_are_those_of_section_8),
		cmocka_unit_test(a_socket_address_is_of_its_family),
		cmocka_unit_test(an_array_has_elements),
		cmocka_unit_test(options_and_cmsgs_of_one_name_differ_in_type),
		cmocka_unit_test(only_what_rfc_6316_leaves_open_is_the_targets),
		cmocka_unit_test(no_class_has_a_name_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
