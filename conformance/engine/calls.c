/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls into the target, in one table. */
#include "conformance/engine/calls.h"

#include "conformance/engine/show.h"

#include <ctype.h>
#include <string.h>

enum {
	ARRAY_ROOM = 32,      /* locators: SHIM_MAX_LOCATORS, RFC 6316 13 */
	OCTETS_ROOM = 256,    /* for an option of which no type is known */
	OPTLEN_MAX = 1 << 16, /* what is really allocated for a wild optlen */
};

static int number_arg(struct trial *t, const struct call *call, unsigned i, int *out)
{
	int64_t number = 0;
	int r = call->args[i] ? value_number(t, call->args[i], &number) : 0;

	if (r == 0)
		*out = (int)number;
	return r;
}

static uint8_t *add_fence(struct trial *t, struct done *done, const char *name, size_t len)
{
	struct fence f = fence_make(&t->brief, name, len);

	done->fences[done->fence_count++] = f;
	return f.data;
}

/* What the target handed out; it can't be more than the buffer held. */
static void hand_out(struct done *done, const struct type *type, uint8_t *data, size_t room,
		     size_t len)
{
	done->out = (struct octets){ data, len < room ? len : room };
	done->out_len = len;
	done->type = type;
}

/* --- calls that give ------------------------------------------------------ */

static int do_socket(struct trial *t, const struct call *call, struct done *done)
{
	int domain = 0, type = 0, protocol = 0;

	if (number_arg(t, call, 0, &domain) < 0 || number_arg(t, call, 1, &type) < 0 ||
	    number_arg(t, call, 2, &protocol) < 0)
		return TRIAL_OVER;
	done->result = t->target.socket(t->instance, domain, type, protocol);
	return 0;
}

static int with_address(struct trial *t, const struct call *call, struct done *done,
			int (*f)(struct shimproof_instance *, int, const struct sockaddr *,
				 socklen_t))
{
	struct octets addr;
	int s = 0;

	if (number_arg(t, call, 0, &s) < 0 || value_sockaddr(t, call->args[1], &addr) < 0)
		return TRIAL_OVER;
	done->result = f(t->instance, s, (const struct sockaddr *)(const void *)addr.data,
			 (socklen_t)addr.len);
	return 0;
}

static int do_bind(struct trial *t, const struct call *call, struct done *done)
{
	return with_address(t, call, done, t->target.bind);
}

static int do_connect(struct trial *t, const struct call *call, struct done *done)
{
	return with_address(t, call, done, t->target.connect);
}

static int do_send(struct trial *t, const struct call *call, struct done *done)
{
	struct octets data;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || value_object(t, call->args[1], NULL, &data) < 0 ||
	    number_arg(t, call, 2, &flags) < 0)
		return TRIAL_OVER;
	done->result = t->target.send(t->instance, s, data.data, data.len, flags);
	return 0;
}

static int do_sendto(struct trial *t, const struct call *call, struct done *done)
{
	struct octets data, addr;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || value_object(t, call->args[1], NULL, &data) < 0 ||
	    number_arg(t, call, 2, &flags) < 0 || value_sockaddr(t, call->args[3], &addr) < 0)
		return TRIAL_OVER;
	done->result = t->target.sendto(t->instance, s, data.data, data.len, flags,
					(const struct sockaddr *)(const void *)addr.data,
					(socklen_t)addr.len);
	return 0;
}

static int do_sendmsg(struct trial *t, const struct call *call, struct done *done)
{
	struct message m;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 2, &flags) < 0 ||
	    message_to_send(t, call->args[1]->message, &m) < 0)
		return TRIAL_OVER;
	done->result = t->target.sendmsg(t->instance, s, &m.header, flags);
	return 0;
}

static int do_setsockopt(struct trial *t, const struct call *call, struct done *done)
{
	struct octets value;
	uint8_t *exact;
	int64_t len;
	int s = 0, level = 0, name = 0;
	size_t room;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &level) < 0 ||
	    number_arg(t, call, 2, &name) < 0 ||
	    value_object(t, call->args[3], call->type, &value) < 0)
		return TRIAL_OVER;
	len = (int64_t)value.len;
	if (call->optlen && value_number(t, call->optlen, &len) < 0)
		return TRIAL_OVER;
	/* As much memory as optlen promises and no more: reading on shows. */
	room = (uint64_t)len < OPTLEN_MAX ? (size_t)len : OPTLEN_MAX;
	exact = value.data ? pool_alloc(&t->brief, room) : NULL;
	if (exact && room)
		memcpy(exact, value.data, value.len < room ? value.len : room);
	done->result = t->target.setsockopt(t->instance, s, level, name, exact, (socklen_t)len);
	return 0;
}

static int do_close(struct trial *t, const struct call *call, struct done *done)
{
	int s = 0;

	if (number_arg(t, call, 0, &s) < 0)
		return TRIAL_OVER;
	done->result = t->target.close(t->instance, s);
	return 0;
}

/* --- calls that take ------------------------------------------------------ */

static int do_recv(struct trial *t, const struct call *call, struct done *done)
{
	int s = 0, len = 0, flags = 0;
	uint8_t *data;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &len) < 0 ||
	    number_arg(t, call, 2, &flags) < 0)
		return TRIAL_OVER;
	data = add_fence(t, done, "the data", (size_t)len);
	done->result = t->target.recv(t->instance, s, data, (size_t)len, flags);
	if (done->result >= 0)
		hand_out(done, NULL, data, (size_t)len, (size_t)done->result);
	return 0;
}

static int do_recvmsg(struct trial *t, const struct call *call, struct done *done)
{
	struct message *m = pool_alloc(&t->brief, sizeof(*m));
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 2, &flags) < 0 ||
	    message_to_fill(t, call->args[1]->message, m) < 0)
		return TRIAL_OVER;
	done->fences[done->fence_count++] = m->name;
	done->fences[done->fence_count++] = m->data;
	done->fences[done->fence_count++] = m->control;
	done->result = t->target.recvmsg(t->instance, s, &m->header, flags);
	if (done->result >= 0) {
		hand_out(done, NULL, m->data.data, m->data.len, (size_t)done->result);
		done->message = m;
	}
	return 0;
}

static int with_name(struct trial *t, const struct call *call, struct done *done,
		     int (*f)(struct shimproof_instance *, int, struct sockaddr *, socklen_t *))
{
	socklen_t len = sizeof(struct sockaddr_in6);
	uint8_t *data = add_fence(t, done, "the address", len);
	int s = 0;

	if (number_arg(t, call, 0, &s) < 0)
		return TRIAL_OVER;
	done->result = f(t->instance, s, (struct sockaddr *)(void *)data, &len);
	if (done->result >= 0) {
		hand_out(done, &type_sockaddr_in6, data, sizeof(struct sockaddr_in6), len);
		done->is_whole = true;
	}
	return 0;
}

static int do_getsockname(struct trial *t, const struct call *call, struct done *done)
{
	return with_name(t, call, done, t->target.getsockname);
}

static int do_getpeername(struct trial *t, const struct call *call, struct done *done)
{
	return with_name(t, call, done, t->target.getpeername);
}

static size_t option_room(const struct type *type)
{
	if (!type)
		return OCTETS_ROOM;
	return type->array ? ARRAY_ROOM * type->size : type->size;
}

static int do_getsockopt(struct trial *t, const struct call *call, struct done *done)
{
	int64_t room = (int64_t)option_room(call->type);
	int s = 0, level = 0, name = 0;
	uint8_t *data;
	socklen_t len;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &level) < 0 ||
	    number_arg(t, call, 2, &name) < 0 ||
	    (call->optlen && value_number(t, call->optlen, &room) < 0))
		return TRIAL_OVER;
	len = (socklen_t)room;
	if ((uint64_t)room > OPTLEN_MAX)
		room = OPTLEN_MAX;
	data = add_fence(t, done, "the option's value", (size_t)room);
	done->result = t->target.getsockopt(t->instance, s, level, name, data, &len);
	if (done->result >= 0) {
		hand_out(done, call->type, data, (size_t)room, len);
		done->has_len = done->is_whole = true;
	}
	return 0;
}

static int do_poll(struct trial *t, const struct call *call, struct done *done)
{
	int s = 0, events = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &events) < 0)
		return TRIAL_OVER;
	done->result = t->target.poll(t->instance, s, (short)events);
	return 0;
}

/* --- the table ------------------------------------------------------------ */

#define ABI(call) #call, offsetof(struct shimproof_target, call)
#define NO_ABI    NULL, 0

static const struct call_row {
	const char *name;
	int (*run)(struct trial *t, const struct call *call, struct done *done);
	const char *abi; /* the call that the target must offer; NULL: none of its own */
	size_t offset;   /* of it in struct shimproof_target */
	bool word;       /* of the runner: it gives its own verdict */
} rows[CALL_COUNT] = {
	[CALL_SOCKET] = { "socket", do_socket, ABI(socket), false },
	[CALL_BIND] = { "bind", do_bind, ABI(bind), false },
	[CALL_CONNECT] = { "connect", do_connect, ABI(connect), false },
	[CALL_SEND] = { "send", do_send, ABI(send), false },
	[CALL_SENDTO] = { "sendto", do_sendto, ABI(sendto), false },
	[CALL_SENDMSG] = { "sendmsg", do_sendmsg, ABI(sendmsg), false },
	[CALL_RECV] = { "recv", do_recv, ABI(recv), false },
	[CALL_RECVMSG] = { "recvmsg", do_recvmsg, ABI(recvmsg), false },
	[CALL_GETSOCKNAME] = { "getsockname", do_getsockname, ABI(getsockname), false },
	[CALL_GETPEERNAME] = { "getpeername", do_getpeername, ABI(getpeername), false },
	[CALL_GETSOCKOPT] = { "getsockopt", do_getsockopt, ABI(getsockopt), false },
	[CALL_SETSOCKOPT] = { "setsockopt", do_setsockopt, ABI(setsockopt), false },
	[CALL_POLL] = { "poll", do_poll, ABI(poll), false },
	[CALL_CLOSE] = { "close", do_close, ABI(close), false },
	[CALL_OPEN] = { "open", word_open, ABI(socket), true },
	[CALL_ESTABLISH] = { "establish", word_establish, NO_ABI, true },
	[CALL_ANSWER] = { "answer", word_answer, NO_ABI, true },
	[CALL_ADDRESS_DOWN] = { "address_down", word_address_down, ABI(address), true },
	[CALL_ADDRESS_UP] = { "address_up", word_address_up, ABI(address), true },
	[CALL_LINK_DOWN] = { "link_down", word_link_down, ABI(link), true },
	[CALL_LINK_UP] = { "link_up", word_link_up, ABI(link), true },
	[CALL_DRAIN] = { "drain", word_drain, NO_ABI, true },
	[CALL_SAMPLE] = { "sample", sample_run, ABI(setsockopt), false },
};

static const char *missing(const struct shimproof_target *target, enum call_id id)
{
	const struct call_row *row = &rows[id];
	void (*call)(void);

	if (!row->abi)
		return NULL;
	memcpy(&call, (const char *)target + row->offset, sizeof(call));
	return call ? NULL : row->abi;
}

const char *call_missing(const struct shimproof_target *target, const struct call *call)
{
	const char *name = missing(target, call->id);

	if (call->id == CALL_SAMPLE && !name)
		return missing(target, CALL_GETSOCKOPT);
	if (call->id != CALL_OPEN)
		return name;
	if (!name)
		name = missing(target, CALL_BIND);
	if (!name && call->args[1]->number != OPEN_UNCONNECTED)
		name = missing(target, CALL_CONNECT);
	return name;
}

/* The call as written, without its time and what is expected of it. */
static const char *call_text(struct trial *t, const char *text)
{
	char *out = pool_copy(&t->brief, text, strlen(text) + 1), *to = out;
	bool quoted = false;
	int depth = 0;

	while (*text && !isspace((unsigned char)*text))
		text++;
	while (isspace((unsigned char)*text))
		text++;
	for (; *text; text++) {
		if (isspace((unsigned char)*text) && !quoted) {
			if (to > out && to[-1] != ' ')
				*to++ = ' ';
			continue;
		}
		*to++ = *text;
		if (*text == '\\' && quoted && text[1])
			*to++ = *++text;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && *text == '(')
			depth++;
		else if (!quoted && *text == ')' && --depth == 0)
			break;
	}
	*to = '\0';
	return out;
}

int call_run(struct trial *t, const struct event *e)
{
	const struct call_row *row = &rows[e->call->id];
	struct comparison *fences = comparison_new(t);
	struct done done = { 0 };
	int r;

	r = row->run(t, e->call, &done);
	trial_log(t, "call %s%s", call_text(t, e->text),
		  row->word || r < 0 ? "" : pool_text(&t->brief, " = %s", done_text(t, &done)));
	if (r < 0)
		return r;
	for (unsigned i = 0; i < done.fence_count; i++)
		fence_check(fences, &done.fences[i]);
	if (fences->count)
		return trial_fail(t, fences, "%s() wrote outside of the buffer that it was given",
				  row->name);
	r = row->word ? 0 : outcome_judge(t, e, row->name, &done);
	if (r == 0 && e->call->assigns)
		t->variables[e->call->variable] =
			(struct datum){ .bound = true, .number = done.result };
	return r;
}
