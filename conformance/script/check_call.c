/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls and their arguments, by the table of calls. */
#include "conformance/script/calls.h"
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <stdio.h>
#include <string.h>

/* --- arguments -------------------------------------------------------------------- */

/* Arguments that are numbers, with the symbols that fit. */
static const struct number_place number_args[] = {
	[ARG_FAMILY]   = { SYMBOL_FAMILY, INT32_MIN, INT32_MAX, "a domain" },
	[ARG_SOCKTYPE] = { SYMBOL_SOCKTYPE, INT32_MIN, INT32_MAX, "a socket type" },
	[ARG_PROTOCOL] = { SYMBOL_PROTOCOL, INT32_MIN, INT32_MAX, "a protocol" },
	[ARG_FLAGS]    = { SYMBOL_FLAG, INT32_MIN, INT32_MAX, "flags" },
	[ARG_EVENTS]   = { SYMBOL_POLL, 0, INT16_MAX, "poll events" },
	[ARG_LENGTH]   = { ANY_CLASS, 0, 1 << 20, "a length" },
	[ARG_BACKLOG]  = { ANY_CLASS, INT32_MIN, INT32_MAX, "a backlog" },
	[ARG_HOW]      = { SYMBOL_HOW, INT32_MIN, INT32_MAX, "a way to shut down" },
	[ARG_LEVEL]    = { SYMBOL_LEVEL, INT32_MIN, INT32_MAX, "a level" },
	[ARG_OPTION]   = { SYMBOL_OPTION, INT32_MIN, INT32_MAX, "an option" },
};

/* The words of open(), and what they set. */
static const char *const transports[] = {
	[TRANSPORT_UDP] = "udp",
	[TRANSPORT_TCP] = "tcp",
	[TRANSPORT_RAW] = "raw",
};

static const struct state {
	const char *name;
	bool tcp_only;
	bool context; /* the peer establishes one */
} states[] = {
	[OPEN_UNCONNECTED] = { "unconnected", false, false },
	[OPEN_CONNECTED] = { "connected", false, false },
	[OPEN_CONTEXT] = { "context", false, true },
	[OPEN_LISTENING] = { "listening", true, false },
	[OPEN_CONNECTING] = { "connecting", true, false },
	[OPEN_ACCEPTED] = { "accepted", true, false },
};

static const struct value *check_transport(struct checker *k, const struct node *n)
{
	struct value *v = value_new(k, n, VALUE_NUMBER);

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (is_word(n, transports[i])) {
			v->number = (int64_t)i;
			return v;
		}
	mistake_not(k, n, "udp, tcp or raw");
	return NULL;
}

static const struct value *check_state(struct checker *k, const struct node *n)
{
	struct value *v = value_new(k, n, VALUE_NUMBER);

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (is_word(n, states[i].name)) {
			v->number = (int64_t)i;
			return v;
		}
	mistake_not(k, n, "unconnected, connected, context, listening, connecting or accepted");
	return NULL;
}

/* What open() leads to: is there such a state, and which variables does it set? */
static void check_open(struct checker *k, const struct call *open)
{
	const struct value *transport = open->args[0], *state = open->args[1];

	if (!transport || !state)
		return;
	if (states[state->number].tcp_only && transport->number != TRANSPORT_TCP)
		diag_report(k->diag, state->place, "%s is a state of tcp, not of %s",
			    states[state->number].name, transports[transport->number]);
	if (states[state->number].context)
		k->bound[VARIABLE_LOCAL_TAG] = k->bound[VARIABLE_PEER_TAG] = true;
	if (transport->number == TRANSPORT_TCP)
		k->bound[VARIABLE_LOCAL_SEQ] = k->bound[VARIABLE_PEER_SEQ] = true;
}

static const struct value *check_locator_of(struct checker *k, const struct node *n, char who)
{
	struct value *v = value_new(k, n, VALUE_LOCATOR);

	if (check_locator_name(k, n, &v->locator) < 0)
		return NULL;
	if (v->locator.who == who)
		return v;
	mistake_not(k, n, who == 'L' ? "a locator of the target" : "a locator of the peer");
	return NULL;
}

/* The words of peer(), as one number. */
static const struct value *check_plays(struct checker *k, const struct node *call)
{
	static const struct {
		const char *name;
		enum peer_play play;
	} plays[] = {
		{ "updates", PLAY_UPDATES }, { "probes", PLAY_PROBES },
		{ "forks", PLAY_FORKS },     { "recovery", PLAY_RECOVERY },
	};
	struct value *v = value_new(k, call, VALUE_NUMBER);

	for (const struct node *item = call->items.first; item; item = item->next) {
		const struct node *n = filled(k, item);
		int64_t before = v->number;

		for (size_t i = 0; n && !item->name && i < sizeof(plays) / sizeof(plays[0]); i++)
			if (is_word(n, plays[i].name))
				v->number |= plays[i].play;
		if (!n || v->number != before)
			continue;
		if (is_word(n, "none") && !item->name && call->items.count == 1)
			continue;
		mistake_not(k, n, "updates, probes, forks or recovery, each once, or none alone");
		return NULL;
	}
	return v;
}

static const struct value *check_arg(struct checker *k, const struct node *n, enum arg_kind kind,
				     const struct type *type)
{
	struct number_place link = { ANY_CLASS, 1, k->out->links, "a link" };

	n = required(k, n);
	if (!n)
		return NULL;
	switch (kind) {
	case ARG_SOCKET:
		return check_socket(k, n);
	case ARG_FAMILY:
	case ARG_SOCKTYPE:
	case ARG_PROTOCOL:
	case ARG_FLAGS:
	case ARG_EVENTS:
	case ARG_LENGTH:
	case ARG_BACKLOG:
	case ARG_HOW:
	case ARG_LEVEL:
	case ARG_OPTION:
		return check_number(k, n, GIVEN, &number_args[kind]);
	case ARG_ADDRESS:
		return check_address(k, n, GIVEN);
	case ARG_DATA:
		return check_buffer(k, n, GIVEN);
	case ARG_SENT_MESSAGE:
		return check_message(k, n, MESSAGE_SENT);
	case ARG_MESSAGE_ROOM:
		return check_message(k, n, MESSAGE_ROOM);
	case ARG_VALUE:
		return check_object(k, n, GIVEN, type);
	case ARG_POINTER:
		return check_pointer(k, n, GIVEN);
	case ARG_TRANSPORT:
		return check_transport(k, n);
	case ARG_STATE:
		return check_state(k, n);
	case ARG_LOCATOR:
		return check_locator_of(k, n, 'L');
	case ARG_PEER_LOCATOR:
		return check_locator_of(k, n, 'P');
	case ARG_LINK:
		return check_number(k, n, GIVEN, &link);
	case ARG_SAMPLE:
		return check_sample_name(k, n);
	case ARG_LOCATORS:
		return check_locators(k, n);
	case ARG_PLAYS: /* more than one: check_args() */
	case ARG_NONE:
		break;
	}
	return NULL;
}

/* "(s, data[, flags])" */
static const char *usage(struct checker *k, const struct call_shape *shape)
{
	const char *out = "";

	for (size_t i = 0; i < CALL_ARGS_MAX && shape->args[i].kind; i++) {
		const struct call_arg *arg = &shape->args[i];

		out = arena_printf(k->arena, "%s%s%s%s%s", out, arg->optional ? "[" : "",
				   i > 0 ? ", " : "", arg->name, arg->optional ? "]" : "");
	}
	return arena_printf(k->arena, "(%s)", out);
}

static bool count_fits(const struct call_shape *shape, size_t count, bool *leave_out)
{
	size_t most = 0, least = 0;

	for (size_t i = 0; i < CALL_ARGS_MAX && shape->args[i].kind; i++) {
		most++;
		least += !shape->args[i].optional;
	}
	*leave_out = count < most;
	return count == most || count == least;
}

static void check_optlen(struct checker *k, const struct node *n, const struct call_shape *shape,
			 struct call *out)
{
	static const struct number_place size = { ANY_CLASS, 0, UINT32_MAX, "optlen" };

	if (!(shape->traits & TAKES_OPTLEN) || strcmp(n->name, "optlen") != 0)
		diag_report(k->diag, n->name_place, "%s has no argument %s=", shape->name, n->name);
	else if (out->optlen)
		diag_report(k->diag, n->name_place, "optlen stands here twice");
	else if (filled(k, n) && shape->id == CALL_GETSOCKOPT && is_pointer(filled(k, n)))
		out->optlen = check_pointer(k, filled(k, n), GIVEN);
	else if (filled(k, n))
		out->optlen = check_number(k, n, GIVEN, &size);
}

static void check_args(struct checker *k, const struct node *call, const struct call_shape *shape,
		       struct call *out)
{
	const struct node *n = call->items.first;
	size_t count = 0;
	bool leave_out;

	if (shape->args[0].kind == ARG_PLAYS) {
		out->args[0] = check_plays(k, call);
		return;
	}
	for (const struct node *i = n; i; i = i->next)
		count += !i->name;
	if (!count_fits(shape, count, &leave_out)) {
		diag_report(k->diag, call->place, "%s takes %s", shape->name, usage(k, shape));
		return;
	}
	for (size_t i = 0; i < CALL_ARGS_MAX && shape->args[i].kind; i++) {
		const struct call_arg *arg = &shape->args[i];

		if (arg->optional && leave_out)
			continue;
		for (; n && n->name; n = n->next)
			check_optlen(k, n, shape, out);
		if (!arg->optional || filled(k, n))
			out->args[i] = check_arg(k, n, arg->kind, out->type);
		if (arg->kind == ARG_OPTION)
			out->type = type_of(out->args[i]);
		if (arg->kind == ARG_SAMPLE)
			know_sample(out, out->args[i]);
		n = n->next;
	}
	for (; n; n = n->next)
		check_optlen(k, n, shape, out);
	check_sample_call(k, call, out);
}

/* --- calls ---------------------------------------------------------------------------- */

static const struct call_shape *shape_of(struct checker *k, const struct node *call)
{
	const struct call_shape *shape = call_named(call->word);
	struct suggestion s = { .written = call->word };

	if (shape)
		return shape;
	for (const struct call_shape *c = call_shapes; c->name; c++)
		suggestion_offer(&s, c->name);
	diag_report(k->diag, call->word_place, "no such call: %s%s", call->word,
		    did_you_mean(k, s.nearest));
	return NULL;
}

static void check_assignment(struct checker *k, const struct ast_event *event,
			     const struct call_shape *shape, struct call *out)
{
	if (event->assigned && !(shape->traits & MAKES_SOCKET))
		diag_report(k->diag, event->assigned->place,
			    "%s makes no socket that could be named", shape->name);
	else if (event->assigned)
		out->assigns = assign_socket(k, event->assigned, &out->variable) == 0;
	if (event->assigned && event->condition)
		diag_report(k->diag, event->assigned->place,
			    "a socket can't be made by an event that may not be there");
	if (event->outcomes.first && shape->id == CALL_OPEN)
		diag_report(k->diag, event->call->place,
			    "open is only the way to a case's own calls, and has no outcomes");
	if (!event->assigned && shape->id == CALL_OPEN)
		diag_report(k->diag, event->call->place, "the socket needs a name: s = open(...)");
}

/* Which tags a word of the runner sets; open() has check_open(). */
static void bind_tags(struct checker *k, const struct call_shape *shape, const struct call *call)
{
	int64_t arg = call->args[0] ? call->args[0]->number : 0;

	if (shape->traits & MAKES_CONTEXT)
		k->bound[VARIABLE_LOCAL_TAG] = k->bound[VARIABLE_PEER_TAG] = true;
	if (shape->traits & MAKES_FORK && (shape->id != CALL_PEER || arg & PLAY_FORKS))
		k->bound[VARIABLE_FORK_LOCAL_TAG] = k->bound[VARIABLE_FORK_PEER_TAG] = true;
}

const struct call *check_call(struct checker *k, const struct ast_event *event, uint32_t condition)
{
	const struct call_shape *shape = shape_of(k, event->call);
	struct outcome *outcomes = ARENA_ARRAY(k->arena, struct outcome, event->outcomes.count);
	struct call *out = ARENA_NEW(k->arena, struct call);

	check_labels(k, event, condition, outcomes);
	if (!shape) {
		for (const struct ast_outcome *o = event->outcomes.first; o; o = o->next)
			for (const struct node *n = o->values.first; n; n = n->next)
				forgive_variables(k, n);
		if (event->assigned)
			assign_socket(k, event->assigned, &out->variable);
		return NULL;
	}
	out->id = shape->id;
	check_args(k, event->call, shape, out);
	check_assignment(k, event, shape, out);
	check_outcomes(k, &event->outcomes, shape, out, outcomes);
	if (shape->id == CALL_OPEN)
		check_open(k, out);
	else
		bind_tags(k, shape, out);
	return out;
}
