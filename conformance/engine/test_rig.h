/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A case as text against a target that does what a test tells it to, all in
 * one process. Its locators are 2001:db8:1::1 on link 1 and 2001:db8:2::1 on
 * link 2. Include after <cmocka.h>.
 */
#ifndef ENGINE_TEST_RIG_H
#define ENGINE_TEST_RIG_H

#include "conformance/engine/harvest.h"
#include "conformance/engine/trial.h"
#include "wire/test_octets.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { RIG_TIMED_MAX = 4, RIG_LEDGER = 4 << 20 };

static const char rig_description[] =
	"{\"name\": \"fake\", \"time\": \"virtual\","
	" \"supports\": {\"udp\": true, \"echo\": true, \"tcp\": false},"
	" \"numbers\": {\"levels\": {\"SOL_SHIM\": 6000},"
	"  \"options\": {\"SHIM_ASSOCIATED\": 1, \"SHIM_DONTSHIM\": 2, \"SHIM_PATHEXPLORE\": 13},"
	"  \"cmsgs\": {\"SHIM_LOC_LOCAL_RECV\": 6, \"SHIM_LOC_PEER_RECV\": 7},"
	"  \"errnos\": {\"EINVALIDLOCATOR\": 200}, \"limits\": {}}}";

static struct rig {
	/* set by the test */
	bool informs;            /* the case grades nothing */
	const char *on_send;     /* hex of what send() transmits; NULL: nothing */
	unsigned copies;         /* of it; 0 is one */
	unsigned link;           /* on this link; 0 is 1 */
	struct {
		uint64_t usec;
		const char *hex;
	} timed[RIG_TIMED_MAX];  /* transmitted by themselves, in this order */
	bool live;               /* in real time; what is timed comes at once */
	bool stuck;              /* next_deadline() never moves on */
	bool dead;               /* no answer to echo requests */
	bool chatty;             /* an echo reply is followed by on_send, to the same address */
	void (*change)(struct shimproof_target *target); /* its calls; NULL: as they are below */
	void (*on_deliver)(unsigned link, const uint8_t *packet, size_t len); /* NULL: an echo */
	int send_error;          /* errno */
	int option_error;        /* errno */
	const char *option;      /* hex of what getsockopt() gives */
	long option_at;          /* where it is written: off the buffer by so many octets */
	socklen_t option_len;    /* what it says that is long; 0: as long as it is */
	const char *data, *control; /* hex of what recvmsg() gives */
	int flags;
	struct in6_addr from;    /* of its name, and of getsockname(); port 7 */
	socklen_t name_len;      /* what it says that is long; 0: as long as it is */

	/* what came of it */
	const struct shimproof_env *env;
	uint64_t now;
	unsigned next;           /* of timed[] */
	char given[256];         /* hex of the last option or packet that was given */
	unsigned destroyed;
	bool inside;             /* of one of the target's calls: none may come */
} rig;

static const struct samples *rig_samples __attribute__((unused)); /* for sample(); or NULL */

static inline void rig_remember(const void *data, size_t len)
{
	rig.given[0] = '\0';
	for (size_t i = 0; i < len && 2 * i + 2 < sizeof(rig.given); i++)
		sprintf(rig.given + 2 * i, "%02x", ((const uint8_t *)data)[i]);
}

static inline void rig_transmit(const char *hex)
{
	struct octets o = octets_of(hex);

	rig.inside = true;
	rig.env->transmit(rig.env->ctx, rig.link ? rig.link : 1, o.data, o.len);
	rig.inside = false;
	octets_free(&o);
}

/* --- the target's calls --------------------------------------------------- */

static inline int rig_create(const char *config, const struct shimproof_env *env,
			     struct shimproof_instance **out)
{
	assert_non_null(strstr(config, "2001:db8:1::/64"));
	rig.env = env;
	rig.now = 0;
	rig.next = 0;
	*out = (struct shimproof_instance *)&rig;
	return 0;
}

static inline void rig_destroy(struct shimproof_instance *i)
{
	(void)i;
	rig.destroyed++;
}

static inline ssize_t rig_locators(struct shimproof_instance *i, struct shimproof_locator *out,
				   size_t max)
{
	(void)i;
	assert_true(max >= 2);
	for (unsigned n = 1; n <= 2; n++) {
		out[n - 1] = (struct shimproof_locator){ .link = n, .prefix_len = 64 };
		inet_pton(AF_INET6, n == 1 ? "2001:db8:1::1" : "2001:db8:2::1", &out[n - 1].addr);
	}
	return 2;
}

/* Answers an echo request, whatever it came for. */
static inline int rig_deliver(struct shimproof_instance *i, unsigned link, const void *packet,
			      size_t len)
{
	uint8_t reply[256];

	(void)i;
	assert_false(rig.inside);
	rig_remember(packet, len);
	if (rig.on_deliver) {
		rig.inside = true;
		rig.on_deliver(link, packet, len);
		rig.inside = false;
		return 0;
	}
	if (rig.dead || len < 44 || len > sizeof(reply) || ((const uint8_t *)packet)[40] != 128)
		return 0;
	memcpy(reply, packet, len);
	memcpy(reply + 8, (const uint8_t *)packet + 24, 16);
	memcpy(reply + 24, (const uint8_t *)packet + 8, 16);
	reply[40] = 129;
	reply[42]--; /* the checksum, RFC 1624; good as long as it doesn't borrow */
	rig.env->transmit(rig.env->ctx, link, reply, len);
	if (rig.chatty)
		rig.env->transmit(rig.env->ctx, link, reply, len);
	return 0;
}

static inline int rig_address(struct shimproof_instance *i, unsigned link,
			      const struct in6_addr *addr, unsigned prefix_len, int up)
{
	(void)i, (void)link, (void)addr, (void)prefix_len, (void)up;
	return 0;
}

static inline uint64_t rig_next_deadline(struct shimproof_instance *i)
{
	(void)i;
	if (rig.stuck)
		return rig.now;
	return rig.next < RIG_TIMED_MAX && rig.timed[rig.next].hex ? rig.timed[rig.next].usec
								   : SHIMPROOF_NEVER;
}

static inline int rig_advance(struct shimproof_instance *i, uint64_t now)
{
	assert_true(now >= rig.now);
	rig.now = now;
	while (!rig.stuck && rig_next_deadline(i) <= now)
		rig_transmit(rig.timed[rig.next++].hex);
	return 0;
}

static inline int rig_wait(struct shimproof_instance *i, uint64_t max_usec)
{
	(void)i, (void)max_usec;
	if (rig.next == RIG_TIMED_MAX || !rig.timed[rig.next].hex)
		return -ETIMEDOUT;
	rig_transmit(rig.timed[rig.next++].hex);
	return 0;
}

static inline int rig_socket(struct shimproof_instance *i, int domain, int type, int protocol)
{
	(void)i, (void)domain, (void)type, (void)protocol;
	return 3;
}

static inline int rig_bind(struct shimproof_instance *i, int s, const struct sockaddr *addr,
			   socklen_t len)
{
	(void)i, (void)s, (void)addr, (void)len;
	return 0;
}

static inline ssize_t rig_send(struct shimproof_instance *i, int s, const void *data, size_t len,
			       int flags)
{
	(void)i, (void)s, (void)data, (void)flags;
	for (unsigned n = 0; rig.on_send && n < (rig.copies ? rig.copies : 1); n++)
		rig_transmit(rig.on_send);
	return rig.send_error ? -rig.send_error : (ssize_t)len;
}

static inline int rig_getsockopt(struct shimproof_instance *i, int s, int level, int name,
				 void *value, socklen_t *len)
{
	struct octets o = octets_of(rig.option ? rig.option : "");

	(void)i, (void)s, (void)level, (void)name;
	memcpy((uint8_t *)value + rig.option_at, o.data, o.len);
	*len = rig.option_len ? rig.option_len : (socklen_t)o.len;
	octets_free(&o);
	return rig.option_error ? -rig.option_error : 0;
}

static inline int rig_setsockopt(struct shimproof_instance *i, int s, int level, int name,
				 const void *value, socklen_t len)
{
	(void)i, (void)s, (void)level, (void)name;
	rig_remember(value, len);
	return rig.option_error ? -rig.option_error : 0;
}

static inline ssize_t rig_recvmsg(struct shimproof_instance *i, int s, struct msghdr *msg,
				  int flags)
{
	struct octets data = octets_of(rig.data ? rig.data : "");
	struct octets control = octets_of(rig.control ? rig.control : "");
	struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_port = htons(7),
				     .sin6_addr = rig.from };
	ssize_t n = (ssize_t)data.len;

	(void)i, (void)s, (void)flags;
	assert_true(msg->msg_namelen >= sizeof(name) && msg->msg_controllen >= control.len);
	memcpy(msg->msg_name, &name, sizeof(name));
	memcpy(msg->msg_iov[0].iov_base, data.data, data.len);
	memcpy(msg->msg_control, control.data, control.len);
	if (rig.name_len)
		msg->msg_namelen = rig.name_len;
	msg->msg_controllen = control.len;
	msg->msg_flags = rig.flags;
	octets_free(&data);
	octets_free(&control);
	return n;
}

static inline int rig_getsockname(struct shimproof_instance *i, int s, struct sockaddr *addr,
				  socklen_t *len)
{
	struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_port = htons(7),
				     .sin6_addr = rig.from };

	(void)i, (void)s;
	memcpy(addr, &name, sizeof(name));
	*len = rig.name_len ? rig.name_len : sizeof(name);
	return 0;
}

static const struct shimproof_target rig_target = {
	.abi = SHIMPROOF_TARGET_ABI,
	.size = sizeof(rig_target),
	.create = rig_create,
	.destroy = rig_destroy,
	.locators = rig_locators,
	.deliver = rig_deliver,
	.address = rig_address,
	.next_deadline = rig_next_deadline,
	.advance = rig_advance,
	.socket = rig_socket,
	.bind = rig_bind,
	.send = rig_send,
	.getsockopt = rig_getsockopt,
	.setsockopt = rig_setsockopt,
	.recvmsg = rig_recvmsg,
	.getsockname = rig_getsockname,
};

/* --- running -------------------------------------------------------------- */

static inline void rig_mistake(void *ctx, const char *text)
{
	(void)ctx;
	fail_msg("the test's case: %s", text);
}

static inline void rig_write(const char *path, const char *body)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "case story \"a story\"\n%s rfc0000/1/rule\n%s",
		rig.informs ? "informs" : "rules", body);
	assert_int_equal(fclose(f), 0);
}

/* Read the case, which is written from its third line on; free with suite_free(). */
static inline void rig_load(struct suite *out, const char *body)
{
	char folder[] = P_tmpdir "/rig-XXXXXX", path[64];
	const char *root = path;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.case", folder);
	rig_write(path, body);
	assert_int_equal(suite_load(out, folder, &root, 1, rig_mistake, NULL), 0);
	assert_int_equal(out->count, 1);
	unlink(path);
	rmdir(folder);
}

static inline void rig_play(struct ledger *ledger, void *order)
{
	struct shimproof_target target = rig_target;

	if (rig.live) {
		target.next_deadline = NULL;
		target.advance = NULL;
		target.wait = rig_wait;
	}
	if (rig.change)
		rig.change(&target);
	trial_play(ledger, order, &target);
}

/* As in a process that isn't a test's, which would take signals for its own. */
static inline void rig_play_apart(struct ledger *ledger, void *order)
{
	signal(SIGSEGV, SIG_DFL);
	rig_play(ledger, order);
}

/* apart: in a process of its own, for what a process doesn't survive. */
static inline struct case_result rig_run_as(const char *body, bool apart)
{
	struct child_end end = { .finished = true };
	json_t *description = json_loads(rig_description, 0, NULL);
	struct case_result result;
	struct ledger ledger;
	struct suite suite;
	uint8_t *records;
	size_t len;

	rig_load(&suite, body);
	assert_non_null(description);
	assert_int_equal(ledger_map(&ledger, RIG_LEDGER), 0);
	struct trial_order order = { .scenario = suite.scenarios, .description = description,
				     .seed = 1, .samples = rig_samples };

	if (apart)
		assert_int_equal(child_run(&end, &ledger, rig_play_apart, &order, 60000000), 0);
	else
		rig_play(&ledger, &order);
	assert_int_equal(ledger_copy(&ledger, &records, &len), 0);
	assert_int_equal(harvest_begin(&result, suite.scenarios), 0);
	assert_int_equal(harvest_result(&result, suite.scenarios, records, len, &end, true), 0);
	free(end.output);
	free(records);
	ledger_unmap(&ledger);
	suite_free(&suite);
	json_decref(description);
	return result;
}

/* Free with case_result_free(). */
static inline struct case_result rig_run(const char *body)
{
	return rig_run_as(body, false);
}

static inline const struct difference *rig_difference(const struct case_result *r,
						      const char *where)
{
	for (size_t i = 0; r->failure && i < r->failure->difference_count; i++)
		if (!strcmp(r->failure->differences[i].where, where))
			return &r->failure->differences[i];
	return NULL;
}

/* The case failed on this line, and this stands among the differences. */
static inline void assert_differs(const struct case_result *r, int line, const char *where,
				  const char *expected, const char *actual)
{
	const struct difference *d = rig_difference(r, where);

	assert_int_equal(r->verdict, VERDICT_FAIL);
	assert_non_null(r->failure);
	assert_int_equal(r->failure->line, line);
	if (!d)
		fail_msg("no difference at %s: %s", where, r->failure->message);
	assert_string_equal(d->expected, expected);
	assert_string_equal(d->actual, actual);
}

static inline void assert_passes(const char *body)
{
	struct case_result r = rig_run(body);

	if (r.verdict != VERDICT_PASS)
		fail_msg("%s: %s", case_verdict_name[r.verdict],
			 r.failure ? r.failure->message : r.reason ? r.reason : "");
	case_result_free(&r);
}

static inline int rig_setup(void **state)
{
	(void)state;
	memset(&rig, 0, sizeof(rig));
	return 0;
}

#endif
