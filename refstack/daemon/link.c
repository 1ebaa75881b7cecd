/* SPDX-License-Identifier: BSD-2-Clause */
/* What links of both kinds have in common; see link.h. */
#include "refstack/daemon/link.h"
#include "refstack/daemon/iface.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum { PACKETS_AT_ONCE = 64, QUIET_SEC = 10 };

static const struct link_kind *const kinds[] = {
	[LINK_TUN] = &link_tun,
	[LINK_ETHERNET] = &link_ethernet,
};

int link_open(struct link *l, const struct link_settings *settings, unsigned number,
	      uint64_t seed, const struct link_owner *owner)
{
	int err;

	*l = (struct link){
		.settings = settings,
		.owner = owner,
		.kind = kinds[settings->type],
		.number = number,
		/* Not seed + number: the next host may have the seed after ours. */
		.seed = seed ^ number * UINT64_C(0x9e3779b97f4a7c15),
		.fd = -1,
	};
	err = l->kind->open(l);
	if (!err)
		link_look(l);
	return err;
}

void link_close(struct link *l)
{
	nd_free(l->nd);
	l->nd = NULL;
	if (l->fd >= 0)
		l->kind->close(l);
	l->fd = -1;
}

const char *link_trouble(const struct link_settings *settings, int err)
{
	return kinds[settings->type]->trouble(err);
}

bool link_look(struct link *l)
{
	bool up = false, was = l->up;

	if (l->fd >= 0 && iface_state(l->index, &up))
		link_close(l);
	l->up = up;
	return up != was;
}

int link_begin(struct link *l, usec_t now)
{
	l->now = now;
	return l->kind->begin(l);
}

int link_add(struct link *l, const struct in6_addr *addr)
{
	return l->kind->add(l, addr);
}

void link_remove(struct link *l, const struct in6_addr *addr)
{
	if (l->nd)
		nd_address_remove(l->nd, addr);
}

/* --- packets -------------------------------------------------------------------------- */

void link_say(const struct link *l, const char *fmt, ...)
{
	char line[256];
	int n = snprintf(line, sizeof(line), "link %u (%s): ", l->number, l->settings->name);
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, args);
	va_end(args);
	l->owner->log(l->owner->ctx, line);
}

void link_lose(struct link *l, int err)
{
	l->lost++;
	if (l->now < l->quiet_until)
		return;
	l->quiet_until = l->now + QUIET_SEC * USEC_PER_SEC;
	link_say(l, "packets are lost: %s",
		 err == -ENETUNREACH ? "there is no router to where they go" : strerror(-err));
}

void link_send(struct link *l, const void *packet, size_t len)
{
	int err = l->fd >= 0 ? l->kind->send(l, packet, len) : -ENETDOWN;

	if (err)
		link_lose(l, err);
	else
		l->sent++;
}

void link_receive(struct link *l, const void *packet, size_t len)
{
	l->received++;
	l->owner->packet(l->owner->ctx, l, packet, len);
}

/* An interface that is down, or gone, has no packets; news of that comes by
 * another way. */
void link_read(struct link *l)
{
	for (unsigned i = 0; i < PACKETS_AT_ONCE; i++)
		if (l->fd < 0 || l->kind->read(l))
			return;
}

/* --- time ----------------------------------------------------------------------------- */

usec_t link_deadline(const struct link *l)
{
	usec_t due = l->nd && l->up ? nd_deadline(l->nd) : USEC_NEVER;

	return due == USEC_NEVER ? due : l->born + due;
}

void link_advance(struct link *l, usec_t now)
{
	l->now = now;
	if (l->nd && l->up)
		nd_advance(l->nd, now - l->born);
}
