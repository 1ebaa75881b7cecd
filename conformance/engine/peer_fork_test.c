/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts beside the first (RFC 5533 5.15.7), and contexts that the peer has
 * lost (7.17 to 7.20). The target is responder and initiator, and makes one
 * mistake at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/engine/test_peer.h"

#define L1    "20010db8000100000000000000000001"
#define STORY SOCKET "+0 establish(s)\n"
#define FII   "000e0004 00000007" /* the target's */

enum mistake { NONE, NO_FII, OTHER_FII, I2_NONCE, BIS_NONCE, BIS_TAG, BIS_PACKET_TAG,
	       BIS_VALIDATOR };

static enum mistake mistake;
static struct peer peer;         /* as a case has it */
static uint8_t heard[256][1500]; /* the last of each type */
static char sent[512];

/* R1 and R2, RFC 5533 5.5 and 5.7. */
static void respond(unsigned link, const uint8_t *packet)
{
	uint8_t out[128] = { 0 };

	if (packet[SHIM + 2] == 1) {
		put(out + SHIM, "3b020200 0000 0000 00000000 00000007 00020004 00010203");
		memcpy(out + SHIM + 8, packet + SHIM + 12, 4);
		reply(link, packet, out, SHIM + 24, HONEST);
	} else {
		put(out + SHIM, "3b010400 0000");
		put(out + SHIM + 6, responder_tag);
		memcpy(out + SHIM + 12, packet + SHIM + 12, 4);
		reply(link, packet, out, SHIM + 16, HONEST);
	}
}

/* R1 of the peer's: I2, RFC 5533 5.6, with its nonce, its validator and the fork. */
static void send_i2(unsigned link, const uint8_t *r1)
{
	uint8_t out[128] = { 0 };

	put(out + SHIM, "3b060300 0000 0000000000f0 deadbeef 00000000 00000000");
	memcpy(out + SHIM + 16, r1 + SHIM + 12, 4);
	memcpy(out + SHIM + 24, r1 + SHIM + 16, 24);
	put(out + SHIM + 48, FII);
	out[SHIM + 16] ^= mistake == I2_NONCE;
	out[SHIM + 55] ^= mistake == OTHER_FII;
	reply(link, r1, out, SHIM + 56, HONEST);
}

/* R1bis of the peer's: I2bis, 5.9. */
static void send_i2bis(unsigned link, const uint8_t *r1bis)
{
	uint8_t out[128] = { 0 };

	put(out + SHIM, "3b060600 0000 0123456789ab deadbeef");
	memcpy(out + SHIM + 16, r1bis + SHIM + 12, 4);
	memcpy(out + SHIM + 26, r1bis + SHIM + 6, 6);
	memcpy(out + SHIM + 32, r1bis + SHIM + 16, 24);
	out[SHIM + 6] ^= mistake == BIS_TAG;
	out[SHIM + 16] ^= mistake == BIS_NONCE;
	out[SHIM + 31] ^= mistake == BIS_PACKET_TAG;
	out[SHIM + 40] ^= mistake == BIS_VALIDATOR;
	reply(link, r1bis, out, SHIM + 56, HONEST);
}

static void target(unsigned link, const uint8_t *packet, size_t len)
{
	uint8_t type = packet[SHIM + 2];

	memcpy(heard[type], packet, len);
	if (type == 1 || type == 3)
		respond(link, packet);
	else if (type == 2)
		send_i2(link, packet);
	else if (type == 5)
		send_i2bis(link, packet);
}

static const char *hex_of(const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sprintf(sent + 2 * i, "%02x", octets[i]);
	return sent;
}

/* I1 of the target's, 5.4, for a fork. */
static const char *forking_i1(void)
{
	struct octets src = octets_of(L1);
	uint8_t packet[128] = { 0 };
	size_t len = mistake == NO_FII ? SHIM + 16 : SHIM + 24;

	put(packet + SHIM, "3b020100 0000 0000000000f0 deadbeef" FII);
	packet[SHIM + 1] -= mistake == NO_FII;
	wrap(packet, len, src.data, &peer.set.addr[0], HONEST);
	octets_free(&src);
	return hex_of(packet, len);
}

/* A packet with an extension header, 5.2, and nothing behind it. */
static const char *payload(void)
{
	uint8_t packet[SHIM + 8] = { 0 };

	put(packet, "60000000 0008 8c 40" L1);
	memcpy(packet + 24, &peer.set.addr[0], 16);
	put(packet + SHIM, "3b00");
	for (unsigned i = 0; i < 6; i++)
		packet[SHIM + 2 + i] = (uint8_t)(peer.tag >> (40 - 8 * i));
	packet[SHIM + 2] |= 0x80;
	return hex_of(packet, sizeof(packet));
}

static int setup(void **state)
{
	rig_setup(state);
	memset(heard, 0, sizeof(heard));
	rig.on_deliver = target;
	mistake = NONE;
	return peer_init(&peer, peer_seed(1, "x/story"), 2);
}

/* --- forks -------------------------------------------------------------------- */

static void fork_has_an_identifier_and_a_tag_of_its_own(void **state)
{
	(void)state;
	assert_passes(STORY "+0 fork(s)\n"
			    "+0 < P1 -> L1 payload(tag=$fork_local_tag) udp\n"
			    "+0 < P1 -> L1 payload(tag=$fork_peer_tag) udp\n");
	assert_memory_equal(heard[1] + SHIM + 16, "\0\16\0\4", 4);
	assert_memory_not_equal(heard[1] + SHIM + 20, "\0\0\0\0", 4);
	assert_memory_equal(heard[1] + SHIM + 6, heard[3] + SHIM + 6, 6);
	for (unsigned i = 0; i < 6; i++)
		if (heard[1][SHIM + 6 + i] != (uint8_t)(peer.tag >> (40 - 8 * i)))
			return;
	fail_msg("the fork has the tag of the first context");
}

static void a_fork_of_the_target_is_answered(void **state)
{
	static const char *const words[] = {
		"+0 peer(forks)\n+0 send(s, \"x\")\n",
		"+0 send(s, \"x\")\n+0 answer(s)\n",
	};

	for (size_t i = 0; i < 2; i++) {
		char body[512];

		setup(state);
		rig.on_send = forking_i1();
		snprintf(body, sizeof(body),
			 STORY "%s+0 < P1 -> L1 payload(tag=$fork_local_tag) udp\n", words[i]);
		assert_passes(body);
		/* its own tag came back to it, and its nonce in R2 */
		rig.given[2 * (SHIM + 8)] = '\0';
		assert_string_equal(rig.given + 2 * (SHIM + 2), "8000000000f0");
		assert_memory_equal(heard[4] + SHIM + 12, "\xde\xad\xbe\xef", 4);
	}
}

static void a_fork_leaves_the_tags_of_the_first_context(void **state)
{
	(void)state;
	rig.on_send = forking_i1();
	assert_passes(STORY "+0 peer(forks)\n+0 send(s, \"x\")\n"
			    "+0 < P1 -> L1 payload(tag=$local_tag) udp\n");
	rig.given[2 * (SHIM + 8)] = '\0';
	assert_string_equal(rig.given + 2 * (SHIM + 2), "8123456789ab");
}

static void an_i1_without_identifier_stays_for_the_case(void **state)
{
	(void)state;
	mistake = NO_FII;
	rig.on_send = forking_i1();
	assert_passes(STORY "+0 peer(forks)\n+0 send(s, \"x\")\n+0 > L1 -> P1 i1\n");
}

static void a_tag_of_no_fork_is_inconclusive(void **state)
{
	(void)state;
	rig.on_send = payload();
	assert_verdict(STORY "+0 peer(forks)\n+0 send(s, \"x\")\n"
			     "+0 > L1 -> P1 payload(tag=$fork_peer_tag)\n",
		       VERDICT_INCONCLUSIVE, "$fork_peer_tag holds no number");
}

/* --- recovery ------------------------------------------------------------------ */

#define LOST STORY "+0 peer(recovery)\n+0 forget()\n+0 send(s, \"x\")\n"

static void a_lost_context_is_made_anew_with_another_tag(void **state)
{
	(void)state;
	rig.on_send = payload();
	/* the payload packet itself is the case's affair */
	assert_passes(STORY "+0 peer(recovery)\n+0 send(s, \"x\")\n+0 > L1 -> P1 payload(tag=$old)\n"
			    "+0 forget()\n+0 send(s, \"x\")\n+0 > L1 -> P1 payload(tag=$old)\n"
			    "+0 < P1 -> L1 payload(tag=$peer_tag) udp\n");
	/* R1bis names the packet's tag, 5.8; R2 another, and I2bis' nonce */
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(heard[5][SHIM + 6 + i], (uint8_t)(peer.tag >> (40 - 8 * i)));
	assert_memory_not_equal(heard[4] + SHIM + 6, heard[5] + SHIM + 6, 6);
	assert_memory_equal(heard[4] + SHIM + 12, "\xde\xad\xbe\xef", 4);
}

static void several_packets_for_a_lost_context_are_one_recovery(void **state)
{
	(void)state;
	rig.on_send = payload();
	rig.copies = 3;
	assert_passes(LOST "+0 > L1 -> P1 payload\n+0 > L1 -> P1 payload\n"
			   "+0 > L1 -> P1 payload\n");
}

static void a_context_that_is_not_lost_provokes_nothing(void **state)
{
	(void)state;
	rig.on_send = payload();
	assert_passes(STORY "+0 peer(recovery)\n+0 send(s, \"x\")\n+0 > L1 -> P1 payload\n");
	assert_int_equal(heard[5][SHIM + 2], 0);
}

static void every_mistake_of_a_recovery_is_inconclusive(void **state)
{
	static const struct {
		enum mistake mistake;
		const char *reason;
	} rows[] = {
		{ BIS_NONCE, "I2bis' responder nonce" },
		{ BIS_TAG, "I2bis' initiator tag" },
		{ BIS_PACKET_TAG, "a tag that the peer never had" },
		{ BIS_VALIDATOR, "I2bis' validator" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		rig.on_send = payload();
		mistake = rows[i].mistake;
		assert_verdict(LOST "+0 bind(s, L1:1)\n", VERDICT_INCONCLUSIVE, rows[i].reason);
	}
}

static void every_mistake_of_a_fork_is_inconclusive(void **state)
{
	static const struct {
		enum mistake mistake;
		const char *reason;
	} rows[] = {
		{ I2_NONCE, "I2's responder nonce" },
		{ OTHER_FII, "for which there was no I1" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		rig.on_send = forking_i1();
		mistake = rows[i].mistake;
		assert_verdict(STORY "+0 peer(forks)\n+0 send(s, \"x\")\n+0 bind(s, L1:1)\n",
			       VERDICT_INCONCLUSIVE, rows[i].reason);
	}
}

static void the_case_can_recover_step_by_step(void **state)
{
	(void)state;
	assert_passes(STORY
		      "+0 forget()\n"
		      "+0 < P1 -> L1 r1bis(packet_tag=$peer_tag, resp_nonce=9) "
		      "validator(octets=zeros(20))\n"
		      "+0 answer(s)\n"
		      "+0 < P1 -> L1 payload(tag=$local_tag) udp\n");
	assert_memory_equal(heard[4] + SHIM + 12, "\xde\xad\xbe\xef", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fork_has_an_identifier_and_a_tag_of_its_own, setup),
		cmocka_unit_test_setup(a_fork_of_the_target_is_answered, setup),
		cmocka_unit_test_setup(a_fork_leaves_the_tags_of_the_first_context, setup),
		cmocka_unit_test_setup(an_i1_without_identifier_stays_for_the_case, setup),
		cmocka_unit_test_setup(a_tag_of_no_fork_is_inconclusive, setup),
		cmocka_unit_test_setup(every_mistake_of_a_fork_is_inconclusive, setup),
		cmocka_unit_test_setup(a_lost_context_is_made_anew_with_another_tag, setup),
		cmocka_unit_test_setup(several_packets_for_a_lost_context_are_one_recovery, setup),
		cmocka_unit_test_setup(a_context_that_is_not_lost_provokes_nothing, setup),
		cmocka_unit_test_setup(every_mistake_of_a_recovery_is_inconclusive, setup),
		cmocka_unit_test_setup(the_case_can_recover_step_by_step, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
