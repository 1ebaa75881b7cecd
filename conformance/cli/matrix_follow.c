/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Following the sockets of a case through its calls, without running it: what
 * kind each is, whether it is connected, and whether its pair of addresses has
 * a context. What the peer does to a context later on is not followed, and
 * neither is how long a context lives.
 */
#include "conformance/cli/matrix.h"

#include <string.h>
#include <sys/socket.h>

/* --- values ----------------------------------------------------------------------------- */

/* The target's own numbers are none here. */
static int64_t number_of(const struct value *v)
{
	int64_t number = v->kind == VALUE_NUMBER || v->kind == VALUE_SYMBOLS ? v->number : 0;

	for (size_t i = 0; v->kind == VALUE_SYMBOLS && i < SYMBOLS_MAX && v->symbols[i]; i++)
		number |= v->symbols[i]->from_target ? 0 : v->symbols[i]->number;
	return number;
}

static bool is_symbol(const struct value *v, const char *name)
{
	return v->kind == VALUE_SYMBOLS && v->symbols[0] && strcmp(v->symbols[0]->name, name) == 0;
}

/* MATRIX_SUBJECTS if there is none. */
static size_t subject_of(const struct value *name, size_t first, size_t end)
{
	/* The one option with two names, RFC 6316 6.14 and Table 1. */
	if (is_symbol(name, "SHIM_CONTEXT_DEFERRED_SETUP") && first == 0)
		return MATRIX_OPTIONS - 1;
	for (size_t i = first; i < end; i++)
		if (is_symbol(name, matrix_subject_name[i]))
			return i;
	return MATRIX_SUBJECTS;
}

static bool fails(const struct outcome *o)
{
	return o->result->kind == VALUE_NUMBER && o->result->number == -1;
}

/* As the case has it, or, where several outcomes are right, as the first one has it. */
static bool succeeds(const struct call *call)
{
	return call->outcome_count == 0 || !fails(&call->outcomes[0]);
}

/* --- sockets ---------------------------------------------------------------------------- */

struct pair {
	struct locator_name local, peer;
};

struct follower {
	struct matrix *m;
	struct followed {
		bool open;
		enum matrix_kind kind;
		bool connecting, connected;
		bool dontshim;               /* it has no context, whatever its pair has */
		bool given[MATRIX_SUBJECTS]; /* to its sendmsg(), or as an option */
		struct pair pair;
	} sockets[SCENARIO_VARIABLES_MAX]; /* by variable */
	struct pair contexts[SCENARIO_VARIABLES_MAX];
	size_t context_count;
	struct pair caller; /* where the peer's last SYN was from */
};

static const struct pair first_pair = { { 'L', 1 }, { 'P', 1 } };

static bool same_locator(struct locator_name a, struct locator_name b)
{
	return a.who == b.who && a.index == b.index;
}

static bool has_context(const struct follower *f, const struct pair *pair)
{
	for (size_t i = 0; i < f->context_count; i++)
		if (same_locator(f->contexts[i].local, pair->local) &&
		    same_locator(f->contexts[i].peer, pair->peer))
			return true;
	return false;
}

static void add_context(struct follower *f, const struct followed *s)
{
	if (s && s->connected && !has_context(f, &s->pair) &&
	    f->context_count < SCENARIO_VARIABLES_MAX)
		f->contexts[f->context_count++] = s->pair;
}

static enum matrix_state state_of(const struct follower *f, const struct followed *s)
{
	if (!s->connected)
		return STATE_UNCONNECTED;
	return has_context(f, &s->pair) && !s->dontshim ? STATE_CONTEXT : STATE_CONNECTED;
}

/* NULL: no socket of the case, or one that isn't followed. */
static struct followed *socket_of(struct follower *f, const struct call *call)
{
	const struct value *v = call->args[0];

	if (!v || v->kind != VALUE_VARIABLE || !f->sockets[v->variable].open)
		return NULL;
	return &f->sockets[v->variable];
}

static struct followed *make_socket(struct follower *f, const struct call *call,
				    enum matrix_kind kind)
{
	struct followed *s = &f->sockets[call->variable];

	*s = (struct followed){ .open = true, .kind = kind, .pair = first_pair };
	return s;
}

/* --- what calls do ------------------------------------------------------------------------ */

static void follow_socket(struct follower *f, const struct call *call)
{
	static const int socktypes[] = {
		[KIND_UDP] = SOCK_DGRAM, [KIND_TCP] = SOCK_STREAM, [KIND_RAW] = SOCK_RAW
	};

	if (!call->assigns || number_of(call->args[0]) != AF_INET6)
		return;
	for (int kind = 0; kind < MATRIX_KINDS; kind++)
		if (number_of(call->args[1]) == socktypes[kind])
			make_socket(f, call, (enum matrix_kind)kind);
}

static void follow_open(struct follower *f, const struct call *call)
{
	static const enum matrix_kind kinds[] = {
		[TRANSPORT_UDP] = KIND_UDP,
		[TRANSPORT_TCP] = KIND_TCP,
		[TRANSPORT_RAW] = KIND_RAW,
	};
	int64_t state = call->args[1]->number;
	struct followed *s = make_socket(f, call, kinds[call->args[0]->number]);

	s->connecting = state == OPEN_CONNECTING;
	s->connected = state == OPEN_CONNECTED || state == OPEN_CONTEXT || state == OPEN_ACCEPTED;
	if (state == OPEN_CONTEXT)
		add_context(f, s);
}

static void follow_accept(struct follower *f, const struct call *call)
{
	struct followed *s;

	if (!call->assigns)
		return;
	s = make_socket(f, call, KIND_TCP);
	s->connected = true;
	s->pair = f->caller;
}

static void follow_bind(struct follower *f, const struct call *call)
{
	struct followed *s = socket_of(f, call);

	if (s && call->args[1]->locator.who == 'L')
		s->pair.local = call->args[1]->locator;
}

static void follow_connect(struct follower *f, const struct call *call)
{
	struct followed *s = socket_of(f, call);

	if (!s)
		return;
	s->pair.peer = call->args[1]->locator;                   /* of AF_UNSPEC nobody's */
	s->connecting = s->pair.peer.who && s->kind == KIND_TCP; /* also behind -1 EINPROGRESS */
	if (succeeds(call) && s->kind != KIND_TCP)
		s->connected = s->pair.peer.who;
}

static bool has_syn(const struct packet_value *packet)
{
	enum { SYN = 2 };
	int64_t flags = 0;

	for (size_t i = 0; i < packet->layer_count; i++)
		for (size_t j = 0; j < packet->layers[i].field_count; j++) {
			const struct field_value *f = &packet->layers[i].fields[j];

			if (strcmp(packet->layers[i].layer->name, "tcp") == 0 &&
			    strcmp(f->field->name, "flags") == 0)
				flags |= number_of(f->value);
		}
	return flags & SYN;
}

/* A connection is one with the peer's SYN: the one that answers ours, or the
 * one that a listening socket is to accept. */
static void follow_segment(struct follower *f, const struct packet_value *packet)
{
	if (!has_syn(packet))
		return;
	f->caller = (struct pair){ packet->dst, packet->src };
	for (size_t i = 0; i < SCENARIO_VARIABLES_MAX; i++) {
		struct followed *s = &f->sockets[i];

		s->connected |= s->connecting;
		s->connecting = false;
	}
}

static void follow_context(struct follower *f, const struct call *call)
{
	add_context(f, socket_of(f, call));
}

static void follow_close(struct follower *f, const struct call *call)
{
	struct followed *s = socket_of(f, call);

	if (s)
		s->open = false;
}

/* --- what calls check ----------------------------------------------------------------------- */

static void count(struct follower *f, const struct followed *s, size_t subject, size_t call)
{
	f->m->checks[subject][call][state_of(f, s)][s->kind]++;
}

static void count_option(struct follower *f, const struct call *call, size_t which)
{
	const struct followed *s = socket_of(f, call);
	size_t option = subject_of(call->args[2], 0, MATRIX_OPTIONS);

	if (s && call->outcome_count && option < MATRIX_SUBJECTS &&
	    is_symbol(call->args[1], "SOL_SHIM"))
		count(f, s, option, which);
}

static void follow_getsockopt(struct follower *f, const struct call *call)
{
	count_option(f, call, MATRIX_GET);
}

static int64_t int_of(const struct value *v)
{
	return v->kind == VALUE_STRUCT && v->count == 1 ? number_of(v->items[0]) : number_of(v);
}

static void follow_setsockopt(struct follower *f, const struct call *call)
{
	struct followed *s = socket_of(f, call);
	size_t same_name = subject_of(call->args[2], MATRIX_OPTIONS, MATRIX_SUBJECTS);

	count_option(f, call, MATRIX_SET);
	if (s && same_name < MATRIX_SUBJECTS)
		s->given[same_name] = true;
	if (s && !s->connected && succeeds(call) && is_symbol(call->args[2], "SHIM_DONTSHIM"))
		s->dontshim = int_of(call->args[3]) != 0;
}

static void follow_sendmsg(struct follower *f, const struct call *call)
{
	const struct message_value *m = call->args[1]->message;
	struct followed *s = socket_of(f, call);

	if (!s || !m || !m->control || m->control->kind != VALUE_LIST)
		return;
	for (size_t i = 0; i < m->control->count; i++) {
		const struct value *object = m->control->items[i];
		size_t subject;

		if (object->kind != VALUE_CMSG || !is_symbol(object->items[0], "SOL_SHIM"))
			continue;
		subject = subject_of(object->items[1], MATRIX_OPTIONS, MATRIX_SUBJECTS);
		if (subject == MATRIX_SUBJECTS)
			continue;
		s->given[subject] = true;
		if (call->outcome_count)
			count(f, s, subject, MATRIX_SENDMSG);
	}
}

/* A list in `control` is compared completely, so it says of every type whether
 * it came; and with an error nothing comes, unless there was nothing yet. */
static bool tells_of_control(const struct outcome *o)
{
	if (fails(o))
		return o->error && !is_symbol(o->error, "EAGAIN") &&
		       !is_symbol(o->error, "EWOULDBLOCK");
	return o->out && o->out->kind == VALUE_MESSAGE && o->out->message->control &&
	       o->out->message->control->kind == VALUE_LIST;
}

/* What is for sending alone can be missed only where it has been given. */
static void follow_recvmsg(struct follower *f, const struct call *call)
{
	struct followed *s = socket_of(f, call);

	if (!s || !call->outcome_count || !tells_of_control(&call->outcomes[0]))
		return;
	for (size_t i = MATRIX_OPTIONS; i < MATRIX_SUBJECTS; i++)
		if (i < MATRIX_RECEIVED_END || s->given[i])
			count(f, s, i, MATRIX_RECVMSG);
}

static void (*const followers[CALL_COUNT])(struct follower *f, const struct call *call) = {
	[CALL_SOCKET] = follow_socket,         [CALL_OPEN] = follow_open,
	[CALL_ACCEPT] = follow_accept,         [CALL_BIND] = follow_bind,
	[CALL_CONNECT] = follow_connect,       [CALL_ESTABLISH] = follow_context,
	[CALL_ANSWER] = follow_context,        [CALL_GETSOCKOPT] = follow_getsockopt,
	[CALL_SETSOCKOPT] = follow_setsockopt, [CALL_SENDMSG] = follow_sendmsg,
	[CALL_RECVMSG] = follow_recvmsg,       [CALL_CLOSE] = follow_close,
};

void matrix_add(struct matrix *m, const struct scenario *s)
{
	struct follower f = { .m = m, .caller = first_pair };

	for (size_t i = 0; !s->inform_count && i < s->event_count; i++) {
		const struct event *e = &s->events[i];

		if (e->kind == EVENT_INJECT)
			follow_segment(&f, e->packet);
		else if (e->kind == EVENT_CALL && followers[e->call->id])
			followers[e->call->id](&f, e->call);
	}
}
