/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The grammar of the case language, see LANGUAGE.md. It knows shapes only: a
 * call, a layer and a struct are a word and a list in brackets, whatever they
 * are called. The words that it does know (or, none, ...) can still be names.
 *
 * A statement is a line. After a mistake the rest of the line is left out and
 * reading goes on, so one run tells everything.
 */
%require "3.8"
%define api.pure full
%define api.prefix {script_}
%define api.token.prefix {TOKEN_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%param {void *scanner}
%parse-param {struct parse *p}

%code requires {
#include "conformance/script/ast.h"
}

%code {
#include <string.h>

int script_lex(SCRIPT_STYPE *value, SCRIPT_LTYPE *span, void *scanner);

static void script_error(const struct span *span, void *scanner, struct parse *p,
			 const char *message);

static struct span span_join(struct span first, struct span last)
{
	first.to = last.to;
	return first;
}

/* What a rule matches; one that matches nothing stands behind the part before. */
#define YYLLOC_DEFAULT(whole, parts, count)                                         \
	((whole) = (count) ? span_join(YYRHSLOC(parts, 1), YYRHSLOC(parts, count))  \
			   : span_join(YYRHSLOC(parts, 0), YYRHSLOC(parts, 0)))
}

%union {
	struct node *node;
	struct nodes nodes;
	struct clock clock;
	struct when when;
	struct ast_packet *packet;
	struct ast_event *event;
	struct ast_outcomes outcomes;
	struct ast_labels labels;
	enum event_kind kind;
}

%token NEWLINE "the end of the line"
%token CASE RULES INFORMS NEEDS CONFIG ROWS
%token OR "'or'" TOLERATED "'tolerated'" AS "'as'" IF "'if'" NONE "'none'" WITHIN "'within'"
%token ARROW "'->'" ELLIPSIS "'...'" STAR "'*'" NOT "'!'" LIST "'['" STRUCT "'{'"
%token NUMBER "a number" WORD "a name" STRING "a string" HEX "octets" VARIABLE "a variable"
%token TYPE "a type" DECIMAL "a time" RELATIVE "a time after +"

%type <node> word name reference value primary port cell setting item end question
%type <node> call raw tail condition
%type <nodes> args arglist arg words questions cells settings values elements
%type <clock> clock
%type <when> time
%type <packet> packet route
%type <event> action call_event
%type <outcomes> outcomes
%type <labels> labels
%type <kind> direction

%%

file:
	%empty
|	file line
;

line:
	CASE reference STRING NEWLINE
		{ case_begin(p, $2, node_string(p, @3), span_join(@1, @3)); }
|	RULES words NEWLINE
		{ case_directive(p, DIRECTIVE_RULES, $2, @1); }
|	INFORMS questions NEWLINE
		{ case_directive(p, DIRECTIVE_INFORMS, $2, @1); }
|	NEEDS words NEWLINE
		{ case_directive(p, DIRECTIVE_NEEDS, $2, @1); }
|	CONFIG settings NEWLINE
		{ case_directive(p, DIRECTIVE_CONFIG, $2, @1); }
|	ROWS words NEWLINE
		{ case_table(p, $2, @1); }
|	word cells NEWLINE
		{ case_row(p, $1, $2, span_join(@1, @2)); }
|	time condition action NEWLINE
		{ case_event(p, $1, @1, $2, $3, span_join(@1, @3)); }
|	action NEWLINE
		{ case_untimed(p, @1); }
|	error NEWLINE
		{ case_broken(p); yyerrok; }
;

words:
	reference           { $$ = nodes_add(nodes_none(), $1); }
|	words reference     { $$ = nodes_add($1, $2); }
;

/* A rule's id, a word of `needs`, or a parameter in place of one. */
reference:
	word
|	NUMBER              { $$ = node_word(p, NODE_WORD, @1); }
|	DECIMAL             { $$ = node_word(p, NODE_WORD, @1); }
|	VARIABLE            { $$ = node_word(p, NODE_VARIABLE, @1); }
;

questions:
	question            { $$ = nodes_add(nodes_none(), $1); }
|	questions question  { $$ = nodes_add($1, $2); }
;

/* What a case that grades nothing is about: a rule, a reading, or own words. */
question:
	reference
|	STRING              { $$ = node_string(p, @1); }
;

settings:
	setting             { $$ = nodes_add(nodes_none(), $1); }
|	settings setting    { $$ = nodes_add($1, $2); }
;

setting:
	name '=' value      { $$ = node_named($1, $3); }
;

cells:
	%empty              { $$ = nodes_none(); }
|	cells cell          { $$ = nodes_add($1, $2); }
;

cell:
	value
|	'-'                 { $$ = node_new(p, NODE_ABSENT, @1); }
;

/* --- time ----------------------------------------------------------------- */

time:
	clock               { $$ = when_at($1); }
|	clock '~' clock     { $$ = when_between(p, $1, $3); }
|	STAR                { $$ = when_ever(); }
;

clock:
	NUMBER              { $$ = clock_read(p, @1); }
|	DECIMAL             { $$ = clock_read(p, @1); }
|	RELATIVE            { $$ = clock_read(p, @1); }
;

/* --- events --------------------------------------------------------------- */

condition:
	%empty              { $$ = NULL; }
|	IF name             { $$ = $2; }
;

action:
	call_event
|	direction packet    { $$ = event_packet(p, $1, $2); }
|	'>' NONE WITHIN clock
			    { $$ = event_silence(p, $4); }
;

call_event:
	call                { $$ = event_call(p, NULL, $1, (struct ast_outcomes){ 0 }); }
|	call '=' outcomes   { $$ = event_call(p, NULL, $1, $3); }
|	word '=' call       { $$ = event_call(p, $1, $3, (struct ast_outcomes){ 0 }); }
|	word '=' call '=' outcomes
	                    { $$ = event_call(p, $1, $3, $5); }
;

call:
	word '(' args ')'   { $$ = node_bracket(p, NODE_CALL, $1, $3, @$); }
;

outcomes:
	values labels
		{ $$ = outcome_add(p, (struct ast_outcomes){ 0 }, $1, $2, false, @1); }
|	outcomes OR values labels
		{ $$ = outcome_add(p, $1, $3, $4, false, @3); }
|	outcomes OR TOLERATED values labels
		{ $$ = outcome_add(p, $1, $4, $5, true, @4); }
;

/* Which outcomes belong together. */
labels:
	%empty              { $$ = (struct ast_labels){ 0 }; }
|	AS name             { $$ = (struct ast_labels){ .as = $2 }; }
|	IF name             { $$ = (struct ast_labels){ .condition = $2 }; }
|	AS name IF name     { $$ = (struct ast_labels){ .as = $2, .condition = $4 }; }
;

values:
	value               { $$ = nodes_add(nodes_none(), $1); }
|	values item         { $$ = nodes_add($1, $2); }
;

item:
	value
|	word '=' value      { $$ = node_named($1, $3); }
;

/* --- packets -------------------------------------------------------------- */

direction:
	'<'                 { $$ = EVENT_INJECT; }
|	'>'                 { $$ = EVENT_EXPECT; }
;

packet:
	route elements tail { $$ = $1; $$->elements = $2; $$->tail = $3; }
|	raw                 { $$ = packet_raw(p, NULL, $1, @$); }
|	WORD raw            { $$ = packet_raw(p, node_word(p, NODE_WORD, @1), $2, @$); }
;

raw:
	WORD '(' args ')'
		{ $$ = node_bracket(p, NODE_CALL, node_word(p, NODE_WORD, @1), $3, @$); }
;

route:
	end ARROW end       { $$ = packet_new(p, NULL, $1, $3, @$); }
|	WORD end ARROW end  { $$ = packet_new(p, node_word(p, NODE_WORD, @1), $2, $4, @$); }
;

end:
	WORD                { $$ = node_word(p, NODE_WORD, @1); }
|	VARIABLE            { $$ = node_word(p, NODE_VARIABLE, @1); }
|	STAR                { $$ = node_new(p, NODE_STAR, @1); }
;

elements:
	%empty              { $$ = nodes_none(); }
|	elements value      { $$ = nodes_add($1, $2); }
;

tail:
	%empty              { $$ = NULL; }
|	ELLIPSIS            { $$ = node_new(p, NODE_WORD, @1); }
;

/* --- values --------------------------------------------------------------- */

value:
	primary
|	value '|' primary   { $$ = node_or(p, $1, $3, @$); }
;

primary:
	NOT primary
		{ $$ = node_bracket(p, NODE_NOT, NULL, nodes_add(nodes_none(), $2), @$); }
|	NUMBER              { $$ = node_number(p, @1); }
|	STRING              { $$ = node_string(p, @1); }
|	HEX                 { $$ = node_hex(p, @1); }
|	VARIABLE            { $$ = node_word(p, NODE_VARIABLE, @1); }
|	STAR                { $$ = node_new(p, NODE_STAR, @1); }
|	word
|	word ':' port       { $$ = node_address(p, $1, $3, @$); }
|	VARIABLE ':' port   { $$ = node_address(p, node_word(p, NODE_VARIABLE, @1), $3, @$); }
|	call
|	LIST args ']'        { $$ = node_bracket(p, NODE_LIST, NULL, $2, @$); }
|	STRUCT args '}'        { $$ = node_bracket(p, NODE_STRUCT, NULL, $2, @$); }
|	TYPE STRUCT args '}'
		{ $$ = node_bracket(p, NODE_STRUCT, node_word(p, NODE_WORD, @1), $3, @$); }
;

port:
	NUMBER              { $$ = node_number(p, @1); }
|	VARIABLE            { $$ = node_word(p, NODE_VARIABLE, @1); }
|	STAR                { $$ = node_new(p, NODE_STAR, @1); }
;

args:
	%empty              { $$ = nodes_none(); }
|	arglist
;

arglist:
	arg
|	arglist ',' arg     { $$ = nodes_add($1, $3.first); }
;

arg:
	value               { $$ = nodes_add(nodes_none(), $1); }
|	name '=' value      { $$ = nodes_add(nodes_none(), node_named($1, $3)); }
;

word:
	WORD                { $$ = node_word(p, NODE_WORD, @1); }
|	NONE                { $$ = node_word(p, NODE_WORD, @1); }
|	WITHIN              { $$ = node_word(p, NODE_WORD, @1); }
;

name:
	word
|	OR                  { $$ = node_word(p, NODE_WORD, @1); }
|	TOLERATED           { $$ = node_word(p, NODE_WORD, @1); }
|	AS                  { $$ = node_word(p, NODE_WORD, @1); }
|	IF                  { $$ = node_word(p, NODE_WORD, @1); }
;

%%

/* Only for what isn't a syntax error: the parser's own stack is full. */
static void script_error(const struct span *span, void *scanner, struct parse *p,
			 const char *message)
{
	(void)scanner;
	diag_report(p->diag, place_of(p, *span), "%s", message);
}

/* What can be expected, as people say it: the many tokens that can begin a
 * value are one "a value", and so for a line. */
struct expectation {
	bool value, line;
	bool name; /* and then our own words are names, too */
};

static struct expectation expectation_of(const yysymbol_kind_t *kinds, int count)
{
	struct expectation e = { 0 };

	for (int i = 0; i < count; i++) {
		e.value |= kinds[i] == YYSYMBOL_HEX; /* nothing but a value is octets */
		e.name |= kinds[i] == YYSYMBOL_WORD;
		e.line |= kinds[i] == YYSYMBOL_CASE;
	}
	return e;
}

static bool told_already(const struct expectation *e, yysymbol_kind_t kind)
{
	switch (kind) {
	case YYSYMBOL_NUMBER:
	case YYSYMBOL_STRING:
	case YYSYMBOL_HEX:
	case YYSYMBOL_VARIABLE:
	case YYSYMBOL_TYPE:
	case YYSYMBOL_WORD:
	case YYSYMBOL_STAR:
	case YYSYMBOL_NOT:
	case YYSYMBOL_LIST:
	case YYSYMBOL_STRUCT:
		return e->value;
	case YYSYMBOL_NONE:
	case YYSYMBOL_WITHIN:
	case YYSYMBOL_OR:
	case YYSYMBOL_TOLERATED:
	case YYSYMBOL_AS:
	case YYSYMBOL_IF:
		return e->name;
	default:
		return kind == YYSYMBOL_YYEOF;
	}
}

static const char *expectation_text(struct arena *a, const yysymbol_kind_t *kinds, int count)
{
	struct expectation e = expectation_of(kinds, count);
	const char *told[YYNTOKENS + 1];
	const char *text;
	int n = 0;

	if (e.line)
		return "a time, or one of case, rules, informs, needs, config, rows";
	if (e.value)
		told[n++] = "a value";
	for (int i = 0; i < count; i++)
		if (!told_already(&e, kinds[i]))
			told[n++] = yysymbol_name(kinds[i]);
	if (n == 0)
		return "the end of the file";

	text = told[0];
	for (int i = 1; i < n; i++)
		text = arena_printf(a, "%s%s %s", text, i < n - 1 ? "," : " or", told[i]);
	return text;
}

static int yyreport_syntax_error(const yypcontext_t *where, void *scanner, struct parse *p)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	int count = yypcontext_expected_tokens(where, kinds, YYNTOKENS);
	yysymbol_kind_t found = yypcontext_token(where);
	const struct span *span = yypcontext_location(where);
	const char *text = found == YYSYMBOL_NEWLINE || found == YYSYMBOL_YYEOF
				   ? "the end of the line"
				   : arena_printf(p->arena, "'%.*s'", (int)(span->to - span->from),
						  p->source->text + span->from);

	(void)scanner;
	if (count < 0)
		return count;
	diag_report(p->diag, place_of(p, *span), "expected %s, but here is %s",
		    expectation_text(p->arena, kinds, count), text);
	p->skipping = p->depth > 0;
	return 0;
}
