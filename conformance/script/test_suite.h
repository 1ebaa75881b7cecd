/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case files as strings, for tests. Include after <cmocka.h>. The file is
 * always called t.case; what is told about it is collected as text.
 */
#ifndef SCRIPT_TEST_SUITE_H
#define SCRIPT_TEST_SUITE_H

#include "conformance/script/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Three lines, so events start in line 4 and bodies have a socket and its tags. */
#define HEAD "case t \"t\"\nrules a/b\n0 s = open(udp, context)\n"

struct told {
	char text[32 * 1024];
	size_t count;
};

static inline void tell(void *ctx, const char *text)
{
	struct told *told = ctx;

	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_true(strlen(told->text) + strlen(text) < sizeof(told->text));
	strcat(told->text, text);
	told->count++;
}

/* The texts live in blocks of exactly their size, for the sanitizers. */
static inline int load_text(struct suite *out, struct told *told, const char *text, size_t len)
{
	char *copy = malloc(len + 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy[len] = '\0';
	told->text[0] = '\0';
	told->count = 0;
	r = suite_load_text(out, "t.case", copy, len, 0, tell, told);
	free(copy);
	return r;
}

/* A suite without mistakes; suite_free(). */
static inline struct suite loaded(const char *text)
{
	struct suite suite = { 0 };
	struct told told;
	int r = load_text(&suite, &told, text, strlen(text));

	assert_string_equal(told.text, "");
	assert_int_equal(r, 0);
	return suite;
}

/* The n-th event of the first case. */
static inline const struct event *event_at(const struct suite *suite, size_t n)
{
	assert_true(suite->count > 0 && n < suite->scenarios[0].event_count);
	return &suite->scenarios[0].events[n];
}

static inline void assert_place(struct place p, int line, int column, int width)
{
	assert_string_equal(p.file, "t.case");
	assert_int_equal(p.line, line);
	assert_int_equal(p.column, column);
	assert_int_equal(p.width, width);
}

static inline void assert_octets(const struct value *v, const void *octets, size_t len)
{
	assert_non_null(v);
	assert_int_equal(v->kind, VALUE_OCTETS);
	assert_int_equal(v->len, len);
	assert_memory_equal(v->octets, octets, len);
}

static inline void assert_number(const struct value *v, int64_t number)
{
	assert_non_null(v);
	assert_int_equal(v->kind, VALUE_NUMBER);
	assert_int_equal(v->number, number);
}

static inline void assert_symbol(const struct value *v, const char *name)
{
	assert_non_null(v);
	assert_int_equal(v->kind, VALUE_SYMBOLS);
	assert_string_equal(v->symbols[0]->name, name);
	assert_null(v->symbols[1]);
}

static inline void assert_locator(struct locator_name l, char who, unsigned index)
{
	assert_int_equal(l.who, who);
	assert_int_equal(l.index, index);
}

static inline void assert_sockaddr(const struct value *v, char who, unsigned index, int64_t port)
{
	assert_non_null(v);
	assert_int_equal(v->kind, VALUE_SOCKADDR);
	assert_locator(v->locator, who, index);
	assert_number(v->port, port);
}

/* A struct's member by name. */
static inline const struct value *member_of(const struct value *v, const char *name)
{
	assert_int_equal(v->kind, VALUE_STRUCT);
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->members[i]->name, name) == 0)
			return v->items[i];
	return NULL;
}

#endif
