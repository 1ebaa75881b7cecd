/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference stack by the target ABI alone, as a runner sees it. */
#include "conformance/target/shimproof_target.h"
#include "refstack/include/shim.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

shimproof_target_fn shimproof_target;

enum { IN_FLIGHT_MAX = 16, PACKET_MAX = 1500 };

/* What instances sent and nobody has taken yet. */
struct air {
	unsigned count;
	struct {
		unsigned link;
		size_t len;
		uint8_t octets[PACKET_MAX];
	} packet[IN_FLIGHT_MAX];
};

static void transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct air *air = ctx;

	assert_true(air->count < IN_FLIGHT_MAX && len <= PACKET_MAX);
	air->packet[air->count].link = link;
	air->packet[air->count].len = len;
	memcpy(air->packet[air->count++].octets, packet, len);
}

static struct shimproof_env env_of(struct air *air)
{
	return (struct shimproof_env){ .size = sizeof(struct shimproof_env), .ctx = air,
				       .transmit = transmit };
}

static const char two_links[] =
	"{\"seed\": 1, \"initiate_after\": 1, \"unknown\": null, \"links\": ["
	"{\"prefixes\": [\"2001:db8:1::/64\"]},"
	"{\"prefixes\": [\"2001:db8:2::/64\", \"2001:db8:3::/64\"], \"mtu\": 1280}]}";
static const char other_links[] = "{\"seed\": 2, \"links\": [{\"prefixes\": [\"2001:db8:9::/64\"]},"
				  "{\"prefixes\": [\"2001:db8:a::/64\"]}]}";

static struct shimproof_instance *instance(const char *config, const struct shimproof_env *env)
{
	struct shimproof_instance *inst;

	assert_int_equal(shimproof_target()->create(config, env, &inst), 0);
	return inst;
}

/* --- what it says of itself ------------------------------------------------- */

static void offers_every_call_but_that_of_real_time(void **state)
{
	const struct shimproof_target *t = shimproof_target();

	(void)state;
	assert_int_equal(t->abi, 1);
	assert_int_equal(t->size, sizeof(*t));
	assert_true(t->describe && t->create && t->destroy && t->reset && t->locators);
	assert_true(t->deliver && t->address && t->link && t->next_deadline && t->advance);
	assert_true(t->socket && t->bind && t->connect && t->close && t->send && t->sendto);
	assert_true(t->sendmsg && t->recv && t->recvmsg && t->getsockname && t->getpeername);
	assert_true(t->getsockopt && t->setsockopt && t->poll);
	assert_true(t->listen && t->accept && t->shutdown);
	assert_false(t->wait);
}

static int number(const json_t *root, const char *group, const char *name)
{
	const json_t *n = json_object_get(
		json_object_get(json_object_get(root, "numbers"), group), name);

	assert_true(json_is_integer(n));
	return (int)json_integer_value(n);
}

static void describe_gives_the_numbers_of_shim_h(void **state)
{
	const char *text = shimproof_target()->describe();
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	(void)state;
	assert_non_null(root);
	assert_ptr_equal(text, shimproof_target()->describe());
	assert_string_equal(json_string_value(json_object_get(root, "name")), "refstack");
	assert_string_equal(json_string_value(json_object_get(root, "profile")), "shim6");
	assert_string_equal(json_string_value(json_object_get(root, "time")), "virtual");
	assert_true(json_is_string(json_object_get(root, "version")));
	assert_int_equal(number(root, "levels", "SOL_SHIM"), SOL_SHIM);
	assert_int_equal(number(root, "options", "SHIM_ASSOCIATED"), SHIM_ASSOCIATED);
	assert_int_equal(number(root, "options", "SHIM_DEFERRED_CONTEXT_SETUP"),
			 SHIM_DEFERRED_CONTEXT_SETUP);
	assert_int_equal(number(root, "cmsgs", "SHIM_LOC_LOCAL_RECV"), SHIM_LOC_LOCAL_RECV);
	assert_int_equal(number(root, "cmsgs", "SHIM_FEEDBACK"), SHIM_FEEDBACK);
	assert_int_equal(number(root, "errnos", "EINVALIDLOCATOR"), EINVALIDLOCATOR);
	assert_int_equal(number(root, "errnos", "EUNVERIFIEDLOCATOR"), EUNVERIFIEDLOCATOR);
	assert_int_equal(number(root, "errnos", "EUNREACHABLELOCATOR"), EUNREACHABLELOCATOR);
	assert_int_equal(number(root, "errnos", "ETOOMANYLOCATORS"), ETOOMANYLOCATORS);
	assert_int_equal(number(root, "limits", "SHIM_MAX_LOCATORS"), SHIM_MAX_LOCATORS);
	json_decref(root);
}

/* On an unconnected socket what exists succeeds or is not applicable. */
static void describe_claims_the_options_that_getsockopt_knows_and_no_others(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	json_t *root = json_loads(t->describe(), 0, NULL), *n;
	json_t *supports = json_object_get(root, "supports");
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(two_links, &env);
	int s = t->socket(inst, AF_INET6, SOCK_DGRAM, 0), claimed = 0, count = 0;
	const char *name;

	(void)state;
	json_object_foreach(json_object_get(json_object_get(root, "numbers"), "options"), name, n) {
		uint8_t value[SHIM_MAX_LOCATORS * sizeof(struct shim_locator)];
		socklen_t len = sizeof(value);
		int rc = t->getsockopt(inst, s, SOL_SHIM, (int)json_integer_value(n), value, &len);

		assert_true(json_is_boolean(json_object_get(supports, name)));
		assert_int_equal(json_is_true(json_object_get(supports, name)), rc != -ENOPROTOOPT);
		claimed += rc != -ENOPROTOOPT;
		count++;
	}
	assert_int_equal(count, 14 + 1); /* of which one has two names */
	assert_int_equal(claimed, 14 + 1);
	assert_true(json_is_true(json_object_get(supports, "SHIM_FEEDBACK")));
	t->destroy(inst);
	json_decref(root);
}

static void describe_claims_the_sockets_that_can_be_opened_and_no_others(void **state)
{
	static const struct {
		const char *name;
		int type, protocol;
	} rows[] = {
		{ "udp", SOCK_DGRAM, IPPROTO_UDP },
		{ "tcp", SOCK_STREAM, IPPROTO_TCP },
		{ "raw", SOCK_RAW, IPPROTO_ICMPV6 },
	};
	const struct shimproof_target *t = shimproof_target();
	json_t *root = json_loads(t->describe(), 0, NULL);
	json_t *supports = json_object_get(root, "supports");
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(two_links, &env);
	const int on = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const json_t *claim = json_object_get(supports, rows[i].name);
		int s = t->socket(inst, AF_INET6, rows[i].type, rows[i].protocol);

		assert_true(json_is_boolean(claim));
		assert_int_equal(json_is_true(claim), s >= 0);
	}
	assert_true(json_is_true(json_object_get(supports, "tcp")));
	assert_true(json_is_true(json_object_get(supports, "raw")));
	assert_int_equal(json_is_true(json_object_get(supports, "pktinfo")),
			 t->setsockopt(inst, t->socket(inst, AF_INET6, SOCK_DGRAM, 0), IPPROTO_IPV6,
				       IPV6_RECVPKTINFO, &on, sizeof(on)) == 0);
	assert_true(json_is_true(json_object_get(supports, "pktinfo")));
	t->destroy(inst);
	json_decref(root);
}

/* Claimed where the kernel can be asked. */
static void describe_claims_efault_and_an_unmapped_pointer_is_that(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	json_t *root = json_loads(t->describe(), 0, NULL);
	const json_t *claim = json_object_get(json_object_get(root, "supports"), "efault");
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(two_links, &env);
	int s = t->socket(inst, AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	assert_true(json_is_boolean(claim));
	if (json_is_true(claim)) {
		size_t page = (size_t)sysconf(_SC_PAGESIZE);
		void *bad = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		assert_ptr_not_equal(bad, MAP_FAILED);
		assert_int_equal(t->setsockopt(inst, s, SOL_SHIM, SHIM_DONTSHIM, bad, sizeof(int)),
				 -EFAULT);
		assert_int_equal(t->send(inst, s, bad, 1, 0), -EFAULT);
		munmap(bad, page);
	}
	t->destroy(inst);
	json_decref(root);
}

/* --- instances ----------------------------------------------------------------- */

#define LINK(p) "{\"prefixes\": [" p "]}"
#define P(n)    "\"2001:db8:" #n "::/64\""

static void create_refuses_every_bad_config(void **state)
{
	static const char *const bad[] = {
		NULL,
		"",
		"[]",
		"{}",
		"{\"links\": []}",
		"{\"links\": {}}",
		"{\"links\": [7]}",
		"{\"links\": [{}]}",
		"{\"links\": [" LINK("") "]}",
		"{\"links\": [" LINK("7") "]}",
		"{\"links\": [" LINK("\"2001:db8:1::\"") "]}",
		"{\"links\": [" LINK("\"2001:db8:1::/48\"") "]}",
		"{\"links\": [" LINK("\"2001:db8:1::/64/64\"") "]}",
		"{\"links\": [" LINK("\"2001:db8:1::1/64\"") "]}",
		"{\"links\": [" LINK("\"192.0.2.0/64\"") "]}",
		"{\"links\": [" LINK("\"/64\"") "]}",
		"{\"links\": [" LINK("\"ff0e::/64\"") "]}",
		"{\"links\": [" LINK("\"0000:0000:0000:0000:0000:0000:0000:0000"
				     ":0000:0000/64\"") "]}",
		"{\"links\": [" LINK(P(1) "," P(1)) "]}",
		"{\"links\": [" LINK(P(1)) "," LINK(P(2) "," P(1)) "]}",
		"{\"links\": [" LINK(P(1) "," P(2) "," P(3) "," P(4) "," P(5)) "]}",
		"{\"links\": [" LINK(P(1)) "," LINK(P(2)) "," LINK(P(3)) "," LINK(P(4)) ","
				LINK(P(5)) "," LINK(P(6)) "," LINK(P(7)) "," LINK(P(8)) ","
				LINK(P(9)) "]}",
		"{\"links\": [{\"prefixes\": [" P(1) "], \"mtu\": 1279}]}",
		"{\"links\": [{\"prefixes\": [" P(1) "], \"mtu\": 65576}]}",
		"{\"links\": [{\"prefixes\": [" P(1) "], \"mtu\": 4294968796}]}",
		"{\"links\": [{\"prefixes\": [" P(1) "], \"mtu\": \"1500\"}]}",
		"{\"seed\": \"x\", \"links\": [" LINK(P(1)) "]}",
		"{\"hba_sec\": 3, \"links\": [" LINK(P(1)) "]}",
		"{\"hba_sec\": -1, \"links\": [" LINK(P(1)) "]}",
		"{\"initiate_after\": -1, \"links\": [" LINK(P(1)) "]}",
		"{\"initiate_after\": true, \"links\": [" LINK(P(1)) "]}",
		"{\"links\": [" LINK(P(1)) "]",
		"{\"links\": [" LINK(P(1)) "]} 7",
	};
	struct air air = { 0 };
	struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (shimproof_target()->create(bad[i], &env, &inst) != -EINVAL || inst)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(shimproof_target()->create(two_links, NULL, &inst), -EINVAL);
	env.size--;
	assert_int_equal(shimproof_target()->create(two_links, &env, &inst), -EINVAL);
	env = env_of(&air);
	env.transmit = NULL;
	assert_int_equal(shimproof_target()->create(two_links, &env, &inst), -EINVAL);
	assert_null(inst);
}

static void locators_are_one_per_prefix_in_order(void **state)
{
	static const uint8_t prefix[3][8] = {
		{ 0x20, 0x01, 0x0d, 0xb8, 0, 1 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0, 2 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0, 3 },
	};
	const struct shimproof_target *t = shimproof_target();
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(two_links, &env);
	struct shimproof_locator l[4];

	(void)state;
	memset(l, 0xa5, sizeof(l));
	assert_int_equal(t->locators(inst, NULL, 0), 3);
	assert_int_equal(t->locators(inst, l, 2), 3);
	assert_int_equal(l[2].link, 0xa5a5a5a5);
	assert_int_equal(t->locators(inst, l, 4), 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_memory_equal(&l[i].addr, prefix[i], 8);
		assert_int_equal(l[i].link, i == 0 ? 1 : 2);
		assert_int_equal(l[i].prefix_len, 64);
	}
	t->destroy(inst);
}

static void reset_leaves_locators_and_time_alone(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(two_links, &env);
	struct shimproof_locator before[3] = { 0 }, after[3] = { 0 };
	int s = t->socket(inst, AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	t->locators(inst, before, 3);
	assert_int_equal(t->advance(inst, 5000000), 0);
	assert_int_equal(t->reset(inst), 0);
	t->locators(inst, after, 3);
	assert_memory_equal(after, before, sizeof(before));
	assert_int_equal(t->poll(inst, s, POLLIN), -EBADF);
	assert_int_equal(t->next_deadline(inst), SHIMPROOF_NEVER);
	assert_int_equal(t->advance(inst, 4999999), -EINVAL);
	assert_int_equal(t->advance(inst, 5000000), 0);
	t->destroy(inst);
}

static void same_seed_and_calls_give_the_same_octets(void **state)
{
	static struct air air[3];
	const struct shimproof_target *t = shimproof_target();
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(7) };

	(void)state;
	memset(air, 0, sizeof(air));
	to.sin6_addr.s6_addr[0] = 0x20;
	for (unsigned i = 0; i < 3; i++) {
		const struct shimproof_env env = env_of(&air[i]);
		struct shimproof_instance *inst = instance(i < 2 ? two_links : other_links, &env);
		int s = t->socket(inst, AF_INET6, SOCK_DGRAM, 0);

		assert_int_equal(t->sendto(inst, s, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)),
				 1);
		t->destroy(inst);
	}
	assert_int_equal(air[0].count, 2); /* the datagram, and I1 */
	assert_memory_equal(&air[0], &air[1], sizeof(air[0]));
	assert_memory_not_equal(&air[0], &air[2], sizeof(air[0]));
}

static void links_and_addresses_that_are_not_there_are_refused(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(two_links, &env);
	struct shimproof_locator l[3];

	(void)state;
	t->locators(inst, l, 3);
	for (unsigned link = 0; link <= 3; link += 3) {
		assert_int_equal(t->deliver(inst, link, "", 0), -ENODEV);
		assert_int_equal(t->link(inst, link, 0), -ENODEV);
		assert_int_equal(t->address(inst, link, &l[0].addr, 64, 0), -ENODEV);
	}
	assert_int_equal(t->deliver(inst, 1, "", 0), 0);
	assert_int_equal(t->address(inst, 1, &in6addr_loopback, 64, 0), -EADDRNOTAVAIL);
	assert_int_equal(t->address(inst, 1, &l[0].addr, 64, 0), 0);
	assert_int_equal(t->address(inst, 1, &l[0].addr, 64, 1), 0);
	assert_int_equal(t->link(inst, 2, 0), 0);
	t->destroy(inst);
}

/* --- what it claims to do ---------------------------------------------------------- */

/* RFC 4443 4.1, 4.2: the same but for type and addresses; adding one to the
 * type takes 0x100 off the checksum. */
static void echo_is_answered(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	struct air air = { 0 };
	const struct shimproof_env env = env_of(&air);
	struct shimproof_instance *inst = instance(other_links, &env);
	uint8_t packet[48] = { 0x60, 0, 0, 0, 0, 8, 58, 64, 0x20, 0x01, 0x0d, 0xb8, [23] = 9,
			       [40] = 128, [44] = 0x12, 0x34, 0, 1 };
	struct shimproof_locator own;
	uint32_t sum = 8 + 58;

	(void)state;
	t->locators(inst, &own, 1);
	memcpy(packet + 24, &own.addr, 16);
	for (size_t i = 8; i < sizeof(packet); i += 2)
		sum += (uint32_t)packet[i] << 8 | packet[i + 1];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	packet[42] = (uint8_t)(~sum >> 8);
	packet[43] = (uint8_t)~sum;
	assert_int_equal(t->deliver(inst, 1, packet, sizeof(packet)), 0);
	assert_int_equal(air.count, 1);
	assert_int_equal(air.packet[0].len, sizeof(packet));
	assert_memory_equal(air.packet[0].octets + 8, &own.addr, 16);
	assert_memory_equal(air.packet[0].octets + 24, packet + 8, 16);
	assert_int_equal(air.packet[0].octets[40], 129);
	assert_memory_equal(air.packet[0].octets + 44, packet + 44, 4);
	t->destroy(inst);
}

/* Everything that either sent lands at the other, on the link of its number. */
static void settle(struct shimproof_instance *inst[2], struct air air[2])
{
	while (air[0].count || air[1].count) {
		for (unsigned i = 0; i < 2; i++) {
			struct air now = air[i];

			air[i].count = 0;
			for (unsigned k = 0; k < now.count; k++)
				shimproof_target()->deliver(inst[!i], now.packet[k].link,
							    now.packet[k].octets,
							    now.packet[k].len);
		}
	}
}

static int associated(struct shimproof_instance *inst, int s)
{
	socklen_t len = sizeof(int);
	int value;

	assert_int_equal(shimproof_target()->getsockopt(inst, s, SOL_SHIM, SHIM_ASSOCIATED, &value,
							&len), 0);
	return value;
}

static void initiator_and_responder_set_up_a_context(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	static struct air air[2];
	const struct shimproof_env env[2] = { env_of(&air[0]), env_of(&air[1]) };
	struct shimproof_instance *inst[2] = { instance(two_links, &env[0]),
					       instance(other_links, &env[1]) };
	struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_port = htons(7) };
	socklen_t len = sizeof(name);
	struct shimproof_locator peer;
	int s[2];
	char c;

	(void)state;
	memset(air, 0, sizeof(air));
	for (unsigned i = 0; i < 2; i++)
		s[i] = t->socket(inst[i], AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
	t->locators(inst[1], &peer, 1);
	assert_int_equal(t->bind(inst[1], s[1], (struct sockaddr *)&name, sizeof(name)), 0);
	name.sin6_addr = peer.addr;
	assert_int_equal(t->connect(inst[0], s[0], (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(associated(inst[0], s[0]), 0);
	assert_int_equal(t->send(inst[0], s[0], "x", 1, 0), 1);
	settle(inst, air);
	assert_int_equal(associated(inst[0], s[0]), 1);

	assert_int_equal(t->recv(inst[1], s[1], &c, 1, 0), 1);
	assert_int_equal(t->getsockname(inst[0], s[0], (struct sockaddr *)&name, &len), 0);
	assert_int_equal(t->connect(inst[1], s[1], (struct sockaddr *)&name, len), 0);
	assert_int_equal(associated(inst[1], s[1]), 1);
	for (unsigned i = 0; i < 2; i++)
		t->destroy(inst[i]);
}

/* --- TCP ----------------------------------------------------------------------------- */

struct tcp_ends {
	struct air air[2];
	struct shimproof_env env[2];
	struct shimproof_instance *inst[2];
	int active, listener;
};

/* The first has sent a SYN to the second, which listens, and has it not yet. */
static void connecting(struct tcp_ends *e)
{
	const struct shimproof_target *t = shimproof_target();
	struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_port = htons(7) };
	struct shimproof_locator peer;

	memset(e, 0, sizeof(*e));
	for (unsigned i = 0; i < 2; i++) {
		e->env[i] = env_of(&e->air[i]);
		e->inst[i] = instance(i ? other_links : two_links, &e->env[i]);
	}
	e->active = t->socket(e->inst[0], AF_INET6, SOCK_STREAM, 0);
	e->listener = t->socket(e->inst[1], AF_INET6, SOCK_STREAM, 0);
	t->locators(e->inst[1], &peer, 1);
	name.sin6_addr = peer.addr;
	assert_int_equal(t->bind(e->inst[1], e->listener, (struct sockaddr *)&name, sizeof(name)),
			 0);
	assert_int_equal(t->listen(e->inst[1], e->listener, 5), 0);
	assert_int_equal(t->connect(e->inst[0], e->active, (struct sockaddr *)&name, sizeof(name)),
			 -EINPROGRESS);
}

static void listen_accept_and_shutdown_are_those_of_sockets(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	static struct tcp_ends e;
	struct sockaddr_in6 peer;
	socklen_t len = sizeof(peer);
	char octets[8];
	int s;

	(void)state;
	connecting(&e);
	assert_int_equal(t->accept(e.inst[1], e.listener, NULL, NULL), -EAGAIN);
	settle(e.inst, e.air);
	assert_int_equal(t->poll(e.inst[0], e.active, POLLOUT), POLLOUT);
	s = t->accept(e.inst[1], e.listener, (struct sockaddr *)&peer, &len);
	assert_true(s >= 0);
	assert_int_equal(len, sizeof(peer));
	assert_int_equal(associated(e.inst[1], s), 1);
	assert_int_equal(t->send(e.inst[0], e.active, "hello", 5, 0), 5);
	assert_int_equal(t->shutdown(e.inst[0], e.active, SHUT_WR), 0);
	settle(e.inst, e.air);
	assert_int_equal(t->recv(e.inst[1], s, octets, sizeof(octets), 0), 5);
	assert_memory_equal(octets, "hello", 5);
	assert_int_equal(t->recv(e.inst[1], s, octets, sizeof(octets), 0), 0);
	for (unsigned i = 0; i < 2; i++)
		t->destroy(e.inst[i]);
}

/* RFC 6298 2.1. The runner asks for the time, and the segment is there again; what came
 * with it at first was the I1 of a context. */
static void time_has_a_lost_segment_sent_again(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	static struct tcp_ends e;
	uint8_t syn[20];

	(void)state;
	connecting(&e);
	memcpy(syn, e.air[0].packet[0].octets + 40, sizeof(syn));
	e.air[0].count = 0;
	assert_int_equal(t->next_deadline(e.inst[0]), 1000000);
	assert_int_equal(t->advance(e.inst[0], 999999), 0);
	assert_int_equal(e.air[0].count, 0);
	assert_int_equal(t->advance(e.inst[0], 1000000), 0);
	assert_int_not_equal(e.air[0].count, 0);
	assert_memory_equal(e.air[0].packet[e.air[0].count - 1].octets + 40, syn, sizeof(syn));
	assert_int_equal(t->next_deadline(e.inst[1]), SHIMPROOF_NEVER);
	for (unsigned i = 0; i < 2; i++)
		t->destroy(e.inst[i]);
}

/* A SYN that isn't answered, one that nobody has accepted, and one that was closed. */
static void reset_and_destroy_leave_no_connection(void **state)
{
	const struct shimproof_target *t = shimproof_target();
	static struct tcp_ends e;

	(void)state;
	connecting(&e);
	t->reset(e.inst[0]);
	assert_int_equal(t->next_deadline(e.inst[0]), SHIMPROOF_NEVER);
	for (unsigned i = 0; i < 2; i++)
		t->destroy(e.inst[i]);
	connecting(&e);
	settle(e.inst, e.air);
	assert_int_equal(t->close(e.inst[0], e.active), 0);
	t->reset(e.inst[1]);
	settle(e.inst, e.air);
	for (unsigned i = 0; i < 2; i++)
		t->destroy(e.inst[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offers_every_call_but_that_of_real_time),
		cmocka_unit_test(describe_gives_the_numbers_of_shim_h),
		cmocka_unit_test(describe_claims_the_options_that_getsockopt_knows_and_no_others),
		cmocka_unit_test(describe_claims_the_sockets_that_can_be_opened_and_no_others),
		cmocka_unit_test(describe_claims_efault_and_an_unmapped_pointer_is_that),
		cmocka_unit_test(create_refuses_every_bad_config),
		cmocka_unit_test(locators_are_one_per_prefix_in_order),
		cmocka_unit_test(reset_leaves_locators_and_time_alone),
		cmocka_unit_test(same_seed_and_calls_give_the_same_octets),
		cmocka_unit_test(links_and_addresses_that_are_not_there_are_refused),
		cmocka_unit_test(echo_is_answered),
		cmocka_unit_test(initiator_and_responder_set_up_a_context),
		cmocka_unit_test(listen_accept_and_shutdown_are_those_of_sockets),
		cmocka_unit_test(time_has_a_lost_segment_sent_again),
		cmocka_unit_test(reset_and_destroy_leave_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
