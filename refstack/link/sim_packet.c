/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets: where they go, what becomes of them, and that it is told. */
#include "refstack/link/sim_internal.h"
#include "wire/ipv6.h"

#include <errno.h>
#include <stdlib.h>

static const char *const fate_names[SIM_FATES] = {
	[SIM_SENT] = "sent",
	[SIM_DUPLICATED] = "duplicated",
	[SIM_INJECTED] = "injected",
	[SIM_TOO_BIG] = "answered: packet too big",
	[SIM_CORRUPTED] = "corrupted",
	[SIM_DELIVERED] = "delivered",
	[SIM_LOST_CHANCE] = "lost: by chance",
	[SIM_LOST_DOWN] = "lost: the path is down",
	[SIM_LOST_SIZE] = "lost: too long",
	[SIM_LOST_SOURCE] = "lost: source address of another link",
	[SIM_LOST_STRANGER] = "lost: no such address",
};

const char *sim_fate_name(enum sim_fate fate)
{
	return fate_names[fate];
}

static void tell(struct sim *sim, struct sim_path *path, const struct sim_event *event)
{
	path->count[event->fate]++;
	if (sim->cfg.tap)
		sim->cfg.tap(sim, sim->cfg.ctx, event);
}

/* --- under way ------------------------------------------------------------------- */

static struct sim_flight *flight_of(struct sim_path *path, uint64_t id, const void *packet,
				    size_t len)
{
	struct sim_flight *f = malloc(sizeof(*f) + len);

	if (!f)
		return NULL;
	f->path = path;
	f->id = id;
	f->len = len;
	if (len)
		memcpy(f->octets, packet, len);
	return f;
}

static void tell_flight(struct sim *sim, const struct sim_flight *f, enum sim_fate fate)
{
	const struct sim_event event = {
		.fate = fate,
		.at = sim->now,
		.id = f->id,
		.path = f->path->id,
		.packet = f->octets,
		.len = f->len,
	};

	tell(sim, f->path, &event);
}

/* Takes the flight, and is 0 or -ENOMEM; NULL is one that there was no memory for. */
static int take_off(struct sim *sim, struct sim_flight *f, usec_t at)
{
	int err = f ? sim_queue_push(&sim->queue, at, sim_land, f) : -ENOMEM;

	if (err)
		free(f);
	else
		sim->in_air++;
	return err;
}

void sim_land(struct sim *sim, void *flight)
{
	struct sim_flight *f = sim->landing = flight;

	sim->in_air--;
	tell_flight(sim, f, SIM_DELIVERED);
	sim->host_at_work = true;
	shim_host_input(sim->end[f->path->id.to].host, f->path->id.to_link, f->octets, f->len);
	sim->host_at_work = false;
	sim->landing = NULL;
	free(f);
}

int sim_inject(struct sim *sim, unsigned host, unsigned link, const void *packet, size_t len,
	       usec_t at)
{
	const struct sim_paths id = { SIM_OUTSIDE, 1, host, link };
	struct sim_path *path = host < sim->host_count ? sim_map_path(&sim->map, id) : NULL;
	struct sim_flight *f;
	int err;

	if (at < sim->now)
		return -EINVAL;
	if (!path)
		return -ENODEV;
	f = flight_of(path, sim->packets, packet, len);
	err = take_off(sim, f, at);
	if (err)
		return err;
	sim->packets++;
	tell_flight(sim, f, SIM_INJECTED);
	return 0;
}

/* --- routing -------------------------------------------------------------------- */

/* The link on which a host has an address; 0: it doesn't. */
static unsigned link_of(const struct sim_end *end, const struct in6_addr *addr)
{
	struct shim_address own[HOST_LOCATORS_MAX];
	size_t n;

	if (!shim_host_owns(end->host, addr))
		return 0;
	n = shim_host_addresses(end->host, own, HOST_LOCATORS_MAX);
	for (size_t i = 0; i < n && i < HOST_LOCATORS_MAX; i++)
		if (IN6_ARE_ADDR_EQUAL(&own[i].addr, addr))
			return own[i].link;
	return 0;
}

/* Hosts are asked anew for each packet: addresses come and go, and there are
 * so few that remembering them would cost as much. */
static struct sim_path *route(const struct sim *sim, const struct sim_end *from, unsigned link,
			      const struct in6_addr *dst)
{
	struct sim_paths id = { from->index, link, SIM_OUTSIDE, 1 };

	for (unsigned i = 0; i < sim->host_count; i++) {
		unsigned to_link = link_of(&sim->end[i], dst);

		if (to_link) {
			id.to = i;
			id.to_link = to_link;
			break;
		}
	}
	return sim_map_path(&sim->map, id);
}

/* --- from a host ----------------------------------------------------------------- */

static struct sim_luck draw(struct sim *sim)
{
	struct sim_luck luck;

	if (rbuf_left(&sim->luck) == 0) {
		random_octets(&sim->chance, sim->stock, sizeof(sim->stock));
		sim->luck = rbuf_of(sim->stock, sizeof(sim->stock));
	}
	for (unsigned i = 0; i < LUCKS; i++)
		luck.of[i] = rbuf_u32(&sim->luck);
	return luck;
}

static enum sim_fate fate_of(struct sim *sim, struct sim_path *path, const struct sim_luck *luck,
			     const struct ipv6_header *ip, size_t len)
{
	const struct sim_end *from = &sim->end[path->id.from];

	if (sim->cfg.ingress_filter && link_of(from, &ip->src) != path->id.from_link)
		return SIM_LOST_SOURCE;
	if (path->id.to == SIM_OUTSIDE)
		return SIM_LOST_STRANGER;
	return sim_path_fate(path, luck, len, sim->now);
}

/* A packet that nothing keeps from arriving. */
static void carry(struct sim *sim, struct sim_path *path, const struct sim_luck *luck,
		  const struct sim_event *sent)
{
	struct sim_flight *f = flight_of(path, sent->id, sent->packet, sent->len), *twin;

	if (f && sim_path_corrupts(path, luck, f->octets, f->len))
		tell_flight(sim, f, SIM_CORRUPTED);
	if (take_off(sim, f, sim->now + sim_path_delay(path, luck, false)))
		sim_fail(sim, "no memory for a packet");
	if (!sim_path_duplicates(path, luck))
		return;
	tell_flight(sim, f, SIM_DUPLICATED);
	twin = flight_of(path, f->id, f->octets, f->len);
	if (take_off(sim, twin, sim->now + sim_path_delay(path, luck, true)))
		sim_fail(sim, "no memory for a packet");
}

static void answer_too_big(struct sim *sim, const struct sim_path *path,
			   const struct sim_event *sent)
{
	const struct sim_paths back = { SIM_OUTSIDE, 1, sent->path.from, sent->path.from_link };
	uint8_t answer[SIM_TOO_BIG_MAX];
	size_t len = sim_path_too_big(path, sent->packet, sent->len, answer);
	struct sim_flight *f;

	if (!len)
		return;
	f = flight_of(sim_map_path(&sim->map, back), sim->packets++, answer, len);
	if (take_off(sim, f, sim->now + path->quality.delay_usec))
		sim_fail(sim, "no memory for a packet");
	tell_flight(sim, f, SIM_TOO_BIG);
}

void sim_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	const struct sim_end *from = ctx;
	struct sim *sim = from->sim;
	struct sim_luck luck = draw(sim);
	struct sim_event event = { .fate = SIM_SENT, .at = sim->now, .packet = packet, .len = len };
	struct rbuf r = rbuf_of(packet, len);
	struct ipv6_header ip;
	struct sim_path *path;

	if (ipv6_parse(&ip, &r))
		sim_fail(sim, "host %u sends what is no IPv6 packet", from->index);
	path = route(sim, from, link, &ip.dst);
	if (!path)
		sim_fail(sim, "host %u sends on link %u, which it hasn't", from->index, link);
	event.id = sim->packets++;
	event.path = path->id;
	tell(sim, path, &event);

	event.fate = fate_of(sim, path, &luck, &ip, len);
	if (event.fate == SIM_DELIVERED) {
		carry(sim, path, &luck, &event);
		return;
	}
	tell(sim, path, &event);
	if (event.fate == SIM_LOST_SIZE && path->quality.too_big)
		answer_too_big(sim, path, &event);
}
