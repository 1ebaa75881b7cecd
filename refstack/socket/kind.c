/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kinds of sockets there are, and which of them a packet is for. */
#include "refstack/socket/kind.h"

const struct sock_kind *const sock_kinds[] = { &sock_udp, NULL };

const struct sock_kind *sock_kind_of(int type)
{
	for (const struct sock_kind *const *k = sock_kinds; *k; k++)
		if ((*k)->type == type)
			return *k;
	return NULL;
}

bool sock_arrival(void *ctx, const struct shim_arrival *arrival)
{
	struct sock_table *t = ctx;

	for (const struct sock_kind *const *k = sock_kinds; *k; k++)
		if ((*k)->protocol == arrival->protocol)
			return (*k)->arrival(t, arrival);
	return false;
}
