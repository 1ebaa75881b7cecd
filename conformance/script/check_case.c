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

/* --- rules and needs ------------------------------------------------------------- */

static bool check_rule(struct checker *k, const struct node *n)
{
	if (n->kind == NODE_WORD && is_rule_id(n->word))
		return true;
	diag_report(k->diag, n->place, "a rule's id looks like rfc6316/6.8/set-pins-source");
	return false;
}

/* Most words of `supports` are the target's own, but those of RFC 6316 are known. */
static bool check_need(struct checker *k, const struct node *n)
{
	struct suggestion s = { 0 };

	if (n->kind != NODE_WORD) {
		diag_report(k->diag, n->place, "a need is a word, like udp or SHIM_LOC_LOCAL_SEND");
		return false;
	}
	if (strncmp(n->word, "SHIM_", 5) != 0 || symbol_any_class(n->word))
		return true;
	s.written = n->word;
	for (const struct symbol *sym = symbols; sym->name; sym++)
		if (sym->class == SYMBOL_OPTION || sym->class == SYMBOL_CMSG)
			suggestion_offer(&s, sym->name);
	diag_report(k->diag, n->place, "no such option: %s%s", n->word, did_you_mean(k, s.nearest));
	return false;
}

static const char *const *check_words(struct checker *k, const struct nodes *words,
				      bool (*check)(struct checker *k, const struct node *n),
				      size_t *count)
{
	const char **out = ARENA_ARRAY(k->arena, const char *, words->count);

	*count = 0;
	for (const struct node *word = words->first; word; word = word->next) {
		const struct node *n = filled(k, word);

		if (!n)
			continue;
		if (n->kind == NODE_VARIABLE)
			diag_report(k->diag, n->place, "no such parameter: $%s", n->word);
		else if (check(k, n))
			out[(*count)++] = n->word;
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

	while (k->row && (open = strchr(title, '{')) && (close = strchr(open, '}'))) {
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

static bool check_columns(struct diag *d, const struct ast_case *c)
{
	size_t before = d->count;

	for (const struct node *n = c->columns.first; n; n = n->next) {
		if (n == c->columns.first && !is_word(n, "id"))
			diag_report(d, n->place, "the first column is always id");
		else if (n->kind != NODE_WORD || !is_identifier(n->word))
			diag_report(d, n->place,
				    "a parameter's name has letters, digits and _ only");
		else if (is_own_variable(n->word))
			diag_report(d, n->place, "$%s is the runner's own variable", n->word);
		for (const struct node *m = c->columns.first; m != n; m = m->next)
			if (n->word && m->word && strcmp(m->word, n->word) == 0)
				diag_report(d, n->place, "there are two columns %s", n->word);
	}
	if (c->columns.count > 0 && !c->rows)
		diag_report(d, c->columns_place, "there are no rows");
	return d->count == before;
}

static void check_cell(struct diag *d, const struct ast_case *c, const struct node *cell)
{
	for (const struct node *n = c->columns.first; n; n = n->next)
		if (cell->kind == NODE_VARIABLE && strcmp(cell->word, n->word) == 0)
			diag_report(d, cell->place, "a cell can't use a parameter");
	for (const struct node *item = cell->items.first; item; item = item->next)
		check_cell(d, c, item);
}

static bool check_rows(struct diag *d, const struct ast_case *c)
{
	size_t before = d->count;

	for (const struct ast_row *row = c->rows; row; row = row->next) {
		const struct node *id = row->cells.first;

		if (!is_slug(id->word))
			diag_report(d, id->place,
				    "a row's id has lower-case letters, digits, - and . only");
		if (row->cells.count != c->columns.count)
			diag_report(d, row->place, "this row has %zu cells for %zu columns",
				    row->cells.count, c->columns.count);
		for (const struct node *cell = id->next; cell; cell = cell->next)
			check_cell(d, c, cell);
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

static void check_row(struct checker *k, const char *id, struct scenario *out)
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

	out->id = k->row ? arena_printf(k->arena, "%s/%s:%s", id, k->c->slug->word,
					k->row->cells.first->word)
			 : arena_printf(k->arena, "%s/%s", id, k->c->slug->word);
	out->place = k->row ? k->row->place : k->c->place;
	out->title = filled_title(k);
	out->rules = check_words(k, &k->c->rules, check_rule, &out->rule_count);
	out->needs = check_words(k, &k->c->needs, check_need, &out->need_count);
	if (k->c->rules.count == 0)
		diag_report(k->diag, k->c->place, "a case names at least one rule");
	check_config(k);
	check_events(k);
	out->target_symbols = k->target_symbols;
}

struct scenario_link **check_case(struct arena *a, struct diag *d, const struct ast_case *c,
				  const char *id, struct scenario_link **end)
{
	struct checker k = { .arena = a, .diag = d, .c = c, .row = c->rows };
	size_t column = 0;

	if (c->broken)
		return end;
	check_head(d, c);
	if (!check_columns(d, c) || !check_rows(d, c))
		return end;
	k.column_used = ARENA_ARRAY(a, bool, c->columns.count + 1);
	do {
		struct scenario_link *link = ARENA_NEW(a, struct scenario_link);

		check_row(&k, id, &link->scenario);
		*end = link;
		end = &link->next;
		k.row = k.row ? k.row->next : NULL;
	} while (k.row);
	for (const struct node *n = c->columns.first; n; n = n->next, column++)
		if (column > 0 && !k.column_used[column])
			diag_report(d, n->place, "nothing uses the column %s", n->word);
	return end;
}
