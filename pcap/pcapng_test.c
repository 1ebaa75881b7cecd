/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng octets written by hand from the draft's figures, and libpcap as a second reader. */
#include "pcap/pcapng.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* IPv6, no next header, hop limit 64, 2001:db8::1 to 2001:db8::2. */
static const uint8_t packet[40] = {
	0x60, 0, 0, 0, 0, 0, 59, 64,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
};

struct memory {
	FILE *file;
	char *data;
	size_t len;
};

static void memory_open(struct memory *m)
{
	m->file = open_memstream(&m->data, &m->len);
	assert_non_null(m->file);
}

/* Ends writing; the octets stay until free(m->data). */
static void memory_close(struct memory *m)
{
	assert_int_equal(fclose(m->file), 0);
}

static pcap_t *read_back(const struct memory *m)
{
	char error[PCAP_ERRBUF_SIZE];
	FILE *file = fmemopen(m->data, m->len, "rb");
	pcap_t *pcap;

	assert_non_null(file);
	pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_MICRO, error);
	if (!pcap)
		fail_msg("libpcap: %s", error);
	return pcap;
}

static void minimal_file_is_these_octets(void **state)
{
	static const uint8_t expected[] = {
		/* Section Header Block, 48 octets */
		0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 48,
		0x1a, 0x2b, 0x3c, 0x4d,                         /* byte-order magic */
		0, 1, 0, 0,                                     /* version 1.0 */
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* length not given */
		0, 4, 0, 9, 's', 'h', 'i', 'm', 'p', 'r', 'o', 'o', 'f', 0, 0, 0,
		0, 0, 0, 0,                                     /* opt_endofopt */
		0, 0, 0, 48,
		/* Interface Description Block, 44 octets */
		0, 0, 0, 1, 0, 0, 0, 44,
		0, 229, 0, 0,                                   /* LINKTYPE_IPV6, reserved */
		0, 4, 0, 0,                                     /* SnapLen 262144 */
		0, 2, 0, 5, 'l', 'i', 'n', 'k', '1', 0, 0, 0,   /* if_name */
		0, 9, 0, 1, 6, 0, 0, 0,                         /* if_tsresol */
		0, 0, 0, 0,
		0, 0, 0, 44,
		/* Enhanced Packet Block, 52 octets */
		0, 0, 0, 6, 0, 0, 0, 52,
		0, 0, 0, 0,                                     /* interface 0 */
		0, 0, 0, 1, 0, 0, 0, 2,                         /* time, high and low */
		0, 0, 0, 5, 0, 0, 0, 5,                         /* captured, original */
		0x60, 0x61, 0x62, 0x63, 0x64, 0, 0, 0,          /* packet, padded */
		0, 2, 0, 4, 0, 0, 0, 2,                         /* epb_flags: outbound */
		0, 0, 0, 0,
		0, 0, 0, 52,
	};
	struct pcapng w;
	struct memory m;

	(void)state;
	memory_open(&m);
	assert_int_equal(pcapng_begin(&w, m.file, NULL), 0);
	assert_int_equal(pcapng_interface(&w, "link1"), 0);
	assert_int_equal(pcapng_packet(&w, 0, UINT64_C(0x100000002), PCAPNG_OUTBOUND,
				       "\x60\x61\x62\x63\x64", 5, NULL), 0);
	memory_close(&m);
	assert_int_equal(m.len, sizeof(expected));
	assert_memory_equal(m.data, expected, sizeof(expected));
	free(m.data);
}

static void comments_are_padded_to_32_bits_and_come_first(void **state)
{
	static const uint8_t expected[] = {
		0, 0, 0, 6, 0, 0, 0, 96,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 40, 0, 0, 0, 40,
	};
	static const uint8_t expected_tail[] = {
		0, 1, 0, 5, 'p', 'r', 'o', 'b', 'e', 0, 0, 0,
		0, 2, 0, 4, 0, 0, 0, 1,
		0, 0, 0, 0,
		0, 0, 0, 96,
	};
	struct pcapng w;
	struct memory m;
	const char *block;

	(void)state;
	memory_open(&m);
	assert_int_equal(pcapng_begin(&w, m.file, NULL), 0);
	assert_int_equal(pcapng_interface(&w, "link1"), 0);
	assert_int_equal(pcapng_packet(&w, 0, 7, PCAPNG_INBOUND, packet, sizeof(packet), "probe"),
			 0);
	memory_close(&m);
	block = m.data + m.len - (sizeof(expected) + sizeof(packet) + sizeof(expected_tail));
	assert_memory_equal(block, expected, sizeof(expected));
	assert_memory_equal(block + sizeof(expected), packet, sizeof(packet));
	assert_memory_equal(block + sizeof(expected) + sizeof(packet), expected_tail,
			    sizeof(expected_tail));
	free(m.data);
}

static void packet_without_options_has_no_end_of_options(void **state)
{
	static const uint8_t expected[] = {
		0, 0, 0, 6, 0, 0, 0, 36,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4,
		0x60, 0, 0, 1,
		0, 0, 0, 36,
	};
	struct pcapng w;
	struct memory m;

	(void)state;
	memory_open(&m);
	assert_int_equal(pcapng_begin(&w, m.file, NULL), 0);
	assert_int_equal(pcapng_interface(&w, NULL), 0);
	assert_int_equal(pcapng_packet(&w, 0, 0, PCAPNG_DIRECTION_UNKNOWN, "\x60\0\0\1", 4, NULL),
			 0);
	memory_close(&m);
	assert_memory_equal(m.data + m.len - sizeof(expected), expected, sizeof(expected));
	free(m.data);
}

/* Every block says its length twice, and the blocks fill the file. */
static void blocks_chain_for_every_length_of_packet_and_comment(void **state)
{
	static const char comment[] = "seven x";
	struct pcapng w;
	struct memory m;
	unsigned blocks = 0;

	(void)state;
	memory_open(&m);
	assert_int_equal(pcapng_begin(&w, m.file, "seed 7"), 0);
	assert_int_equal(pcapng_interface(&w, "l"), 0);
	for (size_t len = 0; len <= 9; len++)
		for (size_t skip = 0; skip < sizeof(comment); skip++)
			assert_int_equal(pcapng_packet(&w, 0, len, PCAPNG_INBOUND, packet, len,
						       comment + skip), 0);
	memory_close(&m);
	for (size_t off = 0; off < m.len; blocks++) {
		const uint8_t *block = (const uint8_t *)m.data + off;
		size_t total = (size_t)block[6] << 8 | block[7];

		assert_int_equal(total % 4, 0);
		assert_true(off + total <= m.len);
		assert_memory_equal(block + 4, block + total - 4, 4);
		off += total;
	}
	assert_int_equal(blocks, 2 + 10 * sizeof(comment));
	free(m.data);
}

static void libpcap_reads_packets_times_and_link_type(void **state)
{
	static const struct { uint64_t usec; long sec, rest; size_t len; } rows[] = {
		{ 0, 0, 0, 40 },
		{ 999999, 0, 999999, 39 },
		{ 1000000, 1, 0, 38 },
		{ UINT64_C(1700000000123456), 1700000000, 123456, 37 },
	};
	struct pcap_pkthdr *header;
	const u_char *octets;
	struct pcapng w;
	struct memory m;
	pcap_t *pcap;

	(void)state;
	memory_open(&m);
	assert_int_equal(pcapng_begin(&w, m.file, "two links"), 0);
	assert_int_equal(pcapng_interface(&w, "link1"), 0);
	assert_int_equal(pcapng_interface(&w, "link2"), 1);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(pcapng_packet(&w, i % 2, rows[i].usec, PCAPNG_INBOUND, packet,
					       rows[i].len, "a comment"), 0);
	memory_close(&m);

	pcap = read_back(&m);
	assert_int_equal(pcap_datalink(pcap), DLT_IPV6);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(pcap_next_ex(pcap, &header, &octets), 1);
		assert_int_equal(header->ts.tv_sec, rows[i].sec);
		assert_int_equal(header->ts.tv_usec, rows[i].rest);
		assert_int_equal(header->caplen, rows[i].len);
		assert_int_equal(header->len, rows[i].len);
		assert_memory_equal(octets, packet, rows[i].len);
	}
	assert_int_equal(pcap_next_ex(pcap, &header, &octets), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	free(m.data);
}

static void refusals_write_nothing(void **state)
{
	static char long_text[65537];
	static const uint8_t large[PCAPNG_SNAPLEN + 1];
	struct pcapng w;
	struct memory m;
	size_t before;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	memory_open(&m);
	assert_int_equal(pcapng_begin(&w, m.file, NULL), 0);
	assert_int_equal(pcapng_packet(&w, 0, 0, PCAPNG_INBOUND, packet, 40, NULL), -EINVAL);
	assert_int_equal(pcapng_interface(&w, "link1"), 0);
	assert_int_equal(fflush(m.file), 0);
	before = m.len;
	assert_int_equal(pcapng_packet(&w, 1, 0, PCAPNG_INBOUND, packet, 40, NULL), -EINVAL);
	assert_int_equal(pcapng_packet(&w, 0, 0, (enum pcapng_direction)3, packet, 40, NULL),
			 -EINVAL);
	assert_int_equal(pcapng_packet(&w, 0, 0, PCAPNG_INBOUND, large, sizeof(large), NULL),
			 -EMSGSIZE);
	assert_int_equal(pcapng_packet(&w, 0, 0, PCAPNG_INBOUND, packet, 40, long_text),
			 -ENAMETOOLONG);
	assert_int_equal(pcapng_interface(&w, long_text), -ENAMETOOLONG);
	assert_int_equal(pcapng_begin(&w, m.file, long_text), -ENAMETOOLONG);
	memory_close(&m);
	assert_int_equal(m.len, before);
	assert_int_equal(w.interface_count, 1);
	free(m.data);
}

static void full_disk_is_reported_and_stays(void **state)
{
	FILE *full = fopen("/dev/full", "wb");
	struct pcapng w;

	(void)state;
	if (!full)
		skip();
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(pcapng_begin(&w, full, NULL), -ENOSPC);
	w = (struct pcapng){ .file = full, .interface_count = 1 };
	assert_int_equal(pcapng_packet(&w, 0, 0, PCAPNG_INBOUND, packet, 40, NULL), -ENOSPC);
	assert_int_equal(pcapng_interface(&w, "link2"), -ENOSPC);
	assert_int_equal(w.interface_count, 1);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minimal_file_is_these_octets),
		cmocka_unit_test(comments_are_padded_to_32_bits_and_come_first),
		cmocka_unit_test(packet_without_options_has_no_end_of_options),
		cmocka_unit_test(blocks_chain_for_every_length_of_packet_and_comment),
		cmocka_unit_test(libpcap_reads_packets_times_and_link_type),
		cmocka_unit_test(refusals_write_nothing),
		cmocka_unit_test(full_disk_is_reported_and_stays),
	};

	return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}
