/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon as JSON; see status.h. refstackd(1) has the members. */
#include "refstack/daemon/status.h"

#include <arpa/inet.h>

static json_t *addr_of(const struct in6_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	return json_string(inet_ntop(AF_INET6, addr, text, sizeof(text)));
}

/* With microseconds, which a double has for three hundred years. */
static json_t *seconds_of(usec_t usec)
{
	return json_real((double)usec / (double)USEC_PER_SEC);
}

static json_t *link_of(const struct link *l)
{
	return json_pack("{s:i, s:s, s:s, s:b, s:i, s:I, s:I, s:I}",
			 "link", (int)l->number,
			 "kind", l->kind->name,
			 "name", l->settings->name,
			 "up", l->up,
			 "mtu", (int)l->mtu,
			 "received", (json_int_t)l->received,
			 "sent", (json_int_t)l->sent,
			 "lost", (json_int_t)l->lost);
}

static json_t *links_of(const struct status_subject *subject)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < subject->link_count; i++)
		json_array_append_new(array, link_of(&subject->links[i]));
	return array;
}

static json_t *addresses_of(const struct shim_host *host)
{
	struct shim_address addresses[HOST_LOCATORS_MAX];
	size_t n = shim_host_addresses(host, addresses, HOST_LOCATORS_MAX);
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_pack("{s:o, s:i, s:b}",
						       "address", addr_of(&addresses[i].addr),
						       "link", (int)addresses[i].link,
						       "up", addresses[i].up));
	return array;
}

/* NULL, as JSON has it, where there is no such device. */
static json_t *apps_of(const struct status_subject *subject)
{
	const struct apps *a = subject->apps;

	if (a->fd < 0)
		return json_null();
	return json_pack("{s:s, s:o, s:I, s:I, s:I, s:I}",
			 "name", subject->settings->apps,
			 "ulid", addr_of(&a->ulid),
			 "sent", (json_int_t)a->sent,
			 "received", (json_int_t)a->received,
			 "ignored", (json_int_t)a->ignored,
			 "failed", (json_int_t)a->failed);
}

/* --- contexts ------------------------------------------------------------------------- */

struct gathering {
	usec_t now;
	json_t *array;
	size_t count;
};

static void gather(void *ctx, const struct shim_context_info *info)
{
	struct gathering *g = ctx;

	if (g->count++ >= STATUS_CONTEXTS_MAX)
		return;
	json_array_append_new(
		g->array,
		json_pack("{s:I, s:I, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:i, s:o}",
			  "ct_local", (json_int_t)info->ct_local,
			  "ct_peer", (json_int_t)info->ct_peer,
			  "state", info->state,
			  "reap", info->reap,
			  "ulid_local", addr_of(&info->ulid_local),
			  "ulid_peer", addr_of(&info->ulid_peer),
			  "fii", (json_int_t)info->fii,
			  "local", addr_of(&info->lp_local),
			  "peer", addr_of(&info->lp_peer),
			  "peer_locators", (int)info->peer_locators,
			  "idle", seconds_of(info->used < g->now ? g->now - info->used : 0)));
}

json_t *status_make(const struct status_subject *subject)
{
	static const char *const kinds[] = {
		[SHIM_HBA] = "hba", [SHIM_HBA_CGA] = "hba+cga", [SHIM_CGA] = "cga",
	};
	struct gathering g = { .now = subject->now, .array = json_array() };

	shim_host_contexts(subject->host, gather, &g);
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:I, s:I, s:o}",
			 "version", SHIMPROOF_VERSION,
			 "uptime", seconds_of(subject->now),
			 "kind", kinds[subject->settings->kind],
			 "links", links_of(subject),
			 "addresses", addresses_of(subject->host),
			 "apps", apps_of(subject),
			 "echoed", (json_int_t)subject->echoed,
			 "context_count", (json_int_t)g.count,
			 "contexts", g.array);
}
