/* SPDX-License-Identifier: BSD-2-Clause */
/* Control messages that are not what they should be: nothing may happen. */
#include "refstack/core/back_to_back.h"

enum { SHIM = IPV6_HEADER_LEN }; /* where the Shim6 header starts here */

/* The air up to the first message of a type, which is taken out of it. */
static struct flight caught(struct pair *p, uint8_t type)
{
	initiate(p, A);
	while (control_type(&p->flight[p->landed]) != type)
		land_one(p);
	return p->flight[p->landed++];
}

/* A message that comes to nothing: no answer, no context more, no other STATE. */
static void assert_ignored(struct pair *p, const struct flight *f)
{
	unsigned packets = p->count, contexts = p->host[f->to]->contexts.count;
	enum shim_state was = state_of(p, f->to);

	land(p, f);
	assert_int_equal(p->count, packets);
	assert_int_equal(p->host[f->to]->contexts.count, contexts);
	assert_int_equal(state_of(p, f->to), was);
}

/* One that is answered by an Error (RFC 5533 5.14), and changes nothing else. */
static void assert_error(struct pair *p, const struct flight *f, uint8_t code, uint16_t pointer)
{
	unsigned contexts = p->host[f->to]->contexts.count;
	enum shim_state was = state_of(p, f->to);
	const uint8_t *error = p->flight[p->count].octets;

	land(p, f);
	assert_int_equal(control_type(&p->flight[p->count - 1]), SHIM6_ERROR);
	assert_ptr_equal(error, p->flight[p->count - 1].octets);
	assert_int_equal(error[43], code << 1);
	assert_int_equal(error[46] << 8 | error[47], pointer);
	assert_memory_equal(error + 48, f->octets, f->len / 8 * 8);
	assert_int_equal(p->host[f->to]->contexts.count, contexts);
	assert_int_equal(state_of(p, f->to), was);
	p->count--;
}

/* Where an option of that type starts in a control message. */
static size_t option_at(const struct flight *f, size_t fixed, uint16_t type)
{
	struct rbuf r = rbuf_of(f->octets + SHIM + fixed, f->len - SHIM - fixed);
	struct shim6_option o;

	while (shim6_option_next(&r, &o))
		if (o.type == type)
			return SHIM + fixed + o.off;
	fail();
	return 0;
}

/* --- every message: RFC 5533 12.3 --------------------------------------------- */

static const uint8_t four[] = { SHIM6_I1, SHIM6_R1, SHIM6_I2, SHIM6_R2 };

/* A single octet can't change without the checksum noticing, but for those
 * of the IPv6 header that nobody looks at. */
static bool is_covered(size_t off)
{
	return off >= SHIM || (off >= 4 && off < 7) || (off >= 8 && off < 40);
}

static void any_octet_changed_comes_to_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, four[i]);

		shim_set_upper(p->host[f.to], NULL, NULL);
		for (size_t off = 0; off < f.len; off++) {
			uint8_t was = f.octets[off];
			unsigned contexts = p->host[f.to]->contexts.count;

			for (unsigned v = 0; v < 256 && is_covered(off); v++) {
				f.octets[off] = (uint8_t)v;
				if (v != was)
					land(p, &f);
				/* Another next header may have an answer. */
				p->landed = p->count = 0;
			}
			f.octets[off] = was;
			assert_int_equal(p->host[f.to]->contexts.count, contexts);
			assert_int_not_equal(state_of(p, f.to), SHIM_ESTABLISHED);
		}
		pair_free(p);
	}
}

/* With the checksum made right some of it is even a good message; but none
 * makes more of it than one would. */
static void any_octet_changed_under_a_right_checksum_is_survived(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, four[i]);

		for (size_t off = SHIM; off < f.len; off++) {
			uint8_t was = f.octets[off];

			for (unsigned v = 0; v < 256; v++) {
				f.octets[off] = (uint8_t)v;
				seal(&f);
				land(p, &f);
				p->landed = p->count = 0;
				assert_in_range(p->host[f.to]->contexts.count, 0, 1);
			}
			f.octets[off] = was;
		}
		pair_free(p);
	}
}

static void any_truncation_comes_to_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, four[i]);
		size_t whole = f.len;

		/* Once as if the link had cut it, once as if it were sent so. */
		for (f.len = 0; f.len < whole; f.len++) {
			assert_ignored(p, &f);
			if (f.len < SHIM)
				continue;
			f.octets[4] = (uint8_t)((f.len - SHIM) >> 8);
			f.octets[5] = (uint8_t)(f.len - SHIM);
			assert_ignored(p, &f);
			f.octets[4] = (uint8_t)((whole - SHIM) >> 8);
			f.octets[5] = (uint8_t)(whole - SHIM);
		}
		pair_free(p);
	}
}

static void multicast_and_unspecified_addresses_are_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I1);

	memset(f.octets + 8, 0, 16);
	assert_ignored(p, &f);
	f.octets[8] = 0xff;
	assert_ignored(p, &f);
}

/* RFC 5533 5.15; 16383 is unassigned. */
static void an_unknown_option_is_skipped_unless_it_is_critical(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I1);
	uint8_t *option = f.octets + f.len;

	memcpy(option, ((uint8_t[]){ 0x7f, 0xff, 0, 4, 1, 2, 3, 4 }), 8);
	f.len += 8;
	f.octets[5] += 8;
	f.octets[SHIM + 1]++;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_OPTION, (uint16_t)(f.len - 8));
	option[1] = 0xfe;
	seal(&f);
	land(p, &f);
	assert_sent(p, 1, &four[1], 1);
}

/* A Responder Validator is known, but not listed for an I1. */
static void a_known_option_that_is_not_listed_counts_as_unknown(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I1);
	uint8_t *option = f.octets + f.len;

	memcpy(option, ((uint8_t[]){ 0, 3, 0, 4, 1, 2, 3, 4 }), 8);
	f.len += 8;
	f.octets[5] += 8;
	f.octets[SHIM + 1]++;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_OPTION, (uint16_t)(f.len - 8));
	option[1] = 2;
	seal(&f);
	land(p, &f);
	assert_sent(p, 1, &four[1], 1);
}

/* Update Request, Probe, Error, and two that nobody has assigned. */
/* The octets of an I1 are no Probe and no Error. */
static void messages_that_are_too_short_for_their_type_are_dropped(void **state)
{
	static const uint8_t type[] = { 67, 68 };
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I1);

	for (unsigned i = 0; i < sizeof(type); i++) {
		f.octets[SHIM + 2] = type[i];
		seal(&f);
		assert_ignored(p, &f);
	}
}

/* RFC 5533 12.3; also above 63, where 7.17 might be read as asking for an R1bis. */
static void a_message_of_unknown_type_is_answered_by_an_error(void **state)
{
	static const uint8_t type[] = { 0, 7, 63, 69, 127 };
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I1);

	for (unsigned i = 0; i < sizeof(type); i++) {
		f.octets[SHIM + 2] = type[i];
		seal(&f);
		assert_error(p, &f, SHIM6_ERROR_TYPE, 42);
	}
}

/* --- I1: RFC 5533 7.9 ------------------------------------------------------------ */

static struct flight i1_with_ulids(struct pair *p)
{
	shim_host_link_event(p->host[A], 1, false);
	return caught(p, SHIM6_I1);
}

static void an_i1_for_a_ulid_of_somebody_else_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = i1_with_ulids(p);

	f.octets[SHIM + 16 + 39] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
}

static void an_i1_whose_sender_has_an_impossible_ulid_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = i1_with_ulids(p);
	struct in6_addr ours = locator_of(p, B, 2);

	memcpy(f.octets + SHIM + 16 + 8, &ours, 16);
	seal(&f);
	assert_ignored(p, &f);
	memset(f.octets + SHIM + 16 + 8, 0xff, 16);
	seal(&f);
	assert_ignored(p, &f);
}

/* --- R1: RFC 5533 7.11 ----------------------------------------------------------- */

static void an_r1_with_another_nonce_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1);

	f.octets[SHIM + 8] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
}

static void an_r1_from_another_address_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1);
	struct in6_addr other = locator_of(p, B, 2);

	memcpy(f.octets + 8, &other, 16);
	assert_ignored(p, &f);
}

static void an_r1_without_a_validator_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R1);

	f.octets[SHIM + 17] = 0x7e; /* an option that nobody knows */
	seal(&f);
	assert_ignored(p, &f);
}

/* Any validator is the responder's own affair, be it empty. */
static void an_i2_brings_back_validators_of_any_length(void **state)
{
	(void)state;
	for (uint8_t len = 0; len <= 32; len++) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, SHIM6_R1);
		size_t total = shim6_option_total(len);
		const struct flight *i2;

		f.octets[SHIM + 19] = len;
		f.octets[SHIM + 1] = (uint8_t)((16 + total) / 8 - 1);
		f.octets[5] = (uint8_t)(16 + total);
		f.len = SHIM + 16 + total;
		seal(&f);
		land(p, &f);
		assert_int_equal(state_of(p, A), SHIM_I2_SENT);
		i2 = &p->flight[p->count - 1];
		assert_int_equal(control_type(i2), SHIM6_I2);
		assert_memory_equal(i2->octets + SHIM + 24, f.octets + SHIM + 16, 4 + len);
		pair_free(p);
	}
}

/* --- I2: RFC 5533 7.13 ----------------------------------------------------------- */

static void an_i2_whose_claim_has_changed_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);
	const size_t edit[] = {
		SHIM + 11,      /* the last octet of the tag */
		SHIM + 19,      /* of the Responder Nonce */
		SHIM + 24 + 4,  /* the first of the validator */
		SHIM + 24 + 35, /* and the last */
		8 + 15,         /* of the source address */
	};

	for (unsigned i = 0; i < sizeof(edit) / sizeof(edit[0]); i++) {
		f.octets[edit[i]] ^= 1;
		seal(&f);
		assert_ignored(p, &f);
		f.octets[edit[i]] ^= 1;
	}
	/* Sent to another of our addresses, it is another claim as well. */
	memcpy(f.octets + 24, &p->host[B]->locator[1].addr, 16);
	assert_ignored(p, &f);
}

static void an_i2_is_taken_half_a_minute_later_but_not_two(void **state)
{
	for (unsigned seconds = 30; seconds <= 120; seconds += 90) {
		struct pair *p = pair_new(42, 0);
		struct flight f = caught(p, SHIM6_I2);

		(void)state;
		shim_host_advance(p->host[B], seconds * USEC_PER_SEC);
		if (seconds == 30) {
			land(p, &f);
			assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
		} else {
			assert_ignored(p, &f);
		}
		pair_free(p);
	}
}

static void an_i2_with_a_tampered_pds_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);
	size_t pds = option_at(&f, 24, SHIM6_OPT_CGA_PDS) + 4;

	/* But for the prefix, which verification replaces (RFC 5535 7.2). */
	for (size_t i = 0; i < p->host[A]->identity.pds_len; i++) {
		if (i >= 16 && i < 24)
			continue;
		f.octets[pds + i] ^= 1;
		seal(&f);
		assert_ignored(p, &f);
		f.octets[pds + i] ^= 1;
	}
}

static void an_i2_with_a_tampered_locator_list_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);
	size_t list = option_at(&f, 24, SHIM6_OPT_LOCATOR_LIST);

	/* Two locators: 9 octets, 2 methods, 5 octets of padding, 32 of locators.
	 * Bits 6 and 7 of an identifier don't count, RFC 3972 5; bit 5 does. */
	for (size_t i = list + 16; i < list + 48; i++) {
		f.octets[i] ^= 4;
		seal(&f);
		assert_ignored(p, &f);
		f.octets[i] ^= 4;
	}
}

/* RFC 5533 7.2: reserved, CGA, unassigned, experimental */
/* RFC 5533 7.2: one that is unknown, or does not fit the PDS, is told. */
static void an_i2_with_another_verification_method_comes_to_nothing(void **state)
{
	static const uint8_t method[] = { 0, 3, 201, 255 };
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);
	size_t list = option_at(&f, 24, SHIM6_OPT_LOCATOR_LIST);

	for (unsigned i = 0; i < sizeof(method); i++) {
		f.octets[list + 9 + 1] = method[i];
		seal(&f);
		assert_error(p, &f, SHIM6_ERROR_METHOD, (uint16_t)(list + 9 + 1));
	}
	/* CGA can be, but there is no signature. */
	f.octets[list + 9 + 1] = 2;
	seal(&f);
	assert_ignored(p, &f);
}

static void an_i2_with_a_locator_list_needs_a_pds(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);
	size_t pds = option_at(&f, 24, SHIM6_OPT_CGA_PDS);

	f.octets[pds + 1] = 0x7e; /* an option that nobody knows */
	seal(&f);
	assert_ignored(p, &f);
}

/* RFC 5533 5.6: both options may be missing. */
static void an_i2_without_locators_establishes_for_the_ulid_alone(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);

	f.octets[option_at(&f, 24, SHIM6_OPT_LOCATOR_LIST) + 1] = 0x7e;
	f.octets[option_at(&f, 24, SHIM6_OPT_CGA_PDS) + 1] = 0x7e;
	seal(&f);
	land(p, &f);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	assert_null(context_of(p, B)->ls_peer);
}

static void a_pds_must_be_that_of_the_ulid_even_without_a_list(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_I2);
	size_t pds = option_at(&f, 24, SHIM6_OPT_CGA_PDS);

	f.octets[option_at(&f, 24, SHIM6_OPT_LOCATOR_LIST) + 1] = 0x7e;
	f.octets[pds + 4] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
	f.octets[pds + 4] ^= 1;
	seal(&f);
	land(p, &f);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
}

/* RFC 5533 7.2: who is to believe that this address belongs to that ULID? */
static void an_i2_from_an_unlisted_locator_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f;

	shim_host_link_event(p->host[A], 1, false);
	f = caught(p, SHIM6_I2);
	f.octets[option_at(&f, 24, SHIM6_OPT_LOCATOR_LIST) + 1] = 0x7e;
	seal(&f);
	assert_ignored(p, &f);
}

/* --- R2: RFC 5533 7.16 ----------------------------------------------------------- */

static void an_r2_that_does_not_match_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R2);

	f.octets[SHIM + 12] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
	f.octets[SHIM + 12] ^= 1;
	seal(&f);
	memcpy(f.octets + 8, &p->host[B]->locator[1].addr, 16);
	assert_ignored(p, &f);
}

static void an_r2_with_tampered_locators_is_dropped(void **state)
{
	struct pair *p = *state;
	struct flight f = caught(p, SHIM6_R2);
	size_t list = option_at(&f, 16, SHIM6_OPT_LOCATOR_LIST);
	size_t pds = option_at(&f, 16, SHIM6_OPT_CGA_PDS);

	f.octets[list + 47] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
	f.octets[list + 47] ^= 1;
	f.octets[list + 9] = SHIM6_METHOD_CGA;
	seal(&f);
	assert_ignored(p, &f);
	f.octets[list + 9] = SHIM6_METHOD_HBA;
	f.octets[pds + 4] ^= 1;
	seal(&f);
	assert_ignored(p, &f);
}

/* --- ICMPv6 4/1 quoting the I1: RFC 5533 7.8 ---------------------------------------- */

static struct flight unknown_next_header(struct pair *p, const struct flight *quoted, size_t len)
{
	struct flight f = { .to = A, .len = 48 + len };
	struct in6_addr src = locator_of(p, B, 1), dst = locator_of(p, A, 1);
	uint32_t sum;
	uint16_t checksum;

	memcpy(f.octets, ((uint8_t[]){ 0x60, 0, 0, 0, 0, (uint8_t)(8 + len), 58, 64 }), 8);
	memcpy(f.octets + 8, &src, 16);
	memcpy(f.octets + 24, &dst, 16);
	memcpy(f.octets + 40, ((uint8_t[]){ 4, 1, 0, 0, 0, 0, 0, 6 }), 8);
	memcpy(f.octets + 48, quoted->octets, len);
	sum = checksum_pseudo(&src, &dst, (uint32_t)(8 + len), 58);
	checksum = checksum_finish(checksum_add(sum, f.octets + 40, 8 + len));
	f.octets[42] = (uint8_t)(checksum >> 8);
	f.octets[43] = (uint8_t)checksum;
	return f;
}

static void a_peer_that_does_not_know_shim6_is_left_alone_for_ten_minutes(void **state)
{
	struct pair *p = *state;
	struct flight i1 = caught(p, SHIM6_I1), f = unknown_next_header(p, &i1, i1.len);

	land(p, &f);
	assert_int_equal(state_of(p, A), SHIM_NO_SUPPORT);
	run_until(p, 600 * USEC_PER_SEC - 1);
	assert_int_equal(state_of(p, A), SHIM_NO_SUPPORT);
	run_until(p, 600 * USEC_PER_SEC);
	assert_int_equal(p->host[A]->contexts.count, 0);
	assert_int_equal(p->count, 1);
}

static void such_an_error_must_quote_the_i1_that_we_sent(void **state)
{
	struct pair *p = *state;
	struct flight i1 = caught(p, SHIM6_I1), f;

	for (size_t len = 0; len < i1.len; len++) {
		f = unknown_next_header(p, &i1, len);
		assert_ignored(p, &f);
	}
	f = unknown_next_header(p, &i1, i1.len);
	f.octets[42] ^= 1;
	assert_ignored(p, &f);
	i1.octets[SHIM + 15] ^= 1; /* the nonce */
	f = unknown_next_header(p, &i1, i1.len);
	assert_ignored(p, &f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_octet_changed_comes_to_nothing),
		cmocka_unit_test(any_octet_changed_under_a_right_checksum_is_survived),
		cmocka_unit_test(any_truncation_comes_to_nothing),
		pair_test(multicast_and_unspecified_addresses_are_dropped),
		pair_test(an_unknown_option_is_skipped_unless_it_is_critical),
		pair_test(a_known_option_that_is_not_listed_counts_as_unknown),
		pair_test(messages_that_are_too_short_for_their_type_are_dropped),
		pair_test(a_message_of_unknown_type_is_answered_by_an_error),
		pair_test(an_i1_for_a_ulid_of_somebody_else_is_dropped),
		pair_test(an_i1_whose_sender_has_an_impossible_ulid_is_dropped),
		pair_test(an_r1_with_another_nonce_is_dropped),
		pair_test(an_r1_from_another_address_is_dropped),
		pair_test(an_r1_without_a_validator_is_dropped),
		cmocka_unit_test(an_i2_brings_back_validators_of_any_length),
		pair_test(an_i2_whose_claim_has_changed_is_dropped),
		cmocka_unit_test(an_i2_is_taken_half_a_minute_later_but_not_two),
		pair_test(an_i2_with_a_tampered_pds_is_dropped),
		pair_test(an_i2_with_a_tampered_locator_list_is_dropped),
		pair_test(an_i2_with_another_verification_method_comes_to_nothing),
		pair_test(an_i2_with_a_locator_list_needs_a_pds),
		pair_test(an_i2_without_locators_establishes_for_the_ulid_alone),
		pair_test(a_pds_must_be_that_of_the_ulid_even_without_a_list),
		pair_test(an_i2_from_an_unlisted_locator_is_dropped),
		pair_test(an_r2_that_does_not_match_is_dropped),
		pair_test(an_r2_with_tampered_locators_is_dropped),
		pair_test(a_peer_that_does_not_know_shim6_is_left_alone_for_ten_minutes),
		pair_test(such_an_error_must_quote_the_i1_that_we_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
