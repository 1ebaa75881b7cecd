/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of refstack/core/ know of each other; nobody else includes
 * it. A packet's way: host.c takes it in and finds what it carries; control.c
 * takes the control messages apart for handshake.c, update.c and reap.c;
 * translate.c has what comes by tag, icmp6.c ICMPv6; the rest goes to the
 * upper layer.
 */
#ifndef REFSTACK_INTERNAL_H
#define REFSTACK_INTERNAL_H

#include "refstack/core/context.h"
#include "refstack/core/host.h"
#include "refstack/core/identity.h"
#include "refstack/core/random.h"
#include "refstack/core/upper.h"
#include "refstack/core/validator.h"
#include "wire/ipv6.h"
#include "wire/shim6.h"

#include <string.h>

enum {
	HOST_MTU_MIN = 1280,  /* RFC 8200 5 */
	HOST_MTU_MAX = 65575, /* the IPv6 header and all that Payload Length can say */
	HOST_HOP_LIMIT = 64,
	HOST_PAIRS_MAX = 64, /* ULID pairs whose packets are counted at a time */
	HOST_CONTEXTS_MAX = 65536, /* unless the configuration says another number */
};

struct host_locator {
	struct in6_addr addr;
	unsigned link;  /* from 1 */
	uint8_t method; /* by which it is proven, enum shim6_method */
	bool up;        /* the address alone; see host_is_up() */
};

/* Packets sent on a ULID pair that has no context yet. */
struct pair_count {
	struct shim_ulids ulids;
	unsigned packets; /* 0: the place is free */
};

/* A bucket that leaks, for what must not be sent too often. */
struct rate {
	unsigned filled;
	usec_t since; /* when it was last reckoned */
};

struct shim_host {
	struct shim_config cfg;
	usec_t now;
	struct random_source random;
	struct identity identity;
	unsigned locator_count;
	struct host_locator locator[HOST_LOCATORS_MAX];
	bool link_up[HOST_LINKS_MAX]; /* [0] is link 1 */
	struct context_table contexts;
	struct validator_keys validators;
	struct pair_count pair[HOST_PAIRS_MAX];
	unsigned pair_next; /* whose place is taken when all are full */
	struct rate icmp6_errors, shim_errors, r1bis, hints;
	const struct shim_upper *upper; /* borrowed; NULL: nobody */
	void *upper_ctx;
};

/* A packet as it came in, cut to what its header says; borrowed. */
struct received {
	const uint8_t *packet;
	size_t len;
	struct ipv6_header ip;
};

/* --- host.c ------------------------------------------------------------------- */

void host_log(const struct shim_host *host, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void host_drop(const struct shim_host *host, const struct received *rx, const char *why);
/* from and to: names of states, NULL where there are none. */
void host_event(const struct shim_host *host, enum shim_event_kind kind,
		const struct shim_context *context, const char *from, const char *to);

const struct host_locator *host_locator(const struct shim_host *host, const struct in6_addr *addr);
bool host_locator_is_up(const struct shim_host *host, const struct host_locator *locator);
/* Is it ours, assigned, and on a link that is up? */
bool host_is_up(const struct shim_host *host, const struct in6_addr *addr);
/* All that are. */
locator_set host_locators_up(const struct shim_host *host);
/* Neither multicast nor unspecified (RFC 5533 12.3), nor loopback, which no
 * packet on a link may have (RFC 4291 2.5.3): a single other node may have it. */
bool host_is_unicast(const struct in6_addr *addr);
/* The bit of a locator of ours; 0: it isn't. */
locator_set host_locator_bit(const struct shim_host *host, const struct in6_addr *addr);
/* From where a context can send: Ls(local) as far as the peer has acknowledged it,
 * and the ULID, which needs no list. */
locator_set context_sources(const struct shim_host *host, const struct shim_context *context);
/* And where it is spoken to: also what the peer may know without our knowing. */
locator_set context_ears(const struct shim_host *host, const struct shim_context *context);
static inline bool context_has_local(const struct shim_host *host,
				     const struct shim_context *context,
				     const struct in6_addr *addr)
{
	return context_sources(host, context) & host_locator_bit(host, addr);
}
static inline bool context_hears_at(const struct shim_host *host,
				    const struct shim_context *context,
				    const struct in6_addr *addr)
{
	return context_ears(host, context) & host_locator_bit(host, addr);
}

/* An IPv6 packet from parts back to back, on the link of its source address.
 * payload_len is filled in, and hop_limit if it is 0. -ENETUNREACH: the
 * source isn't up; -EMSGSIZE: the link doesn't take that much. */
int host_send(struct shim_host *host, const struct ipv6_header *ip, const struct span *parts,
	      unsigned count);
/* A control message. Also -ENOSPC: it exceeds the 1280 octets of RFC 5533 5.1. */
int host_send_control(struct shim_host *host, const struct in6_addr *src,
		      const struct in6_addr *dst, const struct shim6_message *message);
/* When a retransmission is due: between half and one and a half of that, RFC 5533 7.8. */
usec_t host_about(struct shim_host *host, unsigned seconds);
/* May one more be done? per_sec a second, and as many at once. */
bool host_may(const struct shim_host *host, struct rate *rate, unsigned per_sec);

/* What rx carries, from the header at *at on. context: it came with the tag of that,
 * which stood in front of *at; NULL: nothing of the kind yet. */
void host_deliver(struct shim_host *host, const struct received *rx,
		  struct shim_context *context, struct ipv6_found *at);

/* --- control.c ------------------------------------------------------------------ */

/* A control message that has passed RFC 5533 12.3. */
struct heard {
	const struct received *rx;
	size_t off; /* of the message in rx->packet */
	const struct shim6_message *m;
	struct shim_ulids ulids;      /* I1, I2 and I2bis alone */
	struct validator_claim claim; /* I1, I2 and I2bis alone */
};

/* The control message at `off` of a packet. */
void control_input(struct shim_host *host, const struct received *rx, size_t off);
/* An option of the message, wherever it stands; false: there is none. */
bool control_option(const struct heard *h, uint16_t type, struct shim6_option *out);
/* The fixed part of a control message of ours, by its layer, from what an error quotes of
 * it and may have cut. False: it is no such message. */
bool control_quoted(const struct span *quote, const struct wire_layer *layer, uint8_t type,
		    struct ipv6_header *ip, struct shim6_message *out);
/* RFC 5533 5.14. pointer: octets from the IPv6 header; how often is limited. */
void control_error(struct shim_host *host, const struct received *rx, uint8_t code, size_t pointer);
/* RFC 5533 7.17: rx came with a tag of a context that isn't here. */
void control_r1bis(struct shim_host *host, const struct received *rx, uint64_t tag);

/* --- prove.c -------------------------------------------------------------------- */

/* RFC 5533 7.2: what a message says about its sender's locators, against ULID(peer)
 * and the PDS of the message, or else the one that the context knows. NULL: all
 * of it is proven. Else why not; *error_at is where an Error of code 2 has to
 * point to, 0 for silence. `strict`: not proven is worth an Error, too. */
const char *prove(const struct shim_host *host, const struct shim_context *context,
		  const struct heard *h, const struct in6_addr *ulid, bool strict,
		  size_t *error_at);

/* --- peer.c: what the peer has told, and we tell the peer ------------------------- */

/* Ls(peer), its preferences, PDS and Keepalive Timeout, as far as they are in
 * the message. Preferences that do not fit the list are not taken; then 0 and
 * *error_at are as shim6_error_code and where it points to. -ENOMEM. */
int peer_record(struct shim_context *context, const struct heard *h);
/* Afterwards: takes the context away from where the peer isn't any more, and looks
 * for another pair if there is a reason to. */
void peer_follow(struct shim_host *host, struct shim_context *context, const struct heard *h);
/* Preferences: 0, or the code of the Error that they are worth, and *error_at
 * where it points to. list: what they have to fit. */
int peer_check_preferences(const struct shim_context *context, const struct heard *h,
			   size_t *error_at);
/* A message with what we have to tell: the Locator List `set` of the context with
 * its proof, or if set is 0 none; our preferences; our Keepalive Timeout. What
 * does not fit 1280 octets is left out from the end of the list. Returns what was
 * listed; 0 if nothing was, or could be sent. */
struct tell {
	locator_set set;
	bool preferences;
};
locator_set peer_tell(struct shim_host *host, const struct shim_context *context,
		      const struct in6_addr *src, const struct in6_addr *dst,
		      struct shim6_message *m, const struct tell *tell);

/* --- handshake.c ------------------------------------------------------------------ */

/* A context in IDLE becomes one in I1-SENT. NULL: no room. */
struct shim_context *handshake_initiate(struct shim_host *host, const struct shim_ulids *ulids);
void handshake_expire(struct shim_host *host, struct shim_context *context);
/* Its locator is gone: what the peer has computed for it is worth nothing now. */
void handshake_restart(struct shim_host *host, struct shim_context *context);
/* An ICMPv6 error says that the next header of this quoted packet is unknown
 * (RFC 5533 7.8 and 8). */
void handshake_unsupported(struct shim_host *host, const uint8_t *quote, size_t len);
/* The context ends; RFC 5533 9. */
void handshake_end(struct shim_host *host, struct shim_context *context);

/* What a packet for this context meets, by its STATE: RFC 5533 7.17, 12.2 and 10.4.
 * The peer that believes us ESTABLISHED is sent another I2 or I2bis if we aren't. */
enum standing {
	STRANGER, /* there is no such context: an R1bis is due */
	DEAF,     /* discard */
	LISTENS,  /* payload is delivered, control messages are not processed */
	SPEAKS,   /* all is processed */
};
enum standing handshake_standing(struct shim_host *host, struct shim_context *context);

/* --- update.c, RFC 5533 10 ---------------------------------------------------------- */

/* Something has changed with our locators: tells the peer what is not told yet. */
void update_consider(struct shim_host *host, struct shim_context *context);
void update_take_request(struct shim_host *host, struct shim_context *context,
			 const struct heard *h);
void update_take_ack(struct shim_host *host, struct shim_context *context, const struct heard *h);
/* The peer could not take the update of that nonce: its list isn't the one that we
 * believe it has. */
void update_refused(struct shim_host *host, struct shim_context *context, uint32_t nonce);
void update_expire(struct shim_host *host, struct shim_context *context);
void update_stop(struct shim_host *host, struct shim_context *context);

/* --- reap.c ------------------------------------------------------------------------- */

enum reap_event { /* RFC 5534 6 and, the last three, 4.1 and 4.2 */
	REAP_PAYLOAD_IN,
	REAP_PAYLOAD_OUT,
	REAP_KEEPALIVE_END,
	REAP_KEEPALIVE_DUE,
	REAP_SEND_END,
	REAP_PROBE_DUE,
	REAP_KEEPALIVE_IN,
	REAP_PROBE_EXPLORING,
	REAP_PROBE_INBOUND_OK,
	REAP_PROBE_OPERATIONAL,
	REAP_BROKEN,  /* the current pair isn't one any more, or somebody says so */
	REAP_CHANGED, /* other locators, or other preferences */
	REAP_GOOD,    /* the upper layer knows that packets arrive */
	REAP_EVENT_COUNT,
};

/* A Probe, and the locators by which it came. */
struct reap_heard {
	const struct reap_probe *probe;
	struct in6_addr local, peer;
};

const char *reap_state_name(enum reap_state state);
usec_t reap_send_timeout(const struct shim_host *host, const struct shim_context *context);
/* It has changed: what waits for it waits as if it had always been so. */
void reap_send_timeout_was(struct shim_host *host, struct shim_context *context, usec_t old);
void reap_happen(struct shim_host *host, struct shim_context *context, enum reap_event event,
		 const struct reap_heard *heard);
/* Payload in the sense of RFC 5534 3: everything but Keepalives and Probes. */
void reap_payload_in(struct shim_host *host, struct shim_context *context);
void reap_payload_out(struct shim_host *host, struct shim_context *context);
void reap_take_keepalive(struct shim_host *host, struct shim_context *context,
			 const struct heard *h);
void reap_take_probe(struct shim_host *host, struct shim_context *context, const struct heard *h);
/* Its timers run out. */
void reap_send_end(struct shim_host *host, struct shim_context *context);
void reap_keepalive_end(struct shim_host *host, struct shim_context *context);
void reap_keepalive_due(struct shim_host *host, struct shim_context *context);
void reap_probe_due(struct shim_host *host, struct shim_context *context);
/* Back to where a context begins. */
void reap_stop(struct shim_host *host, struct shim_context *context);

/* --- explore.c: for reap.c alone, but for the standby ---------------------------------- */

void explore_begin(struct shim_host *host, struct shim_context *context);
void explore_reorder(struct shim_host *host, struct shim_context *context);
void explore_remember(struct shim_context *context, const struct reap_heard *heard);
void explore_forget_received(struct shim_context *context);
/* At the first pace again. */
void explore_restart(struct shim_context *context);
void explore_next(struct shim_host *host, struct shim_context *context);
void explore_answer(struct shim_host *host, struct shim_context *context,
		    const struct reap_heard *heard);
void explore_select(struct shim_host *host, struct shim_context *context,
		    const struct reap_probe *probe);
/* A Probe, whatever it is for, with what it reports as received; NULL: nothing. */
void explore_send(struct shim_host *host, struct shim_context *context,
		  const struct in6_addr *src, const struct in6_addr *dst, enum reap_state state,
		  const struct reap_memory *received, uint32_t nonce);
/* Sends a Probe over the pair in reserve, and says when the next is due. */
void standby_probe(struct shim_host *host, struct shim_context *context);

/* --- verify.c: is the peer where it says that it is? RFC 5533 7.2 ------------------------- */

void verify_set(struct shim_context *context, const struct in6_addr *locator,
		enum shim_reach reach);
void verify_due(struct shim_host *host, struct shim_context *context);
/* Does a Probe report one of ours as received? */
void verify_take(struct shim_host *host, struct shim_context *context,
		 const struct reap_probe *probe);
void verify_stop(struct shim_host *host, struct shim_context *context);

/* --- wishes.c: what the layer above wants of a context ------------------------------------ */

/* How many of the list are preferred to this one; the lower, the better. */
unsigned wish_order(const struct shim_wish_list *list, const struct in6_addr *addr);
unsigned wish_order_local(const struct shim_context *context, const struct in6_addr *addr);
unsigned wish_order_peer(const struct shim_context *context, const struct in6_addr *addr);
/* Which of our locators, and whether one of the peer's, may be used by themselves. */
locator_set wish_locals(const struct shim_host *host, const struct shim_context *context);
bool wish_allows_peer(const struct shim_context *context, const struct in6_addr *addr);
/* The context has come to stand: asks the layer above. */
void wish_ask(struct shim_host *host, struct shim_context *context);
/* In Operational: takes it to where it is wanted. */
void wish_follow(struct shim_host *host, struct shim_context *context);

/* --- translate.c ------------------------------------------------------------------------ */

/* rx has a payload extension header at shim->off. */
void translate_input(struct shim_host *host, const struct received *rx,
		     const struct ipv6_found *shim);
/* Which of our locators the context sends from, if it can't be the present one. */
void translate_pick_local(struct shim_host *host, struct shim_context *context);
/* Lp(local) and Lp(peer). */
void translate_switch(struct shim_host *host, struct shim_context *context,
		      const struct in6_addr *local, const struct in6_addr *peer);
/* The context that a packet of ours went through, from what an error quotes of
 * it: CT(peer) and locators of both lists, since it may have been pinned, or sent
 * before a switch (RFC 5533 8 and 12.4 have the current pair). NULL: none. */
struct shim_context *translate_quoted(const struct shim_host *host, const struct in6_addr *src,
				      const struct in6_addr *dst, uint64_t tag);

/* --- heuristic.c: RFC 5533 4.3 and 9 ------------------------------------------------------ */

/* A packet that counts was sent on a ULID pair that has no context. */
void heuristic_count(struct shim_host *host, const struct shim_ulids *ulids);
/* Payload of a context went either way. */
void heuristic_used(struct shim_host *host, struct shim_context *context);
void heuristic_expire(struct shim_host *host, struct shim_context *context);

/* --- icmp6.c ------------------------------------------------------------------------------ */

/* arrival->upper is the ICMPv6 message. */
void icmp6_input(struct shim_host *host, const struct shim_arrival *arrival);
enum { ERRORS_PER_SEC = 10 };
enum { ICMP6_PORT_UNREACHABLE = 1 << 8 | 4, ICMP6_UNKNOWN_NEXT_HEADER = 4 << 8 | 1 };
/* type_code: one of these; word: what RFC 4443 3 has in octets 4 to 7. */
void icmp6_send_error(struct shim_host *host, const struct received *rx, uint16_t type_code,
		      uint32_t word);

#endif
