/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets to and from the target, and who its locators are. */
#include "conformance/engine/trial.h"

#include "conformance/engine/compare.h"
#include "conformance/engine/show.h"
#include "conformance/engine/target.h"

#include <string.h>

const struct sent *trial_next_sent(const struct trial *t)
{
	return t->queue_head < t->queue_end ? &t->queue[t->queue_head] : NULL;
}

void trial_take_sent(struct trial *t)
{
	const struct sent *s = trial_next_sent(t);

	segments_follow(t, s->octets, s->len, true);
	if (++t->queue_head == t->queue_end)
		t->queue_head = t->queue_end = 0;
}

int trial_unexpected(struct trial *t, const char *when)
{
	struct comparison *c = comparison_new(t);
	size_t more = t->queue_end - t->queue_head - 1;

	for (size_t i = t->queue_head; i < t->queue_end; i++) {
		const struct sent *s = &t->queue[i];

		trial_note(t, s->number, "NOT EXPECTED");
		compare_differs(c,
				pool_text(&t->brief, "packet at %s", show_time(&t->brief, s->time)),
				-1, "nothing", trial_line(t, s->octets, s->len));
	}
	return trial_unmet(t, c, "%s that nobody expected, %s",
			   more ? pool_text(&t->brief, "%zu packets", more + 1) : "a packet", when);
}

const char *trial_line(struct trial *t, const void *octets, size_t len)
{
	struct wire_dissection d; /* not in the pool: an event can have very many packets */
	char *line;
	int n;

	wire_dissect(&d, octets, len);
	n = wire_line_print(NULL, 0, &d);
	line = pool_alloc(&t->brief, (size_t)(n > 0 ? n : 0) + 1);
	wire_line_print(line, (size_t)(n > 0 ? n : 0) + 1, &d);
	return line;
}

/* X1, X2, ...: in no list and on no interface. */
static struct in6_addr stranger(unsigned index)
{
	struct in6_addr addr = { { { 0x20, 0x01, 0x0d, 0xb8, 0xde, 0xad } } };

	addr.s6_addr[14] = (uint8_t)(index >> 8);
	addr.s6_addr[15] = (uint8_t)index;
	return addr;
}

int trial_locator(const struct trial *t, struct locator_name name, struct in6_addr *out,
		  unsigned *link)
{
	unsigned i = name.index - 1; /* 0 becomes one that nobody has */

	*link = 0;
	switch (name.who) {
	case 'L':
		if (i >= t->locator_count)
			return -ENOENT;
		*out = t->locators[i].addr;
		*link = t->locators[i].link;
		return 0;
	case 'P':
		if (i >= t->peer.set.count)
			return -ENOENT;
		*out = t->peer.set.addr[i];
		return 0;
	case 'X':
		*out = stranger(name.index);
		return 0;
	default:
		*out = in6addr_any;
		return 0;
	}
}

unsigned trial_link_towards(const struct trial *t, struct locator_name dst)
{
	struct in6_addr addr;
	unsigned link;

	/* What is for nobody has to arrive somewhere too. */
	return trial_locator(t, dst, &addr, &link) == 0 && link ? link : 1;
}

int trial_deliver(struct trial *t, unsigned link, const void *octets, size_t len,
		  const char *comment)
{
	char why[TARGET_WHY_MAX];
	const uint8_t *kept;
	unsigned number;
	int r;

	timeline_read(t);
	number = trial_record(t, link, PCAPNG_INBOUND, octets, len, &kept);
	if (!kept)
		return trial_blocked(t, "more packets than can be kept");
	if (comment)
		trial_note(t, number, "%s", comment);
	trial_log(t, "< %s", trial_line(t, octets, len));
	segments_follow(t, octets, len, false);
	r = t->target.deliver(t->instance, link, octets, len);
	/* To refuse a packet is one way of dropping it: what follows tells. */
	if (r < 0)
		trial_log(t, "deliver() gave %s", target_errno(t->description, -r, why));
	return trial_complaints(t);
}
