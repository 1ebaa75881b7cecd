/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture to measure with: classic pcap, Ethernet, the same octets for the
 * same arguments. Every packet is right, checksums included.
 */
#include "bench/background.h"
#include "bench/contexts.h"
#include "bench/dice.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET_LEN = 14, ETHERNET = 1 /* DLT_EN10MB */, SNAPLEN = 262144 };

struct settings {
	unsigned long long packets, seed;
	unsigned long shim6_share; /* percent */
	const char *path;
};

static const char usage[] =
	"usage: generate [--packets N] [--shim6-share PERCENT] [--seed N] FILE\n"
	"\n"
	"  --packets N            how many; 500000\n"
	"  --shim6-share PERCENT  how many of them have Shim6; 100\n"
	"  --seed N               the same seed, the same octets; 1\n";

static void write_u32(FILE *f, uint32_t value) { fwrite(&value, sizeof(value), 1, f); }

/* In our own octet order: the magic number tells which that is. */
static void write_file_header(FILE *f)
{
	const uint16_t version[] = { 2, 4 };

	write_u32(f, 0xa1b2c3d4);
	fwrite(version, sizeof(version), 1, f);
	write_u32(f, 0);
	write_u32(f, 0);
	write_u32(f, SNAPLEN);
	write_u32(f, ETHERNET);
}

static void write_packet(FILE *f, const struct packet *p, uint64_t usec)
{
	static const uint8_t link[ETHERNET_LEN] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd,
	};

	write_u32(f, (uint32_t)(usec / 1000000));
	write_u32(f, (uint32_t)(usec % 1000000));
	write_u32(f, (uint32_t)(sizeof(link) + p->len));
	write_u32(f, (uint32_t)(sizeof(link) + p->len));
	fwrite(link, sizeof(link), 1, f);
	fwrite(p->octets, p->len, 1, f);
}

/* 0 or -ENOMEM; whether all was written, the stream knows. */
static int generate(const struct settings *set, FILE *f)
{
	struct dice dice = { set->seed };
	struct contexts *contexts = contexts_new(dice_u64(&dice));
	struct background *background = background_new(dice_u64(&dice));
	uint64_t usec = UINT64_C(1700000000000000);
	struct packet packet;
	int rc = contexts && background ? 0 : -ENOMEM;

	write_file_header(f);
	for (unsigned long long i = 0; rc == 0 && i < set->packets; i++) {
		if (dice_below(&dice, 100) < set->shim6_share)
			contexts_next(contexts, &packet);
		else
			background_next(background, &packet);
		usec += dice_below(&dice, 200);
		write_packet(f, &packet, usec);
	}
	contexts_free(contexts);
	background_free(background);
	return rc;
}

/* A number and nothing else, of at most `max`; or the end of it all. */
static unsigned long long number_of(const char *text, unsigned long long max)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && number <= max)
		return number;
	fprintf(stderr, "generate: %s: not a number from 0 to %llu\n", text, max);
	exit(2);
}

static void usage_exit(bool asked)
{
	fputs(usage, asked ? stdout : stderr);
	exit(asked ? 0 : 2);
}

static void settings_read(struct settings *set, int argc, char **argv)
{
	static const struct option options[] = {
		{ "packets", required_argument, NULL, 'p' },
		{ "shim6-share", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'e' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			set->packets = number_of(optarg, UINT64_MAX);
		else if (c == 's')
			set->shim6_share = (unsigned long)number_of(optarg, 100);
		else if (c == 'e')
			set->seed = number_of(optarg, UINT64_MAX);
		else
			usage_exit(c == 'h');
	}
	if (optind != argc - 1)
		usage_exit(false);
	set->path = argv[optind];
}

int main(int argc, char **argv)
{
	struct settings set = { .packets = 500000, .shim6_share = 100, .seed = 1 };
	bool failed;
	FILE *f;
	int rc;

	settings_read(&set, argc, argv);
	f = fopen(set.path, "wb");
	if (!f) {
		fprintf(stderr, "generate: %s: %s\n", set.path, strerror(errno));
		return 1;
	}
	setvbuf(f, NULL, _IOFBF, 1 << 18);
	rc = generate(&set, f);
	failed = ferror(f);
	if (fclose(f) || failed || rc) {
		fprintf(stderr, "generate: %s: %s\n", set.path, strerror(rc ? -rc : errno));
		return 1;
	}
	return 0;
}
