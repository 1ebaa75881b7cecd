/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of locators, and what proves them, RFC 5533 7.2. Checks cost hashes and a
 * signature, so they are made when a list or the parameters change, not for
 * every packet that repeats them.
 */
#include "trace/internal.h"
#include "wire/hba.h"

#include <errno.h>
#include <stdlib.h>

const char *const trace_proof_name[] = {
	[TRACE_UNPROVEN] = "unproven",
	[TRACE_IS_ULID] = "ulid",
	[TRACE_HBA] = "hba",
	[TRACE_CGA] = "cga",
	[TRACE_REFUTED] = "refuted",
};

const char *const trace_why_name[] = {
	[TRACE_WHY_NOT] = "",
	[TRACE_NO_METHOD] = "no_method",
	[TRACE_NO_PARAMETERS] = "no_parameters",
	[TRACE_NO_SIGNATURE] = "no_signature",
	[TRACE_NO_PROCEDURE] = "no_procedure",
	[TRACE_NO_CHECK] = "no_check",
	[TRACE_MALFORMED] = "malformed",
	[TRACE_NOT_THE_ULIDS] = "not_the_ulids",
	[TRACE_NOT_OF_SET] = "not_of_set",
	[TRACE_BAD_SIGNATURE] = "bad_signature",
};

bool trace_gift_make(struct gift *g, const struct shim6_message *m)
{
	*g = (struct gift){ 0 };
	if (m->locators.count)
		g->locators = malloc(m->locators.count * sizeof(*g->locators));
	if (m->pds.len)
		g->pds = malloc(m->pds.len);
	if ((m->locators.count && !g->locators) || (m->pds.len && !g->pds)) {
		trace_gift_free(g);
		return false;
	}
	return true;
}

void trace_gift_free(struct gift *g)
{
	free(g->locators);
	free(g->pds);
	*g = (struct gift){ 0 };
}

/* --- proofs --------------------------------------------------------------- */

enum { OPEN = TRACE_PROOF_COUNT }; /* the proof of a locator that is still to be looked at */

/* The parameters are worth something if they make the ULID, RFC 5533 7.2; where
 * that isn't known they still tell a set from what isn't in it. */
static int ulid_check(const struct trace_end *e, const struct more *more)
{
	int rc;

	if (!e->has_ulid)
		return 0;
	rc = cga_verify(&e->ulid, more->pds, more->pds_len);
	return rc == -EKEYREJECTED ? hba_verify(&e->ulid, more->pds, more->pds_len) : rc;
}

/* In words that a reader can use; `refused` if it was the very thing that is checked. */
static enum trace_why why_of(int rc, enum trace_why refused)
{
	switch (rc) {
	case 0: return TRACE_WHY_NOT;
	case -EKEYREJECTED: return refused;
	case -EBADMSG: return TRACE_MALFORMED;
	case -ENOTSUP: return TRACE_NO_PROCEDURE;
	default: return TRACE_NO_CHECK;
	}
}

static enum trace_why hba_check(const struct trace_locator *l, const struct more *more,
				enum trace_why ulid_why)
{
	if (ulid_why)
		return ulid_why;
	return why_of(hba_verify(&l->addr, more->pds, more->pds_len), TRACE_NOT_OF_SET);
}

static enum trace_why cga_check(const struct trace_locator *l, const struct more *more,
				enum trace_why ulid_why)
{
	(void)l;
	if (!more->has_signature)
		return TRACE_NO_SIGNATURE;
	return ulid_why ? ulid_why : why_of(more->signature_rc, TRACE_BAD_SIGNATURE);
}

static const struct method {
	uint8_t number, proof;
	enum trace_why (*check)(const struct trace_locator *l, const struct more *more,
				enum trace_why ulid_why);
} methods[] = { /* RFC 5533 5.15.1 */
	{ SHIM6_METHOD_HBA, TRACE_HBA, hba_check },
	{ SHIM6_METHOD_CGA, TRACE_CGA, cga_check },
};

static const struct method *method_numbered(unsigned number)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (methods[i].number == number)
			return &methods[i];
	return NULL;
}

static void locator_prove(struct trace_locator *l, const struct trace_end *e,
			  const struct more *more, enum trace_why ulid_why)
{
	const struct method *method = method_numbered(l->method);

	l->why = TRACE_WHY_NOT;
	if (e->has_ulid && addr_equal(&l->addr, &e->ulid)) {
		l->proof = TRACE_IS_ULID;
		return;
	}
	if (!method)
		l->why = TRACE_NO_METHOD;
	else if (!more->pds)
		l->why = TRACE_NO_PARAMETERS;
	else
		l->why = (uint8_t)method->check(l, more, ulid_why);
	l->proof = !l->why                     ? method->proof
		 : l->why >= TRACE_MALFORMED ? TRACE_REFUTED
					       : TRACE_UNPROVEN;
}

static unsigned open_count(const struct trace_end *e)
{
	unsigned count = 0;

	for (unsigned i = 0; i < e->locator_count; i++)
		count += e->locators[i].proof == OPEN;
	return count;
}

static void prove_open(struct node *n, unsigned end)
{
	struct trace_end *e = &n->c.end[end];
	const struct more *more = &n->more[end];
	int ulid_rc = more->pds && open_count(e) ? ulid_check(e, more) : 0;
	enum trace_why ulid_why = why_of(ulid_rc, TRACE_NOT_THE_ULIDS);

	for (unsigned i = 0; i < e->locator_count; i++)
		if (e->locators[i].proof == OPEN)
			locator_prove(&e->locators[i], e, more, ulid_why);
	n->stale = true; /* what is refuted leads nowhere */
}

void trace_prove(struct node *n, unsigned end)
{
	struct trace_end *e = &n->c.end[end];

	for (unsigned i = 0; i < e->locator_count; i++)
		e->locators[i].proof = OPEN;
	prove_open(n, end);
}

/* --- what an end says of itself -------------------------------------------- */

static bool list_differs(const struct trace_end *e, const struct shim6_locator_list *list)
{
	if (!e->has_list || e->generation != list->generation || e->locator_count != list->count)
		return true;
	for (unsigned i = 0; i < list->count; i++)
		if (e->locators[i].method != list->method[i] ||
		    !addr_equal(&e->locators[i].addr, &list->locator[i]))
			return true;
	return false;
}

/* Generations wrap, so higher is as in RFC 1982. */
static bool list_wanted(const struct trace_end *e, const struct shim6_locator_list *list,
			bool anew)
{
	if (anew || !e->has_list)
		return list_differs(e, list);
	return (int32_t)(list->generation - e->generation) > 0;
}

/* What was found out of a locator, and stays as it is while parameters and ULID do. A
 * signature is for the list that it came with. */
static const struct trace_locator *known_of(const struct trace_locator *known, unsigned count,
					    const struct in6_addr *addr, uint8_t method)
{
	for (unsigned i = 0; i < count && method != SHIM6_METHOD_CGA; i++)
		if (known[i].method == method && addr_equal(&known[i].addr, addr))
			return known[i].why == TRACE_NO_CHECK ? NULL : &known[i];
	return NULL;
}

static void list_take(struct trace_end *e, const struct shim6_locator_list *list, struct gift *g,
		      struct before *b)
{
	b->list_is_new = true;
	b->locators = e->locators;
	e->locators = g->locators;
	g->locators = NULL;
	e->has_list = true;
	e->generation = list->generation;
	e->locator_count = list->count;
	for (unsigned i = 0; i < list->count; i++) {
		const struct trace_locator *known =
			known_of(b->locators, b->locator_count, &list->locator[i], list->method[i]);
		struct trace_locator fresh = {
			.addr = list->locator[i],
			.method = list->method[i],
			.proof = OPEN,
		};

		e->locators[i] = known ? *known : fresh;
	}
}

static bool pds_take(struct more *more, const struct shim6_message *m, struct gift *g,
		     struct before *b)
{
	if (m->pds.len == 0 || (more->pds_len == m->pds.len &&
				memcmp(more->pds, m->pds.data, m->pds.len) == 0))
		return false;
	memcpy(g->pds, m->pds.data, m->pds.len);
	b->pds_are_new = true;
	b->pds = more->pds;
	more->pds = g->pds;
	more->pds_len = m->pds.len;
	g->pds = NULL;
	return true;
}

static void signature_take(struct more *more, const struct shim6_message *m)
{
	more->has_signature = m->signature.len && more->pds;
	if (more->has_signature)
		more->signature_rc = cga_signature_verify(more->pds, more->pds_len, &m->locators,
							  m->signature.data, m->signature.len);
}

/* --- what it said before ---------------------------------------------------- */

void trace_before_forget(struct more *more)
{
	free(more->before.locators);
	free(more->before.pds);
	more->before = (struct before){ 0 };
}

/* Of what is replaced afterwards, list_take() and pds_take() hand over the octets. */
static struct before before_of(const struct trace_end *e, const struct more *more, uint32_t nonce)
{
	return (struct before){
		.nonce = nonce,
		.told = more->told,
		.has_list = e->has_list,
		.has_signature = more->has_signature,
		.generation = e->generation,
		.locator_count = e->locator_count,
		.pds_len = more->pds_len,
		.signature_rc = more->signature_rc,
	};
}

/* No peer refuses a handshake in part. */
static void before_keep(struct more *more, const struct before *b, bool is_update)
{
	if (!b->list_is_new && !b->pds_are_new)
		return;
	trace_before_forget(more);
	more->before = *b;
	more->before.kept = true;
	if (!is_update)
		trace_before_forget(more);
}

static bool is_of(const struct before *b, uint32_t nonce)
{
	return b->kept && b->nonce == nonce;
}

void trace_tell_taken(struct node *n, unsigned end, uint32_t nonce)
{
	if (!is_of(&n->more[end].before, nonce))
		return;
	trace_before_forget(&n->more[end]);
	n->stale = true; /* it weighs less */
}

void trace_tell_refused(struct node *n, unsigned end, uint32_t nonce)
{
	struct trace_end *e = &n->c.end[end];
	struct more *more = &n->more[end];
	struct before *b = &more->before;

	if (!is_of(b, nonce))
		return;
	if (b->list_is_new) {
		free(e->locators);
		e->locators = b->locators;
		e->locator_count = b->locator_count;
		e->has_list = b->has_list;
		e->generation = b->generation;
	}
	if (b->pds_are_new) {
		free(more->pds);
		more->pds = b->pds;
		more->pds_len = b->pds_len;
	}
	more->told = b->told;
	more->has_signature = b->has_signature;
	more->signature_rc = b->signature_rc;
	*b = (struct before){ 0 };
	trace_prove(n, end);
}

/* --- all of it -------------------------------------------------------------- */

bool trace_tell(struct node *n, unsigned end, const struct shim6_message *m, bool anew,
		struct gift *g)
{
	struct trace_end *e = &n->c.end[end];
	struct more *more = &n->more[end];
	bool list = m->has_locators && list_wanted(e, &m->locators, anew);
	struct before before = before_of(e, more, m->request_nonce);
	/* Parameters that come with a list which is passed over are passed over, too. */
	bool pds = (list || !m->has_locators || anew) && pds_take(more, m, g, &before);

	if (list)
		list_take(e, &m->locators, g, &before);
	if (list || (pds && m->has_locators))
		signature_take(more, m);
	if (pds)
		trace_prove(n, end);
	else if (list)
		prove_open(n, end);
	before_keep(more, &before, !anew);
	return list;
}
