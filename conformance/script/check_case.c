/* SPDX-License-Identifier: BSD-2-Clause */
/* A case: its words in front of the events, and its rows. */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

bool is_slug(const char *text)
{
	return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.")] == '\0';
}

/* Appendices have capital letters: rfc6316/A/both-sides-fork. */
static bool is_rule_id(const char *text)
{
	return strchr(text, '/') && text[strlen(text) - 1] != '/' &&
	       text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789-./")] == '\0';
}

static bool is_identifier(const char *text)
{
	if (isdigit((unsigned char)*text))
		return false;
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return *text == '\0';
}

/* "AMB-12" */
static bool is_reading_id(const char *text)
{
	return strchr(text, '-') &&
	       text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] == '\0';
}

/* --- rules and needs ------------------------------------------------------------- */

static const char *check_rule(struct checker *k, const struct node *n)
{
	if (n->kind == NODE_WORD && is_rule_id(n->word))
		return n->word;
	diag_report(k->diag, n->place, "a rule's id looks like rfc6316/6.8/set-pins-source");
	return NULL;
}

/* What a case is about that grades nothing, as text. */
static const char *check_question(struct checker *k, const struct node *n)
{
	const char *text = n->kind == NODE_OCTETS ? (const char *)n->octets : n->word;

	if (n->kind == NODE_WORD && (is_rule_id(text) || is_reading_id(text)))
		return text;
	/* With a blank, so that it is never taken for an id. */
	if (n->kind == NODE_OCTETS && strlen(text) == n->len && strchr(text, ' '))
		return text;
	diag_report(k->diag, n->place,
		    "a case informs about a rule, a reading like AMB-12, or "
		    "in quotes about what a document leaves open");
	return NULL;
}

/* Most words of `supports` are the target's own, but those of RFC 6316 are known. */
static const char *check_need(struct checker *k, const struct node *n)
{
	struct suggestion s = { 0 };

	if (n->kind != NODE_WORD) {
		diag_report(k->diag, n->place, "a need is a word, like udp or SHIM_LOC_LOCAL_SEND");
		return NULL;
	}
	if (strncmp(n->word, "SHIM_", 5) != 0 || symbol_any_class(n->word))
		return n->word;
	s.written = n->word;
	for (const struct symbol *sym = symbols; sym->name; sym++)
		if (sym->class == SYMBOL_OPTION || sym->class == SYMBOL_CMSG)
			suggestion_offer(&s, sym->name);
	diag_report(k->diag, n->place, "no such option: %s%s", n->word, did_you_mean(k, s.nearest));
	return NULL;
}

/* check: the word's text, or NULL after a mistake. */
static const char *const *check_words(struct checker *k, const struct nodes *words,
				      const char *(*check)(struct checker *k, const struct node *n),
				      size_t *count)
{
	const char **out = ARENA_ARRAY(k->arena, const char *, words->count);

	*count = 0;
	for (const struct node *word = words->first; word; word = word->next) {
		const struct node *n = filled(k, word);
		const char *text = NULL;

		if (n && n->kind == NODE_VARIABLE)
			diag_report(k->diag, n->place, "no such parameter: $%s", n->word);
		else if (n)
			text = check(k, n);
		if (text)
			out[(*count)++] = text;
	}
	return out;
}

/* --- config ----------------------------------------------------------------------- */

static const struct setting {
	const char *name;
	size_t slot; /* in struct scenario */
	struct number_place place;
} settings[] = {
	{ "initiate_after", offsetof(struct scenario, initiate_after),
	  { ANY_CLASS, 0, 1000000, "initiate_after" } },
	{ "hba_sec", offsetof(struct scenario, hba_sec), { ANY_CLASS, 0, 7, "hba_sec" } },
	{ "links", offsetof(struct scenario, links), { ANY_CLASS, 1, 8, "links" } },
	{ "peer", offsetof(struct scenario, peer), { ANY_CLASS, 1, 8, "peer" } },
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static const struct setting *setting_named(struct checker *k, const struct node *n)
{
	struct suggestion s = { .written = n->name };

	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].name, n->name) == 0)
			return &settings[i];
		suggestion_offer(&s, settings[i].name);
	}
	diag_report(k->diag, n->name_place, "no such setting: %s%s", n->name,
		    did_you_mean(k, s.nearest));
	return NULL;
}

static void check_config(struct checker *k)
{
	k->out->links = k->out->peer = 2;
	for (const struct node *n = k->c->config.first; n; n = n->next) {
		const struct setting *setting = setting_named(k, n);
		const struct value *v;

		if (!setting || !filled(k, n))
			continue;
		v = check_number(k, n, GIVEN, &setting->place);
		if (v)
			*(unsigned *)(void *)((char *)k->out + setting->slot) = (unsigned)v->number;
	}
}

/* --- title -------------------------------------------------------------------------- */

/* {name} in a case with rows: the text of the row's cell, without quotes. */
static const char *filled_title(struct checker *k)
{
	const char *title = (const char *)k->c->title->octets, *open, *close;
	struct arena_text out = { .arena = k->arena };

	while (k->c->table_count && (open = strchr(title, '{')) && (close = strchr(open, '}'))) {
		const struct node *cell = cell_named(k, open + 1, (size_t)(close - open - 1));
		size_t quotes = cell && cell->text[0] == '"';

		arena_text_add(&out, title, (size_t)(open - title));
		if (cell)
			arena_text_add(&out, cell->text + quotes, cell->text_len - 2 * quotes);
		else
			diag_report(k->diag, k->c->title->place, "no such parameter: %.*s",
				    (int)(close - open + 1), open);
		title = close + 1;
	}
	arena_text_add(&out, title, strlen(title));
	return out.octets;
}

/* --- rows --------------------------------------------------------------------------- */

static bool is_own_variable(const char *name)
{
	for (size_t i = 0; i < VARIABLE_FIRST_FREE; i++)
		if (strcmp(own_variables[i], name) == 0)
			return true;
	return false;
}

/* The name of a column; the tables in front may not have it, and its own only once. */
static void check_column(struct diag *d, const struct ast_case *c, size_t table,
			 const struct node *n)
{
	bool first = n == c->tables[table].columns.first;

	if (first && !is_word(n, "id"))
		diag_report(d, n->place, "the first column is always id");
	else if (n->kind != NODE_WORD || !is_identifier(n->word))
		diag_report(d, n->place, "a parameter's name has letters, digits and _ only");
	else if (is_own_variable(n->word))
		diag_report(d, n->place, "$%s is the runner's own variable", n->word);
	for (size_t t = 0; !first && t <= table; t++)
		for (const struct node *m = c->tables[t].columns.first; m && m != n; m = m->next)
			if (n->word && m->word && strcmp(m->word, n->word) == 0)
				diag_report(d, n->place, "there are two columns %s", n->word);
}

static void check_cell(struct diag *d, const struct ast_case *c, const struct node *cell)
{
	for (size_t t = 0; cell->kind == NODE_VARIABLE && t < c->table_count; t++)
		for (const struct node *n = c->tables[t].columns.first; n; n = n->next)
			if (strcmp(cell->word, n->word) == 0)
				diag_report(d, cell->place, "a cell can't use a parameter");
	for (const struct node *item = cell->items.first; item; item = item->next)
		check_cell(d, c, item);
}

static void check_table_row(struct diag *d, const struct ast_case *c, const struct ast_table *table,
			    const struct ast_row *row)
{
	const struct node *id = row->cells.first;

	if (!is_slug(id->word))
		diag_report(d, id->place,
			    "a row's id has lower-case letters, digits, - and . only");
	if (row->cells.count != table->columns.count)
		diag_report(d, row->place, "this row has %zu cells for %zu columns",
			    row->cells.count, table->columns.count);
	for (const struct node *cell = id->next; cell; cell = cell->next)
		check_cell(d, c, cell);
}

/* How many cases one may stand for: more than any table of an RFC, and few
 * enough that a slip of the pen doesn't fill the memory. */
enum { COMBINATIONS_MAX = 1024 };

/* All tables with their columns and rows. Those without a mistake can be used. */
static bool check_tables(struct diag *d, const struct ast_case *c)
{
	size_t before = d->count, combinations = 1;

	for (size_t t = 0; t < c->table_count; t++) {
		const struct ast_table *table = &c->tables[t];
		size_t rows = 0;

		for (const struct node *n = table->columns.first; n; n = n->next)
			check_column(d, c, t, n);
		for (const struct ast_row *row = table->rows; row; row = row->next, rows++)
			check_table_row(d, c, table, row);
		if (rows == 0)
			diag_report(d, table->place, "there are no rows");
		if (rows > COMBINATIONS_MAX / (combinations ? combinations : 1)) {
			diag_report(d, table->place, "a case stands for at most %d",
				    (int)COMBINATIONS_MAX);
			break;
		}
		combinations *= rows;
	}
	return d->count == before;
}

/* --- the case ------------------------------------------------------------------------ */

static void check_head(struct diag *d, const struct ast_case *c)
{
	if (!is_slug(c->slug->word))
		diag_report(d, c->slug->place,
			    "a slug has lower-case letters, digits, - and . only");
	if (memchr(c->title->octets, '\0', c->title->len))
		diag_report(d, c->title->place, "a title is text");
	if (c->title->len == 0)
		diag_report(d, c->title->place, "the title is empty");
	if (c->rules.count && c->informs.count)
		diag_report(d, c->place, "a case has rules or informs, not both");
	if (!c->rules.count && !c->informs.count)
		diag_report(d, c->place,
			    "a case names at least one rule, or says what it informs about");
	if (!c->events)
		diag_report(d, c->place, "a case without events can't fail");
}

static size_t symbol_count(void)
{
	size_t count = 0;

	while (symbols[count].name)
		count++;
	return count;
}

/* "rfc6316/6-matrix/get:udp.local-send" */
static const char *case_id(const struct checker *k, const char *file)
{
	const char *id = arena_printf(k->arena, "%s/%s", file, k->c->slug->word);

	for (size_t t = 0; t < k->c->table_count; t++)
		id = arena_printf(k->arena, "%s%c%s", id, t ? '.' : ':',
				  k->rows[t]->cells.first->word);
	return id;
}

static void check_combination(struct checker *k, const char *file, struct scenario *out)
{
	k->out = out;
	k->earliest = k->latest = 0;
	memset(k->bound, 0, sizeof(k->bound));
	k->target_symbols = ARENA_ARRAY(k->arena, const struct symbol *, symbol_count() + 1);

	for (size_t i = 0; i < VARIABLE_FIRST_FREE; i++) {
		out->variables[i] = own_variables[i];
		k->holds[i] = HOLDS_NUMBER;
	}
	out->variable_count = VARIABLE_FIRST_FREE;

	out->id = case_id(k, file);
	out->place = k->c->table_count ? k->rows[0]->place : k->c->place;
	out->title = filled_title(k);
	out->rules = check_words(k, &k->c->rules, check_rule, &out->rule_count);
	out->informs = check_words(k, &k->c->informs, check_question, &out->inform_count);
	out->needs = check_words(k, &k->c->needs, check_need, &out->need_count);
	check_config(k);
	labels_begin(k);
	check_events(k);
	check_labels_are_asked(k);
	out->target_symbols = k->target_symbols;
}

static void first_rows(struct checker *k)
{
	for (size_t t = 0; t < k->c->table_count; t++)
		k->rows[t] = k->c->tables[t].rows;
}

/* The next combination, the last table first; false after the last one. */
static bool next_rows(struct checker *k)
{
	for (size_t t = k->c->table_count; t-- > 0;) {
		k->rows[t] = k->rows[t]->next;
		if (k->rows[t])
			return true;
		k->rows[t] = k->c->tables[t].rows;
	}
	return false;
}

static void check_columns_are_used(struct checker *k)
{
	const bool *used = k->column_used;

	for (size_t t = 0; t < k->c->table_count; t++)
		for (const struct node *n = k->c->tables[t].columns.first; n; n = n->next, used++)
			if (n != k->c->tables[t].columns.first && !*used)
				diag_report(k->diag, n->place, "nothing uses the column %s",
					    n->word);
}

struct scenario_link **check_case(struct arena *a, struct diag *d, const struct ast_case *c,
				  const char *id, struct scenario_link **end)
{
	struct checker k = { .arena = a, .diag = d, .c = c };
	size_t columns = 0;

	if (c->broken)
		return end;
	check_head(d, c);
	if (!check_tables(d, c))
		return end;
	for (size_t t = 0; t < c->table_count; t++)
		columns += c->tables[t].columns.count;
	k.column_used = ARENA_ARRAY(a, bool, columns + 1);
	first_rows(&k);
	do {
		struct scenario_link *link = ARENA_NEW(a, struct scenario_link);

		check_combination(&k, id, &link->scenario);
		*end = link;
		end = &link->next;
	} while (next_rows(&k));
	check_columns_are_used(&k);
	return end;
}
