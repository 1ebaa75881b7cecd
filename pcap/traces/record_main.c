/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record FOLDER: makes the traces of README.md that two reference stacks leave in a
 * simulated network, as host A sees them: what it sends, lost or not, and what reaches
 * it. Comments say what has happened since the packet before. The same octets each
 * time.
 */
#include "pcap/pcapng.h"
#include "refstack/core/upper.h"
#include "refstack/link/sim.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"
#include "wire/shim6.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { A, B };

struct scene {
	struct pcapng capture;
	struct sim *sim;
	char comment[512]; /* of the next packet; empty: none */
	usec_t every;      /* between datagrams, each way; 0: none */
	bool silent[2];
	bool muted; /* packets are not recorded */
};

/* --- what is recorded -------------------------------------------------------------- */

static void note(struct scene *s, const char *what)
{
	size_t have = strlen(s->comment);

	snprintf(s->comment + have, sizeof(s->comment) - have, "%s%s", have ? "; " : "", what);
}

static void record(struct scene *s, unsigned link, enum pcapng_direction direction,
		   const struct sim_event *event)
{
	pcapng_packet(&s->capture, link - 1, event->at, direction, event->packet, event->len,
		      s->comment[0] ? s->comment : NULL);
	s->comment[0] = '\0';
}

static void tap(struct sim *sim, void *ctx, const struct sim_event *event)
{
	struct scene *s = ctx;

	(void)sim;
	if (s->muted)
		return;
	if (event->fate == SIM_SENT && event->path.from == A)
		record(s, event->path.from_link, PCAPNG_OUTBOUND, event);
	else if (event->fate == SIM_DELIVERED && event->path.to == A)
		record(s, event->path.to_link, PCAPNG_INBOUND, event);
}

/* Of A alone: what B thinks can't be seen there. */
static void happened(void *ctx, const struct shim_event *event)
{
	struct scene *s = ctx;
	char text[128];

	if (event->from)
		snprintf(text, sizeof(text), "A: %s", event->to);
	else if (event->kind == SHIM_EVENT_PAIR)
		snprintf(text, sizeof(text), "A sends over another pair of locators");
	else
		return;
	note(s, text);
}

/* --- two hosts that talk -------------------------------------------------------------- */

static bool arrival(void *ctx, const struct shim_arrival *a)
{
	(void)ctx;
	return a->protocol == IPPROTO_UDP;
}

static const struct shim_upper upper = { .arrival = arrival };

static void begins(struct sim *sim, void *ctx, unsigned host)
{
	shim_set_upper(sim_host(sim, host), &upper, ctx);
}

static struct in6_addr ulid_of(const struct scene *s, unsigned side)
{
	struct shim_address addr;

	shim_host_addresses(sim_host(s->sim, side), &addr, 1);
	return addr.addr;
}

/* A datagram between the ULIDs, or of a fork. */
static void say(struct scene *s, unsigned side, uint32_t fii, const char *text)
{
	const struct shim_send send = {
		.local = ulid_of(s, side),
		.peer = ulid_of(s, !side),
		.protocol = IPPROTO_UDP,
		.fii = fii,
	};
	uint16_t len = (uint16_t)(8 + strlen(text)), sum;
	uint8_t octets[64] = { 0x13, 0x88, 0, 7, (uint8_t)(len >> 8), (uint8_t)len };

	memcpy(octets + 8, text, strlen(text));
	sum = checksum_finish(checksum_add(
		checksum_pseudo(&send.local, &send.peer, len, IPPROTO_UDP), octets, len));
	octets[6] = (uint8_t)(sum >> 8);
	octets[7] = (uint8_t)sum;
	shim_send(sim_host(s->sim, side), &send, octets, len);
}

static void talk(struct sim *sim, void *arg)
{
	struct scene *s = arg;

	if (!s->every)
		return;
	for (unsigned side = A; side <= B; side++)
		if (!s->silent[side])
			say(s, side, 0, side == A ? "from A" : "from B");
	sim_at(sim, sim_now(sim) + s->every, talk, s);
}

static void talk_every(struct scene *s, double seconds)
{
	s->every = (usec_t)(seconds * 1e6);
	if (s->every)
		sim_at(s->sim, sim_now(s->sim), talk, s);
}

static void wait_for(struct scene *s, double seconds)
{
	sim_run_until(s->sim, sim_now(s->sim) + (usec_t)(seconds * 1e6));
}

static void begin(struct scene *s, unsigned side, uint32_t fii)
{
	struct in6_addr local = ulid_of(s, side), peer = ulid_of(s, !side);

	shim_initiate(sim_host(s->sim, side), &local, &peer, fii);
}

static void establish(struct scene *s)
{
	begin(s, A, 0);
	wait_for(s, 1);
}

/* The way from one link to another, in this direction alone. */
static void cut(struct scene *s, unsigned from, unsigned from_link, unsigned to_link,
		double seconds)
{
	char text[96];

	snprintf(text, sizeof(text), "for %g s nothing gets from %c%u to %c%u", seconds, 'A' + (int)from,
		 from_link, 'A' + (int)!from, to_link);
	note(s, text);
	sim_outage(s->sim, (struct sim_paths){ from, from_link, !from, to_link }, sim_now(s->sim),
		   sim_now(s->sim) + (usec_t)(seconds * 1e6));
}

static void set_link(struct scene *s, unsigned side, unsigned link, bool up)
{
	char text[64];

	snprintf(text, sizeof(text), "%c's link %u goes %s", 'A' + (int)side, link, up ? "up" : "down");
	note(s, text);
	shim_host_link_event(sim_host(s->sim, side), link, up);
}

/* --- the scenes ------------------------------------------------------------------------- */

static void concurrent(struct scene *s)
{
	begin(s, A, 0);
	wait_for(s, 0.01); /* half of what a packet takes */
	begin(s, B, 0);
	wait_for(s, 1);
	say(s, A, 0, "from A");
	say(s, B, 0, "from B");
	wait_for(s, 1);
}

/* A has moved away from the ULIDs before, or no tag would show that B knows nothing. */
static void recovery(struct scene *s)
{
	establish(s);
	set_link(s, A, 1, false);
	wait_for(s, 2);
	say(s, A, 0, "from A");
	wait_for(s, 1);
	note(s, "B has lost all state");
	sim_restart_host(s->sim, B);
	say(s, A, 0, "from A");
	wait_for(s, 1);
	say(s, A, 0, "from A");
	wait_for(s, 0.5);
	say(s, B, 0, "from B");
	wait_for(s, 1);
}

static void fork_it(struct scene *s)
{
	establish(s);
	say(s, A, 0, "default");
	begin(s, A, 7);
	wait_for(s, 1);
	say(s, A, 0, "default");
	say(s, A, 7, "of the fork");
	wait_for(s, 1);
	say(s, B, 7, "of the fork");
	wait_for(s, 1);
}

/* One direction after the other; each finds its own way out. */
static void failover(struct scene *s)
{
	establish(s);
	talk_every(s, 2);
	wait_for(s, 5);
	cut(s, A, 1, 1, 1000);
	wait_for(s, 25);
	cut(s, B, 1, 1, 1000);
	cut(s, B, 1, 2, 1000);
	wait_for(s, 30);
	talk_every(s, 0);
	wait_for(s, 20);
}

static void keepalive(struct scene *s)
{
	establish(s);
	s->silent[A] = true;
	talk_every(s, 2);
	wait_for(s, 24);
	talk_every(s, 0);
	wait_for(s, 20);
}

static void update(struct scene *s)
{
	s->muted = true;
	shim_host_link_event(sim_host(s->sim, A), 2, false);
	s->muted = false;
	note(s, "A's link 2 is down from the start");
	establish(s);
	set_link(s, A, 2, true);
	wait_for(s, 1);
	set_link(s, A, 1, false);
	wait_for(s, 1);
	set_link(s, A, 1, true);
	wait_for(s, 1);
	set_link(s, B, 1, false);
	wait_for(s, 3);
	say(s, A, 0, "from A");
	say(s, B, 0, "from B");
	wait_for(s, 1);
}

/* --- packets that are wrong ---------------------------------------------------------------- */

struct octets {
	size_t len;
	uint8_t at[1280];
};

/* What changes an I1 into something else. Offsets from the IPv6 header. */
struct mistake {
	const char *what;
	void (*make)(struct octets *p);
	bool sealed; /* the checksum is made right afterwards */
};

static void bad_checksum(struct octets *p) { p->at[44] ^= 0x55; }
static void too_long(struct octets *p) { p->at[41] = 9; }
static void too_short(struct octets *p) { p->at[41] = 0; }
static void unknown_type(struct octets *p) { p->at[42] = 33; }
static void hip(struct octets *p) { p->at[43] |= 1; }
static void reserved(struct octets *p) { p->at[43] |= 0xfe; }

/* Behind the I1; Hdr Ext Len counts it. */
static void append(struct octets *p, const void *option, size_t len)
{
	memcpy(p->at + p->len, option, len);
	p->len += len;
	p->at[41] = (uint8_t)((p->len - 40) / 8 - 1);
}

static void critical(struct octets *p)
{
	append(p, (const uint8_t[]){ 0x7f, 0xff, 0, 4, 1, 2, 3, 4 }, 8);
}

static void overrun(struct octets *p)
{
	append(p, (const uint8_t[]){ 0, 14, 0, 40, 0, 0, 0, 1 }, 8);
}

static void locators_beyond(struct octets *p)
{
	append(p, (const uint8_t[16]){ 0, 4, 0, 12, 0, 0, 0, 1, 9, 1 }, 16);
}

static void element_of_none(struct octets *p)
{
	append(p, (const uint8_t[16]){ 0, 6, 0, 6, 0, 0, 0, 1, 0, 1 }, 16);
}

/* RFC 5534 5.2: a Probe that reports not even itself, of a state that is none. */
static void empty_probe(struct octets *p)
{
	p->at[42] = 67;
	p->at[52] = 0;
	p->at[53] = 0xc0;
}

static const struct mistake mistakes[] = {
	{ "the checksum is wrong", bad_checksum, false },
	{ "Hdr Ext Len leaves the packet", too_long, false },
	{ "Hdr Ext Len is too small for an I1", too_short, true },
	{ "a type that is nobody's", unknown_type, true },
	{ "S is set, as if it were HIP", hip, true },
	{ "reserved bits are set; no fault of a receiver's", reserved, true },
	{ "an unknown option that is critical", critical, true },
	{ "an option that leaves the message", overrun, true },
	{ "a Locator List of more locators than it holds", locators_beyond, true },
	{ "Locator Preferences with elements of no octets", element_of_none, true },
	{ "a Probe with Psent 0 and Sta 3", empty_probe, true },
};

static void seal(struct octets *p)
{
	uint16_t sum;

	p->at[44] = p->at[45] = 0;
	sum = checksum_shim6(p->at + 40, 8 * (p->at[41] + 1u));
	p->at[44] = (uint8_t)(sum >> 8);
	p->at[45] = (uint8_t)sum;
}

/* Somebody sends A an I1, wrong in one way after the other, and A answers or not. */
static void malformed(struct scene *s)
{
	const struct in6_addr a = ulid_of(s, A), b = ulid_of(s, B);
	const struct shim6_message i1 = {
		.type = SHIM6_I1, .init_tag = 0x0123456789ab, .init_nonce = 0xdeadbeef,
	};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct ipv6_header ip = {
			.next_header = PROTO_SHIM6, .hop_limit = 64, .src = b, .dst = a,
		};
		struct octets p;
		struct wbuf w = wbuf_of(p.at, sizeof(p.at));

		ipv6_emit(&ip, &w);
		shim6_message_emit(&i1, &w);
		p.len = w.len;
		mistakes[i].make(&p);
		p.at[4] = (uint8_t)((p.len - 40) >> 8);
		p.at[5] = (uint8_t)(p.len - 40);
		if (mistakes[i].sealed)
			seal(&p);
		note(s, mistakes[i].what);
		pcapng_packet(&s->capture, 0, sim_now(s->sim), PCAPNG_INBOUND, p.at, p.len, s->comment);
		s->comment[0] = '\0';
		shim_host_input(sim_host(s->sim, A), 1, p.at, p.len);
		wait_for(s, 1);
	}
}

/* --- all of them ----------------------------------------------------------------------------- */

static const struct trace {
	const char *name, *comment;
	void (*play)(struct scene *s);
} traces[] = {
	{ "concurrent", "Two hosts begin a context with each other at once", concurrent },
	{ "recovery", "A peer has lost the context", recovery },
	{ "fork", "A second context between the same ULIDs", fork_it },
	{ "failover", "Paths fail, one way at a time", failover },
	{ "keepalive", "One side alone has something to say", keepalive },
	{ "update", "Locators come, break, and come back", update },
	{ "malformed", "Messages that are wrong, and what is answered", malformed },
};

static void add_host(struct scene *s, unsigned side)
{
	struct shim_config cfg = {
		.link_count = 2,
		.ctx = s,
		.event = side == A ? happened : NULL,
	};

	for (uint8_t k = 1; k <= 2; k++)
		cfg.link[k - 1] = (struct shim_link_config){
			.mtu = 1500,
			.prefix_count = 1,
			.prefix = { { 0x20, 0x01, 0x0d, 0xb8, 0, (uint8_t)(0xa + side), 0, k } },
		};
	if (sim_add_host(s->sim, &cfg) < 0)
		exit(1);
}

static int made(const struct trace *t, const char *folder)
{
	struct scene scene = { .every = 0 };
	const struct sim_config cfg = {
		.seed = 1,
		.quality = { .delay_usec = 20000 },
		.ctx = &scene,
		.tap = tap,
		.host_begins = begins,
	};
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.pcapng", folder, t->name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	pcapng_begin(&scene.capture, file, t->comment);
	pcapng_interface(&scene.capture, "A, link 1");
	pcapng_interface(&scene.capture, "A, link 2");
	scene.sim = sim_new(&cfg);
	if (!scene.sim)
		exit(1);
	add_host(&scene, A);
	add_host(&scene, B);
	t->play(&scene);
	sim_free(scene.sim);
	if (fclose(file) || scene.capture.error) {
		fprintf(stderr, "%s: can't be written\n", path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc != 2) {
		fputs("usage: record FOLDER\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++)
		status |= made(&traces[i], argv[1]);
	return status;
}
