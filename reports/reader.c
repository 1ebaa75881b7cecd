/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON objects into structs, by tables that say what members there are. */
#include "reports/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
	struct block *next;
	max_align_t octets[];
};

void reader_mistake(struct reader *r, const char *format, ...)
{
	char what[768], text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(text, sizeof(text), "%s: %s%s%s", r->file, r->subject, *r->subject ? ": " : "",
		 what);
	r->errors(r->ctx, text);
	r->mistaken = true;
}

void reader_subject(struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->subject, sizeof(r->subject), format, args);
	va_end(args);
}

void *reader_keep(struct reader *r, size_t size)
{
	struct block *b = calloc(1, sizeof(*b) + size);

	if (!b) {
		r->no_memory = true;
		return NULL;
	}
	b->next = r->blocks;
	r->blocks = b;
	return b->octets;
}

const char *reader_keep_text(struct reader *r, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = reader_keep(r, size);

	return copy ? memcpy(copy, text, size) : "";
}

void reader_blocks_free(struct block *blocks)
{
	while (blocks) {
		struct block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

size_t word_index(const char *const *words, const char *word)
{
	size_t i = 0;

	while (words[i] && strcmp(words[i], word))
		i++;
	return i;
}

/* "MUST, SHOULD or MAY" */
static void list_words(char *out, size_t size, const char *const *words)
{
	size_t len = 0;

	for (size_t i = 0; words[i] && len < size; i++) {
		const char *glue = !i ? "" : words[i + 1] ? ", " : " or ";

		len += (size_t)snprintf(out + len, size - len, "%s%s", glue, words[i]);
	}
}

static bool word_ok(const char *const *words, const json_t *value)
{
	return json_is_string(value) && words[word_index(words, json_string_value(value))];
}

static bool lines_ok(const json_t *value)
{
	json_int_t first = json_integer_value(json_array_get(value, 0));
	json_int_t last = json_integer_value(json_array_get(value, 1));

	return json_array_size(value) == 2 && first >= 1 && last >= first && last <= INT32_MAX;
}

static bool texts_ok(const json_t *value)
{
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
		if (!json_string_length(item))
			return false;
	return json_is_array(value);
}

/* What is wrong with a value, as a sentence without its subject; "" if nothing. */
static void find_fault(char *fault, size_t size, const struct member *m, const json_t *value)
{
	char words[128] = "";

	*fault = '\0';
	switch (m->kind) {
	case MEMBER_TEXT:
		if (!json_string_length(value))
			snprintf(fault, size, "must be text");
		break;
	case MEMBER_WORD:
		if (word_ok(m->words, value))
			break;
		list_words(words, sizeof(words), m->words);
		snprintf(fault, size, "must be %s", words);
		break;
	case MEMBER_LINES:
		if (!lines_ok(value))
			snprintf(fault, size, "must be [first, last], lines from 1 on");
		break;
	case MEMBER_LIST:
		if (!texts_ok(value))
			snprintf(fault, size, "must be a list of texts");
		break;
	case MEMBER_ROWS:
		if (!json_is_array(value))
			snprintf(fault, size, "must be an array");
		break;
	}
}

static void store_list(struct reader *r, char *to, const json_t *value)
{
	size_t count = json_array_size(value);
	const char **list = reader_keep(r, (count + 1) * sizeof(*list));

	for (size_t i = 0; list && i < count; i++)
		list[i] = json_string_value(json_array_get(value, i));
	memcpy(to, &list, sizeof(list));
	if (list)
		memcpy(to + sizeof(list), &count, sizeof(count));
}

static void store(struct reader *r, void *out, const struct member *m, const json_t *value)
{
	char *to = (char *)out + m->offset;
	const char *text = json_string_value(value);
	int lines[2] = { (int)json_integer_value(json_array_get(value, 0)),
			 (int)json_integer_value(json_array_get(value, 1)) };

	switch (m->kind) {
	case MEMBER_TEXT:
	case MEMBER_WORD:
		memcpy(to, &text, sizeof(text));
		break;
	case MEMBER_LINES:
		memcpy(to, lines, sizeof(lines));
		break;
	case MEMBER_LIST:
		store_list(r, to, value);
		break;
	case MEMBER_ROWS:
		break;
	}
}

static void refuse_unknown_members(struct reader *r, const struct member *members, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		const struct member *m = members;

		while (m->name && strcmp(m->name, key))
			m++;
		if (!m->name)
			reader_mistake(r, "member \"%s\" is not known", key);
	}
}

bool reader_object(struct reader *r, void *out, const struct member *members, json_t *object)
{
	bool before = r->mistaken;
	char fault[192];

	r->mistaken = false;
	if (!json_is_object(object))
		reader_mistake(r, "must be an object");
	for (const struct member *m = members; json_is_object(object) && m->name; m++) {
		json_t *value = json_object_get(object, m->name);

		if (!value) {
			if (m->required)
				reader_mistake(r, "member \"%s\" is missing", m->name);
			continue;
		}
		find_fault(fault, sizeof(fault), m, value);
		if (*fault)
			reader_mistake(r, "\"%s\" %s", m->name, fault);
		else if (m->offset != NOT_STORED)
			store(r, out, m, value);
	}
	refuse_unknown_members(r, members, object);

	bool fine = !r->mistaken;

	r->mistaken |= before;
	return fine;
}

