/* SPDX-License-Identifier: BSD-2-Clause */
/* Reassembly, to be held beside RFC 8200 4.5. */
#include "pcap/reassemble.h"

#include "wire/ipv6.h"

#include <stdlib.h>
#include <string.h>

enum {
	UNIT = 8, /* octets that an offset counts; but for the last, lengths are multiples of it */
	PAYLOAD_MAX = 65535,
	UNITS_MAX = (PAYLOAD_MAX + UNIT - 1) / UNIT,
	FRAGMENT_HEADER_LEN = 8,
	CAPACITY_STEP = 2048, /* room for one more fragment of the usual size */
};

static const uint64_t timeout_usec = 60 * 1000000;

struct fragment {
	const uint8_t *packet; /* borrowed */
	size_t header_at;      /* where the fragment header is */
	size_t next_at;        /* the Next Header octet that names it */
	const uint8_t *data;
	size_t off, len;       /* of the data, in the fragmentable part */
	bool more;
};

enum unit { MISSING, STARTS, FOLLOWS }; /* whether a fragment starts there */

/* A packet that waits. One that is spoilt stays, without octets, to catch the
 * fragments that have yet to come. */
struct pending {
	struct pending *next;  /* owned; in the order of their first fragments */
	struct in6_addr src, dst;
	uint32_t id;
	uint64_t first_usec;
	bool spoilt;
	unsigned fragments;
	uint8_t *head;         /* owned; the headers before the fragment header; NULL: not here */
	size_t head_len, head_next_at;
	uint8_t head_proto;    /* what the fragment header names */
	uint8_t *data;         /* owned */
	size_t capacity;
	size_t have, end;      /* octets; end: of the whole, 0 while it isn't known */
	uint8_t units[UNITS_MAX]; /* enum unit */
};

struct reassembly {
	unsigned max_packets;
	size_t max_octets, octets;
	struct pending *first; /* owned */
	struct reassembly_counts counts;
	uint8_t whole[IPV6_HEADER_LEN + PAYLOAD_MAX];
};

struct reassembly *reassembly_new(unsigned max_packets, size_t max_octets)
{
	struct reassembly *r = calloc(1, sizeof(*r));

	if (r) {
		r->max_packets = max_packets;
		r->max_octets = max_octets;
	}
	return r;
}

/* Octets that it holds beside itself are given back. */
static void empty(struct reassembly *r, struct pending *p)
{
	r->octets -= p->capacity + p->head_len;
	free(p->data);
	free(p->head);
	p->data = p->head = NULL;
	p->capacity = p->head_len = 0;
}

/* Takes the one that *link points to out and frees it. */
static void drop(struct reassembly *r, struct pending **link)
{
	struct pending *p = *link;

	*link = p->next;
	empty(r, p);
	r->octets -= sizeof(*p);
	if (!p->spoilt)
		r->counts.waiting--;
	free(p);
}

void reassembly_free(struct reassembly *r)
{
	while (r && r->first)
		drop(r, &r->first);
	free(r);
}

struct reassembly_counts reassembly_counts(const struct reassembly *r)
{
	return r->counts;
}

/* All fragments that came are forgotten, and those that come will be. */
static void spoil(struct reassembly *r, struct pending *p)
{
	empty(r, p);
	p->spoilt = true;
	r->counts.waiting--;
}

static void drop_counted(struct reassembly *r, struct pending **link, uint64_t *count)
{
	if (!(*link)->spoilt)
		++*count;
	drop(r, link);
}

/* Times of a capture may step back; what is younger than nothing stays. */
static void expire(struct reassembly *r, uint64_t usec)
{
	struct pending **link = &r->first;

	while (*link) {
		if (usec > (*link)->first_usec && usec - (*link)->first_usec > timeout_usec)
			drop_counted(r, link, &r->counts.timed_out);
		else
			link = &(*link)->next;
	}
}

static struct pending **find_link(struct reassembly *r, const struct pending *p)
{
	struct pending **link = &r->first;

	while (*link != p)
		link = &(*link)->next;
	return link;
}

/* Room for so many octets more, for `keep`, which may be NULL. false: not even
 * without all others. */
static bool make_room(struct reassembly *r, size_t octets, const struct pending *keep)
{
	struct pending **oldest = &r->first;

	while (r->octets + octets > r->max_octets) {
		if (*oldest == keep && keep)
			oldest = &(*oldest)->next;
		if (!*oldest)
			return false;
		drop_counted(r, oldest, &r->counts.crowded);
	}
	return true;
}

static struct pending *start(struct reassembly *r, const struct in6_addr *src,
			     const struct in6_addr *dst, uint32_t id, uint64_t usec)
{
	struct pending **link = &r->first, *p;
	unsigned count = 0;

	for (; *link; link = &(*link)->next)
		count++;
	if (count >= r->max_packets)
		drop_counted(r, &r->first, &r->counts.crowded);
	p = make_room(r, sizeof(*p), NULL) ? calloc(1, sizeof(*p)) : NULL;
	if (!p)
		return NULL;
	p->src = *src;
	p->dst = *dst;
	p->id = id;
	p->first_usec = usec;
	link = &r->first;
	while (*link)
		link = &(*link)->next;
	*link = p;
	r->octets += sizeof(*p);
	r->counts.waiting++;
	return p;
}

static struct pending *pending_of(struct reassembly *r, const struct fragment *f, uint64_t usec)
{
	struct in6_addr src, dst;
	uint32_t id;

	memcpy(&src, f->packet + 8, sizeof(src));
	memcpy(&dst, f->packet + 24, sizeof(dst));
	memcpy(&id, f->packet + f->header_at + 4, sizeof(id));
	for (struct pending *p = r->first; p; p = p->next)
		if (p->id == id && memcmp(&p->src, &src, sizeof(src)) == 0 &&
		    memcmp(&p->dst, &dst, sizeof(dst)) == 0)
			return p;
	return start(r, &src, &dst, id, usec);
}

/* The first unit of a fragment, and the one behind its last. */
static size_t unit_first(const struct fragment *f)
{
	return f->off / UNIT;
}

static size_t unit_end(const struct fragment *f)
{
	return (f->off + f->len + UNIT - 1) / UNIT;
}

/* Exactly a fragment that came before? A network may double packets, and a
 * capture on several interfaces does. */
static bool is_repetition(const struct pending *p, const struct fragment *f)
{
	size_t end = unit_end(f), i = unit_first(f);
	bool is_last = p->end && p->end == f->off + f->len;

	if (p->units[i] != STARTS || is_last == f->more || (p->end && f->off + f->len > p->end))
		return false;
	while (++i < end)
		if (p->units[i] != FOLLOWS)
			return false;
	if (end < UNITS_MAX && p->units[end] == FOLLOWS)
		return false;
	return memcmp(p->data + f->off, f->data, f->len) == 0;
}

/* RFC 5722 4; or it says otherwise than others where the packet ends. */
static bool contradicts(const struct pending *p, const struct fragment *f)
{
	size_t end = f->off + f->len;

	for (size_t i = unit_first(f); i < unit_end(f); i++)
		if (p->units[i] != MISSING)
			return true;
	if (p->end && (!f->more || end > p->end))
		return true;
	if (!f->more)
		for (size_t i = unit_end(f); i < UNITS_MAX; i++)
			if (p->units[i] != MISSING)
				return true;
	return false;
}

/* false: neither room nor memory. */
static bool grow(struct reassembly *r, struct pending *p, size_t want)
{
	size_t capacity = (want + CAPACITY_STEP - 1) / CAPACITY_STEP * CAPACITY_STEP;
	uint8_t *data;

	if (capacity <= p->capacity)
		return true;
	if (!make_room(r, capacity - p->capacity, p))
		return false;
	data = realloc(p->data, capacity);
	if (!data)
		return false;
	r->octets += capacity - p->capacity;
	p->data = data;
	p->capacity = capacity;
	return true;
}

/* The first fragment's headers are those of the whole. */
static bool keep_head(struct reassembly *r, struct pending *p, const struct fragment *f)
{
	if (!make_room(r, f->header_at, p))
		return false;
	p->head = malloc(f->header_at);
	if (!p->head)
		return false;
	memcpy(p->head, f->packet, f->header_at);
	p->head_len = f->header_at;
	p->head_next_at = f->next_at;
	p->head_proto = f->packet[f->header_at];
	r->octets += p->head_len;
	return true;
}

static bool keep(struct reassembly *r, struct pending *p, const struct fragment *f)
{
	if (!grow(r, p, f->off + f->len) || (f->off == 0 && !keep_head(r, p, f)))
		return false;
	memcpy(p->data + f->off, f->data, f->len);
	memset(p->units + unit_first(f), FOLLOWS, unit_end(f) - unit_first(f));
	p->units[unit_first(f)] = STARTS;
	p->have += f->len;
	p->fragments++;
	if (!f->more)
		p->end = f->off + f->len;
	return true;
}

/* RFC 8200 4.5: the headers but the fragment header, then the parts; the
 * Payload Length is computed anew. false: it exceeds what can be said there. */
static bool put_whole(struct reassembly *r, struct reassembled_packet *out, const uint8_t *head,
		      size_t head_len, size_t next_at, uint8_t proto, const uint8_t *data,
		      size_t len)
{
	size_t payload = head_len - IPV6_HEADER_LEN + len;

	if (payload > PAYLOAD_MAX) {
		r->counts.malformed++;
		return false;
	}
	memcpy(r->whole, head, head_len);
	memcpy(r->whole + head_len, data, len);
	r->whole[next_at] = proto;
	r->whole[4] = (uint8_t)(payload >> 8);
	r->whole[5] = (uint8_t)payload;
	out->octets = r->whole;
	out->len = head_len + len;
	r->counts.whole++;
	return true;
}

static enum reassembled finish(struct reassembly *r, struct pending *p,
			       struct reassembled_packet *out)
{
	struct reassembled_packet whole = {
		.fragments = p->fragments,
		.first_usec = p->first_usec,
	};
	bool fits = put_whole(r, &whole, p->head, p->head_len, p->head_next_at, p->head_proto,
			      p->data, p->end);

	drop(r, find_link(r, p));
	if (!fits)
		return REASSEMBLE_REFUSED;
	*out = whole;
	return REASSEMBLE_WHOLE;
}

/* A fragment that is all of its packet has nothing to do with others, RFC 6946 4. */
static enum reassembled put_atomic(struct reassembly *r, const struct fragment *f, uint64_t usec,
				   struct reassembled_packet *out)
{
	struct reassembled_packet whole = { .fragments = 1, .first_usec = usec };

	if (!put_whole(r, &whole, f->packet, f->header_at, f->next_at, f->packet[f->header_at],
		       f->data, f->len))
		return REASSEMBLE_REFUSED;
	*out = whole;
	return REASSEMBLE_WHOLE;
}

static enum reassembled add(struct reassembly *r, const struct fragment *f, uint64_t usec,
			    struct reassembled_packet *out)
{
	struct pending *p = pending_of(r, f, usec);

	if (!p) {
		r->counts.crowded++;
		return REASSEMBLE_REFUSED;
	}
	if (p->spoilt)
		return REASSEMBLE_REFUSED;
	if (is_repetition(p, f))
		return REASSEMBLE_WAITING;
	if (contradicts(p, f)) {
		r->counts.overlaps++;
		spoil(r, p);
		return REASSEMBLE_REFUSED;
	}
	if (!keep(r, p, f)) {
		drop_counted(r, find_link(r, p), &r->counts.crowded);
		return REASSEMBLE_REFUSED;
	}
	return p->end && p->have == p->end ? finish(r, p, out) : REASSEMBLE_WAITING;
}

/* Most packets are told by one octet. RFC 8200 4.1: what may stand before. */
static bool may_have_fragment_header(const uint8_t *packet, size_t len)
{
	if (len < IPV6_HEADER_LEN)
		return false;
	switch (packet[6]) {
	case IPPROTO_FRAGMENT:
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return true;
	default:
		return false;
	}
}

/* false: the packet has no fragment header, or not all of it is here. */
static bool fragment_of(struct fragment *f, const uint8_t *packet, size_t len)
{
	struct ipv6_found at;
	uint16_t word;
	size_t end;

	if (!may_have_fragment_header(packet, len) ||
	    ipv6_find(&at, packet, len, IPPROTO_FRAGMENT))
		return false;
	end = IPV6_HEADER_LEN + ((size_t)packet[4] << 8 | packet[5]);
	if (len < end) /* how much is missing is the caller's to see */
		end = len;
	if (end < at.off + FRAGMENT_HEADER_LEN)
		return false;
	word = (uint16_t)(packet[at.off + 2] << 8 | packet[at.off + 3]);
	*f = (struct fragment){
		.packet = packet,
		.header_at = at.off,
		.next_at = at.next_at,
		.data = packet + at.off + FRAGMENT_HEADER_LEN,
		.off = word & ~(size_t)7,
		.len = end - at.off - FRAGMENT_HEADER_LEN,
		.more = word & 1,
	};
	return true;
}

/* RFC 8200 4.5, the error conditions. One without octets would never be missed. */
static bool is_malformed(const struct fragment *f)
{
	return f->len == 0 || (f->more && f->len % UNIT != 0) || f->off + f->len > PAYLOAD_MAX;
}

enum reassembled reassembly_packet(struct reassembly *r, const uint8_t *packet, size_t len,
				   uint64_t usec, struct reassembled_packet *out)
{
	struct fragment f;

	if (!fragment_of(&f, packet, len))
		return REASSEMBLE_NO_FRAGMENT;
	r->counts.fragments++;
	expire(r, usec);
	if (len < IPV6_HEADER_LEN + ((size_t)packet[4] << 8 | packet[5])) {
		r->counts.cut++;
		return REASSEMBLE_REFUSED;
	}
	if (f.off == 0 && !f.more)
		return put_atomic(r, &f, usec, out);
	if (is_malformed(&f)) {
		r->counts.malformed++;
		return REASSEMBLE_REFUSED;
	}
	return add(r, &f, usec, out);
}
