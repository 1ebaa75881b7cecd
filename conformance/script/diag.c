/* SPDX-License-Identifier: BSD-2-Clause */
/* Mistakes in case files: collected, sorted and told with the source line. */
#include "conformance/script/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mistake {
	struct place where;
	size_t order; /* of the file */
	const char *message;
	struct mistake *next;
};

void diag_init(struct diag *d, struct arena *a)
{
	*d = (struct diag){ .arena = a, .last = &d->first, .sources_end = &d->sources };
}

void diag_source(struct diag *d, struct source *source)
{
	*d->sources_end = source;
	d->sources_end = &source->next;
}

void diag_report(struct diag *d, struct place where, const char *format, ...)
{
	struct mistake *m = ARENA_NEW(d->arena, struct mistake);
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	m->where = where;
	m->message = arena_copy(d->arena, message, strlen(message));
	d->count++;
	*d->last = m;
	d->last = &m->next;
}

static const struct source *source_of(const struct diag *d, const char *file, size_t *order)
{
	const struct source *s = d->sources;

	*order = 0;
	while (s && s->name != file) {
		s = s->next;
		++*order;
	}
	return s;
}

static int by_place(const void *a, const void *b)
{
	const struct mistake *x = *(const struct mistake *const *)a;
	const struct mistake *y = *(const struct mistake *const *)b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->where.line != y->where.line)
		return x->where.line < y->where.line ? -1 : 1;
	if (x->where.column != y->where.column)
		return x->where.column < y->where.column ? -1 : 1;
	return strcmp(x->message, y->message);
}

/* Every row of a case says again what is wrong with its body. */
static bool same(const struct mistake *a, const struct mistake *b)
{
	return a->where.file == b->where.file && a->where.line == b->where.line &&
	       a->where.column == b->where.column && strcmp(a->message, b->message) == 0;
}

static const char *line_of(const struct source *s, int line, size_t *len)
{
	const char *at = s->text, *end = s->text + s->len, *newline;

	while (--line > 0 && (newline = memchr(at, '\n', (size_t)(end - at))))
		at = newline + 1;
	newline = memchr(at, '\n', (size_t)(end - at));
	*len = (size_t)((newline ? newline : end) - at);
	while (*len > 0 && at[*len - 1] == '\r')
		--*len;
	return at;
}

/* A column is a character, so the octets 10xxxxxx of UTF-8 don't count. */
static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* The line below the source line. Tabs stay tabs, so that the caret stands
 * right however wide they are shown. */
static char *caret(struct arena *a, const char *line, size_t len, const struct place *where)
{
	char *out = arena_alloc(a, len + (size_t)where->column + 3), *at = out;
	int column = 1, end = where->column + (where->width > 1 ? where->width : 1);
	size_t i = 0;

	for (; i < len && column < where->column; i++)
		if (starts_character(line[i])) {
			*at++ = line[i] == '\t' ? '\t' : ' ';
			column++;
		}
	*at++ = '^';
	for (column++, i++; i < len && column < end; i++)
		if (starts_character(line[i])) {
			*at++ = '~';
			column++;
		}
	return out;
}

static const char *mistake_text(const struct diag *d, const struct mistake *m)
{
	const struct place *where = &m->where;
	const struct source *s;
	const char *line;
	size_t len, order;

	if (!where->file)
		return arena_printf(d->arena, "%s\n", m->message);
	s = source_of(d, where->file, &order);
	if (!s || where->line < 1)
		return arena_printf(d->arena, "%s: %s\n", where->file, m->message);
	line = line_of(s, where->line, &len);
	return arena_printf(d->arena, "%s:%d:%d: %s\n%.*s\n%s\n", where->file, where->line,
			    where->column, m->message, (int)len, line,
			    caret(d->arena, line, len, where));
}

void diag_tell(const struct diag *d, void (*errors)(void *ctx, const char *text), void *ctx)
{
	struct mistake **all = ARENA_ARRAY(d->arena, struct mistake *, d->count);
	size_t count = 0, kept = 0;

	for (struct mistake *m = d->first; m; m = m->next) {
		source_of(d, m->where.file, &m->order);
		all[count++] = m;
	}
	if (count > 0)
		qsort(all, count, sizeof(*all), by_place);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !same(all[kept - 1], all[i]))
			all[kept++] = all[i];

	for (size_t i = 0; i < kept && i < DIAG_TOLD_MAX; i++)
		errors(ctx, mistake_text(d, all[i]));
	if (kept > DIAG_TOLD_MAX)
		errors(ctx, arena_printf(d->arena, "and %zu more mistakes\n",
					 kept - DIAG_TOLD_MAX));
}
