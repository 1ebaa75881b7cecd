/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to contexts, told to those who listen: host.h has the kinds. */
#include "refstack/core/internal.h"

#include <arpa/inet.h>
#include <stdio.h>

static const char *const names[SHIM_EVENT_KIND_COUNT] = {
	[SHIM_EVENT_STATE] = "state",
	[SHIM_EVENT_REAP] = "reap",
	[SHIM_EVENT_PAIR] = "pair",
	[SHIM_EVENT_LIST] = "list",
	[SHIM_EVENT_TOLD] = "told",
	[SHIM_EVENT_STANDBY] = "standby",
};

const char *shim_event_name(enum shim_event_kind kind)
{
	return names[kind];
}

/* Behind the context's tag and ULIDs; those of states are their names alone. */
static const char *const words[SHIM_EVENT_KIND_COUNT] = {
	[SHIM_EVENT_LIST] = "the peer has other locators or preferences",
	[SHIM_EVENT_TOLD] = "the peer knows our locators",
	[SHIM_EVENT_STANDBY] = "a pair in reserve is proven",
};

void shim_event_text(const struct shim_event *event, char *out, size_t size)
{
	char local[INET6_ADDRSTRLEN], peer[INET6_ADDRSTRLEN], from[INET6_ADDRSTRLEN],
		to[INET6_ADDRSTRLEN];
	int n;

	inet_ntop(AF_INET6, &event->ulid_local, local, sizeof(local));
	inet_ntop(AF_INET6, &event->ulid_peer, peer, sizeof(peer));
	inet_ntop(AF_INET6, &event->lp_local, from, sizeof(from));
	inet_ntop(AF_INET6, &event->lp_peer, to, sizeof(to));
	n = snprintf(out, size, "context %012llx %s - %s: ", (unsigned long long)event->ct_local,
		     local, peer);
	if (n < 0 || (size_t)n >= size)
		return;
	if (words[event->kind])
		snprintf(out + n, size - (size_t)n, "%s", words[event->kind]);
	else if (event->from)
		snprintf(out + n, size - (size_t)n, "%s -> %s", event->from, event->to);
	else
		snprintf(out + n, size - (size_t)n, "sends from %s to %s", from, to);
}

void host_event(const struct shim_host *host, enum shim_event_kind kind,
		const struct shim_context *context, const char *from, const char *to)
{
	const struct shim_event event = {
		.kind = kind,
		.at = host->now,
		.ct_local = context->ct_local,
		.ct_peer = context->ct_peer,
		.ulid_local = context->ulids.local,
		.ulid_peer = context->ulids.peer,
		.fii = context->ulids.fii,
		.from = from,
		.to = to,
		.lp_local = context->lp_local,
		.lp_peer = context->lp_peer,
	};
	char line[256];

	if (host->cfg.event)
		host->cfg.event(host->cfg.ctx, &event);
	if (host->upper && host->upper->event)
		host->upper->event(host->upper_ctx, &event);
	if (host->cfg.log) {
		shim_event_text(&event, line, sizeof(line));
		host_log(host, "%s", line);
	}
}

static struct shim_context_info info_of(const struct shim_context *context)
{
	return (struct shim_context_info){
		.state = shim_state_name(context->state),
		.reap = reap_state_name(context->reap.state),
		.ct_local = context->ct_local,
		.ct_peer = context->ct_peer,
		.ulid_local = context->ulids.local,
		.ulid_peer = context->ulids.peer,
		.fii = context->ulids.fii,
		.lp_local = context->lp_local,
		.lp_peer = context->lp_peer,
		.peer_locators = context->ls_peer ? context->ls_peer->count : 0,
		.used = context->used,
	};
}

void shim_host_contexts(const struct shim_host *host,
			void (*fn)(void *ctx, const struct shim_context_info *info), void *ctx)
{
	struct context_walk walk = { .bucket = 0 };
	const struct shim_context *context;

	while ((context = context_walk(&host->contexts, &walk))) {
		struct shim_context_info info = info_of(context);

		fn(ctx, &info);
	}
}
