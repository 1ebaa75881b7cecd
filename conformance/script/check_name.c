/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that a case makes itself: parameters of rows, variables, sockets. */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <ctype.h>
#include <string.h>

/* --- parameters of rows ------------------------------------------------------- */

/* The cell of a parameter, and its row's table. A table's first column is the
 * row's id and no parameter. */
static const struct node *find_cell(struct checker *k, const char *name, size_t len, size_t *table)
{
	size_t before = 0; /* columns of the tables in front */

	for (size_t t = 0; t < k->c->table_count; before += k->c->tables[t++].columns.count) {
		const struct node *column = k->c->tables[t].columns.first;
		const struct node *cell = k->rows[t]->cells.first;

		for (size_t i = 0; column; i++, cell = cell->next, column = column->next) {
			if (i == 0 || strncmp(column->word, name, len) || column->word[len])
				continue;
			k->column_used[before + i] = true;
			*table = t;
			return cell;
		}
	}
	return NULL;
}

const struct node *cell_named(struct checker *k, const char *name, size_t len)
{
	size_t table;

	return find_cell(k, name, len, &table);
}

const struct node *filled(struct checker *k, const struct node *n)
{
	const struct node *cell = NULL;

	if (n->kind == NODE_VARIABLE)
		cell = cell_named(k, n->word, strlen(n->word));
	if (!cell)
		return n;
	return cell->kind == NODE_ABSENT ? NULL : cell;
}

const struct node *required(struct checker *k, const struct node *n)
{
	const struct node *out = filled(k, n);
	size_t table;

	if (!out && find_cell(k, n->word, strlen(n->word), &table))
		diag_report(k->diag, n->place,
			    "a value must be here, and the row %s has none in %s",
			    k->rows[table]->cells.first->word, n->word);
	return out;
}

const char *filled_text(struct checker *k, const char *text, size_t len)
{
	struct arena_text out = { .arena = k->arena };
	const char *end = text + len;

	arena_text_add(&out, "", 0);
	while (text < end) {
		const char *dollar = memchr(text, '$', (size_t)(end - text));
		const char *stop = dollar ? dollar + 1 : end;
		const struct node *cell = NULL;

		while (dollar && stop < end && (isalnum((unsigned char)*stop) || *stop == '_'))
			stop++;
		if (dollar)
			cell = cell_named(k, dollar + 1, (size_t)(stop - dollar - 1));
		arena_text_add(&out, text, (size_t)((cell ? dollar : stop) - text));
		if (cell)
			arena_text_add(&out, cell->text, cell->text_len);
		text = stop;
	}
	return out.octets;
}

/* --- telling -------------------------------------------------------------------- */

static const char *description(struct checker *k, const struct node *n)
{
	switch (n->kind) {
	case NODE_NUMBER:
		return "a number";
	case NODE_WORD:
		return n->word;
	case NODE_OCTETS:
		return "octets";
	case NODE_VARIABLE:
		return arena_printf(k->arena, "$%s", n->word);
	case NODE_STAR:
		return "*";
	case NODE_ABSENT:
		return "-";
	case NODE_NOT:
		return "!";
	case NODE_OR:
		return "symbols";
	case NODE_ADDRESS:
		return "a socket address";
	case NODE_LIST:
		return "a list";
	case NODE_STRUCT:
		return n->word ? arena_printf(k->arena, "%s{}", n->word) : "a struct";
	case NODE_CALL:
		return arena_printf(k->arena, "%s()", n->word);
	}
	return "";
}

void mistake_not(struct checker *k, const struct node *n, const char *wanted)
{
	diag_report(k->diag, n->place, "expected %s, not %s", wanted, description(k, n));
}

const char *did_you_mean(struct checker *k, const char *nearest)
{
	return nearest ? arena_printf(k->arena, " (did you mean %s?)", nearest) : "";
}

struct value *value_new(struct checker *k, const struct node *n, enum value_kind kind)
{
	struct value *v = ARENA_NEW(k->arena, struct value);

	v->kind = kind;
	v->place = n->place;
	return v;
}

bool is_word(const struct node *n, const char *word)
{
	return n->kind == NODE_WORD && strcmp(n->word, word) == 0;
}

/* --- variables ------------------------------------------------------------------- */

static int variable_find(const struct checker *k, const char *name)
{
	for (size_t i = 0; i < k->out->variable_count; i++)
		if (strcmp(k->out->variables[i], name) == 0)
			return (int)i;
	return -1;
}

static int variable_add(struct checker *k, const struct node *n, enum holding holding)
{
	size_t i = k->out->variable_count;

	if (i == SCENARIO_VARIABLES_MAX) {
		diag_report(k->diag, n->place, "a case has at most %d variables",
			    SCENARIO_VARIABLES_MAX);
		return -1;
	}
	k->out->variables[i] = n->word;
	k->holds[i] = holding;
	k->bound[i] = false;
	k->out->variable_count++;
	return (int)i;
}

static const char *nearest_variable(const struct checker *k, const char *name, bool sockets)
{
	struct suggestion s = { .written = name };

	for (size_t i = 0; i < k->out->variable_count; i++)
		if (k->bound[i] && (k->holds[i] == HOLDS_SOCKET) == sockets)
			suggestion_offer(&s, k->out->variables[i]);
	for (size_t t = 0; !sockets && t < k->c->table_count; t++)
		for (const struct node *n = k->c->tables[t].columns.first; n; n = n->next)
			suggestion_offer(&s, n->word);
	return s.nearest;
}

static const char *const holding_names[] = {
	[HOLDS_NUMBER] = "a number",
	[HOLDS_OCTETS] = "octets",
	[HOLDS_LOCATOR] = "an address",
	[HOLDS_SOCKADDR] = "a socket address",
	[HOLDS_SOCKET] = "a socket",
	[HOLDS_UNKNOWN] = "",
};

const char *const own_variables[VARIABLE_FIRST_FREE] = {
	[VARIABLE_LOCAL_TAG] = "local_tag",
	[VARIABLE_PEER_TAG] = "peer_tag",
	[VARIABLE_FORK_LOCAL_TAG] = "fork_local_tag",
	[VARIABLE_FORK_PEER_TAG] = "fork_peer_tag",
	[VARIABLE_LOCAL_SEQ] = "local_seq",
	[VARIABLE_PEER_SEQ] = "peer_seq",
};

/* What sets a variable of the runner's own. */
static const char *const set_by[VARIABLE_FIRST_FREE] = {
	[VARIABLE_LOCAL_TAG] = "establish, answer or open(..., context)",
	[VARIABLE_PEER_TAG] = "establish, answer or open(..., context)",
	[VARIABLE_FORK_LOCAL_TAG] = "fork, answer or peer(forks)",
	[VARIABLE_FORK_PEER_TAG] = "fork, answer or peer(forks)",
	[VARIABLE_LOCAL_SEQ] = "open(tcp, ...)",
	[VARIABLE_PEER_SEQ] = "open(tcp, ...)",
};

const struct value *check_variable(struct checker *k, const struct node *n, enum side side,
				   enum holding holding)
{
	int i = variable_find(k, n->word);
	const char *near = NULL;
	struct value *v;

	if (i >= 0 && k->holds[i] == HOLDS_SOCKET) {
		diag_report(k->diag, n->place,
			    "%s is a socket, and is written without the $", n->word);
		return NULL;
	}
	if (i >= 0 && i < VARIABLE_FIRST_FREE && !k->bound[i]) {
		diag_report(k->diag, n->place, "$%s has no value yet: %s sets it", n->word,
			    set_by[i]);
		return NULL;
	}
	if (side == GIVEN && (i < 0 || !k->bound[i])) {
		near = nearest_variable(k, n->word, false);
		diag_report(k->diag, n->place, "$%s has no value yet%s", n->word,
			    near ? did_you_mean(k, arena_printf(k->arena, "$%s", near)) : "");
		return NULL;
	}
	if (i < 0)
		i = variable_add(k, n, holding);
	if (i < 0)
		return NULL;
	if (!k->bound[i])
		k->holds[i] = holding;
	if (k->holds[i] != holding && k->holds[i] != HOLDS_UNKNOWN) {
		diag_report(k->diag, n->place, "$%s holds %s, not %s", n->word,
			    holding_names[k->holds[i]], holding_names[holding]);
		return NULL;
	}
	v = value_new(k, n, VALUE_VARIABLE);
	v->variable = (unsigned)i;
	v->binds = !k->bound[i];
	k->bound[i] = true;
	return v;
}

void forgive_variables(struct checker *k, const struct node *n)
{
	int i = n->kind == NODE_VARIABLE ? variable_find(k, n->word) : -1;

	if (n->kind == NODE_VARIABLE && i < 0)
		i = variable_add(k, n, HOLDS_UNKNOWN);
	if (i >= 0)
		k->bound[i] = true;
	for (const struct node *item = n->items.first; item; item = item->next)
		forgive_variables(k, item);
}

/* A socket, or the number of one that isn't there. */
const struct value *check_socket(struct checker *k, const struct node *n)
{
	struct value *v;
	int i;

	if (n->kind == NODE_NUMBER) {
		v = value_new(k, n, VALUE_NUMBER);
		v->number = n->number;
		return v;
	}
	if (n->kind != NODE_WORD) {
		mistake_not(k, n, "a socket");
		return NULL;
	}
	i = variable_find(k, n->word);
	if (i < 0 || k->holds[i] != HOLDS_SOCKET) {
		diag_report(k->diag, n->place, "no such socket: %s%s", n->word,
			    did_you_mean(k, nearest_variable(k, n->word, true)));
		return NULL;
	}
	v = value_new(k, n, VALUE_VARIABLE);
	v->variable = (unsigned)i;
	return v;
}

int assign_socket(struct checker *k, const struct node *n, unsigned *variable)
{
	int i = variable_find(k, n->word);

	if (i >= 0 && k->holds[i] != HOLDS_SOCKET) {
		diag_report(k->diag, n->place,
			    "$%s is a variable already; a socket needs a name of its own", n->word);
		return -1;
	}
	if (i < 0)
		i = variable_add(k, n, HOLDS_SOCKET);
	if (i < 0)
		return -1;
	k->bound[i] = true;
	*variable = (unsigned)i;
	return 0;
}

/* --- locators -------------------------------------------------------------------- */

bool looks_like_locator(const char *word)
{
	return strchr("LPX", word[0]) && word[0] && word[1] >= '1' && word[1] <= '9' &&
	       strspn(word + 1, "0123456789") == strlen(word + 1) && strlen(word) <= 3;
}

int check_locator_name(struct checker *k, const struct node *n, struct locator_name *out)
{
	unsigned index = 0;

	if (is_word(n, "any")) {
		*out = (struct locator_name){ '*', 0 };
		return 0;
	}
	if (n->kind != NODE_WORD || !looks_like_locator(n->word)) {
		mistake_not(k, n, "a locator: L1, P1, X1 or any");
		return -1;
	}
	for (const char *at = n->word + 1; *at; at++)
		index = index * 10 + (unsigned)(*at - '0');
	if (n->word[0] == 'L' && index > k->out->links) {
		diag_report(k->diag, n->place,
			    "no such locator: the target has one on each of %u link%s",
			    k->out->links, k->out->links == 1 ? "" : "s");
		return -1;
	}
	if (n->word[0] == 'P' && index > k->out->peer) {
		diag_report(k->diag, n->place, "no such locator: the peer has %u of them",
			    k->out->peer);
		return -1;
	}
	*out = (struct locator_name){ n->word[0], index };
	return 0;
}
