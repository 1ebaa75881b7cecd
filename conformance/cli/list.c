/* SPDX-License-Identifier: BSD-2-Clause */
/* shimproof list: cases; rules with their cases; layers with their fields; and
 * how many checks there are of what. */
#include "conformance/cli/cli.h"
#include "conformance/cli/matrix.h"
#include "wire/layer.h"

#include <stdlib.h>
#include <unistd.h>

/* --- layers ------------------------------------------------------------------------ */

static const char *const kind_names[] = {
	[WIRE_UINT] = "number",
	[WIRE_HEX] = "number",
	[WIRE_ADDR] = "address",
	[WIRE_OCTETS] = "octets",
	[WIRE_UINT8S] = "list of numbers",
	[WIRE_ADDRS] = "list of addresses",
};

static const char *const role_names[] = {
	[WIRE_VALUE] = "free",
	[WIRE_FIXED] = "fixed",
	[WIRE_RESERVED] = "reserved",
	[WIRE_LENGTH] = "length",
	[WIRE_NEXT] = "next header",
	[WIRE_CHECKSUM] = "checksum",
};

static void print_field(const struct wire_field *f)
{
	char bits[24] = "variable";

	if (f->bits)
		snprintf(bits, sizeof(bits), "%u bit%s", f->bits, f->bits == 1 ? "" : "s");
	printf("    %-17s %-9s  %-18s %s\n", f->name, bits, kind_names[f->kind],
	       role_names[f->role]);
}

static int list_layers(void)
{
	for (const struct wire_layer *const *layer = wire_layers; *layer; layer++) {
		printf("%-20s %s%s%s\n", (*layer)->name, (*layer)->title,
		       (*layer)->rfc ? ", " : "", (*layer)->rfc ? (*layer)->rfc : "");
		for (size_t i = 0; i < (*layer)->field_count; i++)
			print_field(&(*layer)->fields[i]);
	}
	return 0;
}

/* --- cases and rules ----------------------------------------------------------------- */

static int print_json(json_t *value)
{
	int err = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

	putchar('\n');
	json_decref(value);
	return err ? CONCLUSION_FAULT : 0;
}

static json_t *texts_json(const char *const *texts, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_string(texts[i]));
	return array;
}

static json_t *cases_json(const struct suite *suite, const bool *chosen)
{
	json_t *array = json_array();

	for (size_t i = 0; i < suite->count; i++) {
		const struct scenario *s = &suite->scenarios[i];

		if (!chosen[i])
			continue;
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o}", "id", s->id,
						"title", s->title, "file", s->place.file, "line",
						s->place.line, "rules",
						texts_json(s->rules, s->rule_count), "informs",
						texts_json(s->informs, s->inform_count), "needs",
						texts_json(s->needs, s->need_count)));
	}
	return array;
}

static int list_cases(const struct options *o, const struct suite *suite, const bool *chosen)
{
	if (o->as_json)
		return print_json(cases_json(suite, chosen));
	for (size_t i = 0; i < suite->count; i++)
		if (chosen[i])
			printf("%s%s\n    %s\n", suite->scenarios[i].id,
			       suite->scenarios[i].inform_count ? " (informs, grades nothing)" : "",
			       suite->scenarios[i].title);
	return 0;
}

/* The chosen cases of a rule, by id. Owned; NULL without memory. */
static const char **cases_of(const struct rule *rule, const struct suite *suite,
			     const bool *chosen, size_t *count)
{
	const char **ids = calloc(suite->count + 1, sizeof(*ids));

	*count = 0;
	for (size_t i = 0; ids && i < suite->count; i++)
		if (chosen[i] && scenario_tests_rule(&suite->scenarios[i], rule->id))
			ids[(*count)++] = suite->scenarios[i].id;
	return ids;
}

static json_t *rule_json(const struct rule *r, const char **ids, size_t count)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:s, s:o}", "id", r->id, "document",
			 r->document, "section", r->section, "level", rule_level_name[r->level],
			 "testability", r->testability, "reason", r->reason, "statement",
			 r->statement, "cases", texts_json(ids, count));
}

static void print_rule(const struct rule *r, const char **ids, size_t count)
{
	printf("%-44s %-8s %s\n", r->id, rule_level_name[r->level],
	       r->testable ? "" : r->testability);
	if (!r->testable)
		printf("    %s\n", r->reason);
	for (size_t i = 0; i < count; i++)
		printf("    %s\n", ids[i]);
}

/* All rules; with a selection, those that its cases test. */
static int list_rules(const struct options *o, const struct workspace *w, const bool *chosen)
{
	bool all = !o->glob_count && !o->operand_count;
	json_t *array = json_array();

	for (size_t i = 0; i < w->catalogue.rule_count; i++) {
		const struct rule *r = &w->catalogue.rules[i];
		size_t count;
		const char **ids = cases_of(r, &w->suite, chosen, &count);

		if ((count || all) && o->as_json)
			json_array_append_new(array, rule_json(r, ids, count));
		else if (count || all)
			print_rule(r, ids, count);
		free(ids);
	}
	if (o->as_json)
		return print_json(array);
	json_decref(array);
	return 0;
}

static int list_matrix(const struct options *o, const struct suite *suite, const bool *chosen)
{
	struct matrix m = { 0 };

	for (size_t i = 0; i < suite->count; i++)
		if (chosen[i])
			matrix_add(&m, &suite->scenarios[i]);
	if (o->as_json)
		return print_json(matrix_json(&m));
	matrix_print(stdout, &m, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
	return 0;
}

static int list_chosen(const struct options *o, const struct workspace *w, const bool *chosen)
{
	if (o->matrix)
		return list_matrix(o, &w->suite, chosen);
	return o->rules ? list_rules(o, w, chosen) : list_cases(o, &w->suite, chosen);
}

int list_main(const struct options *o)
{
	struct workspace w;
	bool *chosen;
	int status = CONCLUSION_USAGE;

	if (o->layers)
		return list_layers();
	if (workspace_open(&w, o, o->operands, o->operand_count))
		return CONCLUSION_USAGE;
	chosen = calloc(w.suite.count + 1, sizeof(*chosen));
	if (!chosen)
		status = CONCLUSION_FAULT;
	else if (!selection_make(chosen, o, &w))
		status = list_chosen(o, &w, chosen);
	free(chosen);
	workspace_close(&w);
	return status;
}
