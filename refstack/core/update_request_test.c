/* SPDX-License-Identifier: BSD-2-Clause */
/* Being told of a peer's locators: RFC 5533 7.2 and 10.4. */
#include "refstack/core/test_keys.h"

enum { SHIM = IPV6_HEADER_LEN };

static int setup_of(void **state, enum shim_address_kind kind)
{
	*state = pair_of_kinds(42, kind, SHIM_HBA, rsa_1024);
	establish(*state);
	return 0;
}

static int hba_setup(void **state) { return setup_of(state, SHIM_HBA); }
static int both_setup(void **state) { return setup_of(state, SHIM_HBA_CGA); }
static int cga_setup(void **state) { return setup_of(state, SHIM_CGA); }

/* A tells B; the name says what A's addresses are. */
#define hba_test(f) cmocka_unit_test_setup_teardown(f, hba_setup, pair_teardown)
#define both_test(f) cmocka_unit_test_setup_teardown(f, both_setup, pair_teardown)
#define cga_test(f) cmocka_unit_test_setup_teardown(f, cga_setup, pair_teardown)

/* --- requests, made honestly and then edited ------------------------------------------ */

/* An Update Request of A's with its tag and a nonce of its own, if m has none; what
 * else it has is in m. */
static struct flight request(struct pair *p, struct shim6_message *m)
{
	const struct in6_addr src = locator_of(p, A, 1), dst = locator_of(p, B, 1);
	struct flight f;

	m->type = SHIM6_UPDATE_REQUEST;
	m->receiver_tag = context_of(p, B)->ct_local;
	if (!m->request_nonce)
		m->request_nonce = random_u32(&p->host[A]->random) | 1;
	assert_int_equal(host_send_control(p->host[A], &src, &dst, m), 0);
	f = p->flight[--p->count];
	return f;
}

/* A's locators of a set (bit n: number n + 1) as a list under a new generation, with
 * the PDS and, where it needs one, a signature. */
static void list(const struct pair *p, struct shim6_message *m, uint32_t generation,
		 locator_set set)
{
	static uint8_t pds[IDENTITY_PDS_MAX], signature[IDENTITY_SIGNATURE_MAX];
	const struct in6_addr ulid = locator_of(p, A, 1);

	m->has_locators = true;
	m->locators = (struct shim6_locator_list){ .generation = generation };
	for (unsigned i = 0; i < p->host[A]->locator_count; i++) {
		if (!(set & UINT32_C(1) << i))
			continue;
		m->locators.method[m->locators.count] = p->host[A]->locator[i].method;
		m->locators.locator[m->locators.count++] = p->host[A]->locator[i].addr;
	}
	m->pds = identity_pds(&p->host[A]->identity, &ulid, pds);
	m->signature = identity_sign(&p->host[A]->identity, &m->locators, signature);
}

/* Locator Preferences of a generation and these elements, len octets in all. */
static void preferences(struct shim6_message *m, uint32_t generation, uint8_t element_len,
			const void *elements, size_t len)
{
	static uint8_t content[64];
	struct wbuf w = wbuf_of(content, sizeof(content));

	wbuf_u32(&w, generation);
	wbuf_u8(&w, element_len);
	wbuf_copy(&w, elements, len);
	m->other[m->other_count++] = (struct shim6_option){
		.type = SHIM6_OPT_PREFERENCES,
		.len = (uint16_t)w.len,
		.data = content,
	};
}

static const struct peer_locators *told(const struct pair *p)
{
	return context_of(p, B)->ls_peer;
}

/* --- what comes of them --------------------------------------------------------------- */

static void assert_acknowledged(struct pair *p, const struct flight *f)
{
	unsigned first = p->count;

	land(p, f);
	assert_in_range(p->count, first + 1, FLIGHTS_MAX);
	assert_int_equal(control_type(&p->flight[first]), SHIM6_UPDATE_ACK);
	assert_memory_equal(p->flight[first].octets + SHIM + 12, f->octets + SHIM + 12, 4);
	assert_int_equal(count_sent(p, first, SHIM6_ERROR), 0);
}

struct memory {
	struct peer_locators *ls; /* owned */
	size_t size;
};

static struct memory remember(const struct pair *p)
{
	struct memory m = { .size = sizeof(*m.ls) +
				    told(p)->count * sizeof(struct peer_locator) };

	m.ls = malloc(m.size);
	assert_non_null(m.ls);
	memcpy(m.ls, told(p), m.size);
	return m;
}

static void assert_unchanged(const struct pair *p, struct memory *m)
{
	assert_int_equal(told(p)->count, m->ls->count);
	assert_memory_equal(told(p), m->ls, m->size);
	assert_int_equal(state_of(p, B), SHIM_ESTABLISHED);
	assert_int_equal(context_of(p, B)->reap.state, REAP_OPERATIONAL);
	free(m->ls);
}

/* No answer, and nothing recorded. */
static void assert_silent(struct pair *p, const struct flight *f)
{
	struct memory was = remember(p);
	unsigned first = p->count;

	land(p, f);
	assert_int_equal(p->count, first);
	assert_unchanged(p, &was);
}

/* The figure of RFC 5533 5.14, and nothing recorded. */
static void assert_error(struct pair *p, const struct flight *f, uint8_t code, size_t pointer)
{
	struct memory was = remember(p);
	unsigned first = p->count;
	const uint8_t *error = p->flight[first].octets;

	land(p, f);
	assert_sent(p, first, ((uint8_t[]){ SHIM6_ERROR }), 1);
	assert_int_equal(error[43], code << 1);
	assert_int_equal(uint_at(error + 46, 2), pointer);
	assert_memory_equal(error + 48, f->octets, f->len / 8 * 8);
	assert_unchanged(p, &was);
	p->count--;
}

/* --- lists ---------------------------------------------------------------------------- */

static void a_list_takes_the_place_of_the_former(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 1 << 0);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->generation, 77);
	assert_int_equal(told(p)->count, 1);
	assert_addr(&told(p)->at[0].addr, locator_of(p, A, 1));
}

/* The PDS is known from the handshake. */
static void a_list_needs_no_pds_again(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 1 << 0);
	m.pds.data = NULL;
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->generation, 77);
}

static void an_update_of_nothing_is_acknowledged(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f = request(p, &m);
	struct memory was = remember(p);

	assert_int_equal(f.len, 40 + 16);
	assert_acknowledged(p, &f);
	assert_unchanged(p, &was);
}

static void an_update_that_comes_twice_is_acknowledged_twice(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 1 << 0);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->count, 1);
}

static void a_new_locator_with_a_signature_is_taken(void **state)
{
	struct pair *p = *state;
	struct in6_addr addr = addr_of("2001:db8:a:3::3");
	struct shim6_message m = { .type = 0 };
	struct flight f;

	shim_host_address_event(p->host[A], 2, &addr, true);
	p->landed = --p->count; /* its own request */
	list(p, &m, 77, 7);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->count, 3);
	assert_addr(&told(p)->at[2].addr, addr);
}

/* RFC 5533 7.2 and 5.15.2: the reserved ones, one unassigned, one experimental. */
static void an_unknown_method_is_pointed_at(void **state)
{
	static const uint8_t unknown[] = { 0, 3, 201, 255 };
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;
	size_t at;

	list(p, &m, 77, 3);
	f = request(p, &m);
	at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
	assert_int_equal(at, 40 + 16 + 9);
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned i = 0; i < sizeof(unknown); i++) {
			f.octets[at + k] = unknown[i];
			seal(&f);
			assert_error(p, &f, SHIM6_ERROR_METHOD, at + k);
		}
		f.octets[at + k] = SHIM6_METHOD_HBA;
	}
}

static void a_locator_outside_the_hba_set_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;
	size_t at;

	list(p, &m, 77, 3);
	f = request(p, &m);
	at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
	/* Behind two methods and five octets of padding; the last octets of both. */
	f.octets[at + 7 + 15] ^= 1;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_METHOD, at);
	f.octets[at + 7 + 15] ^= 1;
	f.octets[at + 7 + 31] ^= 1;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_METHOD, at + 1);
}

/* Even where the set is proven otherwise. */
static void a_multicast_locator_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	uint8_t signature[IDENTITY_SIGNATURE_MAX];
	struct flight f;

	list(p, &m, 77, 3);
	m.locators.locator[1] = addr_of("ff0e::1");
	m.signature = identity_sign(&p->host[A]->identity, &m.locators, signature);
	f = request(p, &m);
	assert_error(p, &f, SHIM6_ERROR_METHOD, find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 10);
}

static void a_list_of_cgas_without_a_signature_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 3);
	m.signature.data = NULL;
	f = request(p, &m);
	assert_error(p, &f, SHIM6_ERROR_METHOD, find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9);
}

static void a_wrong_signature_is_pointed_at_where_it_is_needed(void **state)
{
	struct pair *p = *state;
	struct in6_addr addr = addr_of("2001:db8:a:3::3");
	struct shim6_message m = { .type = 0 };
	struct flight f;
	size_t signature, at;

	shim_host_address_event(p->host[A], 2, &addr, true);
	p->landed = --p->count; /* its own request */
	list(p, &m, 77, 7);
	f = request(p, &m);
	signature = find_option(&f, SHIM6_OPT_CGA_SIGNATURE) + 4;
	at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
	for (unsigned i = 0; i < 128; i += 127) {
		f.octets[signature + i] ^= 1;
		seal(&f);
		/* The first two are of the HBA set. */
		assert_error(p, &f, SHIM6_ERROR_METHOD, at + 2);
		f.octets[signature + i] ^= 1;
		shim_host_advance(p->host[B], shim_host_now(p->host[B]) + USEC_PER_SEC);
	}
	/* Nor is it that of another generation. */
	f.octets[at - 2] ^= 1;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_METHOD, at + 2);
	f.octets[at - 2] ^= 1;
	seal(&f);
	assert_acknowledged(p, &f);
}

/* RFC 5533 7.2: no multiprefix extension, so there is no HBA set. */
static void hba_with_the_pds_of_a_cga_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	uint8_t signature[IDENTITY_SIGNATURE_MAX];
	struct flight f;

	list(p, &m, 77, 3);
	m.locators.method[1] = SHIM6_METHOD_HBA;
	m.signature = identity_sign(&p->host[A]->identity, &m.locators, signature);
	f = request(p, &m);
	assert_error(p, &f, SHIM6_ERROR_METHOD, find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 10);
}

/* And an HBA set that has no key can't have signed anything. */
static void cga_with_the_pds_of_an_hba_set_is_pointed_at(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;
	size_t at;

	list(p, &m, 77, 3);
	m.signature = (struct span){ (const uint8_t[128]){ 1 }, 128 };
	f = request(p, &m);
	at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
	f.octets[at] = SHIM6_METHOD_CGA;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_METHOD, at);
}

/* RFC 5533 10.4: no Error for this one. */
static void the_pds_of_another_ulid_is_dropped_in_silence(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	uint8_t pds[IDENTITY_PDS_MAX];
	struct flight f;

	list(p, &m, 77, 1);
	m.pds = identity_pds(&p->host[B]->identity, &p->host[B]->locator[0].addr, pds);
	f = request(p, &m);
	assert_silent(p, &f);
	m.has_locators = false;
	m.signature.data = NULL;
	f = request(p, &m);
	assert_silent(p, &f);
}

/* --- preferences ---------------------------------------------------------------------- */

static void preferences_of_three_octets_are_recorded(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation, 3, "\x02\x07\x09\x01\x05\x03", 6);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->count, 2);
	assert_int_equal(told(p)->at[0].preference.flags, SHIM6_TRANSIENT);
	assert_int_equal(told(p)->at[0].preference.priority, 7);
	assert_int_equal(told(p)->at[0].preference.weight, 9);
	assert_int_equal(told(p)->at[1].preference.flags, SHIM6_BROKEN);
	assert_int_equal(told(p)->at[1].preference.priority, 5);
	assert_int_equal(told(p)->at[1].preference.weight, 3);
}

/* RFC 5533 5.15.3: those not told are as if they were zero, not what they were. */
static void preferences_take_the_place_of_the_former(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 }, later = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation, 3, "\x02\x07\x09\x01\x05\x03", 6);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	preferences(&later, told(p)->generation, 1, "\0\0", 2);
	f = request(p, &later);
	assert_acknowledged(p, &f);
	for (unsigned i = 0; i < 2; i++)
		assert_memory_equal(&told(p)->at[i].preference, ((uint8_t[]){ 0, 0, 0 }), 3);
}

/* Longer elements are the future's, and begin as ours do. */
static void of_longer_elements_the_first_octets_count(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation, 5, "\0\x07\x09\xff\xff\x01\x05\x03\xff\xff", 10);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->at[0].preference.priority, 7);
	assert_int_equal(told(p)->at[1].preference.flags, SHIM6_BROKEN);
}

static void a_new_list_forgets_the_preferences_of_the_old_one(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 }, later = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation, 2, "\0\x07\x01\x05", 4);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	list(p, &later, 77, 3);
	f = request(p, &later);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->at[0].preference.priority, 0);
	assert_int_equal(told(p)->at[1].preference.flags, 0);
}

static void preferences_that_come_with_a_list_are_about_it(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 1);
	preferences(&m, 77, 2, "\0\x07", 2);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(told(p)->count, 1);
	assert_int_equal(told(p)->at[0].preference.priority, 7);
}

/* RFC 5533 10.4: the Pointer is to the generation's first octet. */
static void preferences_of_another_generation_are_error_3(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation + 1, 1, "\x01\x01", 2);
	f = request(p, &m);
	assert_error(p, &f, SHIM6_ERROR_GENERATION, 40 + 16 + 4);
}

/* Nor is the list taken that came with them; our reading, for the peer could not
 * know that it was. */
static void preferences_that_do_not_fit_the_new_list_are_error_3(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 3);
	preferences(&m, told(p)->generation, 1, "\x01\x01", 2);
	f = request(p, &m);
	assert_error(p, &f, SHIM6_ERROR_GENERATION,
		     find_option(&f, SHIM6_OPT_PREFERENCES) + 4);
}

/* RFC 5533 10.4: the Pointer is to the Length's first octet. */
static void preferences_for_more_or_fewer_locators_are_error_4(void **state)
{
	struct pair *p = *state;

	for (unsigned n = 0; n <= 4; n++) {
		struct shim6_message m = { .type = 0 };
		struct flight f;

		preferences(&m, told(p)->generation, 1, "\x01\x01\x01\x01", n);
		f = request(p, &m);
		if (n != 2)
			assert_error(p, &f, SHIM6_ERROR_PREFERENCES, 40 + 16 + 2);
	}
}

/* It is the new list that they have to fit. */
static void the_new_list_counts_and_not_the_old_one(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	list(p, &m, 77, 1);
	preferences(&m, 77, 1, "\0\0", 2);
	f = request(p, &m);
	assert_error(p, &f, SHIM6_ERROR_PREFERENCES, find_option(&f, SHIM6_OPT_PREFERENCES) + 2);
}

static void elements_that_do_not_come_out_even_are_error_4(void **state)
{
	struct pair *p = *state;

	for (uint8_t len = 0; len <= 2; len += 2) {
		struct shim6_message m = { .type = 0 };
		struct flight f;

		preferences(&m, told(p)->generation, len, "\0\0\0", 3);
		f = request(p, &m);
		assert_error(p, &f, SHIM6_ERROR_PREFERENCES, 40 + 16 + 2);
	}
}

/* One Error is enough: the list is looked at first. */
static void with_a_bad_list_nobody_looks_at_the_preferences(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;
	size_t at;

	list(p, &m, 77, 3);
	preferences(&m, 1, 1, "\x01", 1);
	f = request(p, &m);
	at = find_option(&f, SHIM6_OPT_LOCATOR_LIST) + 9;
	f.octets[at] = 99;
	seal(&f);
	assert_error(p, &f, SHIM6_ERROR_METHOD, at);
}

/* RFC 5534 5.3 */
static void a_keepalive_timeout_is_taken_along(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	m.other[m.other_count++] = (struct shim6_option){
		.type = SHIM6_OPT_KEEPALIVE_TIMEOUT,
		.len = 4,
		.data = (const uint8_t[]){ 0, 0, 0, 7 },
	};
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(context_of(p, B)->reap.keepalive_timeout, 7);
}

/* --- what it means for the current pair: RFC 5533 10.4, the end ----------------------- */

/* The first Probe goes to another locator, and until one is answered the pair is
 * what it was. */
static void a_current_locator_that_is_broken_is_left(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;
	unsigned first = p->count;

	preferences(&m, told(p)->generation, 1, "\x01\0", 2);
	f = request(p, &m);
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 1));
	land(p, &f);
	assert_sent(p, first, ((uint8_t[]){ SHIM6_UPDATE_ACK, SHIM6_PROBE }), 2);
	assert_int_equal(context_of(p, B)->reap.state, REAP_EXPLORING);
	assert_addr(p->flight[first + 1].octets + 24, locator_of(p, A, 2));
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 1));
	settle(p);
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 2));
}

/* RFC 5533 7.2: of what is left only the ULID can be sent to without a proof. */
static void a_current_locator_that_is_gone_is_left(void **state)
{
	struct pair *p = *state;
	struct in6_addr b1 = locator_of(p, B, 1), a2 = locator_of(p, A, 2);
	struct shim6_message m = { .type = 0 };
	struct flight f;
	unsigned first = p->count;

	translate_switch(p->host[B], context_of(p, B), &b1, &a2);
	list(p, &m, 77, 1 << 0);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(context_of(p, B)->reap.state, REAP_EXPLORING);
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 1));
	assert_addr(sent_nth(p, first, SHIM6_PROBE, 1)->octets + 24, locator_of(p, A, 1));
}

/* Where it isn't listed any more, it doesn't work. */
static void a_ulid_that_is_not_listed_is_left(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;
	unsigned first = p->count;

	list(p, &m, 77, 1 << 1);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(context_of(p, B)->reap.state, REAP_EXPLORING);
	assert_addr(sent_nth(p, first, SHIM6_PROBE, 1)->octets + 24, locator_of(p, A, 2));
	settle(p);
	assert_addr(&context_of(p, B)->lp_peer, locator_of(p, A, 2));
}

static void another_locator_that_is_broken_disturbs_nothing(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation, 1, "\0\x01", 2);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(context_of(p, B)->reap.state, REAP_OPERATIONAL);
}

static void a_transient_locator_is_kept(void **state)
{
	struct pair *p = *state;
	struct shim6_message m = { .type = 0 };
	struct flight f;

	preferences(&m, told(p)->generation, 1, "\x02\0", 2);
	f = request(p, &m);
	assert_acknowledged(p, &f);
	assert_int_equal(context_of(p, B)->reap.state, REAP_OPERATIONAL);
}

/* --- in other STATES: RFC 5533 10.4 and 10.5 ------------------------------------------ */

/* What A sends to a tag of B's that B has in a new context, though A can't know. */
static struct flight preferring(struct pair *p)
{
	struct shim6_message m = { .type = 0 };
	struct flight f;

	preferences(&m, 0, 1, "\x01\0", 2);
	f = request(p, &m);
	return f;
}

static struct flight acknowledging(struct pair *p)
{
	struct flight f = preferring(p);

	f.octets[SHIM + 1] = 1;
	f.octets[SHIM + 2] = SHIM6_UPDATE_ACK;
	f.octets[5] = 16;
	f.len = 40 + 16;
	seal(&f);
	return f;
}

static void in_i1_sent_both_are_discarded(void **state)
{
	struct pair *p = pair_new(42, 0);
	struct flight f;

	(void)state;
	initiate(p, B);
	f = preferring(p);
	land(p, &f);
	f = acknowledging(p);
	land(p, &f);
	assert_int_equal(p->count, 1);
	assert_int_equal(state_of(p, B), SHIM_I1_SENT);
	assert_null(told(p));
	pair_free(p);
}

/* Our reading: the text has it processed, but nothing is known of the peer yet. */
static void in_i2_sent_both_repeat_the_i2_alone(void **state)
{
	struct pair *p = pair_new(42, 0);
	struct flight f;

	(void)state;
	initiate(p, B);
	land_one(p);
	land_one(p);
	assert_int_equal(state_of(p, B), SHIM_I2_SENT);
	f = preferring(p);
	land(p, &f);
	shim_host_advance(p->host[B], USEC_PER_SEC); /* no more than one a second */
	f = acknowledging(p);
	land(p, &f);
	assert_sent(p, 2, ((uint8_t[]){ SHIM6_I2, SHIM6_I2, SHIM6_I2 }), 3);
	assert_null(told(p));
	pair_free(p);
}

static void in_i2bis_sent_a_request_repeats_the_i2bis_and_is_acknowledged(void **state)
{
	struct pair *p = pair_new(42, 0);
	struct shim6_message m = { .type = 0 };
	struct flight f;

	(void)state;
	establish(p);
	preferences(&m, told(p)->generation, 1, "\0\x01", 2);
	f = request(p, &m);
	context_remove(&p->host[A]->contexts, context_of(p, A));
	assert_int_equal(send_payload(p, B, 2), 0);
	land_one(p);
	land_one(p);
	p->landed = p->count; /* the I2bis is lost */
	assert_int_equal(state_of(p, B), SHIM_I2BIS_SENT);
	land(p, &f);
	assert_sent(p, p->landed, ((uint8_t[]){ SHIM6_I2BIS, SHIM6_UPDATE_ACK }), 2);
	assert_int_equal(told(p)->at[1].preference.flags, SHIM6_BROKEN);
	assert_int_equal(state_of(p, B), SHIM_I2BIS_SENT);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		hba_test(a_list_takes_the_place_of_the_former),
		hba_test(a_list_needs_no_pds_again),
		hba_test(an_update_of_nothing_is_acknowledged),
		hba_test(an_update_that_comes_twice_is_acknowledged_twice),
		both_test(a_new_locator_with_a_signature_is_taken),
		hba_test(an_unknown_method_is_pointed_at),
		hba_test(a_locator_outside_the_hba_set_is_pointed_at),
		cga_test(a_multicast_locator_is_pointed_at),
		cga_test(a_list_of_cgas_without_a_signature_is_pointed_at),
		both_test(a_wrong_signature_is_pointed_at_where_it_is_needed),
		cga_test(hba_with_the_pds_of_a_cga_is_pointed_at),
		hba_test(cga_with_the_pds_of_an_hba_set_is_pointed_at),
		hba_test(the_pds_of_another_ulid_is_dropped_in_silence),
		hba_test(preferences_of_three_octets_are_recorded),
		hba_test(preferences_take_the_place_of_the_former),
		hba_test(of_longer_elements_the_first_octets_count),
		hba_test(a_new_list_forgets_the_preferences_of_the_old_one),
		hba_test(preferences_that_come_with_a_list_are_about_it),
		hba_test(preferences_of_another_generation_are_error_3),
		hba_test(preferences_that_do_not_fit_the_new_list_are_error_3),
		hba_test(preferences_for_more_or_fewer_locators_are_error_4),
		hba_test(the_new_list_counts_and_not_the_old_one),
		hba_test(elements_that_do_not_come_out_even_are_error_4),
		hba_test(with_a_bad_list_nobody_looks_at_the_preferences),
		hba_test(a_keepalive_timeout_is_taken_along),
		hba_test(a_current_locator_that_is_broken_is_left),
		hba_test(a_current_locator_that_is_gone_is_left),
		hba_test(a_ulid_that_is_not_listed_is_left),
		hba_test(another_locator_that_is_broken_disturbs_nothing),
		hba_test(a_transient_locator_is_kept),
		cmocka_unit_test(in_i1_sent_both_are_discarded),
		cmocka_unit_test(in_i2_sent_both_repeat_the_i2_alone),
		cmocka_unit_test(in_i2bis_sent_a_request_repeats_the_i2bis_and_is_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
