/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Octets for tests, written in hexadecimal as in the figures. Each run lives
 * in a block of exactly its size, so that the sanitizers see any read or write
 * beyond it. Include after <cmocka.h>.
 */
#ifndef WIRE_TEST_OCTETS_H
#define WIRE_TEST_OCTETS_H

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct octets {
	uint8_t *data; /* owned; octets_free() */
	size_t len;
};

static inline struct octets octets_copy(const void *data, size_t len)
{
	struct octets o = { .data = malloc(len ? len : 1), .len = len };

	assert_non_null(o.data);
	if (len)
		memcpy(o.data, data, len);
	return o;
}

/* Pairs of digits; blanks don't count. */
static inline struct octets octets_of(const char *hex)
{
	struct octets o = octets_copy(hex, strlen(hex));
	unsigned octet;
	int used;

	for (o.len = 0; hex += strspn(hex, " "), *hex; hex += used) {
		assert_int_equal(sscanf(hex, "%2x%n", &octet, &used), 1);
		assert_int_equal(used, 2);
		o.data[o.len++] = (uint8_t)octet;
	}
	o.data = realloc(o.data, o.len ? o.len : 1);
	assert_non_null(o.data);
	return o;
}

static inline void octets_free(struct octets *o)
{
	free(o->data);
	*o = (struct octets){ 0 };
}

static inline void assert_octets_equal(const void *data, size_t len, const char *hex)
{
	struct octets expected = octets_of(hex);

	assert_int_equal(len, expected.len);
	assert_memory_equal(data, expected.data, len);
	octets_free(&expected);
}

static inline struct in6_addr addr_of(const char *text)
{
	struct in6_addr addr;

	assert_int_equal(inet_pton(AF_INET6, text, &addr), 1);
	return addr;
}

#endif
