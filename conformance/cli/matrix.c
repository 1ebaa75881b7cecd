/* SPDX-License-Identifier: BSD-2-Clause */
/* The cells of the table of checks, and the table for people and as JSON. */
#include "conformance/cli/matrix.h"
#include "reports/paint.h"

const char *const matrix_subject_name[MATRIX_SUBJECTS] = {
	/* RFC 6316, Table 1 */
	"SHIM_ASSOCIATED",
	"SHIM_DONTSHIM",
	"SHIM_HOT_STANDBY",
	"SHIM_LOC_LOCAL_PREF",
	"SHIM_LOC_PEER_PREF",
	"SHIM_LOC_LOCAL_RECV",
	"SHIM_LOC_PEER_RECV",
	"SHIM_LOC_LOCAL_SEND",
	"SHIM_LOC_PEER_SEND",
	"SHIM_LOCLIST_LOCAL",
	"SHIM_LOCLIST_PEER",
	"SHIM_APP_TIMEOUT",
	"SHIM_PATHEXPLORE",
	"SHIM_DEFERRED_CONTEXT_SETUP",
	/* Table 2 */
	"SHIM_LOC_LOCAL_RECV",
	"SHIM_LOC_PEER_RECV",
	"SHIM_LOC_LOCAL_SEND",
	"SHIM_LOC_PEER_SEND",
	"SHIM_FEEDBACK",
};

const char *const matrix_state_name[MATRIX_STATES] = { "unconnected", "connected", "context" };
const char *const matrix_kind_name[MATRIX_KINDS] = { "udp", "tcp", "raw" };

const char *matrix_call_name(size_t subject, size_t call)
{
	static const char *const names[2][MATRIX_CALLS] = {
		{ [MATRIX_GET] = "get", [MATRIX_SET] = "set" },
		{ [MATRIX_SENDMSG] = "sendmsg", [MATRIX_RECVMSG] = "recvmsg" },
	};

	return names[subject >= MATRIX_OPTIONS][call];
}

/* --- cells ---------------------------------------------------------------------------- */

bool matrix_next(struct cell *cell)
{
	if (++cell->kind < MATRIX_KINDS)
		return true;
	cell->kind = KIND_UDP;
	if (++cell->state < MATRIX_STATES)
		return true;
	cell->state = STATE_UNCONNECTED;
	if (++cell->call < MATRIX_CALLS)
		return true;
	cell->call = 0;
	return ++cell->subject < MATRIX_SUBJECTS;
}

unsigned matrix_checks(const struct matrix *m, const struct cell *c)
{
	return m->checks[c->subject][c->call][c->state][c->kind];
}

/* All cells apply but those of which nothing can be seen. */
static const struct exception {
	size_t first, end; /* subjects */
	size_t call;
	enum matrix_state state;
	enum matrix_kind kind;
	const char *reason;
} exceptions[] = {
	{ MATRIX_RECEIVED_END, MATRIX_SUBJECTS, MATRIX_RECVMSG, STATE_UNCONNECTED, KIND_TCP,
	  "without a connection nothing is sent that could come back, and nothing is received" },
};

const char *matrix_exception(const struct cell *c)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++) {
		const struct exception *e = &exceptions[i];

		if (c->subject >= e->first && c->subject < e->end && c->call == e->call &&
		    c->state == e->state && c->kind == e->kind)
			return e->reason;
	}
	return NULL;
}

bool matrix_is_empty(const struct matrix *m, const struct cell *cell)
{
	return matrix_checks(m, cell) == 0 && !matrix_exception(cell);
}

/* --- the table ------------------------------------------------------------------------- */

enum { NAME_WIDTH = 29, CALL_WIDTH = 8, NUMBER_WIDTH = 5 };

static void put_heading(FILE *f, const char *title, bool colour)
{
	fprintf(f, "%s%-*s", paint(colour, PAINT_STRONG), NAME_WIDTH + CALL_WIDTH, title);
	for (int state = 0; state < MATRIX_STATES; state++)
		fprintf(f, "  %*s", MATRIX_KINDS * NUMBER_WIDTH, matrix_state_name[state]);
	fprintf(f, "%s\n%*s", paint(colour, PAINT_NONE), NAME_WIDTH + CALL_WIDTH, "");
	for (int state = 0; state < MATRIX_STATES; state++) {
		fputs("  ", f);
		for (int kind = 0; kind < MATRIX_KINDS; kind++)
			fprintf(f, "%*s", NUMBER_WIDTH, matrix_kind_name[kind]);
	}
	fputc('\n', f);
}

static void put_cell(FILE *f, const struct matrix *m, const struct cell *cell, bool colour)
{
	if (matrix_is_empty(m, cell))
		fprintf(f, "%s%*s%s", paint(colour, PAINT_BAD), NUMBER_WIDTH, ".",
			paint(colour, PAINT_NONE));
	else if (matrix_exception(cell))
		fprintf(f, "%*s", NUMBER_WIDTH, "-");
	else
		fprintf(f, "%*u", NUMBER_WIDTH, matrix_checks(m, cell));
}

/* What stands in front of a row, if this cell begins one. */
static void put_row_name(FILE *f, const struct cell *cell, bool colour)
{
	if (cell->state || cell->kind)
		return;
	if (!cell->call && cell->subject == 0)
		put_heading(f, "options", colour);
	if (!cell->call && cell->subject == MATRIX_OPTIONS) {
		fputc('\n', f);
		put_heading(f, "ancillary data", colour);
	}
	fprintf(f, "%-*s%-*s", NAME_WIDTH, cell->call ? "" : matrix_subject_name[cell->subject],
		CALL_WIDTH, matrix_call_name(cell->subject, cell->call));
}

struct sum {
	unsigned applicable, empty, excepted;
};

static struct sum sum_of(const struct matrix *m)
{
	struct cell cell = { 0 };
	struct sum sum = { 0 };

	do {
		sum.applicable += !matrix_exception(&cell);
		sum.excepted += !!matrix_exception(&cell);
		sum.empty += matrix_is_empty(m, &cell);
	} while (matrix_next(&cell));
	return sum;
}

void matrix_print(FILE *f, const struct matrix *m, bool colour)
{
	const struct sum sum = sum_of(m);
	struct cell cell = { 0 };

	do {
		put_row_name(f, &cell, colour);
		if (cell.kind == 0)
			fputs("  ", f);
		put_cell(f, m, &cell, colour);
		if (cell.state == MATRIX_STATES - 1 && cell.kind == MATRIX_KINDS - 1)
			fputc('\n', f);
	} while (matrix_next(&cell));
	fprintf(f, "\n%u of %u cells have a check, %u are empty (.); %u do not apply (-)\n",
		sum.applicable - sum.empty, sum.applicable, sum.empty, sum.excepted);
}

static json_t *cell_json(const struct matrix *m, const struct cell *cell)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:s?}", "table",
			 cell->subject < MATRIX_OPTIONS ? "options" : "ancillary data", "name",
			 matrix_subject_name[cell->subject], "call",
			 matrix_call_name(cell->subject, cell->call), "state",
			 matrix_state_name[cell->state], "kind", matrix_kind_name[cell->kind],
			 "checks", (int)matrix_checks(m, cell), "applies", !matrix_exception(cell),
			 "reason", matrix_exception(cell));
}

json_t *matrix_json(const struct matrix *m)
{
	const struct sum sum = sum_of(m);
	json_t *cells = json_array();
	struct cell cell = { 0 };

	do
		json_array_append_new(cells, cell_json(m, &cell));
	while (matrix_next(&cell));
	return json_pack("{s:o, s:i, s:i, s:i}", "cells", cells, "applicable", (int)sum.applicable,
			 "empty", (int)sum.empty, "excepted", (int)sum.excepted);
}
