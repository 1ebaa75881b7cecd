/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams that were compressed here; then cut, bent, put one behind the other. */
#include "pcap/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum { TEXT_LEN = 3000, PACKED_MAX = 8192 };

/* Not too regular, so that what is compressed has some length. */
static void write_text(uint8_t out[static TEXT_LEN])
{
	uint32_t chance = 1;

	for (size_t i = 0; i < TEXT_LEN; i++) {
		chance = chance * 1103515245 + 12345;
		out[i] = "0123456789abcdef"[chance >> 28];
	}
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

/* With a checksum, as the zstd command has it. */
static size_t zstd(uint8_t *out, size_t size, const void *data, size_t len)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t made;

	assert_non_null(z);
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	made = ZSTD_compress2(z, out, size, data, len);
	ZSTD_freeCCtx(z);
	assert_false(ZSTD_isError(made));
	return made;
}

static const struct packing {
	const char *name;
	size_t (*pack)(uint8_t *out, size_t size, const void *data, size_t len);
} packings[] = {
	{ "gzip", gzip },
	{ "zstd", zstd },
};

enum { PACKINGS = sizeof(packings) / sizeof(packings[0]) };

/* Reads all that is inside, a few octets at a time; words are what was wrong. */
static size_t read_all(const void *octets, size_t len, uint8_t *out, size_t size, char words[96])
{
	FILE *file = len ? fmemopen((void *)octets, len, "rb") : fopen("/dev/null", "rb");
	struct source *source;
	FILE *stream = source_open(file, &source);
	size_t total = 0, n;

	assert_non_null(stream);
	while (total < size && (n = fread(out + total, 1, size - total < 7 ? 1 : 7, stream)) > 0)
		total += n;
	assert_true(!!source_error(source) == !!ferror(stream));
	snprintf(words, 96, "%s", source_error(source) ? source_error(source) : "");
	fclose(stream);
	return total;
}

static void every_packing_gives_what_was_packed(void **state)
{
	uint8_t text[TEXT_LEN], packed[PACKED_MAX], got[TEXT_LEN + 1];
	char words[96];

	(void)state;
	write_text(text);
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		for (size_t len = 0; len <= TEXT_LEN; len += len < 10 ? 1 : 598) {
			size_t n = p->pack(packed, sizeof(packed), text, len);

			assert_int_equal(read_all(packed, n, got, sizeof(got), words), len);
			assert_memory_equal(got, text, len);
			assert_string_equal(words, "");
		}
	}
}

static void octets_that_are_not_packed_stay_as_they_are(void **state)
{
	static const char *const rows[] = { "", "a", "\x1f", "\x28\xb5\x2f", "abcdefghijk" };
	char got[16], words[96];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i]);

		assert_int_equal(read_all(rows[i], len, (uint8_t *)got, sizeof(got), words), len);
		assert_memory_equal(got, rows[i], len);
		assert_string_equal(words, "");
	}
}

/* Two files of gzip or zstd in a row are one, RFC 1952 2.2, RFC 8878 3. */
static void members_follow_each_other(void **state)
{
	uint8_t packed[256], got[16];
	char words[96];

	(void)state;
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		size_t n = p->pack(packed, sizeof(packed), "abc", 3);

		n += p->pack(packed + n, sizeof(packed) - n, "", 0);
		n += p->pack(packed + n, sizeof(packed) - n, "def", 3);
		assert_int_equal(read_all(packed, n, got, sizeof(got), words), 6);
		assert_memory_equal(got, "abcdef", 6);
		assert_string_equal(words, "");
	}
}

/* What was there comes first; then it is said, with the number of octets. */
static void every_cut_is_named(void **state)
{
	uint8_t text[TEXT_LEN], packed[PACKED_MAX], got[TEXT_LEN + 1];
	char words[96], expected[96];

	(void)state;
	write_text(text);
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		size_t n = p->pack(packed, sizeof(packed), text, TEXT_LEN), len = 0;

		for (size_t cut = 4; cut < n; cut++) {
			size_t before = len;

			len = read_all(packed, cut, got, sizeof(got), words);
			assert_true(len >= before);
			assert_memory_equal(got, text, len);
			snprintf(expected, sizeof(expected), "%s: cut off after %zu octets",
				 p->name, cut);
			assert_string_equal(words, expected);
		}
		assert_int_equal(len, TEXT_LEN);
	}
}

static void any_changed_octet_ends_in_octets_or_words(void **state)
{
	uint8_t text[TEXT_LEN], packed[PACKED_MAX], got[2 * TEXT_LEN];
	char words[96];

	(void)state;
	write_text(text);
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		size_t n = p->pack(packed, sizeof(packed), text, TEXT_LEN);

		for (size_t at = 4; at < n; at++) {
			packed[at] ^= 0x55;
			size_t len = read_all(packed, n, got, sizeof(got), words);
			packed[at] ^= 0x55;
			if (!words[0]) /* what may be changed: gzip's time and system */
				assert_true(len == TEXT_LEN && !memcmp(got, text, len));
			else
				assert_memory_equal(words, p->name, 4);
		}
	}
}

static void octets_behind_the_end_are_no_member(void **state)
{
	uint8_t packed[256], got[16];
	char words[96];

	(void)state;
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		size_t n = p->pack(packed, sizeof(packed), "abc", 3);

		memcpy(packed + n, "garbage", 7);
		assert_int_equal(read_all(packed, n + 7, got, sizeof(got), words), 3);
		assert_memory_equal(words, p->name, 4);
		assert_non_null(strstr(words, ": broken after"));
	}
}

/* A pipe that stays open gives what it has: who watches doesn't wait for 64 KiB. */
static void pipe_gives_what_it_has(void **state)
{
	uint8_t packed[256];
	char got[4];

	(void)state;
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		size_t n = p->pack(packed, sizeof(packed), "abcd", 4);
		struct source *source;
		int ends[2];
		FILE *stream;

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], packed, n), n);
		stream = source_open(fdopen(ends[0], "rb"), &source);
		assert_non_null(stream);
		assert_int_equal(fread(got, 1, 4, stream), 4);
		assert_memory_equal(got, "abcd", 4);
		close(ends[1]);
		assert_int_equal(fread(got, 1, 1, stream), 0);
		assert_true(feof(stream));
		fclose(stream);
	}
}

static FILE *open_unbuffered(void *octets, size_t len, struct source **source)
{
	FILE *stream = source_open(fmemopen(octets, len, "rb"), source);

	assert_non_null(stream);
	setvbuf(stream, NULL, _IONBF, 0);
	return stream;
}

static void what_is_peeked_at_can_be_read(void **state)
{
	uint8_t text[TEXT_LEN], packed[PACKED_MAX], got[TEXT_LEN];
	struct source *source;

	(void)state;
	write_text(text);
	for (const struct packing *p = packings; p < packings + PACKINGS; p++) {
		size_t n = p->pack(packed, sizeof(packed), text, TEXT_LEN);
		FILE *stream = open_unbuffered(packed, n, &source);

		assert_memory_equal(source_peek(source, 2), text, 2);
		assert_memory_equal(source_peek(source, 1000), text, 1000);
		assert_int_equal(fread(got, 1, 10, stream), 10);
		assert_memory_equal(got, text, 10);
		source_skip(source, 90);
		assert_memory_equal(source_peek(source, TEXT_LEN - 100), text + 100,
				    TEXT_LEN - 100);
		assert_null(source_peek(source, TEXT_LEN - 99));
		assert_int_equal(fread(got, 1, TEXT_LEN, stream), TEXT_LEN - 100);
		assert_memory_equal(got, text + 100, TEXT_LEN - 100);
		assert_null(source_peek(source, 1));
		assert_null(source_error(source));
		fclose(stream);
	}
}

/* As the octets in front of it, and all that is there of it. */
static void what_is_wrong_is_told_behind_what_is_peeked_at(void **state)
{
	uint8_t text[TEXT_LEN], packed[PACKED_MAX], got[TEXT_LEN];
	struct source *source;
	FILE *stream;
	size_t n;

	(void)state;
	write_text(text);
	n = gzip(packed, sizeof(packed), text, TEXT_LEN);
	stream = open_unbuffered(packed, n - 1, &source);
	assert_memory_equal(source_peek(source, TEXT_LEN), text, TEXT_LEN);
	assert_null(source_peek(source, TEXT_LEN + 1));
	assert_int_equal(fread(got, 1, TEXT_LEN, stream), TEXT_LEN);
	assert_memory_equal(got, text, TEXT_LEN);
	assert_int_equal(fread(got, 1, 1, stream), 0);
	assert_true(ferror(stream));
	assert_non_null(source_error(source));
	fclose(stream);
}

static void more_than_is_held_at_once_can_only_be_read(void **state)
{
	enum { LEN = 1024 * 1024 };
	char *octets = malloc(LEN), *got = malloc(LEN);
	struct source *source;
	FILE *stream;

	(void)state;
	assert_true(octets && got);
	for (size_t i = 0; i < LEN; i++)
		octets[i] = (char)(i / 7);
	stream = open_unbuffered(octets, LEN, &source);
	assert_non_null(source_peek(source, 1000));
	assert_null(source_peek(source, LEN));
	assert_int_equal(fread(got, 1, LEN, stream), LEN);
	assert_memory_equal(got, octets, LEN);
	fclose(stream);
	free(octets);
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_packing_gives_what_was_packed),
		cmocka_unit_test(octets_that_are_not_packed_stay_as_they_are),
		cmocka_unit_test(members_follow_each_other),
		cmocka_unit_test(every_cut_is_named),
		cmocka_unit_test(any_changed_octet_ends_in_octets_or_words),
		cmocka_unit_test(octets_behind_the_end_are_no_member),
		cmocka_unit_test(pipe_gives_what_it_has),
		cmocka_unit_test(what_is_peeked_at_can_be_read),
		cmocka_unit_test(what_is_wrong_is_told_behind_what_is_peeked_at),
		cmocka_unit_test(more_than_is_held_at_once_can_only_be_read),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
