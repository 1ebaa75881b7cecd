/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error messages, RFC 5533 5.14: what is quoted, where the Pointer leads to, and
 * when there is none. Codes 2, 3 and 4 are in update_request_test.c.
 */
#include "refstack/core/test_keys.h"

enum { SHIM = IPV6_HEADER_LEN };

/* An honest message from A's first locator to B's, with B's tag if there is one. */
static struct flight message(struct pair *p, const struct shim6_message *m)
{
	const struct in6_addr src = locator_of(p, A, 1), dst = locator_of(p, B, 1);
	struct flight f;

	assert_int_equal(host_send_control(p->host[A], &src, &dst, m), 0);
	f = p->flight[--p->count];
	return f;
}

static struct flight i1(struct pair *p)
{
	return message(p, &(struct shim6_message){ .type = SHIM6_I1, .init_tag = 1,
						   .init_nonce = 2 });
}

static struct flight of_type(struct pair *p, uint8_t type)
{
	struct flight f = i1(p);

	f.octets[SHIM + 2] = type;
	seal(&f);
	return f;
}

/* Behind what it has. */
static void add_option(struct flight *f, const uint8_t octets[static 8])
{
	memcpy(f->octets + f->len, octets, 8);
	f->len += 8;
	f->octets[5] += 8;
	f->octets[SHIM + 1]++;
	seal(f);
}

/* Destination options with nothing in them, between the IPv6 header and ours. */
static void add_header(struct flight *f)
{
	memmove(f->octets + 48, f->octets + 40, f->len - 40);
	memcpy(f->octets + 40, ((uint8_t[]){ 140, 0, 1, 4, 0, 0, 0, 0 }), 8);
	f->len += 8;
	f->octets[5] += 8;
	f->octets[6] = 60;
}

/* The only packet that comes of it is an Error. */
static const struct flight *assert_error(struct pair *p, const struct flight *f, uint8_t code,
					 size_t pointer)
{
	const struct flight *error = &p->flight[p->count];

	land(p, f);
	assert_ptr_equal(error, &p->flight[p->count - 1]);
	assert_int_equal(control_type(error), SHIM6_ERROR);
	assert_int_equal(error->octets[43], code << 1);
	assert_int_equal(uint_at(error->octets + 46, 2), pointer);
	assert_memory_equal(error->octets + 48, f->octets, error->len - 48);
	p->count--;
	return error;
}

static void assert_silent(struct pair *p, const struct flight *f)
{
	unsigned packets = p->count;

	land(p, f);
	assert_int_equal(p->count, packets);
}

/* --- the message ---------------------------------------------------------------------- */

/* The figure, by hand: the packet in error has 56 octets, all of which fit. */
static void an_error_looks_as_in_the_figure(void **state)
{
	struct pair *p = *state;
	struct flight f = of_type(p, 69);
	const struct flight *error = assert_error(p, &f, 0, 42);

	assert_int_equal(error->len, 40 + 8 + 56);
	assert_int_equal(error->octets[6], 140);
	assert_addr(error->octets + 8, locator_of(p, B, 1));
	assert_addr(error->octets + 24, locator_of(p, A, 1));
	assert_memory_equal(error->octets + 40, ((uint8_t[]){ 59, 7, 68, 0 }), 4);
	assert_int_equal(checksum_shim6(error->octets + 40, 64), uint_at(error->octets + 44, 2));
}

/* Its length is in units of eight octets, so what is over is left out. */
static void the_quote_ends_with_a_whole_unit(void **state)
{
	struct pair *p = *state;

	for (size_t len = 56; len <= 72; len++) {
		struct flight f = of_type(p, 69);

		f.len = len;
		f.octets[5] = (uint8_t)(len - 40);
		assert_int_equal(assert_error(p, &f, 0, 42)->len, 40 + 8 + len / 8 * 8);
		shim_host_advance(p->host[B], shim_host_now(p->host[B]) + USEC_PER_SEC);
	}
}

static void an_error_has_no_more_than_1280_octets(void **state)
{
	struct pair *p = *state;

	for (size_t len = 1264; len <= 1500; len += 59) {
		struct flight f = of_type(p, 69);

		f.len = len;
		f.octets[4] = (uint8_t)((len - 40) >> 8);
		f.octets[5] = (uint8_t)(len - 40);
		assert_int_equal(assert_error(p, &f, 0, 42)->len, 1280);
	}
}

/* --- codes 0 and 1, RFC 5533 12.3 and 5.15 -------------------------------------------- */

static void every_type_that_is_not_assigned_is_code_0(void **state)
{
	struct pair *p = *state;

	for (uint8_t type = 0; type < 128; type++) {
		struct flight f = of_type(p, type);

		if ((type >= 1 && type <= 6) || (type >= 64 && type <= 68))
			continue;
		assert_error(p, &f, SHIM6_ERROR_TYPE, 42);
		shim_host_advance(p->host[B], shim_host_now(p->host[B]) + USEC_PER_SEC);
	}
}

/* Our reading: the Pointer counts from the IPv6 header on. */
static void other_headers_in_front_are_counted(void **state)
{
	struct pair *p = *state;
	struct flight f = of_type(p, 7);

	add_header(&f);
	assert_error(p, &f, SHIM6_ERROR_TYPE, 40 + 8 + 2);
	f = i1(p);
	add_option(&f, (uint8_t[]){ 0x7f, 0xff, 0, 0, 0, 0, 0, 0 });
	add_header(&f);
	assert_error(p, &f, SHIM6_ERROR_OPTION, 40 + 8 + 16);
}

static void an_unknown_critical_option_is_code_1_in_every_message(void **state)
{
	struct pair *p = *state;
	const struct in6_addr a1 = locator_of(p, A, 1), b1 = locator_of(p, B, 1);
	unsigned contexts;

	establish(p);
	contexts = p->host[B]->contexts.count;
	for (uint8_t type = 1; type <= 67; type++) {
		struct shim6_message m = {
			.type = type,
			.receiver_tag = context_of(p, B)->ct_local,
			.probe = { .sent_count = 1, .sent = { { .src = a1, .dst = b1 } } },
		};
		struct flight f;
		size_t at;

		if (type > 6 && type < 64)
			continue;
		f = message(p, &m);
		at = f.len;
		add_option(&f, (uint8_t[]){ 0x7f, 0xff, 0, 4, 0, 0, 0, 0 });
		assert_error(p, &f, SHIM6_ERROR_OPTION, at);
		assert_int_equal(p->host[B]->contexts.count, contexts);
		shim_host_advance(p->host[B], shim_host_now(p->host[B]) + USEC_PER_SEC / 10);
	}
	/* Nor has any of them been processed. */
	assert_int_equal(context_of(p, B)->reap.state, REAP_OPERATIONAL);
	for (unsigned i = TIMER_UPDATE; i < TIMER_COUNT; i++)
		assert_int_equal(context_of(p, B)->deadline[i] == USEC_NEVER, i != TIMER_IDLE);
	assert_consistent(p);
}

static void the_first_critical_one_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct flight f = i1(p);

	add_option(&f, (uint8_t[]){ 0x7f, 0xfe, 0, 4, 0, 0, 0, 0 });
	add_option(&f, (uint8_t[]){ 0x7f, 0xff, 0, 4, 0, 0, 0, 0 });
	add_option(&f, (uint8_t[]){ 0x7f, 0xfd, 0, 4, 0, 0, 0, 0 });
	assert_error(p, &f, SHIM6_ERROR_OPTION, 40 + 16 + 8);
}

/* What is known and belongs to the message may well be called critical. */
static void a_known_option_may_be_critical(void **state)
{
	struct pair *p = *state;
	struct flight *i2;

	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	i2 = &p->flight[p->landed];
	i2->octets[find_option(i2, SHIM6_OPT_LOCATOR_LIST) + 1] |= 1;
	i2->octets[find_option(i2, SHIM6_OPT_CGA_PDS) + 1] |= 1;
	i2->octets[find_option(i2, SHIM6_OPT_VALIDATOR) + 1] |= 1;
	seal(i2);
	settle(p);
	assert_consistent(p);
	assert_int_equal(context_of(p, B)->ls_peer->count, 2);
}

/* --- code 2 in a handshake, RFC 5533 7.2 ---------------------------------------------- */

static void a_locator_list_of_no_known_method_is_code_2(void **state)
{
	static const uint8_t carriers[] = { SHIM6_I2, SHIM6_R2 };
	struct pair *p;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct flight f;
		size_t at;

		p = pair_new(42, 0);
		initiate(p, A);
		while (control_type(&p->flight[p->landed]) != carriers[i])
			land_one(p);
		f = p->flight[p->landed++];
		at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
		f.octets[at + 1] = 3;
		seal(&f);
		assert_error(p, &f, SHIM6_ERROR_METHOD, at + 1);
		assert_int_not_equal(state_of(p, f.to), SHIM_ESTABLISHED);
		pair_free(p);
	}
}

/* The methods are known, but a CGA's PDS describes no set, and one that isn't proven
 * is worth no Error here, RFC 5533 7.13. */
static void a_method_at_odds_with_the_pds_is_code_2(void **state)
{
	struct pair *p = pair_of_kinds(42, SHIM_CGA, SHIM_HBA, rsa_1024);
	struct flight f;
	size_t at;

	(void)state;
	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != SHIM6_I2)
		land_one(p);
	f = p->flight[p->landed++];
	at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
	f.octets[at] = SHIM6_METHOD_HBA;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_METHOD, at);
	f.octets[at] = SHIM6_METHOD_CGA;
	f.octets[at + 7 + 15] ^= 1; /* the end of the first locator */
	seal(&f);
	assert_silent(p, &f);
	assert_int_equal(p->host[B]->contexts.count, 0);
	pair_free(p);
}

/* --- when there is none --------------------------------------------------------------- */

/* Of whatever code, with whatever it quotes, be it an Error itself. */
static void an_error_is_never_answered(void **state)
{
	struct pair *p = *state;
	struct flight unknown = of_type(p, 69), f;

	land(p, &unknown);
	f = p->flight[--p->count];
	assert_int_equal(control_type(&f), SHIM6_ERROR);
	establish(p);
	for (unsigned code = 0; code < 128; code++) {
		f.octets[SHIM + 3] = (uint8_t)(code << 1);
		f.octets[SHIM + 8 + SHIM + 2] = (uint8_t)code;
		seal(&f);
		assert_silent(p, &f);
	}
	assert_consistent(p);
}

static void an_error_of_any_length_is_never_answered(void **state)
{
	struct pair *p = *state;
	struct flight unknown = of_type(p, 69), f;
	size_t whole;

	land(p, &unknown);
	f = p->flight[--p->count];
	whole = f.len;
	for (f.len = 40; f.len <= whole; f.len++) {
		f.octets[5] = (uint8_t)(f.len - 40);
		assert_silent(p, &f);
		if (f.len < 48 || f.len % 8)
			continue;
		f.octets[SHIM + 1] = (uint8_t)((f.len - 40) / 8 - 1);
		seal(&f);
		assert_silent(p, &f);
	}
}

static void what_is_malformed_gets_no_error(void **state)
{
	struct pair *p = *state;
	struct flight f = of_type(p, 7);

	f.octets[SHIM + 4] ^= 1; /* the checksum */
	assert_silent(p, &f);
	f.octets[SHIM + 4] ^= 1;
	f.octets[SHIM + 1] = 2; /* longer than the packet */
	assert_silent(p, &f);
	f = of_type(p, 7);
	memset(f.octets + 8, 0, 16);
	assert_silent(p, &f);
	f.octets[8] = 0xff;
	assert_silent(p, &f);
}

/* Whoever can make us send something has to be told so at a limited rate. */
static void errors_are_limited_to_ten_a_second(void **state)
{
	struct pair *p = *state;
	struct flight f = of_type(p, 7);

	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	assert_int_equal(p->count, 10);
	shim_host_advance(p->host[B], USEC_PER_SEC / 2);
	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	assert_int_equal(p->count, 15);
	shim_host_advance(p->host[B], 3600 * USEC_PER_SEC);
	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	assert_int_equal(p->count, 25);
}

/* Each kind of error has a limit of its own, and nothing else has one. */
static void the_limit_is_that_of_errors_alone(void **state)
{
	struct pair *p = *state;
	struct flight f = of_type(p, 7), good = i1(p);

	for (unsigned i = 0; i < 100; i++)
		land(p, &f);
	p->count = p->landed = 0;
	for (unsigned i = 0; i < 20; i++)
		land(p, &good);
	assert_int_equal(count_sent(p, 0, SHIM6_R1), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pair_test(an_error_looks_as_in_the_figure),
		pair_test(the_quote_ends_with_a_whole_unit),
		pair_test(an_error_has_no_more_than_1280_octets),
		pair_test(every_type_that_is_not_assigned_is_code_0),
		pair_test(other_headers_in_front_are_counted),
		pair_test(an_unknown_critical_option_is_code_1_in_every_message),
		pair_test(the_first_critical_one_is_pointed_at),
		pair_test(a_known_option_may_be_critical),
		cmocka_unit_test(a_locator_list_of_no_known_method_is_code_2),
		cmocka_unit_test(a_method_at_odds_with_the_pds_is_code_2),
		pair_test(an_error_is_never_answered),
		pair_test(an_error_of_any_length_is_never_answered),
		pair_test(what_is_malformed_gets_no_error),
		pair_test(errors_are_limited_to_ten_a_second),
		pair_test(the_limit_is_that_of_errors_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
