/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One scenario being run, in the child: its target, its clock, what was sent
 * and not yet looked at, its variables, its verdict.
 *
 * Functions that may end a trial return 0, or TRIAL_OVER once the verdict is
 * written; then nothing more is to be done.
 */
#ifndef ENGINE_TRIAL_H
#define ENGINE_TRIAL_H

#include "conformance/engine/guard.h"
#include "conformance/engine/ledger.h"
#include "conformance/engine/peer.h"
#include "conformance/engine/pool.h"
#include "conformance/engine/segments.h"
#include "conformance/script/scenario.h"
#include "conformance/target/shimproof_target.h"
#include "pcap/pcapng.h"
#include "wire/packet.h"

#include <errno.h>
#include <jansson.h>

enum {
	TRIAL_OVER = -ECANCELED,
	TRIAL_LOCATORS_MAX = 32,
	TRIAL_LINKS_MAX = 32,
};

/* A packet that the target has sent, until an event takes it. */
struct sent {
	usec_t time;
	unsigned link;
	unsigned number;       /* in the capture, from 0 */
	const uint8_t *octets; /* borrowed from the ledger */
	size_t len;
};

/* What a variable holds. */
struct datum {
	bool bound;
	int64_t number;        /* unless octets */
	const uint8_t *octets; /* NULL: it is a number */
	size_t len;
};

struct trial {
	const struct scenario *scenario;
	const json_t *description;
	const struct samples *samples; /* compiled; or NULL */
	struct shimproof_target target;
	struct shimproof_instance *instance;
	struct ledger *ledger;
	bool verbose;

	usec_t now;       /* the target's clock */
	usec_t last;      /* time of the event before */
	usec_t started;   /* real time only: CLOCK_MONOTONIC at creation */
	usec_t tolerance; /* real time only, else 0 */

	struct shimproof_locator locators[TRIAL_LOCATORS_MAX]; /* L1 first */
	bool gone[TRIAL_LOCATORS_MAX];         /* by address_down() */
	bool no_carrier[TRIAL_LINKS_MAX + 1];  /* by link_down(); [0] is none */
	size_t locator_count;
	struct peer peer;
	struct segments segments;

	struct sent *queue; /* owned; from queue_head to queue_end */
	size_t queue_head, queue_end, queue_room;
	unsigned packets;   /* in the capture */
	bool flooded;       /* there were more than the ledger holds */
	bool pinged;        /* there was a liveness probe; */
	bool answered;      /* and a reply to the last one */
	unsigned bad_link;  /* a link that was sent on and doesn't exist */

	struct datum variables[SCENARIO_VARIABLES_MAX];
	uint32_t labels;           /* of the outcomes so far */
	const struct event *event; /* the one that is running; NULL: before the first */
	bool over;                 /* the verdict is written */
	struct pool brief;         /* until the event ends */
	struct guards guards;      /* buffers of calls, until the event ends */
	struct pool lasting;       /* until the trial ends */
};

/* The whole of it, in a child. */
struct trial_order {
	const struct scenario *scenario;
	const json_t *description;
	const char *target_path;
	uint64_t seed; /* of the run */
	bool verbose;
	const struct samples *samples;   /* NULL: there are none */
	int (*instead)(struct trial *t); /* of the events; NULL: those are run */
};

void trial_run(struct ledger *ledger, void *order); /* a struct trial_order */
void trial_play(struct ledger *ledger, const struct trial_order *order,
		const struct shimproof_target *target); /* once that is loaded */

/* Has the outcome come that an event or an outcome asks for? */
static inline bool trial_meets(const struct trial *t, uint32_t condition)
{
	return !(condition & ~t->labels);
}

/* What the target's callbacks and the engine write down. */
void trial_log(struct trial *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned trial_record(struct trial *t, unsigned link, enum pcapng_direction direction,
		      const void *octets, size_t len, const uint8_t **kept);
void trial_note(struct trial *t, unsigned packet, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void trial_check(struct trial *t);
void trial_looked(struct trial *t, int64_t packet, usec_t from, usec_t to); /* RECORD_LOOKED */

/* Verdicts: always TRIAL_OVER, and only the first one counts. A failure is of
 * the event that is running. What is not as expected fails a case that grades,
 * and is what a case that doesn't has to tell; so is what keeps it from going
 * on. Damage, such as a write past a buffer, fails either. */
struct comparison;
int trial_unmet(struct trial *t, const struct comparison *c, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int trial_fail(struct trial *t, const struct comparison *c, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int trial_blocked(struct trial *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What is left to judge after any call into the target. 0 or TRIAL_OVER. */
int trial_complaints(struct trial *t);

/* The first packet that nobody took; NULL: none. */
const struct sent *trial_next_sent(const struct trial *t);
void trial_take_sent(struct trial *t);
int trial_unexpected(struct trial *t, const char *when);

/* As shimdump prints it, borrowed until the event ends. */
const char *trial_line(struct trial *t, const void *octets, size_t len);

/* The address and link of a locator; -ENOENT if there is no such. A peer's is
 * reached by the link of the target's locator, so its link is 0. */
int trial_locator(const struct trial *t, struct locator_name name, struct in6_addr *out,
		  unsigned *link);

/* The number of a locator's link for an injected packet. */
unsigned trial_link_towards(const struct trial *t, struct locator_name dst);

/* Hand a packet to the target, recorded with a comment (NULL: none). */
int trial_deliver(struct trial *t, unsigned link, const void *octets, size_t len,
		  const char *comment);

/* --- timeline.c ----------------------------------------------------------- */

/* Let time pass to `until`, or only until a packet waits to be taken. */
int timeline_start(struct trial *t);
int timeline_run(struct trial *t, usec_t until, bool stop_when_sent);

/* Let happen what is due now; in real time, what comes within the tolerance. */
int timeline_settle(struct trial *t);
void timeline_read(struct trial *t); /* in real time: now */

/* --- events, one file each ------------------------------------------------ */

int call_run(struct trial *t, const struct event *e);       /* calls.c */
const char *call_missing(const struct shimproof_target *target,
			 const struct call *call);          /* calls.c; NULL: nothing */
int inject_run(struct trial *t, const struct event *e);     /* build.c */
int expect_run(struct trial *t, const struct event *e);     /* expect.c */

/* liveness.c: is the target alive? And is a packet only the answer to that? */
int liveness_run(struct trial *t);
bool liveness_takes(struct trial *t, const struct sent *s);

#endif
