/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peer's half of the handshake, RFC 5533 7, against another half that
 * makes one mistake at a time. Octets as in the figures of RFC 5533 5.4 to 5.7.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_peer.h"

#define L1 "20010db8000100000000000000000001"

enum { NONCE = SHIM + 8 }; /* octets of a packet: R1's initiator nonce */

/* What the test's half does wrong; 0: nothing. */
enum mistake { NONE, NO_R1, R1_NONCE, R1_CHECKSUM, R1_BARE, R1_SOURCE, R2_NONCE, R2_TYPE,
	       I2_NONCE, I2_TAG, I2_VALIDATOR };

static enum mistake mistake;
static uint8_t heard[1500]; /* the last I2 or R2 */

static enum forgery forgery_of_r1(void)
{
	return mistake == R1_CHECKSUM ? BAD_CHECKSUM : mistake == R1_SOURCE ? BAD_SOURCE : HONEST;
}

static void respond(unsigned link, const uint8_t *packet, size_t len)
{
	uint8_t out[128] = { 0 };

	if (packet[SHIM + 2] == 1 && mistake != NO_R1) { /* I1: R1 with a validator of 4 octets */
		put(out + SHIM, "3b020200 0000 0000 00000000 00000007 00020004 00010203");
		memcpy(out + NONCE, packet + SHIM + 12, 4);
		out[NONCE] ^= mistake == R1_NONCE;
		out[SHIM + 1] -= mistake == R1_BARE;
		reply(link, packet, out, mistake == R1_BARE ? SHIM + 16 : SHIM + 24,
		      forgery_of_r1());
	} else if (packet[SHIM + 2] == 3) { /* I2: R2 */
		memcpy(heard, packet, len);
		put(out + SHIM, "3b010400 0000");
		out[SHIM + 2] += mistake == R2_TYPE;
		put(out + SHIM + 6, responder_tag);
		memcpy(out + SHIM + 12, packet + SHIM + 12, 4);
		out[SHIM + 12] ^= mistake == R2_NONCE;
		reply(link, packet, out, SHIM + 16, HONEST);
	}
}

static void every_mistake_of_a_responder_is_inconclusive(void **state)
{
	static const struct {
		enum mistake mistake;
		const char *reason;
	} rows[] = {
		{ NO_R1, "no R1 came" },
		{ R1_NONCE, "R1's initiator nonce is" },
		{ R1_CHECKSUM, "R1 was due, and this came" },
		{ R1_BARE, "R1 without validator" },
		{ R1_SOURCE, "R1 came between other addresses" },
		{ R2_NONCE, "R2's initiator nonce is" },
		{ R2_TYPE, "R2 was due, and this came" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_setup(state);
		rig.on_deliver = respond;
		mistake = rows[i].mistake;
		assert_verdict(SOCKET "+0 establish(s)\n", VERDICT_INCONCLUSIVE, rows[i].reason);
	}
}

static void a_right_responder_gives_its_tag_to_the_case(void **state)
{
	(void)state;
	mistake = NONE;
	rig.on_deliver = respond;
	assert_verdict(SOCKET "+0 establish(s)\n+0 < P1 -> L1 payload(tag=$local_tag) udp\n",
		       VERDICT_PASS, "");
	/* behind the IPv6 header: next header, length, then P and the tag */
	rig.given[2 * (SHIM + 8)] = '\0';
	assert_string_equal(rig.given + 2 * SHIM, "11008123456789ab");
}

static void i2_returns_what_r1_gave_and_proves_the_locators(void **state)
{
	struct peer p;

	(void)state;
	mistake = NONE;
	rig.on_deliver = respond;
	assert_passes(SOCKET "+0 establish(s)\n");
	assert_int_equal(peer_init(&p, peer_seed(1, "x/story"), 2), 0);
	/* RFC 5533 5.6: the responder nonce of R1, and R1's validator option */
	assert_memory_equal(heard + SHIM + 16, "\0\0\0\7", 4);
	assert_memory_equal(heard + SHIM + 24, "\0\2\0\4\0\1\2\3", 8);
	assert_memory_equal(heard + 8, &p.set.addr[0], 16);
	/* 5.15.2: the list, two locators, each to be verified as HBA */
	assert_memory_equal(heard + SHIM + 32, "\0\4\0\54", 4);
	assert_memory_equal(heard + SHIM + 40, "\2\1\1", 3);
	assert_memory_equal(heard + SHIM + 48, &p.set.addr[0], 16);
	assert_memory_equal(heard + SHIM + 64, &p.set.addr[1], 16);
}

/* --- the peer as responder ------------------------------------------------ */

static void initiate(unsigned link, const uint8_t *packet, size_t len)
{
	uint8_t out[128] = { 0 };

	if (packet[SHIM + 2] == 4) /* R2: done */
		memcpy(heard, packet, len);
	if (packet[SHIM + 2] != 2)
		return;
	/* R1: I2 with its nonce and its validator option of 24 octets */
	put(out + SHIM, "3b050300 0000 0123456789ab deadbeef 00000000 00000000");
	memcpy(out + SHIM + 16, packet + SHIM + 12, 4);
	memcpy(out + SHIM + 24, packet + SHIM + 16, 24);
	out[SHIM + 16] ^= mistake == I2_NONCE;
	out[SHIM + 6] ^= mistake == I2_TAG;
	out[SHIM + 30] ^= mistake == I2_VALIDATOR;
	reply(link, packet, out, SHIM + 48, HONEST);
}

/* I1 of RFC 5533 5.4 for the peer's first locator. */
static void i1_for_the_peer(char *hex, size_t size)
{
	struct peer p;
	int n = snprintf(hex, size, "60000000 0010 8c 40" L1);

	assert_int_equal(peer_init(&p, peer_seed(1, "x/story"), 2), 0);
	for (int i = 0; i < 16; i++)
		n += snprintf(hex + n, size - (size_t)n, "%02x", p.set.addr[0].s6_addr[i]);
	snprintf(hex + n, size - (size_t)n, "3b010100562b0123456789abdeadbeef");
}

static void a_right_initiator_is_answered(void **state)
{
	char i1[256];

	(void)state;
	mistake = NONE;
	i1_for_the_peer(i1, sizeof(i1));
	rig.on_send = i1;
	rig.on_deliver = initiate;
	assert_passes(SOCKET "+0 send(s, \"x\")\n+0 answer(s)\n"
			     "+0 < P1 -> L1 payload(tag=$local_tag) udp\n");
	assert_memory_equal(heard + SHIM + 12, "\xde\xad\xbe\xef", 4);
}

static void every_mistake_of_an_initiator_is_inconclusive(void **state)
{
	static const struct {
		enum mistake mistake;
		const char *reason;
	} rows[] = {
		{ I2_NONCE, "I2's responder nonce" },
		{ I2_TAG, "I2's initiator tag" },
		{ I2_VALIDATOR, "I2's validator" },
	};
	char i1[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_setup(state);
		i1_for_the_peer(i1, sizeof(i1));
		rig.on_send = i1;
		rig.on_deliver = initiate;
		mistake = rows[i].mistake;
		assert_verdict(SOCKET "+0 send(s, \"x\")\n+0 answer(s)\n", VERDICT_INCONCLUSIVE,
			       rows[i].reason);
	}
}

/* --- who it is ------------------------------------------------------------ */

static void cases_have_peers_of_their_own(void **state)
{
	struct peer a, b, again;

	(void)state;
	assert_int_equal(peer_init(&a, peer_seed(7, "a"), 2), 0);
	assert_int_equal(peer_init(&b, peer_seed(7, "b"), 2), 0);
	assert_int_equal(peer_init(&again, peer_seed(7, "a"), 2), 0);
	assert_memory_equal(&a, &again, sizeof(a));
	assert_memory_not_equal(&a.set.addr[0], &b.set.addr[0], 16);
	assert_true(a.tag != b.tag);
	assert_true(peer_seed(7, "a") != peer_seed(8, "a"));
}

static void each_locator_is_proven_by_its_parameters(void **state)
{
	uint8_t pds[HBA_PDS_MAX];
	struct peer p;

	(void)state;
	assert_int_equal(peer_init(&p, 1, 8), 0);
	for (unsigned i = 0; i < p.set.count; i++) {
		peer_pds(&p, &p.set.addr[i], pds);
		assert_memory_equal(pds + 16, &p.set.addr[i], 8);
		assert_int_equal(cga_verify(&p.set.addr[i], pds, p.set.pds_len), 0);
		assert_int_equal(hba_verify(&p.set.addr[i], pds, p.set.pds_len), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_mistake_of_a_responder_is_inconclusive, rig_setup),
		cmocka_unit_test_setup(a_right_responder_gives_its_tag_to_the_case, rig_setup),
		cmocka_unit_test_setup(i2_returns_what_r1_gave_and_proves_the_locators, rig_setup),
		cmocka_unit_test_setup(a_right_initiator_is_answered, rig_setup),
		cmocka_unit_test_setup(every_mistake_of_an_initiator_is_inconclusive, rig_setup),
		cmocka_unit_test(cases_have_peers_of_their_own),
		cmocka_unit_test(each_locator_is_proven_by_its_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
