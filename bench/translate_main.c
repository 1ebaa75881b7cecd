/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * translate: what a payload packet costs in the reference stack, each way, in memory, with
 * 1, 1,000 and 1,000,000 contexts that take turns at random; beside a memcpy() of it
 * and beside the kernel's UDP over loopback. Then what contexts cost: octets when
 * idle, work per timer that runs out, and how many handshakes a second.
 */
#include "refstack/core/internal.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKETS = 2000000, KERNEL_PACKETS = 200000, ROUNDS = 5, PAYLOADS = 2, COUNTS = 3 };

static const size_t payloads[PAYLOADS] = { 64, 1400 };
static const unsigned counts[COUNTS] = { 1, 1000, 1000000 };

static uint64_t sunk; /* what comes out goes here, so that nothing is left out */

static double now_nsec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	(void)ctx;
	(void)packet;
	sunk += link + len;
}

static bool arrival(void *ctx, const struct shim_arrival *a)
{
	(void)ctx;
	sunk += a->len;
	return true;
}

static const struct shim_upper upper = { .arrival = arrival };

static struct shim_host *host_of(uint8_t site, void *ctx,
				 void (*send)(void *, unsigned, const void *, size_t))
{
	struct shim_config cfg = {
		.seed = site,
		.link_count = 2,
		.contexts_max = 2000000,
		.forks_max = 2000000,
		.ctx = ctx,
		.transmit = send,
	};
	struct shim_host *host;

	for (uint8_t k = 0; k < 2; k++)
		cfg.link[k] = (struct shim_link_config){
			.mtu = 1500,
			.prefix_count = 1,
			.prefix = { { 0x20, 0x01, 0x0d, 0xb8, 0, site, 0, k } },
		};
	host = shim_host_new(&cfg);
	if (!host)
		exit(1);
	shim_set_upper(host, &upper, NULL);
	return host;
}

/* Forks, as if each had been established and moved to other locators. */
static struct shim_context *context_made(struct shim_host *host, uint32_t fii)
{
	struct shim_ulids ulids = {
		.local = host->locator[0].addr,
		.peer = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, 1, [15] = 1 } },
		.fii = fii,
	};
	struct shim_context *context = context_add(&host->contexts, &ulids);
	struct peer_locators *ls = calloc(1, sizeof(*ls) + 2 * sizeof(ls->at[0]));

	if (!context || !ls)
		exit(1);
	ls->count = 2;
	ls->at[0].addr = ulids.peer;
	ls->at[1].addr = ulids.peer;
	ls->at[1].addr.s6_addr[15] = 2;
	context->ls_peer = ls;
	context->ls_local = 3;
	context->state = SHIM_ESTABLISHED;
	context->lp_local = host->locator[1].addr;
	context->lp_peer = ls->at[1].addr;
	context_set_peer_tag(&host->contexts, context, fii);
	heuristic_used(host, context);
	heuristic_expire(host, context);
	return context;
}

/* --- payload -------------------------------------------------------------------- */

static double out(struct shim_host *host, const uint32_t *turn, unsigned count, size_t len)
{
	static uint8_t octets[2048];
	struct shim_send send = {
		.local = host->locator[0].addr,
		.peer = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, 1, [15] = 1 } },
		.protocol = IPPROTO_UDP,
	};
	double start = now_nsec();

	for (unsigned i = 0; i < PACKETS; i++) {
		send.fii = 1 + turn[i % count];
		if (shim_send(host, &send, octets, len))
			exit(1);
	}
	return (now_nsec() - start) / PACKETS;
}

static double in(struct shim_host *host, const uint64_t *tag, unsigned count, size_t len)
{
	uint8_t packet[2048] = { 0x60, 0, 0, 0, (uint8_t)((8 + len) >> 8), (uint8_t)(8 + len),
				 PROTO_SHIM6, 64 };
	double start;

	memcpy(packet + 8, ((uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8, 1 }), 5);
	packet[23] = 2;
	memcpy(packet + 24, &host->locator[1].addr, 16);
	packet[40] = IPPROTO_UDP;
	start = now_nsec();
	for (unsigned i = 0; i < PACKETS; i++) {
		uint64_t t = tag[i % count];

		for (unsigned k = 0; k < 6; k++)
			packet[42 + k] = (uint8_t)(t >> 8 * (5 - k));
		packet[42] |= 0x80;
		shim_host_input(host, 2, packet, 48 + len);
	}
	return (now_nsec() - start) / PACKETS;
}

static double copying(size_t len)
{
	static uint8_t from[2048], to[2048];
	double start = now_nsec();

	for (unsigned i = 0; i < PACKETS; i++) {
		from[0] = (uint8_t)i;
		memcpy(to, from, 48 + len);
		sunk += to[0];
		__asm__ volatile("" : : "r"(to) : "memory");
	}
	return (now_nsec() - start) / PACKETS;
}

/* One datagram at a time, sent and received. */
static double kernel(size_t len)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t size = sizeof(addr);
	int a = socket(AF_INET6, SOCK_DGRAM, 0), b = socket(AF_INET6, SOCK_DGRAM, 0);
	uint8_t octets[2048] = { 0 };
	double start;

	if (bind(b, (struct sockaddr *)&addr, sizeof(addr)) ||
	    getsockname(b, (struct sockaddr *)&addr, &size) ||
	    connect(a, (struct sockaddr *)&addr, sizeof(addr)))
		return -1;
	start = now_nsec();
	for (unsigned i = 0; i < KERNEL_PACKETS; i++)
		if (send(a, octets, len, 0) < 0 || recv(b, octets, sizeof(octets), 0) < 0)
			return -1;
	start = (now_nsec() - start) / KERNEL_PACKETS;
	close(a);
	close(b);
	return start;
}

/* What it costs on this machine to look at one of a million things at all: each read
 * tells where the next one is. */
static double chase(void)
{
	enum { THINGS = 1000000, APART = 10 }; /* 64-octet lines: as far as contexts are */
	static uint64_t *at;
	uint64_t dice = 1, p = 0;
	double start;

	if (!at) {
		at = aligned_alloc(2 << 20, (size_t)THINGS * APART * 64 / (2 << 20) * (2 << 20) +
						    (2 << 20));
		if (!at)
			exit(1);
		for (uint64_t i = 0; i < THINGS; i++)
			at[i * APART * 8] = i;
		for (uint64_t i = THINGS - 1; i > 0; i--) {
			uint64_t k, was = at[i * APART * 8];

			dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407;
			k = (dice >> 33) % i;
			at[i * APART * 8] = at[k * APART * 8];
			at[k * APART * 8] = was;
		}
	}
	start = now_nsec();
	for (unsigned i = 0; i < PACKETS; i++)
		p = at[p * APART * 8];
	sunk += p;
	return (now_nsec() - start) / PACKETS;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

#define MEDIAN(expression) __extension__({                     \
	double each_[ROUNDS];                                  \
	for (unsigned r_ = 0; r_ < ROUNDS; r_++)               \
		each_[r_] = (expression);                      \
	qsort(each_, ROUNDS, sizeof(each_[0]), by_value);      \
	each_[ROUNDS / 2];                                     \
})

static void translation(void)
{
	double first[PAYLOADS][2] = { { 0 } };

	printf("Payload through the shim, each way, in memory, ns per packet%7s ratio\n", "");
	for (unsigned c = 0; c < COUNTS; c++) {
		struct shim_host *host = host_of(1, NULL, transmit);
		uint32_t *turn = calloc(counts[c], sizeof(*turn));
		uint64_t *tag = calloc(counts[c], sizeof(*tag));

		if (!turn || !tag)
			exit(1);
		for (uint32_t i = 0; i < counts[c]; i++)
			turn[i] = i;
		for (uint32_t i = counts[c] - 1; i > 0; i--) {
			uint32_t k = random_u32(&host->random) % (i + 1), was = turn[i];

			turn[i] = turn[k];
			turn[k] = was;
		}
		for (uint32_t i = 0; i < counts[c]; i++)
			tag[turn[i]] = context_made(host, i + 1)->ct_local;
		for (unsigned p = 0; p < PAYLOADS; p++) {
			double each[2];

			each[0] = MEDIAN(out(host, turn, counts[c], payloads[p]));
			each[1] = MEDIAN(in(host, tag, counts[c], payloads[p]));
			for (unsigned way = 0; way < 2; way++) {
				if (counts[c] == 1000)
					first[p][way] = each[way];
				printf("  %4zu octets %-3s, %7u contexts %28.1f", payloads[p],
				       way ? "in" : "out", counts[c], each[way]);
				if (first[p][way] > 0)
					printf("  %6.2f", each[way] / first[p][way]);
				putchar('\n');
			}
		}
		shim_host_free(host);
		free(turn);
		free(tag);
	}
	printf("  one read of memory, at random among 1000000 contexts %10.1f\n",
	       MEDIAN(chase()));
	for (unsigned p = 0; p < PAYLOADS; p++)
		printf("  %4zu octets, memcpy() of the packet %25.1f\n", payloads[p],
		       MEDIAN(copying(payloads[p])));
	for (unsigned p = 0; p < PAYLOADS; p++)
		printf("  %4zu octets, kernel UDP over loopback, send and recv %8.1f\n", payloads[p],
		       MEDIAN(kernel(payloads[p])));
}

/* --- contexts -------------------------------------------------------------------- */

static void memory(void)
{
	struct shim_host *host = host_of(1, NULL, transmit);
	const unsigned n = 100000;
	size_t before = mallinfo2().uordblks;

	for (uint32_t i = 1; i <= n; i++)
		context_made(host, i);
	printf("\nContexts\n  memory of an idle one, octets %31zu\n",
	       (mallinfo2().uordblks - before) / n);
	shim_host_free(host);
}

/* Payload has gone out on each and nothing comes back: Send Timers run out, and then
 * Probe after Probe is due. */
static void timers(void)
{
	for (unsigned c = 1; c < COUNTS; c++) {
		struct shim_host *host = host_of(1, NULL, transmit);
		uint64_t before;
		double start;

		for (uint32_t i = 1; i <= counts[c]; i++) {
			struct shim_context *context = context_made(host, i);

			shim_host_advance(host, i);
			reap_payload_out(host, context);
		}
		before = sunk;
		start = now_nsec();
		shim_host_advance(host, 16 * USEC_PER_SEC + counts[c]);
		start = now_nsec() - start;
		printf("  a timer of one that runs out and sends a Probe, %7u running, ns %8.1f\n",
		       counts[c], start / ((double)(sunk - before) / (96 + 1.5)));
		shim_host_free(host);
	}
}

/* --- handshakes ------------------------------------------------------------------- */

struct pair {
	struct shim_host *host[2];
	struct way {
		struct pair *pair;
		unsigned to;
	} way[2];
	unsigned first, count;
	struct flying {
		unsigned to, link;
		size_t len;
		uint8_t octets[1280];
	} air[4];
};

static void take_off(void *ctx, unsigned link, const void *packet, size_t len)
{
	const struct way *way = ctx;
	struct flying *f = &way->pair->air[(way->pair->first + way->pair->count++) % 4];

	f->to = way->to;
	f->link = link;
	f->len = len;
	memcpy(f->octets, packet, len);
}

static void land_all(struct pair *pair)
{
	while (pair->count > 0) {
		struct flying f = pair->air[pair->first++ % 4];

		pair->count--;
		shim_host_input(pair->host[f.to], f.link, f.octets, f.len);
	}
}

static void handshakes(void)
{
	static struct pair pair;
	const unsigned n = 5000;
	double start;

	for (unsigned i = 0; i < 2; i++) {
		pair.way[i] = (struct way){ &pair, !i };
		pair.host[i] = host_of((uint8_t)(1 + i), &pair.way[i], take_off);
	}
	start = now_nsec();
	for (uint32_t i = 1; i <= n; i++) {
		shim_initiate(pair.host[0], &pair.host[0]->locator[0].addr,
			      &pair.host[1]->locator[0].addr, i);
		land_all(&pair);
	}
	start = now_nsec() - start;
	if (pair.host[1]->contexts.count != n)
		exit(1);
	printf("  established per second, both ends on one processor %10.0f\n",
	       n / (start / 1e9));
	for (unsigned i = 0; i < 2; i++)
		shim_host_free(pair.host[i]);
}

int main(void)
{
	translation();
	memory();
	timers();
	handshakes();
	return sunk == 0;
}
