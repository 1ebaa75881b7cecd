/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A case file as it is written: the grammar's shape, with every name still
 * text. Nothing here knows a call, a layer or a struct, so a new one never
 * touches scanner or parser. All of it lives in the suite's arena.
 */
#ifndef SCRIPT_AST_H
#define SCRIPT_AST_H

#include "conformance/script/arena.h"
#include "conformance/script/diag.h"
#include "conformance/script/scenario.h"

/* A piece of a source text. */
struct span {
	int line, column; /* of its first character, from 1 */
	size_t from, to;  /* octets */
};

enum node_kind {
	NODE_NUMBER,   /* number */
	NODE_WORD,     /* word: a symbol, a locator, a socket, a rule id, ... */
	NODE_OCTETS,   /* octets, len */
	NODE_VARIABLE, /* word, without the $ */
	NODE_STAR,     /* * */
	NODE_ABSENT,   /* - in a row */
	NODE_NOT,      /* items: a, of !a */
	NODE_OR,       /* items: a|b|c */
	NODE_ADDRESS,  /* items: locator and port */
	NODE_LIST,     /* items: [a, b] */
	NODE_STRUCT,   /* items: {...}, and word: its type, or NULL */
	NODE_CALL,     /* items: word(...); a call, a layer, zeros(n) */
};

struct node;

struct nodes {
	struct node *first, *last;
	size_t count;
};

struct node {
	enum node_kind kind;
	struct place place;
	const char *text; /* as written; points into the source, see text_len */
	size_t text_len;
	const char *word;
	struct place word_place; /* of STRUCT's type and CALL's name */
	int64_t number;
	const uint8_t *octets;
	size_t len;
	struct nodes items;
	const char *name; /* NAME= in front of it, or NULL */
	struct place name_place;
	struct node *next;
};

/* One point in time, as far as it can be read without its neighbours. */
struct clock {
	bool relative;
	usec_t usec;
	struct place place;
};

/* Behind an outcome: `as NAME`, `if NAME`; NULL: not there. */
struct ast_labels {
	const struct node *as, *condition;
};

struct ast_outcome {
	struct nodes values; /* result, then errno, then what was handed out; optlen= has a name */
	bool tolerated;
	struct ast_labels labels;
	struct place place;
	const char *text; /* as written, without the labels */
	size_t text_len;
	struct ast_outcome *next;
};

struct ast_outcomes {
	struct ast_outcome *first, *last;
	size_t count;
};

struct ast_packet {
	const struct node *link;        /* `link2`, or NULL */
	const struct node *raw;         /* raw(...): then only link besides */
	const struct node *src, *dst;
	struct nodes elements;          /* layers, ulids(...), data */
	const struct node *tail;        /* `...`, or NULL */
	struct place place;
};

struct ast_event {
	enum event_kind kind;
	struct place place; /* of the whole line */
	const char *text;
	size_t text_len;
	struct when when;
	struct place when_place;
	const struct node *condition; /* `if NAME`, or NULL */
	const struct node *assigned; /* EVENT_CALL: the name in front of =, or NULL */
	const struct node *call;
	struct ast_outcomes outcomes;
	struct ast_packet *packet; /* EVENT_INJECT, EVENT_EXPECT */
	usec_t silence;            /* EVENT_SILENCE */
	struct ast_event *next;
};

struct ast_row {
	struct nodes cells; /* the id, then one for every further column */
	struct place place;
	struct ast_row *next;
};

struct ast_table {
	struct nodes columns; /* `id` and the parameters */
	struct place place;   /* of the word `rows` */
	struct ast_row *rows, **rows_end;
};

enum { TABLES_MAX = 4 };

struct ast_case {
	struct place place; /* of the word `case` up to the title */
	const struct node *slug, *title;
	struct nodes rules, informs, needs, config;
	struct ast_table tables[TABLES_MAX];
	size_t table_count;
	struct ast_event *events, **events_end;
	bool taking_rows; /* `rows` was the last thing but rows */
	bool broken;      /* has syntax errors: what follows from them isn't worth telling */
	struct ast_case *next;
};

/* --- reading one file ------------------------------------------------------ */

enum { NESTING_MAX = 32 };

/* What the scanner, the grammar and the tree's builders share. */
struct parse {
	struct arena *arena;
	struct diag *diag;
	const struct source *source;
	struct ast_case *first, **last, *current;
	bool told_outside; /* that something stands outside of a case, once */

	/* the scanner's */
	struct span here;                  /* the end of what was read */
	bool started;                      /* a statement has begun */
	bool opens_case;                   /* the last keyword was `case` */
	bool timed;                        /* what was read of it is a time, and no more */
	bool answers;                      /* a = stood outside of brackets: outcomes may follow */
	bool skipping;                     /* to the next line that begins a statement */
	unsigned depth;                    /* open brackets */
	struct span openers[NESTING_MAX];
};

/* Reads the whole of p->source; mistakes are in p->diag. Cases are in p->first
 * and those behind it. scanner: set while it runs, so that memory that flex
 * owns can be freed by script_abandon() if the arena's guard ends it early. */
void script_read(struct parse *p, void **scanner);
void script_abandon(void *scanner);

struct place place_of(const struct parse *p, struct span span);

struct node *node_new(struct parse *p, enum node_kind kind, struct span span);
struct node *node_word(struct parse *p, enum node_kind kind, struct span span);
struct node *node_number(struct parse *p, struct span span);
struct node *node_string(struct parse *p, struct span span);
struct node *node_hex(struct parse *p, struct span span);
struct node *node_bracket(struct parse *p, enum node_kind kind, struct node *word,
			  struct nodes items, struct span span);
struct node *node_or(struct parse *p, struct node *left, struct node *right, struct span span);
struct node *node_address(struct parse *p, struct node *locator, struct node *port,
			  struct span span);
struct node *node_named(struct node *name, struct node *value);

struct nodes nodes_none(void);
struct nodes nodes_add(struct nodes list, struct node *n);

struct clock clock_read(struct parse *p, struct span span);
struct when when_at(struct clock at);
struct when when_between(struct parse *p, struct clock from, struct clock to);
struct when when_ever(void);

struct ast_packet *packet_raw(struct parse *p, const struct node *link, const struct node *raw,
			      struct span span);
struct ast_packet *packet_new(struct parse *p, const struct node *link, const struct node *src,
			      const struct node *dst, struct span span);

struct ast_outcomes outcome_add(struct parse *p, struct ast_outcomes list, struct nodes values,
				struct ast_labels labels, bool tolerated, struct span span);

struct ast_event *event_call(struct parse *p, const struct node *assigned,
			     const struct node *call, struct ast_outcomes outcomes);
struct ast_event *event_packet(struct parse *p, enum event_kind kind, struct ast_packet *packet);
struct ast_event *event_silence(struct parse *p, struct clock length);

void case_begin(struct parse *p, const struct node *slug, const struct node *title,
		struct span span);
/* The case's words behind `rules`, `informs`, `needs` or `config`. */
enum directive { DIRECTIVE_RULES, DIRECTIVE_INFORMS, DIRECTIVE_NEEDS, DIRECTIVE_CONFIG };
void case_directive(struct parse *p, enum directive which, struct nodes words, struct span span);
void case_table(struct parse *p, struct nodes columns, struct span span);
void case_row(struct parse *p, struct node *id, struct nodes cells, struct span span);
void case_event(struct parse *p, struct when when, struct span when_span,
		const struct node *condition, struct ast_event *event, struct span span);
void case_untimed(struct parse *p, struct span span);
void case_broken(struct parse *p);

#endif
