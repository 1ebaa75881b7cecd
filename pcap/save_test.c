/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written is read again: by our reader, and octets by hand. */
#include "pcap/save.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/test_octets.h"

/* A pcap file, nanoseconds, of that link type (in hexadecimal), with two frames. */
#define FILE_OF(link) \
	"a1b23c4d 0002 0004 00000000 00000000 00040000" link \
	"6553f100 075bcd15 00000004 00000004 01020304" \
	"ffffffff 3b9ac9ff 00000003 00010000 aabbcc"

static const char *const links[] = {
	"00000000", "00000001", "00000065", "0000006c", "00000071", "000000e4", "000000e5",
	"00000114",
};

static char path[] = "/tmp/save_test.XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void open_hex(struct capture *c, const char *hex)
{
	struct octets file = octets_of(hex);
	FILE *copy = tmpfile();

	assert_non_null(copy);
	assert_int_equal(fwrite(file.data, 1, file.len, copy), file.len);
	rewind(copy);
	octets_free(&file);
	assert_int_equal(capture_open_stream(c, copy, "sample.pcap"), 0);
}

static void write_all(struct capture *from, const char *comment)
{
	struct capture_writer w;
	struct captured got;

	assert_int_equal(capture_write_open(&w, path, from), 0);
	while (capture_next(from, &got) == 1)
		assert_int_equal(capture_write_packet(&w, &got, comment), 0);
	assert_int_equal(capture_write_close(&w), 0);
}

static void every_link_type_comes_back_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		char hex[256];
		struct captured first, again;
		struct capture from, back;

		snprintf(hex, sizeof(hex), FILE_OF("%s"), links[i]);
		open_hex(&from, hex);
		write_all(&from, NULL);
		capture_close(&from);

		open_hex(&from, hex);
		assert_int_equal(capture_open(&back, path), 0);
		for (int n = 0; n < 2; n++) {
			assert_int_equal(capture_next(&from, &first), 1);
			assert_int_equal(capture_next(&back, &again), 1);
			assert_true(first.usec == again.usec && first.nsec == again.nsec);
			assert_int_equal(first.link_type, again.link_type);
			assert_int_equal(first.wire_len, again.wire_len);
			assert_int_equal(first.len, again.len);
			assert_memory_equal(first.frame, again.frame, first.len);
		}
		assert_int_equal(capture_next(&back, &again), 0);
		capture_close(&from);
		capture_close(&back);
	}
}

static void octets_are_those_of_the_draft(void **state)
{
	char octets[512];
	struct capture from;
	FILE *file;
	size_t len;

	(void)state;
	open_hex(&from, FILE_OF("00000071"));
	write_all(&from, "why");
	capture_close(&from);
	file = fopen(path, "rb");
	assert_non_null(file);
	len = fread(octets, 1, sizeof(octets), file);
	fclose(file);
	assert_octets_equal(octets, len,
		"0a0d0d0a 00000030 1a2b3c4d 0001 0000 ffffffffffffffff"
		"0004 0009 7368696d70726f6f66 000000 00000000 00000030"
		"00000001 00000020 0071 0000 00040000 0009 0001 09 000000 00000000 00000020"
		"00000006 00000030 00000000 1797 9cfe 3d85 cd15 00000004 00000004 01020304"
		"0001 0003 776879 00 00000000 00000030"
		"00000006 00000030 00000000 3b9a c9ff ffff ffff 00000003 00010000 aabbcc 00"
		"0001 0003 776879 00 00000000 00000030");
}

static void file_that_cannot_be_written_is_named(void **state)
{
	struct capture_writer w;
	struct captured got;
	struct capture from;

	(void)state;
	open_hex(&from, FILE_OF("00000001"));
	assert_int_equal(capture_write_open(&w, "/nonexistent/foo", &from), -ENOENT);
	assert_string_equal(w.error, "/nonexistent/foo: No such file or directory");
	assert_int_equal(capture_write_open(&w, "/dev/full", &from), 0);
	assert_int_equal(capture_next(&from, &got), 1);
	assert_int_equal(capture_write_packet(&w, &got, NULL), 0);
	assert_int_equal(capture_write_flush(&w), -ENOSPC);
	assert_string_equal(w.error, "/dev/full: No space left on device");
	capture_write_close(&w);
	assert_int_equal(capture_write_open(&w, "/dev/full", &from), 0);
	assert_int_equal(capture_write_close(&w), -ENOSPC);
	assert_string_equal(w.error, "/dev/full: No space left on device");
	capture_close(&from);
}

static void hyphen_is_standard_output_and_leaves_it_open(void **state)
{
	int saved = dup(STDOUT_FILENO), ends[2];
	struct capture_writer w;
	struct capture from;
	char got[128];

	(void)state;
	open_hex(&from, FILE_OF("00000001"));
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	assert_int_equal(capture_write_open(&w, "-", &from), 0);
	assert_int_equal(capture_write_close(&w), 0);
	assert_int_equal(write(STDOUT_FILENO, "x", 1), 1);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(read(ends[0], got, sizeof(got)), 48 + 32 + 1);
	close(ends[0]);
	capture_close(&from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_type_comes_back_as_it_was),
		cmocka_unit_test(octets_are_those_of_the_draft),
		cmocka_unit_test(file_that_cannot_be_written_is_named),
		cmocka_unit_test(hyphen_is_standard_output_and_leaves_it_open),
	};

	return cmocka_run_group_tests_name("save", tests, setup, teardown);
}
