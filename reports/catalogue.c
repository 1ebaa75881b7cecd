/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The catalogues, from JSON. Two tables below say what a rule and a reading
 * consist of, as specs/catalogue.schema.json and specs/readings.schema.json
 * do; every mistake in a file is told, not just the first.
 */
#include "reports/catalogue.h"

#include "reports/files.h"
#include "reports/reader.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const rule_level_name[] = {
	[LEVEL_MUST] = "MUST",
	[LEVEL_SHOULD] = "SHOULD",
	[LEVEL_MAY] = "MAY",
	[LEVEL_DEFINED] = "defined",
	NULL,
};

static const char *const level_sources[] = { "keyword", "wording", NULL };
static const char *const subjects[] = { "shim", "application", NULL };
static const char *const profiles[] = { "any", "shim6", "hip", NULL };
static const char *const observes[] = { "api", "wire", "both", NULL };
static const char *const testabilities[] = { "tested", "no-case-yet", "untestable",
					     "no-test-needed", NULL };
static const char *const verdicts[] = { "STRICT", "ACCEPT", "ACCEPT-BOTH", "CONFIGURABLE",
					"NOT-GRADED", NULL };

/* A rule as it is written, where words still stand for what struct rule has as
 * enum and flags. */
struct rule_row {
	struct rule rule;
	const char *level, *level_source;
};

#define RULE(m)    offsetof(struct rule_row, rule.m)
#define WRITTEN(m) offsetof(struct rule_row, m)
#define READING(m) offsetof(struct reading, m)
#define HEAD(m)    offsetof(struct head, m)

static const struct member rule_members[] = {
	{ "id",           MEMBER_TEXT,  true,  RULE(id),              NULL },
	{ "section",      MEMBER_TEXT,  true,  RULE(section),         NULL },
	{ "lines",        MEMBER_LINES, true,  RULE(first_line),      NULL },
	{ "level",        MEMBER_WORD,  true,  WRITTEN(level),        rule_level_name },
	{ "level_source", MEMBER_WORD,  true,  WRITTEN(level_source), level_sources },
	{ "subject",      MEMBER_WORD,  true,  RULE(subject),         subjects },
	{ "statement",    MEMBER_TEXT,  true,  RULE(statement),       NULL },
	{ "profile",      MEMBER_WORD,  true,  RULE(profile),         profiles },
	{ "applies_if",   MEMBER_TEXT,  false, RULE(applies_if),      NULL },
	{ "observe",      MEMBER_WORD,  true,  RULE(observe),         observes },
	{ "testability",  MEMBER_WORD,  true,  RULE(testability),     testabilities },
	{ "reason",       MEMBER_TEXT,  false, RULE(reason),          NULL },
	{ "readings",     MEMBER_LIST,  false, RULE(readings),        NULL },
	{ .name = NULL },
};

static const struct member reading_members[] = {
	{ "id",             MEMBER_TEXT, true,  READING(id),             NULL },
	{ "subject",        MEMBER_TEXT, true,  READING(subject),        NULL },
	{ "sections",       MEMBER_LIST, true,  READING(sections),       NULL },
	{ "where",          MEMBER_TEXT, false, READING(where),          NULL },
	{ "problem",        MEMBER_TEXT, true,  READING(problem),        NULL },
	{ "verdict",        MEMBER_WORD, true,  READING(verdict),        verdicts },
	{ "verdict_note",   MEMBER_TEXT, false, READING(verdict_note),   NULL },
	{ "outcomes",       MEMBER_LIST, false, READING(outcomes),       NULL },
	{ "interpretation", MEMBER_TEXT, true,  READING(interpretation), NULL },
	{ "why",            MEMBER_TEXT, true,  READING(why),            NULL },
	{ "uncited",        MEMBER_TEXT, false, READING(uncited),        NULL },
	{ .name = NULL },
};

/* What a file says of itself. */
struct head {
	const char *document, *url, *text_sha256;
};

static const struct member catalogue_members[] = {
	{ "$schema",     MEMBER_TEXT, false, NOT_STORED,        NULL },
	{ "document",    MEMBER_TEXT, true,  HEAD(document),    NULL },
	{ "title",       MEMBER_TEXT, true,  NOT_STORED,        NULL },
	{ "url",         MEMBER_TEXT, true,  HEAD(url),         NULL },
	{ "text_sha256", MEMBER_TEXT, false, HEAD(text_sha256), NULL },
	{ "scope",       MEMBER_TEXT, false, NOT_STORED,        NULL },
	{ "rules",       MEMBER_ROWS, true,  NOT_STORED,        NULL },
	{ .name = NULL },
};

static const struct member readings_members[] = {
	{ "$schema",  MEMBER_TEXT, false, NOT_STORED,     NULL },
	{ "document", MEMBER_TEXT, true,  HEAD(document), NULL },
	{ "readings", MEMBER_ROWS, true,  NOT_STORED,     NULL },
	{ .name = NULL },
};

/* What the strings of a catalogue live in. */
struct memory {
	json_t *roots; /* array: every file, parsed */
	struct block *blocks;
};

struct loader {
	struct reader reader;
	struct catalogue *out;
	json_t *roots; /* array; owned */
};

/* --- rules and readings ----------------------------------------------------- */

/* "rfc6316/6.6/" for RFC 6316, section 6.6: what the id of its rules begins with. */
static void id_prefix(char *out, size_t size, const struct rule *r)
{
	size_t len = 0;

	for (const char *p = r->document; *p && len + 1 < size; p++)
		if (*p != ' ')
			out[len++] = (char)tolower((unsigned char)*p);
	snprintf(out + len, size - len, "/%s/", r->section);
}

static bool is_slug(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-.")];
}

static void check_rule(struct reader *reader, const struct catalogue *c, const struct rule *r)
{
	const struct rule *same = catalogue_rule(c, r->id);
	char prefix[128];

	id_prefix(prefix, sizeof(prefix), r);
	if (strncmp(r->id, prefix, strlen(prefix)) || !is_slug(r->id + strlen(prefix)))
		reader_mistake(reader, "the id must be %s and a slug of a-z, 0-9, - and .", prefix);
	if (!r->testable && !r->reason)
		reader_mistake(reader, "it is %s, so \"reason\" must say why", r->testability);
	if (r->testable && r->reason)
		reader_mistake(reader, "it is tested, so there is no \"reason\" to give");
	if (same)
		reader_mistake(reader, "the id is taken already, in %s", same->file);
}

static void read_rule(struct loader *l, json_t *object, const struct head *head)
{
	struct rule_row row = {
		.rule = {
			.document = head->document,
			.url = head->url,
			.text_sha256 = head->text_sha256,
		},
	};
	struct rule *r = &row.rule;

	if (!reader_object(&l->reader, &row, rule_members, object))
		return;
	r->level = word_index(rule_level_name, row.level);
	r->from_keyword = !strcmp(row.level_source, "keyword");
	r->testable = !strcmp(r->testability, "tested");
	r->file = l->reader.file;
	check_rule(&l->reader, l->out, r);
	l->out->rules[l->out->rule_count++] = *r;
}

/* Even one with mistakes is kept while loading, so that rules which name it
 * are not blamed for them. */
static void read_reading(struct loader *l, json_t *object, const struct head *head)
{
	struct reading r = { .document = head->document, .file = l->reader.file };

	reader_object(&l->reader, &r, reading_members, object);
	if (!r.id)
		return;
	if (catalogue_reading(l->out, r.id))
		reader_mistake(&l->reader, "the id is taken already, in %s",
			       catalogue_reading(l->out, r.id)->file);
	l->out->readings[l->out->reading_count++] = r;
}

static void check_references(struct loader *l)
{
	for (size_t i = 0; i < l->out->rule_count; i++) {
		const struct rule *r = &l->out->rules[i];

		l->reader.file = r->file;
		reader_subject(&l->reader, "rule %s", r->id);
		for (size_t j = 0; j < r->reading_count; j++)
			if (!catalogue_reading(l->out, r->readings[j]))
				reader_mistake(&l->reader, "reading %s is in no readings-*.json",
					       r->readings[j]);
	}
}

/* --- files ------------------------------------------------------------------ */

/* The two kinds of file, and how their rows are read. */
static const struct file_kind {
	const char *glob;
	bool required;
	const struct member *members;
	const char *rows; /* member with the array */
	const char *row;  /* what one is called */
	void (*read)(struct loader *l, json_t *object, const struct head *head);
} file_kinds[] = {
	{ "rfc*.json", true, catalogue_members, "rules", "rule", read_rule },
	{ "readings-*.json", false, readings_members, "readings", "reading", read_reading },
};

/* So many more rules or readings will fit. */
static bool make_room(struct catalogue *c, size_t more)
{
	struct rule *rules = realloc(c->rules, (c->rule_count + more + 1) * sizeof(*rules));
	struct reading *readings =
		realloc(c->readings, (c->reading_count + more + 1) * sizeof(*readings));

	if (rules)
		c->rules = rules;
	if (readings)
		c->readings = readings;
	return rules && readings;
}

static void read_rows(struct loader *l, const struct file_kind *kind, json_t *root)
{
	json_t *rows = json_object_get(root, kind->rows), *row;
	struct head head = { 0 };
	size_t i;

	reader_object(&l->reader, &head, kind->members, root);
	if (!head.document)
		return; /* ids can't be checked without */
	if (!make_room(l->out, json_array_size(rows))) {
		l->reader.no_memory = true;
		return;
	}
	json_array_foreach(rows, i, row) {
		const char *id = json_string_value(json_object_get(row, "id"));

		if (id)
			reader_subject(&l->reader, "%s %s", kind->row, id);
		else
			reader_subject(&l->reader, "%s[%zu]", kind->rows, i);
		kind->read(l, row, &head);
	}
}

static void read_file(struct loader *l, const struct file_kind *kind, const struct file *file)
{
	json_error_t error;
	json_t *root = json_loadb(file->octets, file->len, JSON_REJECT_DUPLICATES, &error);

	l->reader.file = reader_keep_text(&l->reader, file->path);
	reader_subject(&l->reader, "%s", "");
	if (!root) {
		reader_subject(&l->reader, "line %d, column %d", error.line, error.column);
		reader_mistake(&l->reader, "%s", error.text);
	} else if (json_array_append_new(l->roots, root)) {
		l->reader.no_memory = true;
	} else {
		read_rows(l, kind, root);
	}
}

/* 0, or why the files could not be read at all. */
static int read_files(struct loader *l, struct files *files, const char *folder)
{
	for (size_t k = 0; k < sizeof(file_kinds) / sizeof(*file_kinds); k++) {
		const struct file_kind *kind = &file_kinds[k];
		size_t first = files->count;
		int err = files_read(files, folder, kind->glob);

		if (err == -ENOENT && !kind->required)
			continue;
		if (err) {
			l->reader.file = folder;
			reader_mistake(&l->reader, "%s: %s", kind->glob, strerror(-err));
			return err;
		}
		for (size_t i = first; i < files->count; i++)
			read_file(l, kind, &files->files[i]);
	}
	return 0;
}

static int load(struct loader *l, const char *folder)
{
	struct files files = { 0 };
	int err = read_files(l, &files, folder);

	if (!err) {
		check_references(l);
		err = files_digest(&files, &l->out->digest);
	}
	files_free(&files);
	if (err)
		return err;
	if (l->reader.no_memory)
		return -ENOMEM;
	return l->reader.mistaken ? -EINVAL : 0;
}

int catalogue_load(struct catalogue *out, const char *folder,
		   void (*errors)(void *ctx, const char *text), void *ctx)
{
	struct memory *memory = calloc(1, sizeof(*memory));
	struct catalogue c = { .memory = memory };
	struct loader l = {
		.reader = { .errors = errors, .ctx = ctx },
		.out = &c,
		.roots = json_array(),
	};
	int err = -ENOMEM;

	if (memory && l.roots)
		err = load(&l, folder);
	if (memory)
		*memory = (struct memory){ .roots = l.roots, .blocks = l.reader.blocks };
	if (err) {
		catalogue_free(&c);
		return err;
	}
	*out = c;
	return 0;
}

void catalogue_free(struct catalogue *c)
{
	struct memory *memory = c->memory;

	if (memory) {
		json_decref(memory->roots);
		reader_blocks_free(memory->blocks);
		free(memory);
	}
	free(c->rules);
	free(c->readings);
	free(c->digest);
	*c = (struct catalogue){ 0 };
}

const struct rule *catalogue_rule(const struct catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->rule_count; i++)
		if (!strcmp(c->rules[i].id, id))
			return &c->rules[i];
	return NULL;
}

const struct reading *catalogue_reading(const struct catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->reading_count; i++)
		if (!strcmp(c->readings[i].id, id))
			return &c->readings[i];
	return NULL;
}

bool rule_applies(const struct rule *r, const char *profile)
{
	return !profile || !r->profile || !strcmp(r->profile, "any") ||
	       !strcmp(r->profile, profile);
}
