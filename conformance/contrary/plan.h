/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Perturbations: for everything that a case observed in its clean run, the
 * ways in which it could have been otherwise.
 */
#ifndef CONTRARY_PLAN_H
#define CONTRARY_PLAN_H

#include "conformance/contrary/notes.h"

struct perturbation {
	size_t scenario;           /* of the suite */
	const struct event *event; /* that observes it; NULL: the end of the case */
	const char *fault;         /* for the contrary target (target/fault.h) */
	const char *words;         /* "errno EINVAL (22) -> EIO (5)" */
	const char *excuse;        /* why the case may pass all the same; NULL: it may not */
};

struct plan {
	struct pool pool;           /* of all texts */
	struct perturbation *items; /* owned */
	size_t count, room;
};

/* Add all of one case: the notes are of its clean run, and `seed` is the run's.
 * The scenario is borrowed. 0, or what peer_init() says. */
int plan_case(struct plan *plan, size_t index, const struct scenario *s, const struct notes *notes,
	      const json_t *description, uint64_t seed);
void plan_free(struct plan *p);

/* --- for the files that make them ----------------------------------------- */

/* One case, while its perturbations are made. */
struct planning {
	struct plan *plan;
	size_t scenario;
	const struct notes *notes;
	const struct event *event; /* the one that is being perturbed */
	struct trial who;          /* where locators and numbers are looked up: never run */
	bool is_virtual;           /* the runner owns the target's clock */
};

void plan_add(struct planning *p, const char *excuse, const char *fault, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Texts that live as long as the plan. */
const char *plan_text(struct planning *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
const char *plan_octets(struct planning *p, const uint8_t *octets, size_t len); /* "-": none */

/* Another locator of the same host. false: this is nobody's, or the only one. */
bool plan_sibling(const struct planning *p, const uint8_t addr[static 16], uint8_t out[static 16]);

void plan_call(struct planning *p, size_t call);     /* plan_call.c */
void plan_packet(struct planning *p, size_t packet); /* plan_packet.c */
void plan_silence(struct planning *p, const struct noted_silence *silence);
void plan_end(struct planning *p);

/* plan_message.c: of what recvmsg() gave, and the parts that the case names. */
void plan_message(struct planning *p, size_t call, const struct message_value *m);

/*
 * plan_value.c: change in turn all that a value looks at. It stands at `off`
 * of a region and is len octets long; type may be NULL.
 */
struct region_at {
	size_t call;
	enum region region;
	size_t off, len;
};

void plan_value(struct planning *p, struct region_at at, const struct value *v,
		const struct type *type, const char *where);

/* Why something else may be right in the place of a value; NULL: it isn't. */
const char *plan_excuse(const struct value *v);

/* The call hands out other octets there, or says that they are of another length. */
void plan_region(struct planning *p, const struct region_at *at, const char *excuse,
		 const uint8_t *octets, size_t held, size_t len, const char *words);

#endif
