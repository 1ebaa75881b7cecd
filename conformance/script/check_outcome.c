/* SPDX-License-Identifier: BSD-2-Clause */
/* In which ways a call may end: its result, its error, and what it hands out. */
#include "conformance/script/calls.h"
#include "conformance/script/check.h"

#include <string.h>

static bool is_failure(const struct value *result)
{
	return result && result->kind == VALUE_NUMBER && result->number == -1;
}

static const struct value *check_errno(struct checker *k, const struct node *n)
{
	static const struct number_place place = { SYMBOL_ERRNO, 0, INT32_MAX, "an errno" };

	if (n->kind != NODE_WORD && n->kind != NODE_NOT) {
		mistake_not(k, n, "an errno's name");
		return NULL;
	}
	return check_number(k, n, EXPECTED, &place);
}

static const struct value *check_out(struct checker *k, const struct node *n,
				     const struct call_shape *shape, const struct type *type)
{
	switch (shape->out) {
	case OUT_VALUE:
		if (shape->id == CALL_SAMPLE && !type)
			break;
		return check_object(k, n, EXPECTED, type);
	case OUT_ADDRESS:
		return check_address(k, n, EXPECTED);
	case OUT_DATA:
		return check_octets(k, n, EXPECTED);
	case OUT_MESSAGE:
		return check_message(k, n, MESSAGE_SEEN);
	case OUT_NOTHING:
		break;
	}
	diag_report(k->diag, n->place, "%s hands out nothing but its result", shape->name);
	return NULL;
}

static void check_out_len(struct checker *k, const struct node *n, const struct call_shape *shape,
			  struct outcome *out)
{
	static const struct number_place size = { ANY_CLASS, 0, UINT32_MAX, "optlen" };

	if (shape->out != OUT_VALUE || strcmp(n->name, "optlen") != 0)
		diag_report(k->diag, n->name_place, "%s hands out no %s", shape->name, n->name);
	else if (out->out_len)
		diag_report(k->diag, n->name_place, "optlen stands here twice");
	else if (filled(k, n))
		out->out_len = check_number(k, n, EXPECTED, &size);
}

/* More data than the result counts can't come. (Less can: MSG_TRUNC.) */
static void check_amount(struct checker *k, const struct outcome *out)
{
	const struct value *data = out->out;

	if (data && data->kind == VALUE_MESSAGE)
		data = data->message->data;
	if (data && data->kind == VALUE_OCTETS && out->result->kind == VALUE_NUMBER &&
	    out->result->number >= 0 && data->len > (uint64_t)out->result->number)
		diag_report(k->diag, data->place, "the result is %d, and here are %zu octets",
			    (int)out->result->number, data->len);
}

static void check_outcome(struct checker *k, const struct ast_outcome *from,
			  const struct call_shape *shape, const struct type *type,
			  struct outcome *out)
{
	static const struct number_place result = { ANY_CLASS, INT32_MIN, INT32_MAX, "a result" };
	static const struct number_place events = { SYMBOL_POLL, -1, INT16_MAX, "a result" };
	const struct node *n = from->values.first;
	bool errno_told = false, out_told = false;

	out->tolerated = from->tolerated;
	out->text = filled_text(k, from->text, from->text_len);
	out->result = check_number(k, n, EXPECTED, shape->id == CALL_POLL ? &events : &result);
	for (n = n->next; n; n = n->next) {
		const struct node *cell;

		if (n->name) {
			check_out_len(k, n, shape, out);
			continue;
		}
		cell = filled(k, n);
		if (is_failure(out->result) && !errno_told) {
			out->error = cell ? check_errno(k, cell) : NULL;
			errno_told = true;
		} else if (!out_told) {
			out->out = cell ? check_out(k, cell, shape, type) : NULL;
			out_told = true;
		} else {
			diag_report(k->diag, n->place, "nothing else can come back from %s",
				    shape->name);
		}
	}
	if (out->result && (shape->out == OUT_DATA || shape->out == OUT_MESSAGE))
		check_amount(k, out);
}

/* What is bound after an event with several outcomes is what each of them binds. */
void check_outcomes(struct checker *k, const struct ast_outcomes *from,
		    const struct call_shape *shape, struct call *out, struct outcome *outcomes)
{
	bool before[SCENARIO_VARIABLES_MAX], after[SCENARIO_VARIABLES_MAX];

	memcpy(before, k->bound, sizeof(before));
	memset(after, true, sizeof(after));
	for (const struct ast_outcome *o = from->first; o; o = o->next) {
		memcpy(k->bound, before, sizeof(before));
		check_outcome(k, o, shape, out->type, &outcomes[out->outcome_count++]);
		for (size_t i = 0; i < SCENARIO_VARIABLES_MAX; i++)
			after[i] &= k->bound[i];
	}
	if (from->count > 0)
		memcpy(k->bound, after, sizeof(after));
	out->outcomes = outcomes;
}
