/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls into the target, in one table. */
#include "conformance/engine/calls.h"

#include "conformance/engine/show.h"

#include <ctype.h>
#include <string.h>

/* --- what the calls share ------------------------------------------------- */

int number_arg(struct trial *t, const struct call *call, unsigned i, int *out)
{
	int64_t number = 0;
	int r = call->args[i] ? value_number(t, call->args[i], &number) : 0;

	if (r == 0)
		*out = (int)number;
	return r;
}

uint8_t *done_room(struct trial *t, struct done *done, const char *name, size_t len)
{
	struct fence f = fence_make(&t->guards, name, len);

	done->fences[done->fence_count++] = f;
	return f.data;
}

uint8_t *done_octets(struct trial *t, struct done *done, const char *name, size_t align,
		     struct octets octets, size_t promised)
{
	size_t len = promised < MEMORY_MAX ? promised : MEMORY_MAX;
	struct fence f;

	if (!octets.data || octets.data == t->guards.unmapped)
		return octets.data;
	f = fence_copy(&t->guards, name, len, align, octets.data, octets.len);
	done->fences[done->fence_count++] = f;
	return f.data;
}

/* --- the table ------------------------------------------------------------ */

#define ABI(call) #call, offsetof(struct shimproof_target, call)
#define NO_ABI    NULL, 0

static const struct call_row {
	const char *name;
	call_fn *run;
	const char *abi; /* the call that the target must offer; NULL: none of its own */
	size_t offset;   /* of it in struct shimproof_target */
	bool word;       /* of the runner: it gives its own verdict */
} rows[CALL_COUNT] = {
	[CALL_SOCKET] = { "socket", do_socket, ABI(socket), false },
	[CALL_BIND] = { "bind", do_bind, ABI(bind), false },
	[CALL_CONNECT] = { "connect", do_connect, ABI(connect), false },
	[CALL_LISTEN] = { "listen", do_listen, ABI(listen), false },
	[CALL_ACCEPT] = { "accept", do_accept, ABI(accept), false },
	[CALL_SHUTDOWN] = { "shutdown", do_shutdown, ABI(shutdown), false },
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
	[CALL_PEER] = { "peer", word_peer, NO_ABI, true },
	[CALL_PEER_DOWN] = { "peer_down", word_peer_down, NO_ABI, true },
	[CALL_PEER_UP] = { "peer_up", word_peer_up, NO_ABI, true },
	[CALL_FORK] = { "fork", word_fork, NO_ABI, true },
	[CALL_FORGET] = { "forget", word_forget, NO_ABI, true },
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

/* What open() calls besides socket() and bind(), by where it leads. */
static const enum call_id open_calls[][3] = {
	[OPEN_UNCONNECTED] = { CALL_COUNT },
	[OPEN_CONNECTED] = { CALL_CONNECT, CALL_COUNT },
	[OPEN_CONTEXT] = { CALL_CONNECT, CALL_COUNT },
	[OPEN_LISTENING] = { CALL_LISTEN, CALL_COUNT },
	[OPEN_CONNECTING] = { CALL_CONNECT, CALL_COUNT },
	[OPEN_ACCEPTED] = { CALL_LISTEN, CALL_ACCEPT, CALL_COUNT },
};

const char *call_missing(const struct shimproof_target *target, const struct call *call)
{
	const char *name = missing(target, call->id);

	if (call->id == CALL_SAMPLE && !name)
		return missing(target, CALL_GETSOCKOPT);
	if (call->id != CALL_OPEN)
		return name;
	if (!name)
		name = missing(target, CALL_BIND);
	for (const enum call_id *id = open_calls[call->args[1]->number]; !name && *id != CALL_COUNT;
	     id++)
		name = missing(target, *id);
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

	t->guards.call = row->name;
	r = row->run(t, e->call, &done);
	t->guards.call = NULL;
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
