/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kinds of sockets there are, and which of them a packet is for. */
#include "refstack/socket/kind.h"

const struct sock_kind *const sock_kinds[] = { &sock_udp, &sock_tcp, &sock_raw, NULL };

const struct sock_kind *sock_kind_of(int type)
{
	for (const struct sock_kind *const *k = sock_kinds; *k; k++)
		if ((*k)->type == type)
			return *k;
	return NULL;
}

/* Who speaks the protocol has to know what to do with it, whoever else had a copy. */
bool sock_arrival(void *ctx, const struct shim_arrival *arrival)
{
	const struct sock_kind *speaker = NULL;
	struct sock_table *t = ctx;
	bool copied = false;

	for (const struct sock_kind *const *k = sock_kinds; *k; k++) {
		if ((*k)->protocol == 0)
			copied = (*k)->arrival(t, arrival);
		else if ((*k)->protocol == arrival->protocol)
			speaker = *k;
	}
	return speaker ? speaker->arrival(t, arrival) : copied;
}

void sock_error(void *ctx, const struct shim_upper_error *error)
{
	struct sock_table *t = ctx;

	for (const struct sock_kind *const *k = sock_kinds; *k; k++)
		if ((*k)->protocol == error->protocol && (*k)->error)
			(*k)->error(t, error);
}
