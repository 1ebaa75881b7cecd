/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that hand something to the target. */
#include "conformance/engine/calls.h"

#include <stdalign.h>

enum { OPTION_ALIGN = 4 }; /* of int, and of all structs of RFC 6316 and RFC 3542 */

int do_socket(struct trial *t, const struct call *call, struct done *done)
{
	int domain = 0, type = 0, protocol = 0;

	if (number_arg(t, call, 0, &domain) < 0 || number_arg(t, call, 1, &type) < 0 ||
	    number_arg(t, call, 2, &protocol) < 0)
		return TRIAL_OVER;
	done->result = t->target.socket(t->instance, domain, type, protocol);
	done->is_socket = true;
	return 0;
}

static const struct sockaddr *address_arg(struct trial *t, struct done *done, struct octets addr)
{
	return (const void *)done_octets(t, done, "the address", alignof(struct sockaddr_in6), addr,
					 addr.len);
}

static int with_address(struct trial *t, const struct call *call, struct done *done,
			int (*f)(struct shimproof_instance *, int, const struct sockaddr *,
				 socklen_t))
{
	struct octets addr;
	int s = 0;

	if (number_arg(t, call, 0, &s) < 0 || value_sockaddr(t, call->args[1], &addr) < 0)
		return TRIAL_OVER;
	done->result = f(t->instance, s, address_arg(t, done, addr), (socklen_t)addr.len);
	return 0;
}

int do_bind(struct trial *t, const struct call *call, struct done *done)
{
	return with_address(t, call, done, t->target.bind);
}

int do_connect(struct trial *t, const struct call *call, struct done *done)
{
	return with_address(t, call, done, t->target.connect);
}

static int with_number(struct trial *t, const struct call *call, struct done *done,
		       int (*f)(struct shimproof_instance *, int, int))
{
	int s = 0, number = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &number) < 0)
		return TRIAL_OVER;
	done->result = f(t->instance, s, number);
	return 0;
}

int do_listen(struct trial *t, const struct call *call, struct done *done)
{
	return with_number(t, call, done, t->target.listen);
}

int do_shutdown(struct trial *t, const struct call *call, struct done *done)
{
	return with_number(t, call, done, t->target.shutdown);
}

static const void *data_arg(struct trial *t, struct done *done, struct octets data)
{
	return done_octets(t, done, "the data", 1, data, data.len);
}

int do_send(struct trial *t, const struct call *call, struct done *done)
{
	struct octets data;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || value_object(t, call->args[1], NULL, &data) < 0 ||
	    number_arg(t, call, 2, &flags) < 0)
		return TRIAL_OVER;
	done->result = t->target.send(t->instance, s, data_arg(t, done, data), data.len, flags);
	return 0;
}

int do_sendto(struct trial *t, const struct call *call, struct done *done)
{
	struct octets data, addr;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || value_object(t, call->args[1], NULL, &data) < 0 ||
	    number_arg(t, call, 2, &flags) < 0 || value_sockaddr(t, call->args[3], &addr) < 0)
		return TRIAL_OVER;
	done->result = t->target.sendto(t->instance, s, data_arg(t, done, data), data.len, flags,
					address_arg(t, done, addr), (socklen_t)addr.len);
	return 0;
}

int do_sendmsg(struct trial *t, const struct call *call, struct done *done)
{
	const struct value *v = call->args[1];
	const struct msghdr *header;
	struct message m;
	int s = 0, flags = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 2, &flags) < 0 ||
	    (v->message && message_to_send(t, v->message, done, &m) < 0))
		return TRIAL_OVER;
	header = v->message ? &m.header : pointer_of(t, v);
	done->result = t->target.sendmsg(t->instance, s, header, flags);
	return 0;
}

int do_setsockopt(struct trial *t, const struct call *call, struct done *done)
{
	struct octets value;
	const void *at;
	int64_t len;
	int s = 0, level = 0, name = 0;

	if (number_arg(t, call, 0, &s) < 0 || number_arg(t, call, 1, &level) < 0 ||
	    number_arg(t, call, 2, &name) < 0 ||
	    value_object(t, call->args[3], call->type, &value) < 0)
		return TRIAL_OVER;
	len = (int64_t)value.len;
	if (call->optlen && value_number(t, call->optlen, &len) < 0)
		return TRIAL_OVER;
	at = done_octets(t, done, "the option's value", OPTION_ALIGN, value, (size_t)len);
	done->result = t->target.setsockopt(t->instance, s, level, name, at, (socklen_t)len);
	return 0;
}

int do_close(struct trial *t, const struct call *call, struct done *done)
{
	int s = 0;

	if (number_arg(t, call, 0, &s) < 0)
		return TRIAL_OVER;
	done->result = t->target.close(t->instance, s);
	return 0;
}
