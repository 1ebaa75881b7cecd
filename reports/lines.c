/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of documents, from JSON, by tables as specs/lines.schema.json has them. */
#include "reports/lines.h"

#include "reports/files.h"
#include "reports/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const reasons[] = { "layout", "heading", "introduction", "convention",
				       "rationale", "example", "illustration", "reference",
				       "scope", "acknowledgments", NULL };

static const char *const keywords[] = { "MUST", "MUST NOT", "REQUIRED", "SHALL", "SHALL NOT",
					"SHOULD", "SHOULD NOT", "RECOMMENDED", "MAY", "OPTIONAL",
					NULL };

static const enum rule_level levels[] = { LEVEL_MUST, LEVEL_MUST, LEVEL_MUST, LEVEL_MUST,
					  LEVEL_MUST, LEVEL_SHOULD, LEVEL_SHOULD, LEVEL_SHOULD,
					  LEVEL_MAY, LEVEL_MAY };

enum rule_level level_of_keyword(const char *word)
{
	return levels[word_index(keywords, word)];
}

static const struct member text_members[] = {
	{ "$schema",      MEMBER_TEXT, false, NOT_STORED,                      NULL },
	{ "document",     MEMBER_TEXT, true,  offsetof(struct text, document), NULL },
	{ "text_sha256",  MEMBER_TEXT, true,  offsetof(struct text, sha256),   NULL },
	{ "sections",     MEMBER_ROWS, true,  NOT_STORED,                      NULL },
	{ "without_rule", MEMBER_ROWS, true,  NOT_STORED,                      NULL },
	{ "keywords",     MEMBER_ROWS, true,  NOT_STORED,                      NULL },
	{ .name = NULL },
};

#define LINES { "lines", MEMBER_LINES, true, offsetof(struct span, first), NULL }
#define WORD  offsetof(struct span, word)

static const struct member section_members[] = {
	{ "section", MEMBER_TEXT, true, WORD, NULL },
	LINES,
	{ .name = NULL },
};

static const struct member without_rule_members[] = {
	LINES,
	{ "why", MEMBER_WORD, true, WORD, reasons },
	{ .name = NULL },
};

static const struct member keyword_members[] = {
	LINES,
	{ "word", MEMBER_WORD, true, WORD, keywords },
	{ .name = NULL },
};

/* How the first line of a row lies to the row before it. */
enum order {
	RIGHT_BEHIND, /* without gaps */
	BEHIND,       /* disjoint */
	NOT_IN_FRONT, /* the same line may have two */
};

static const struct list {
	const char *name;
	size_t spans; /* in struct text */
	const struct member *members;
	enum order order;
} lists[] = {
	{ "sections", offsetof(struct text, sections), section_members, RIGHT_BEHIND },
	{ "without_rule", offsetof(struct text, without_rule), without_rule_members, BEHIND },
	{ "keywords", offsetof(struct text, keywords), keyword_members, NOT_IN_FRONT },
};

struct memory {
	json_t *roots; /* array: every file, parsed */
	struct block *blocks;
};

static void check_order(struct reader *reader, enum order order, const struct span *row)
{
	const struct span *before = row - 1;

	switch (order) {
	case RIGHT_BEHIND:
		if (row->first != before->last + 1)
			reader_mistake(reader, "begins at line %d, though what is before it ends "
				       "at line %d", row->first, before->last);
		break;
	case BEHIND:
		if (row->first <= before->last)
			reader_mistake(reader, "line %d is not behind line %d, where what is before "
				       "it ends", row->first, before->last);
		break;
	case NOT_IN_FRONT:
		if (row->first < before->first)
			reader_mistake(reader, "line %d is in front of line %d, which is before it",
				       row->first, before->first);
		break;
	}
}

static void read_list(struct reader *reader, const struct list *list, struct spans *out,
		      json_t *array)
{
	json_t *object;
	size_t i;

	out->rows = reader_keep(reader, (json_array_size(array) + 1) * sizeof(*out->rows));
	if (!out->rows)
		return;
	json_array_foreach(array, i, object) {
		reader_subject(reader, "%s[%zu]", list->name, i);
		if (!reader_object(reader, &out->rows[out->count], list->members, object))
			continue;
		if (out->count)
			check_order(reader, list->order, &out->rows[out->count]);
		out->count++;
	}
}

static void read_text(struct reader *reader, struct text *text, const struct file *file,
		      json_t *roots)
{
	json_error_t error;
	json_t *root = json_loadb(file->octets, file->len, JSON_REJECT_DUPLICATES, &error);

	reader->file = text->file = reader_keep_text(reader, file->path);
	reader_subject(reader, "%s", "");
	if (!root) {
		reader_subject(reader, "line %d, column %d", error.line, error.column);
		reader_mistake(reader, "%s", error.text);
	} else if (json_array_append_new(roots, root)) {
		reader->no_memory = true;
	} else if (reader_object(reader, text, text_members, root)) {
		for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
			read_list(reader, &lists[i],
				  (struct spans *)((char *)text + lists[i].spans),
				  json_object_get(root, lists[i].name));
	}
}

int texts_load(struct texts *out, const char *folder, void (*errors)(void *ctx, const char *text),
	       void *ctx)
{
	struct memory *memory = calloc(1, sizeof(*memory));
	struct texts t = { .memory = memory };
	struct reader reader = { .errors = errors, .ctx = ctx };
	struct files files = { 0 };
	int err = files_read(&files, folder, "lines-*.json");

	if (err == -ENOENT)
		err = 0;
	t.texts = calloc(files.count + 1, sizeof(*t.texts));
	if (!err && memory && t.texts && (memory->roots = json_array())) {
		for (size_t i = 0; i < files.count; i++)
			read_text(&reader, &t.texts[t.count++], &files.files[i], memory->roots);
		memory->blocks = reader.blocks;
	} else if (!err) {
		err = -ENOMEM;
	}
	files_free(&files);
	if (!err && reader.no_memory)
		err = -ENOMEM;
	if (!err && reader.mistaken)
		err = -EINVAL;
	if (err)
		texts_free(&t);
	else
		*out = t;
	return err;
}

void texts_free(struct texts *t)
{
	struct memory *memory = t->memory;

	if (memory) {
		json_decref(memory->roots);
		reader_blocks_free(memory->blocks);
		free(memory);
	}
	free(t->texts);
	*t = (struct texts){ 0 };
}
