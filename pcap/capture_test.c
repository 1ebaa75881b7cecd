/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures written by hand, one for each link type; then cut, bent and filtered. */
#include "pcap/capture.h"

#include "wire/cursor.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

/* IPv6, no next header, hop limit 64, 2001:db8::1 to 2001:db8::2. */
#define IPV6 \
	"\x60\0\0\0\0\0\x3b\x40" \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
	"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define IPV4 \
	"\x45\0\0\x14\0\0\0\0\x40\xfd\0\0\x0a\0\0\1\x0a\0\0\2"
#define ETHER "\2\0\0\0\0\2\2\0\0\0\0\1"

#define FRAME(octets) octets, sizeof(octets) - 1

static const struct sample {
	const char *name;
	uint32_t file_type; /* LINKTYPE_... in the file */
	int link_type;      /* DLT_... of libpcap */
	const char *frame;
	size_t len;
	uint16_t ethertype;
	ssize_t ip_off;
	uint32_t if_index;
} samples[] = {
	{ "raw IPv6", 229, DLT_IPV6, FRAME(IPV6), 0x86dd, 0, 0 },
	{ "raw, version 6", 101, DLT_RAW, FRAME(IPV6), 0x86dd, 0, 0 },
	{ "raw, version 4", 101, DLT_RAW, FRAME(IPV4), 0x0800, -1, 0 },
	{ "raw, version 7", 101, DLT_RAW, FRAME("\x70\0\0\0"), 0, -1, 0 },
	{ "Ethernet", 1, DLT_EN10MB, FRAME(ETHER "\x86\xdd" IPV6), 0x86dd, 14, 0 },
	{ "Ethernet, 802.1Q", 1, DLT_EN10MB,
	  FRAME(ETHER "\x81\0\0\7\x86\xdd" IPV6), 0x86dd, 18, 0 },
	{ "Ethernet, 802.1ad over 802.1Q", 1, DLT_EN10MB,
	  FRAME(ETHER "\x88\xa8\0\5\x81\0\0\7\x86\xdd" IPV6), 0x86dd, 22, 0 },
	{ "Ethernet, old Q-in-Q, IPv4", 1, DLT_EN10MB,
	  FRAME(ETHER "\x91\0\0\5\x08\0" IPV4), 0x0800, -1, 0 },
	{ "Ethernet, ARP", 1, DLT_EN10MB, FRAME(ETHER "\x08\x06\0\1\x08\0\6\4"), 0x0806, -1, 0 },
	{ "Linux cooked", 113, DLT_LINUX_SLL,
	  FRAME("\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x86\xdd" IPV6), 0x86dd, 16, 0 },
	{ "Linux cooked, 802.1Q", 113, DLT_LINUX_SLL,
	  FRAME("\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\7\x86\xdd" IPV6), 0x86dd, 20, 0 },
	{ "Linux cooked 2", 276, DLT_LINUX_SLL2,
	  FRAME("\x86\xdd\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0" IPV6), 0x86dd, 20, 3 },
	{ "null, little-endian FreeBSD", 0, DLT_NULL, FRAME("\x1c\0\0\0" IPV6), 0x86dd, 4, 0 },
	{ "null, big-endian Linux", 0, DLT_NULL, FRAME("\0\0\0\x0a" IPV6), 0x86dd, 4, 0 },
	{ "null, macOS", 0, DLT_NULL, FRAME("\x1e\0\0\0" IPV6), 0x86dd, 4, 0 },
	{ "null, IPv4", 0, DLT_NULL, FRAME("\2\0\0\0" IPV4), 0x0800, -1, 0 },
	{ "null, AppleTalk", 0, DLT_NULL, FRAME("\x10\0\0\0abcd"), 0, -1, 0 },
	{ "loop, OpenBSD", 108, DLT_LOOP, FRAME("\0\0\0\x18" IPV6), 0x86dd, 4, 0 },
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

enum { FILE_HEADER = 24, RECORD_HEADER = 16, FILE_MAX = 512 };

/* pcap files are in the octet order of whoever wrote them. Ours are read without libpcap. */
static bool is_ours;

static int order_of_others(void **state)
{
	(void)state;
	is_ours = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	return 0;
}

static int order_of_ours(void **state)
{
	(void)state;
	is_ours = true;
	return 0;
}

static void put_u32(struct wbuf *w, uint32_t value)
{
	if (is_ours)
		wbuf_copy(w, &value, sizeof(value));
	else
		wbuf_u32(w, value);
}

static void put_u16(struct wbuf *w, uint16_t value)
{
	if (is_ours)
		wbuf_copy(w, &value, sizeof(value));
	else
		wbuf_u16(w, value);
}

static void put_file_header(struct wbuf *w, uint32_t magic, uint16_t minor, uint32_t file_type)
{
	put_u32(w, magic);
	put_u16(w, 2);
	put_u16(w, minor);
	put_u32(w, 0);
	put_u32(w, 0);
	put_u32(w, 262144); /* snapshot length */
	put_u32(w, file_type);
}

static void put_record_header(struct wbuf *w, uint32_t sec, uint32_t fraction, size_t len)
{
	put_u32(w, sec);
	put_u32(w, fraction);
	put_u32(w, (uint32_t)len);
	put_u32(w, (uint32_t)len + 100); /* on the link */
}

/* A pcap file with one frame at the given time. */
static size_t write_file(uint8_t out[static FILE_MAX], const struct sample *s, uint32_t sec,
			 uint32_t usec)
{
	struct wbuf w = wbuf_of(out, FILE_MAX);

	put_file_header(&w, 0xa1b2c3d4, 4, s->file_type);
	put_record_header(&w, sec, usec, s->len);
	wbuf_copy(&w, s->frame, s->len);
	assert_false(w.bad);
	return w.len;
}

static int open_octets(struct capture *c, const void *octets, size_t len)
{
	/* fmemopen() takes no empty buffer. */
	FILE *file = len ? fmemopen((void *)octets, len, "rb") : fopen("/dev/null", "rb");

	assert_non_null(file);
	return capture_open_stream(c, file, "sample.pcap");
}

static void assert_error_starts(const struct capture *c, const char *words)
{
	if (strncmp(c->error, words, strlen(words)))
		fail_msg("error is \"%s\", not \"%s...\"", c->error, words);
}

static void every_link_type_leads_to_its_ip_header(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		uint8_t octets[FILE_MAX];
		size_t len = write_file(octets, s, 1700000000, 123456);
		struct captured got;
		struct capture c;

		if (open_octets(&c, octets, len))
			fail_msg("%s: %s", s->name, c.error);
		assert_int_equal(capture_next(&c, &got), 1);
		if (got.ethertype != s->ethertype || got.ip_off != s->ip_off)
			fail_msg("%s: ethertype %#x at %zd", s->name, got.ethertype, got.ip_off);
		assert_int_equal(got.link_type, s->link_type);
		assert_int_equal(got.if_index, s->if_index);
		assert_true(got.usec == UINT64_C(1700000000123456));
		assert_int_equal(got.len, s->len);
		assert_int_equal(got.wire_len, s->len + 100);
		assert_memory_equal(got.frame, s->frame, s->len);
		assert_int_equal(capture_next(&c, &got), 0);
		capture_close(&c);
	}
}

static void link_header_cut_short_carries_nothing(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		for (size_t len = 0; s->ip_off > 0 && len < (size_t)s->ip_off; len++) {
			struct sample cut = *s;
			uint8_t octets[FILE_MAX];
			struct captured got;
			struct capture c;

			cut.len = len;
			assert_int_equal(open_octets(&c, octets, write_file(octets, &cut, 0, 0)),
					 0);
			assert_int_equal(capture_next(&c, &got), 1);
			assert_int_equal(got.ethertype, FRAME_UNTYPED);
			assert_int_equal(got.ip_off, -1);
			capture_close(&c);
		}
	}
}

static void frame_that_ends_at_the_ip_header_has_it_at_the_end(void **state)
{
	struct sample cut = { "cut", 1, DLT_EN10MB, FRAME(ETHER "\x86\xdd"), 0, 0, 0 };
	uint8_t octets[FILE_MAX];
	struct captured got;
	struct capture c;

	(void)state;
	assert_int_equal(open_octets(&c, octets, write_file(octets, &cut, 0, 0)), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_int_equal(got.ip_off, 14);
	assert_int_equal(got.len, 14);
	capture_close(&c);
}

/* A cut in the file header, in the record header or in the frame: always
 * words with the file's name; at a border of records it is a plain end. */
static void every_truncation_is_named(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		uint8_t octets[FILE_MAX];
		size_t len = write_file(octets, s, 0, 0);

		for (size_t cut = 0; cut < len; cut++) {
			struct captured got = { .ip_off = 77 };
			struct capture c;
			int err = open_octets(&c, octets, cut);

			assert_int_equal(err, cut < FILE_HEADER ? -EBADMSG : 0);
			if (!err) {
				err = capture_next(&c, &got);
				assert_int_equal(err, cut == FILE_HEADER ? 0 : -EBADMSG);
			}
			if (err) {
				assert_error_starts(&c, "sample.pcap: truncated dump file");
				assert_int_equal(got.ip_off, 77);
			}
			if (cut >= FILE_HEADER)
				capture_close(&c);
		}
	}
}

/* Reads to the end; whatever happens, what is said of a frame lies in it. */
static void drain(const uint8_t *octets, size_t len)
{
	struct captured got;
	struct capture c;
	int more;

	if (open_octets(&c, octets, len)) {
		assert_error_starts(&c, "sample.pcap: ");
		return;
	}
	while ((more = capture_next(&c, &got)) == 1) {
		assert_true(got.len <= FILE_MAX);
		assert_true(got.ip_off >= -1 && got.ip_off <= (ssize_t)got.len);
		assert_true((got.ip_off >= 0) == (got.ethertype == FRAME_IPV6));
	}
	if (more)
		assert_error_starts(&c, "sample.pcap: ");
	capture_close(&c);
}

static void any_changed_octet_ends_in_frames_or_words(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff };

	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		uint8_t octets[FILE_MAX];
		size_t len = write_file(octets, s, 0, 0);

		for (size_t at = 0; at < len; at++) {
			for (size_t i = 0; i < sizeof(flips); i++) {
				octets[at] ^= flips[i];
				drain(octets, len);
				octets[at] ^= flips[i];
			}
		}
	}
}

static void times_reach_from_1970_to_2106(void **state)
{
	static const struct { uint32_t sec, usec; uint64_t expected; } rows[] = {
		{ 0, 0, 0 },
		{ 0, 999999, 999999 },
		{ 0x7fffffff, 1, UINT64_C(2147483647000001) },
		{ 0x80000000, 1, UINT64_C(2147483648000001) },
		{ 0xffffffff, 0, UINT64_C(4294967295000000) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t octets[FILE_MAX];
		struct captured got;
		struct capture c;

		assert_int_equal(open_octets(&c, octets, write_file(octets, &samples[0],
								    rows[i].sec, rows[i].usec)),
				 0);
		assert_int_equal(capture_next(&c, &got), 1);
		assert_true(got.usec == rows[i].expected);
		capture_close(&c);
	}
}

/* A pcapng file, big-endian, with one raw IPv6 frame, whose interface has these options. */
static size_t write_pcapng(uint8_t out[static FILE_MAX], const char *options, size_t len,
			   uint64_t time)
{
	struct wbuf w = wbuf_of(out, FILE_MAX);
	uint32_t interface_len = 20 + (uint32_t)len;

	wbuf_u32(&w, 0x0a0d0d0a);
	wbuf_u32(&w, 28);
	wbuf_u32(&w, 0x1a2b3c4d);
	wbuf_u32(&w, 0x00010000); /* version 1.0 */
	wbuf_uint(&w, UINT64_MAX, 8);
	wbuf_u32(&w, 28);
	wbuf_u32(&w, 1); /* interface */
	wbuf_u32(&w, interface_len);
	wbuf_u32(&w, 229 << 16);
	wbuf_u32(&w, 262144);
	wbuf_copy(&w, options, len);
	wbuf_u32(&w, interface_len);
	wbuf_u32(&w, 6); /* enhanced packet */
	wbuf_u32(&w, 32 + 40);
	wbuf_u32(&w, 0);
	wbuf_uint(&w, time, 8);
	wbuf_u32(&w, 40);
	wbuf_u32(&w, 40);
	wbuf_copy(&w, IPV6, 40);
	wbuf_u32(&w, 32 + 40);
	assert_false(w.bad);
	return w.len;
}

/* if_tsresol 9, a power of ten or, with the highest bit, of two; if_tsoffset 14. */
static void every_resolution_of_pcapng_comes_out_right(void **state)
{
	static const struct {
		const char *options;
		size_t len;
		uint64_t time, usec;
		uint16_t nsec;
	} rows[] = {
		{ FRAME(""), 1700000000123456, 1700000000123456, 0 },
		{ FRAME("\0\x9\0\1\x0\0\0\0\0\0\0\0"), 1700000000, 1700000000000000, 0 },
		{ FRAME("\0\x9\0\1\x3\0\0\0\0\0\0\0"), 1700000000123, 1700000000123000, 0 },
		{ FRAME("\0\x9\0\1\x6\0\0\0\0\0\0\0"), 1700000000123456, 1700000000123456, 0 },
		{ FRAME("\0\x9\0\1\x9\0\0\0\0\0\0\0"), 1700000000123456789, 1700000000123456,
		  789 },
		{ FRAME("\0\x9\0\1\xc\0\0\0\0\0\0\0"), 17000123456789012, 17000123456, 789 },
		{ FRAME("\0\x9\0\1\x8a\0\0\0\0\0\0\0"), (UINT64_C(1700000000) << 10) + 512,
		  1700000000500000, 0 },
		{ FRAME("\0\xe\0\x8\0\0\0\0\x65\x53\xf1\0\0\0\0\0"), 5, 1700000000000005, 0 },
		{ FRAME("\0\x9\0\1\x0\0\0\0\0\0\0\0"), UINT64_C(1) << 62,
		  UINT64_MAX / 1000, 615 }, /* beyond what we can say */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t octets[FILE_MAX];
		size_t len = write_pcapng(octets, rows[i].options, rows[i].len, rows[i].time);
		struct captured got;
		struct capture c;

		assert_int_equal(open_octets(&c, octets, len), 0);
		assert_int_equal(capture_next(&c, &got), 1);
		if (got.usec != rows[i].usec || got.nsec != rows[i].nsec)
			fail_msg("row %zu: %" PRIu64 " us %u ns", i, got.usec, got.nsec);
		capture_close(&c);
	}
}

static void nanoseconds_of_pcap_are_kept(void **state)
{
	uint8_t octets[FILE_MAX];
	size_t len = write_file(octets, &samples[0], 1700000000, 123456789);
	struct wbuf magic = wbuf_of(octets, 4);
	struct captured got;
	struct capture c;

	(void)state;
	put_u32(&magic, 0xa1b23c4d);
	assert_int_equal(open_octets(&c, octets, len), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_true(got.usec == UINT64_C(1700000000123456));
	assert_int_equal(got.nsec, 789);
	capture_close(&c);
}

static size_t gzip(uint8_t *out, size_t size, const void *data, size_t len)
{
	z_stream z = { .next_in = (Bytef *)data, .avail_in = (uInt)len,
		       .next_out = out, .avail_out = (uInt)size };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

/* Frames as long as what is held of a file at once, and longer, one behind the other. */
static const size_t lengths[] = {
	0, 1, 40, 65519, 65520, 65521, 65536, 2, 100000, 60, 262144, 30000, 30000, 30000,
};

enum { LENGTHS = sizeof(lengths) / sizeof(lengths[0]), LONG_MAX_OCTETS = 1024 * 1024 };

/* Each frame has its number in all its octets. */
static size_t write_long_file(uint8_t *out, uint16_t minor)
{
	struct wbuf w = wbuf_of(out, LONG_MAX_OCTETS);

	put_file_header(&w, 0xa1b2c3d4, minor, 229);
	for (unsigned i = 0; i < LENGTHS; i++) {
		uint8_t *frame;

		put_record_header(&w, i, 0, lengths[i]);
		frame = wbuf_reserve(&w, lengths[i]);
		assert_non_null(frame);
		memset(frame, (int)i, lengths[i]);
	}
	return w.len;
}

static void assert_long_frames(struct capture *c)
{
	struct captured got;

	for (unsigned i = 0; i < LENGTHS; i++) {
		assert_int_equal(capture_next(c, &got), 1);
		assert_int_equal(got.usec, i * UINT64_C(1000000));
		assert_int_equal(got.len, lengths[i]);
		assert_int_equal(got.wire_len, lengths[i] + 100);
		for (size_t at = 0; at < got.len; at++)
			if (got.frame[at] != i)
				fail_msg("frame %u: octet %zu is another's", i, at);
	}
	assert_int_equal(capture_next(c, &got), 0);
}

static void frames_of_every_length_follow_each_other(void **state)
{
	uint8_t *octets = malloc(LONG_MAX_OCTETS), *packed = malloc(LONG_MAX_OCTETS);
	struct capture c;
	size_t len;

	(void)state;
	assert_true(octets && packed);
	len = write_long_file(octets, 4);
	assert_int_equal(open_octets(&c, octets, len), 0);
	assert_long_frames(&c);
	capture_close(&c);
	assert_int_equal(open_octets(&c, packed, gzip(packed, LONG_MAX_OCTETS, octets, len)), 0);
	assert_long_frames(&c);
	capture_close(&c);
	free(octets);
	free(packed);
}

/* What doesn't fit what the file's header says is left to libpcap. */
static void frames_beyond_the_snapshot_length_are_cut(void **state)
{
	uint8_t octets[FILE_MAX];
	size_t len = write_file(octets, &samples[0], 0, 0);
	struct wbuf snaplen = wbuf_of(octets + 16, 4);
	struct captured got;
	struct capture c;

	(void)state;
	put_u32(&snaplen, (uint32_t)samples[0].len - 1);
	assert_int_equal(open_octets(&c, octets, len), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_int_equal(got.len, samples[0].len - 1);
	assert_int_equal(got.wire_len, samples[0].len + 100);
	assert_int_equal(capture_next(&c, &got), 0);
	capture_close(&c);
}

static void frames_of_an_impossible_length_are_named(void **state)
{
	uint8_t octets[FILE_MAX];
	size_t len = write_file(octets, &samples[0], 0, 0);
	struct wbuf frame_len = wbuf_of(octets + FILE_HEADER + 8, 4);
	struct captured got;
	struct capture c;

	(void)state;
	put_u32(&frame_len, UINT32_MAX);
	assert_int_equal(open_octets(&c, octets, len), 0);
	assert_int_equal(capture_next(&c, &got), -EBADMSG);
	assert_error_starts(&c, "sample.pcap: invalid packet capture length");
	capture_close(&c);
}

/* Version 2.3 may have the two lengths of a frame the other way round. */
static void old_files_are_read_as_libpcap_does(void **state)
{
	uint8_t octets[FILE_MAX];
	struct wbuf w = wbuf_of(octets, FILE_MAX);
	struct captured got;
	struct capture c;

	(void)state;
	put_file_header(&w, 0xa1b2c3d4, 3, 229);
	put_u32(&w, 1);
	put_u32(&w, 0);
	put_u32(&w, 140);
	put_u32(&w, 40);
	wbuf_copy(&w, IPV6, 40);
	assert_int_equal(open_octets(&c, octets, w.len), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_int_equal(got.len, 40);
	assert_int_equal(got.wire_len, 140);
	capture_close(&c);
}

/* The last octets are gzip's checksum: the frame comes, then the words. */
static void compressed_file_that_was_cut_gives_what_there_is(void **state)
{
	uint8_t octets[FILE_MAX], packed[2 * FILE_MAX];
	size_t len = write_file(octets, &samples[0], 0, 0);
	size_t n = gzip(packed, sizeof(packed), octets, len);
	struct captured got;
	struct capture c;

	(void)state;
	assert_int_equal(open_octets(&c, packed, n), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_int_equal(capture_next(&c, &got), 0);
	capture_close(&c);

	assert_int_equal(open_octets(&c, packed, n - 1), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_memory_equal(got.frame, samples[0].frame, samples[0].len);
	assert_int_equal(capture_next(&c, &got), -EBADMSG);
	assert_error_starts(&c, "sample.pcap: gzip: cut off after ");
	capture_close(&c);

	packed[n - 8] ^= 1;
	assert_int_equal(open_octets(&c, packed, n), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_int_equal(capture_next(&c, &got), -EBADMSG);
	assert_error_starts(&c, "sample.pcap: gzip: broken after ");
	assert_non_null(strstr(c.error, "incorrect data check"));
	capture_close(&c);

	assert_int_equal(open_octets(&c, packed, 15), -EBADMSG);
	assert_error_starts(&c, "sample.pcap: gzip: cut off after 15 octets");
}

/* 32 MiB of zeros in 32 KiB: no more than the first octets are looked at. */
static void zeros_without_end_are_no_capture(void **state)
{
	enum { ZEROS = 32 * 1024 * 1024, PACKED_MAX = 64 * 1024 };
	uint8_t *zeros = calloc(1, ZEROS), *packed = malloc(PACKED_MAX);
	struct capture c;

	(void)state;
	assert_true(zeros && packed);
	assert_int_equal(open_octets(&c, packed, gzip(packed, PACKED_MAX, zeros, ZEROS)), -EBADMSG);
	assert_string_equal(c.error, "sample.pcap: unknown file format");
	free(zeros);
	free(packed);
}

static void break_ends_it_for_good(void **state)
{
	uint8_t octets[FILE_MAX];
	struct capture_stats stats;
	struct captured got;
	struct capture c;

	(void)state;
	assert_int_equal(open_octets(&c, octets, write_file(octets, &samples[0], 0, 0)), 0);
	assert_int_equal(capture_stats(&c, &stats), -ENOTSUP);
	capture_break(&c);
	assert_int_equal(capture_next(&c, &got), 0);
	assert_int_equal(capture_next(&c, &got), 0);
	capture_close(&c);
}

static void filter_lets_through_what_it_says(void **state)
{
	static const struct { const char *expression; int frames; } rows[] = {
		{ "ip6", 1 },
		{ "ip6 dst host 2001:db8::2", 1 },
		{ "ip6 dst host 2001:db8::1", 0 },
		{ "ip6 proto 140", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t octets[FILE_MAX];
		struct captured got;
		struct capture c;

		assert_int_equal(open_octets(&c, octets, write_file(octets, &samples[4], 0, 0)),
				 0);
		assert_int_equal(capture_filter(&c, rows[i].expression), 0);
		assert_int_equal(capture_next(&c, &got), rows[i].frames);
		capture_close(&c);
	}
}

static void filter_that_makes_no_sense_is_refused(void **state)
{
	uint8_t octets[FILE_MAX];
	struct captured got;
	struct capture c;

	(void)state;
	assert_int_equal(open_octets(&c, octets, write_file(octets, &samples[0], 0, 0)), 0);
	assert_int_equal(capture_filter(&c, "ip6 and and"), -EINVAL);
	assert_error_starts(&c, "filter: ");
	assert_int_equal(capture_next(&c, &got), 1);
	capture_close(&c);
}

static void link_type_without_ip_is_named(void **state)
{
	struct sample wifi = { "wifi", 105, DLT_IEEE802_11, FRAME("\x08\0\0\0"), 0, 0, 0 };
	uint8_t octets[FILE_MAX];
	struct capture c;

	(void)state;
	assert_int_equal(open_octets(&c, octets, write_file(octets, &wifi, 0, 0)), -ENOTSUP);
	assert_string_equal(c.error, "sample.pcap: frames of link type 105 (IEEE802_11) "
				     "are not understood");
}

static void file_that_cannot_be_read_is_named(void **state)
{
	struct capture c;

	(void)state;
	assert_int_equal(capture_open(&c, "/nonexistent/foo.pcap"), -ENOENT);
	assert_string_equal(c.error, "/nonexistent/foo.pcap: No such file or directory");
	assert_int_equal(capture_open(&c, "/"), -EBADMSG);
	assert_error_starts(&c, "/: ");
	assert_int_equal(capture_open(&c, "/dev/null"), -EBADMSG);
	assert_error_starts(&c, "/dev/null: truncated dump file");
}

static void text_file_is_no_capture(void **state)
{
	struct capture c;

	(void)state;
	assert_int_equal(open_octets(&c, FRAME("SPDX-License-Identifier: BSD")), -EBADMSG);
	assert_string_equal(c.error, "sample.pcap: unknown file format");
}

static void hyphen_is_standard_input_and_leaves_it_open(void **state)
{
	uint8_t octets[FILE_MAX];
	size_t len = write_file(octets, &samples[0], 0, 0);
	int saved = dup(STDIN_FILENO), ends[2];
	struct captured got;
	struct capture c;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], octets, len), len);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);

	assert_int_equal(capture_open(&c, "-"), 0);
	assert_int_equal(capture_next(&c, &got), 1);
	assert_int_equal(got.ip_off, 0);
	assert_int_equal(capture_next(&c, &got), 0);
	capture_close(&c);
	assert_int_equal(read(STDIN_FILENO, octets, 1), 0);

	assert_int_equal(capture_open(&c, "-"), -EBADMSG);
	assert_error_starts(&c, "standard input: truncated dump file");
	dup2(saved, STDIN_FILENO);
	close(saved);
}

/* Once with each octet order. */
#define TWICE(f)                                                                                   \
	cmocka_unit_test_setup(f, order_of_others),                                                \
	{ #f " in our octet order", f, order_of_ours, NULL, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWICE(every_link_type_leads_to_its_ip_header),
		TWICE(link_header_cut_short_carries_nothing),
		TWICE(frame_that_ends_at_the_ip_header_has_it_at_the_end),
		TWICE(every_truncation_is_named),
		TWICE(any_changed_octet_ends_in_frames_or_words),
		TWICE(times_reach_from_1970_to_2106),
		cmocka_unit_test(every_resolution_of_pcapng_comes_out_right),
		TWICE(nanoseconds_of_pcap_are_kept),
		TWICE(frames_of_every_length_follow_each_other),
		TWICE(frames_beyond_the_snapshot_length_are_cut),
		TWICE(frames_of_an_impossible_length_are_named),
		TWICE(old_files_are_read_as_libpcap_does),
		TWICE(compressed_file_that_was_cut_gives_what_there_is),
		cmocka_unit_test(zeros_without_end_are_no_capture),
		TWICE(break_ends_it_for_good),
		TWICE(filter_lets_through_what_it_says),
		TWICE(filter_that_makes_no_sense_is_refused),
		TWICE(link_type_without_ip_is_named),
		cmocka_unit_test(file_that_cannot_be_read_is_named),
		cmocka_unit_test(text_file_is_no_capture),
		TWICE(hyphen_is_standard_input_and_leaves_it_open),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
