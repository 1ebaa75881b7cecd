/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that the target hands something out by. */
#include "conformance/engine/calls.h"

enum {
	ARRAY_ROOM = 32,   /* locators: SHIM_MAX_LOCATORS, RFC 6316 13 */
	OCTETS_ROOM = 256, /* for an option of which no type is known */
};

/* What the target handed out; it can't be more than the buffer held. */
static void hand_out(struct done *done, const struct type *type, uint8_t *data, size_t room,
		     size_t len)
{
	done->out = (struct octets){ data, len < room ? len : room };
	done->out_len = len;
	done->type = type;
}

int do_recv(struct trial *t, const struct call *call, struct done *done)
{
	int s = 0, len = 0, flags = 0;
	uint8_t *data;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &len) < 0 ||
	    number_arg(t, call, 2, &flags) < 0)
		return TRIAL_OVER;
	data = done_room(t, done, "the data", (size_t)len);
	done->result = t->target.recv(t->instance, s, data, (size_t)len, flags);
	if (done->result >= 0)
		hand_out(done, NULL, data, (size_t)len, (size_t)done->result);
	return 0;
}

int do_recvmsg(struct trial *t, const struct call *call, struct done *done)
{
	const struct value *v = call->args[1];
	struct message *m = pool_alloc(&t->brief, sizeof(*m));
	struct msghdr *header;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 2, &flags) < 0 ||
	    (v->message && message_to_fill(t, v->message, done, m) < 0))
		return TRIAL_OVER;
	header = v->message ? &m->header : pointer_of(t, v);
	done->result = t->target.recvmsg(t->instance, s, header, flags);
	if (done->result >= 0 && v->message) {
		hand_out(done, NULL, m->data.data, m->data.len, (size_t)done->result);
		done->message = m;
	}
	return 0;
}

static int with_name(struct trial *t, const struct call *call, struct done *done,
		     int (*f)(struct shimproof_instance *, int, struct sockaddr *, socklen_t *))
{
	socklen_t len = sizeof(struct sockaddr_in6);
	uint8_t *data = done_room(t, done, "the address", len);
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

int do_accept(struct trial *t, const struct call *call, struct done *done)
{
	done->is_socket = true;
	return with_name(t, call, done, t->target.accept);
}

int do_getsockname(struct trial *t, const struct call *call, struct done *done)
{
	return with_name(t, call, done, t->target.getsockname);
}

int do_getpeername(struct trial *t, const struct call *call, struct done *done)
{
	return with_name(t, call, done, t->target.getpeername);
}

static size_t option_room(const struct type *type)
{
	if (!type)
		return OCTETS_ROOM;
	return type->array ? ARRAY_ROOM * type->size : type->size;
}

int do_getsockopt(struct trial *t, const struct call *call, struct done *done)
{
	bool lost = is_pointer_value(call->optlen); /* a pointer instead of one to the length */
	int64_t room = (int64_t)option_room(call->type);
	int s = 0, level = 0, name = 0;
	uint8_t *data;
	socklen_t len;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &level) < 0 ||
	    number_arg(t, call, 2, &name) < 0 ||
	    (call->optlen && !lost && value_number(t, call->optlen, &room) < 0))
		return TRIAL_OVER;
	len = (socklen_t)room;
	if ((uint64_t)room > MEMORY_MAX)
		room = MEMORY_MAX;
	data = call->args[3] ? pointer_of(t, call->args[3])
			     : done_room(t, done, "the option's value", (size_t)room);
	done->result = t->target.getsockopt(t->instance, s, level, name, data,
					    lost ? pointer_of(t, call->optlen) : &len);
	if (done->result >= 0 && !call->args[3] && !lost) {
		hand_out(done, call->type, data, (size_t)room, len);
		done->has_len = done->is_whole = true;
	}
	return 0;
}

int do_poll(struct trial *t, const struct call *call, struct done *done)
{
	int s = 0, events = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &events) < 0)
		return TRIAL_OVER;
	done->result = t->target.poll(t->instance, s, (short)events);
	return 0;
}
