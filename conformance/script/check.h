/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From syntax trees to scenarios: names become symbols, types, layers, fields
 * and variables, once for every row of a case. A part that is wrong is told
 * and becomes NULL; checking goes on, so that one run tells everything.
 */
#ifndef SCRIPT_CHECK_H
#define SCRIPT_CHECK_H

#include "conformance/script/ast.h"
#include "conformance/script/scenario.h"

/* What a variable holds. A name has one kind for the whole case. */
enum holding {
	HOLDS_NUMBER,
	HOLDS_OCTETS,
	HOLDS_LOCATOR,  /* an IPv6 address */
	HOLDS_SOCKADDR,
	HOLDS_SOCKET,   /* and is written without the $ */
	HOLDS_UNKNOWN,  /* taken where a mistake is: fits everywhere */
};

/* The names of outcomes, and which of them can hold together by now. */
enum { LABELS_MAX = 32, WORLDS_MAX = 64 };

struct labels {
	const struct node *names[LABELS_MAX]; /* where each first stands */
	bool asked[LABELS_MAX];
	size_t count;
	uint32_t worlds[WORLDS_MAX]; /* sets of labels, bit by bit; never none */
	size_t world_count;
};

struct checker {
	struct arena *arena;
	struct diag *diag;
	const struct ast_case *c;
	const struct ast_row *rows[TABLES_MAX]; /* the one of each table */
	bool *column_used;                      /* by column, of all tables and rows */
	struct scenario *out;

	enum holding holds[SCENARIO_VARIABLES_MAX];
	bool bound[SCENARIO_VARIABLES_MAX];

	struct labels labels;

	const struct symbol **target_symbols; /* grows; as many as the table has */
	usec_t earliest, latest;              /* when the event before can have been */
};

/* A value that the case gives, or one that it expects. */
enum side { GIVEN, EXPECTED };

/* --- check_case.c ----------------------------------------------------------- */

struct scenario_link {
	struct scenario scenario;
	struct scenario_link *next;
};

/* Check a case with all its rows. Appends scenarios at *end and returns the
 * new end. id: what stands in front of the slug. */
struct scenario_link **check_case(struct arena *a, struct diag *d, const struct ast_case *c,
				  const char *id, struct scenario_link **end);

/* Lower-case letters, digits, - and . */
bool is_slug(const char *text);

/* --- check_name.c: rows, variables, locators ---------------------------------- */

/* The cell of a parameter, which is then used; NULL if there is no such one. */
const struct node *cell_named(struct checker *k, const char *name, size_t len);
/* The node itself or, for a parameter, the row's cell; NULL if that is absent. */
const struct node *filled(struct checker *k, const struct node *n);
/* The same where something must be: an absent cell is told. */
const struct node *required(struct checker *k, const struct node *n);
/* Text with $parameters filled in. */
const char *filled_text(struct checker *k, const char *text, size_t len);

void mistake_not(struct checker *k, const struct node *n, const char *wanted);
/* " (did you mean X?)" or "" */
const char *did_you_mean(struct checker *k, const char *nearest);

struct value *value_new(struct checker *k, const struct node *n, enum value_kind kind);
const struct value *check_variable(struct checker *k, const struct node *n, enum side side,
				   enum holding holding);
const struct value *check_socket(struct checker *k, const struct node *n);
int assign_socket(struct checker *k, const struct node *n, unsigned *variable);
/* The runner's own variables: $local_tag and others. */
extern const char *const own_variables[VARIABLE_FIRST_FREE];
/* After a mistake: what would have been taken into variables in here can be
 * used, so that one mistake isn't told as many. */
void forgive_variables(struct checker *k, const struct node *n);

bool is_word(const struct node *n, const char *word);
/* A locator's name: 0, or -1 after telling what is wrong. */
int check_locator_name(struct checker *k, const struct node *n, struct locator_name *out);
bool looks_like_locator(const char *word);

/* --- check_value.c: numbers, octets, addresses ------------------------------------ */

enum { ANY_CLASS = -1 };

/* A number's place: the symbols that fit there, and the range. */
struct number_place {
	int class; /* enum symbol_class, or ANY_CLASS */
	int64_t min, max;
	const char *what; /* "a port" */
};

const struct value *check_number(struct checker *k, const struct node *n, enum side side,
				 const struct number_place *place);
const struct value *check_octets(struct checker *k, const struct node *n, enum side side);
/* Octets, or a pointer instead of one to them. */
const struct value *check_buffer(struct checker *k, const struct node *n, enum side side);
const struct value *check_locator(struct checker *k, const struct node *n, enum side side);
const struct value *check_address(struct checker *k, const struct node *n, enum side side);
/* `null` or `unmapped`, in the place of what would be memory. */
bool is_pointer(const struct node *n);
/* For nodes that are such, and *: NULL where they can't stand, which is told. */
const struct value *check_pointer(struct checker *k, const struct node *n, enum side side);
const struct value *check_star(struct checker *k, const struct node *n, enum side side);
/* The type that an option's or cmsg's name brings; NULL for a plain number. */
const struct type *type_of(const struct value *name);
/* The largest number of so many bits. */
int64_t largest(unsigned bits);

/* --- check_object.c: structs, ancillary data, messages ------------------------------ */

/* The value of an option or cmsg. type NULL: only octets and named types.
 * type_wrong: a mistake in the option's name was told, so its values are not
 * looked at. */
extern const struct type type_wrong;
const struct value *check_object(struct checker *k, const struct node *n, enum side side,
				 const struct type *type);

enum message_use { MESSAGE_SENT = 1, MESSAGE_ROOM = 2, MESSAGE_SEEN = 4 };
const struct value *check_message(struct checker *k, const struct node *n, enum message_use use);

/* --- check_sample.c: the arguments of sample() ---------------------------------------- */

const struct value *check_sample_name(struct checker *k, const struct node *n);
/* One locator, or a list of them. */
const struct value *check_locators(struct checker *k, const struct node *n);
/* What the call is given and hands out, now that its first argument is known. */
void know_sample(struct call *out, const struct value *name);
void check_sample_call(struct checker *k, const struct node *call, const struct call *out);

/* --- check_label.c: which outcomes belong together --------------------------------------- */

void labels_begin(struct checker *k);
/* The bit of `if NAME`; 0 if there is none (NULL), or after a mistake. */
uint32_t check_condition(struct checker *k, const struct node *n);
/* Those of a call that is there under `condition`; outcomes: as many as the event has. */
void check_labels(struct checker *k, const struct ast_event *event, uint32_t condition,
		  struct outcome *outcomes);
/* At the end of the case. */
void check_labels_are_asked(struct checker *k);

/* --- check_outcome.c: the ways in which a call may end ------------------------------------- */

/* outcomes: room for all of `from`; out gets them. */
struct call_shape;
void check_outcomes(struct checker *k, const struct ast_outcomes *from,
		    const struct call_shape *shape, struct call *out, struct outcome *outcomes);

/* --- check_packet.c, check_call.c, check_event.c ------------------------------------ */

const struct packet_value *check_packet(struct checker *k, const struct ast_packet *packet,
					enum side side);
const struct call *check_call(struct checker *k, const struct ast_event *event, uint32_t condition);
void check_events(struct checker *k);

#endif
