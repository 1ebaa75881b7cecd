/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON objects into structs, by tables that say what members there are. Every
 * mistake is told with its file and what it is a mistake of, not just the
 * first.
 */
#ifndef REPORTS_READER_H
#define REPORTS_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum member_kind {
	MEMBER_TEXT,  /* const char * */
	MEMBER_WORD,  /* const char *, one of `words` */
	MEMBER_LINES, /* two int: first, last */
	MEMBER_LIST,  /* const char *const *, and a size_t behind it */
	MEMBER_ROWS,  /* an array; for its reader */
};

#define NOT_STORED SIZE_MAX

struct member {
	const char *name; /* NULL ends a table */
	enum member_kind kind;
	bool required;
	size_t offset; /* in the struct, or NOT_STORED */
	const char *const *words; /* MEMBER_WORD: ends with NULL */
};

struct block;

struct reader {
	void (*errors)(void *ctx, const char *text);
	void *ctx;
	const char *file;   /* being read */
	char subject[256];  /* "rule rfc6316/6.6/unconnected"; "": the file itself */
	bool mistaken;      /* there was a mistake */
	bool no_memory;
	struct block *blocks; /* what reader_keep gave; owned */
};

/* "FILE: SUBJECT: what is wrong" */
void reader_mistake(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void reader_subject(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * An object into the struct that `members` describes. Strings are borrowed
 * from the object, lists are kept by the reader. false: it had mistakes, and
 * the struct is not to be used.
 */
bool reader_object(struct reader *r, void *out, const struct member *members, json_t *object);

/* Zeroed memory, or a copy of a text, until reader_blocks_free; without
 * memory NULL or "", and `no_memory`. */
void *reader_keep(struct reader *r, size_t size);
const char *reader_keep_text(struct reader *r, const char *text);
void reader_blocks_free(struct block *blocks);

/* Where a word stands in a list that ends with NULL; at the NULL if it isn't there. */
size_t word_index(const char *const *words, const char *word);

#endif
