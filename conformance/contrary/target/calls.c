/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket calls: the real one's result, what it hands out, and what is made of it. */
#include "conformance/contrary/target/contrary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* What a call hands out in one of the runner's buffers. */
struct piece {
	uint8_t *at; /* NULL: not by this call */
	size_t room; /* octets */
	size_t len;  /* as the target says; may be more than there is room */
};

struct handed {
	struct piece pieces[REGION_COUNT];
	int *flags; /* msg_flags, or NULL */
};

/* --- notes ---------------------------------------------------------------- */

static void note_piece(FILE *f, enum region r, const struct piece *p)
{
	size_t len = p->len < p->room ? p->len : p->room;

	fprintf(f, " %s %zu %zu ", region_name[r], p->room, p->len);
	for (size_t i = 0; i < len; i++)
		fprintf(f, "%02x", p->at[i]);
	if (!len)
		putc('-', f);
}

/* "call 12 recvmsg 1 data 100 1 78 flags 0": fault.h's words, and a buffer's
 * room in front of its length. */
static void note(struct contrary *c, const char *name, int64_t result, const struct handed *h)
{
	char *line = NULL;
	size_t size;
	FILE *f = open_memstream(&line, &size);

	if (!f)
		return;
	fprintf(f, "call %" PRIu64 " %s %" PRId64, c->calls, name, result);
	for (int r = 0; h && result >= 0 && r < REGION_COUNT; r++)
		if (h->pieces[r].at)
			note_piece(f, (enum region)r, &h->pieces[r]);
	if (h && h->flags && result >= 0)
		fprintf(f, " flags %d", *h->flags);
	if (!fclose(f))
		contrary_say(c, "%s", line);
	free(line);
}

/* --- the one place where calls end ------------------------------------------ */

static void write_piece(struct piece *p, const struct fault *f)
{
	size_t len = f->len < p->room ? f->len : p->room;

	if (!p->at)
		return;
	if (len)
		memcpy(p->at, f->octets, len);
	p->len = (size_t)f->number;
}

/* The result that the runner is to see. */
static int64_t ended(struct contrary *c, const char *name, int64_t result, struct handed *h)
{
	uint64_t call = c->calls;

	if (c->notes)
		note(c, name, result, h);
	c->calls++;
	for (size_t i = 0; i < c->faults.count; i++) {
		const struct fault *f = &c->faults.items[i];

		if (f->which != call)
			continue;
		if (f->kind == FAULT_RESULT)
			result = f->number;
		else if (f->kind == FAULT_REGION && h)
			write_piece(&h->pieces[f->region], f);
		else if (f->kind == FAULT_OVERRUN && h && h->pieces[f->region].at)
			h->pieces[f->region].at[h->pieces[f->region].room] ^= 0xff;
		else if (f->kind == FAULT_FLAGS && h && h->flags)
			*h->flags = (int)f->number;
	}
	return result;
}

/* --- calls that give ------------------------------------------------------ */

#define REAL(call, ...) (c->real->call(c->inner, __VA_ARGS__))
#define PLAIN(type, call, parameters, ...)                                                         \
	static type contrary_##call parameters                                                     \
	{                                                                                          \
		struct contrary *c = contrary_of(i);                                               \
                                                                                                   \
		return (type)ended(c, #call, REAL(call, __VA_ARGS__), NULL);                       \
	}
#define INSTANCE struct shimproof_instance *i

PLAIN(int, socket, (INSTANCE, int domain, int type, int protocol), domain, type, protocol)
PLAIN(int, bind, (INSTANCE, int s, const struct sockaddr *addr, socklen_t len), s, addr, len)
PLAIN(int, connect, (INSTANCE, int s, const struct sockaddr *addr, socklen_t len), s, addr, len)
PLAIN(int, listen, (INSTANCE, int s, int backlog), s, backlog)
PLAIN(int, shutdown, (INSTANCE, int s, int how), s, how)
PLAIN(int, close, (INSTANCE, int s), s)
PLAIN(ssize_t, send, (INSTANCE, int s, const void *data, size_t len, int flags), s, data, len,
      flags)
PLAIN(ssize_t, sendto,
      (INSTANCE, int s, const void *data, size_t len, int flags, const struct sockaddr *addr,
       socklen_t addr_len),
      s, data, len, flags, addr, addr_len)
PLAIN(ssize_t, sendmsg, (INSTANCE, int s, const struct msghdr *msg, int flags), s, msg, flags)
PLAIN(int, setsockopt, (INSTANCE, int s, int level, int name, const void *value, socklen_t len), s,
      level, name, value, len)
PLAIN(int, poll, (INSTANCE, int s, short events), s, events)

/* --- calls that take ------------------------------------------------------ */

/* One buffer, the length of which goes both ways. */
static struct handed one_piece(enum region r, void *at, size_t room, socklen_t len)
{
	struct handed h = { .flags = NULL };

	h.pieces[r] = (struct piece){ at, room, len };
	return h;
}

static int contrary_accept(INSTANCE, int s, struct sockaddr *addr, socklen_t *len)
{
	struct contrary *c = contrary_of(i);
	size_t room = len ? *len : 0;
	int64_t result = REAL(accept, s, addr, len);
	struct handed h = one_piece(REGION_NAME, len ? addr : NULL, room, len ? *len : 0);

	result = ended(c, "accept", result, &h);
	if (len)
		*len = (socklen_t)h.pieces[REGION_NAME].len;
	return (int)result;
}

static int contrary_getsockname(INSTANCE, int s, struct sockaddr *addr, socklen_t *len)
{
	struct contrary *c = contrary_of(i);
	size_t room = *len;
	int64_t result = REAL(getsockname, s, addr, len);
	struct handed h = one_piece(REGION_NAME, addr, room, *len);

	result = ended(c, "getsockname", result, &h);
	*len = (socklen_t)h.pieces[REGION_NAME].len;
	return (int)result;
}

static int contrary_getpeername(INSTANCE, int s, struct sockaddr *addr, socklen_t *len)
{
	struct contrary *c = contrary_of(i);
	size_t room = *len;
	int64_t result = REAL(getpeername, s, addr, len);
	struct handed h = one_piece(REGION_NAME, addr, room, *len);

	result = ended(c, "getpeername", result, &h);
	*len = (socklen_t)h.pieces[REGION_NAME].len;
	return (int)result;
}

/* Cases may give a pointer that leads nowhere, to a stack that looks before it follows it. */
static bool leads_somewhere(const void *at)
{
	uint8_t octet;
	struct iovec here = { &octet, 1 }, there = { (void *)(uintptr_t)at, 1 };

	return at && process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
}

static int contrary_getsockopt(INSTANCE, int s, int level, int name, void *value, socklen_t *len)
{
	struct contrary *c = contrary_of(i);
	bool has_len = leads_somewhere(len);
	size_t room = has_len ? *len : 0;
	int64_t result = REAL(getsockopt, s, level, name, value, len);
	bool has_value = has_len && (!room || leads_somewhere(value));
	struct handed h =
		one_piece(REGION_VALUE, has_value ? value : NULL, room, has_len ? *len : 0);

	result = ended(c, "getsockopt", result, &h);
	if (has_len)
		*len = (socklen_t)h.pieces[REGION_VALUE].len;
	return (int)result;
}

static ssize_t contrary_recv(INSTANCE, int s, void *data, size_t len, int flags)
{
	struct contrary *c = contrary_of(i);
	ssize_t result = REAL(recv, s, data, len, flags);
	struct handed h = { .flags = NULL };

	h.pieces[REGION_DATA] = (struct piece){ data, len, result > 0 ? (size_t)result : 0 };
	return (ssize_t)ended(c, "recv", result, &h);
}

static ssize_t contrary_recvmsg(INSTANCE, int s, struct msghdr *msg, int flags)
{
	struct contrary *c = contrary_of(i);
	struct iovec none = { 0 }, *data = msg->msg_iovlen ? msg->msg_iov : &none;
	size_t name_room = msg->msg_namelen, control_room = msg->msg_controllen;
	ssize_t result = REAL(recvmsg, s, msg, flags);
	struct handed h = {
		.pieces = {
			[REGION_NAME] = { msg->msg_name, name_room, msg->msg_namelen },
			[REGION_DATA] = { data->iov_base, data->iov_len,
					  result > 0 ? (size_t)result : 0 },
			[REGION_CONTROL] = { msg->msg_control, control_room, msg->msg_controllen },
		},
		.flags = &msg->msg_flags,
	};

	result = (ssize_t)ended(c, "recvmsg", result, &h);
	msg->msg_namelen = (socklen_t)h.pieces[REGION_NAME].len;
	msg->msg_controllen = h.pieces[REGION_CONTROL].len;
	return result;
}

void contrary_offer_calls(struct shimproof_target *out, const struct shimproof_target *real)
{
#define OFFER(call) out->call = real->call ? contrary_##call : NULL
	OFFER(socket);
	OFFER(bind);
	OFFER(connect);
	OFFER(listen);
	OFFER(accept);
	OFFER(shutdown);
	OFFER(close);
	OFFER(send);
	OFFER(sendto);
	OFFER(sendmsg);
	OFFER(recv);
	OFFER(recvmsg);
	OFFER(getsockname);
	OFFER(getpeername);
	OFFER(getsockopt);
	OFFER(setsockopt);
	OFFER(poll);
#undef OFFER
}
