/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths; see sim_path.h. */
#include "refstack/link/sim_path.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <stdlib.h>

enum { ICMP6_ERROR_LEN = 8 }; /* RFC 4443 3.2: with the MTU, before what it quotes */

/* --- chance ------------------------------------------------------------------ */

/* Uniform from 0 up to but not with `bound`, which is at most 2^32. */
static uint32_t below(uint32_t luck, uint64_t bound)
{
	return (uint32_t)(luck * bound >> 32);
}

static bool happens(uint32_t luck, uint32_t ppm)
{
	return below(luck, 1000000) < ppm;
}

bool sim_path_corrupts(const struct sim_path *path, const struct sim_luck *luck, uint8_t *packet,
		       size_t len)
{
	uint32_t bit;

	if (len <= IPV6_HEADER_LEN || !happens(luck->of[LUCK_CORRUPT], path->quality.corrupt_ppm))
		return false;
	bit = below(luck->of[LUCK_BIT], 8 * (len - IPV6_HEADER_LEN));
	packet[IPV6_HEADER_LEN + bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	return true;
}

bool sim_path_duplicates(const struct sim_path *path, const struct sim_luck *luck)
{
	return happens(luck->of[LUCK_DUPLICATE], path->quality.duplicate_ppm);
}

usec_t sim_path_delay(const struct sim_path *path, const struct sim_luck *luck, bool twin)
{
	const struct sim_quality *q = &path->quality;
	uint32_t jitter = luck->of[twin ? LUCK_TWIN_JITTER : LUCK_JITTER];
	uint32_t late = luck->of[twin ? LUCK_TWIN_LATE : LUCK_LATE];
	usec_t delay = q->delay_usec;

	delay += below(jitter, (uint64_t)q->jitter_usec + 1);
	if (happens(late, q->late_ppm))
		delay += q->late_usec;
	return delay;
}

/* --- outages, and what else loses packets ------------------------------------ */

int sim_path_add_outage(struct sim_path *path, usec_t from, usec_t until)
{
	struct sim_outage *outage =
		reallocarray(path->outage, path->outage_count + 1, sizeof(*outage));

	if (!outage)
		return -ENOMEM;
	outage[path->outage_count++] = (struct sim_outage){ from, until };
	path->outage = outage;
	return 0;
}

/* Those that are over are forgotten, so that a long script costs no more than
 * what is left of it. */
static bool has_outage(struct sim_path *path, usec_t now)
{
	bool found = false;

	for (size_t i = 0; i < path->outage_count;) {
		const struct sim_outage *o = &path->outage[i];

		if (o->until <= now) {
			path->outage[i] = path->outage[--path->outage_count];
			continue;
		}
		found |= o->from <= now;
		i++;
	}
	return found;
}

enum sim_fate sim_path_fate(struct sim_path *path, const struct sim_luck *luck, size_t len,
			    usec_t now)
{
	const struct sim_quality *q = &path->quality;

	if (q->down || has_outage(path, now))
		return SIM_LOST_DOWN;
	if (q->mtu && len > q->mtu)
		return SIM_LOST_SIZE;
	if (happens(luck->of[LUCK_LOSS], q->loss_ppm))
		return SIM_LOST_CHANCE;
	return SIM_DELIVERED;
}

/* --- a router's answer ------------------------------------------------------- */

static struct in6_addr router_of(const struct sim_paths *id)
{
	struct in6_addr router = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff, [15] = 1 } };

	router.s6_addr[6] = (uint8_t)(id->from << 4 | id->from_link);
	router.s6_addr[7] = (uint8_t)(id->to << 4 | id->to_link);
	return router;
}

/* Not about ICMPv6 errors, RFC 4443 2.4 (e.1); that about Redirects holds, too,
 * since no router forwards one. */
static bool may_be_answered(const uint8_t *packet, size_t len)
{
	struct ipv6_found end;

	return ipv6_find(&end, packet, len, -1) || end.proto != IPPROTO_ICMPV6 || end.fragment ||
	       end.off >= len || packet[end.off] & ICMP6_INFOMSG_MASK;
}

size_t sim_path_too_big(const struct sim_path *path, const uint8_t *packet, size_t len,
			uint8_t out[static SIM_TOO_BIG_MAX])
{
	const size_t quote_max = SIM_TOO_BIG_MAX - IPV6_HEADER_LEN - ICMP6_ERROR_LEN;
	size_t quote = len < quote_max ? len : quote_max;
	struct ipv6_header ip = {
		.payload_len = (uint16_t)(ICMP6_ERROR_LEN + quote),
		.next_header = IPPROTO_ICMPV6,
		.hop_limit = 64,
		.src = router_of(&path->id),
	};
	struct wbuf w = wbuf_of(out, SIM_TOO_BIG_MAX);
	uint32_t sum;
	uint16_t checksum;

	if (!may_be_answered(packet, len))
		return 0;
	memcpy(&ip.dst, packet + 8, sizeof(ip.dst)); /* the packet's source */
	ipv6_emit(&ip, &w);
	icmp6_emit(&(struct icmp6_header){ .type = ICMP6_PACKET_TOO_BIG }, &w);
	wbuf_u32(&w, path->quality.mtu);
	wbuf_copy(&w, packet, quote);

	sum = checksum_pseudo(&ip.src, &ip.dst, ip.payload_len, IPPROTO_ICMPV6);
	checksum = checksum_finish(checksum_add(sum, out + IPV6_HEADER_LEN, ip.payload_len));
	out[IPV6_HEADER_LEN + 2] = (uint8_t)(checksum >> 8);
	out[IPV6_HEADER_LEN + 3] = (uint8_t)checksum;
	return w.len;
}

/* --- all of them --------------------------------------------------------------- */

static void free_paths(struct sim_path **paths, size_t count)
{
	for (size_t i = 0; *paths && i < count; i++)
		free((*paths)[i].outage);
	free(*paths);
	*paths = NULL;
}

static int make_paths(struct sim_map *map, unsigned from, unsigned to,
		      const struct sim_quality *quality)
{
	size_t count = (size_t)map->links[from] * map->links[to];
	struct sim_path *path = calloc(count, sizeof(*path));

	map->paths[from][to] = path;
	if (!path)
		return -ENOMEM;
	for (unsigned k = 1; k <= map->links[from]; k++)
		for (unsigned l = 1; l <= map->links[to]; l++)
			*path++ = (struct sim_path){
				.id = { from, k, to, l },
				.quality = *quality,
			};
	return 0;
}

void sim_map_remove(struct sim_map *map, unsigned host)
{
	for (unsigned i = 0; i <= SIM_OUTSIDE; i++) {
		size_t count = (size_t)map->links[host] * map->links[i];

		free_paths(&map->paths[host][i], count);
		free_paths(&map->paths[i][host], count);
	}
	map->links[host] = 0;
}

void sim_map_close(struct sim_map *map)
{
	for (unsigned i = 0; i <= SIM_OUTSIDE; i++)
		sim_map_remove(map, i);
}

int sim_map_add(struct sim_map *map, unsigned host, unsigned links,
		const struct sim_quality *quality)
{
	int err = 0;

	map->links[SIM_OUTSIDE] = 1;
	map->links[host] = links;
	for (unsigned i = 0; !err && i <= SIM_OUTSIDE; i++) {
		if (!map->links[i])
			continue;
		err = make_paths(map, host, i, quality);
		if (!err && i != host)
			err = make_paths(map, i, host, quality);
	}
	if (err)
		sim_map_remove(map, host);
	return err;
}

struct sim_path *sim_map_path(const struct sim_map *map, struct sim_paths id)
{
	struct sim_path *first;

	if (id.from > SIM_OUTSIDE || id.to > SIM_OUTSIDE || id.from_link < 1 || id.to_link < 1 ||
	    id.from_link > map->links[id.from] || id.to_link > map->links[id.to])
		return NULL;
	first = map->paths[id.from][id.to];
	return first ? first + (id.from_link - 1) * map->links[id.to] + id.to_link - 1 : NULL;
}

static bool fits(unsigned wanted, unsigned value)
{
	return wanted == SIM_ANY || wanted == value;
}

static bool is_one_of(const struct sim_paths *which, const struct sim_paths *id)
{
	return fits(which->from, id->from) && fits(which->from_link, id->from_link) &&
	       fits(which->to, id->to) && fits(which->to_link, id->to_link);
}

struct sim_path *sim_map_next(const struct sim_map *map, struct sim_walk *walk,
			      const struct sim_paths *which)
{
	for (; walk->from <= SIM_OUTSIDE; walk->from++, walk->to = 0) {
		for (; walk->to <= SIM_OUTSIDE; walk->to++, walk->next = 0) {
			struct sim_path *paths = map->paths[walk->from][walk->to];
			size_t count = (size_t)map->links[walk->from] * map->links[walk->to];

			while (paths && walk->next < count) {
				struct sim_path *path = &paths[walk->next++];

				if (is_one_of(which, &path->id))
					return path;
			}
		}
	}
	return NULL;
}
