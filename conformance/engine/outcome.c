/* SPDX-License-Identifier: BSD-2-Clause */
/* How a call ended, beside the ways in which it may end rightly. */
#include "conformance/engine/calls.h"

#include "conformance/engine/show.h"
#include "conformance/engine/target.h"

#include <assert.h>
#include <inttypes.h>

static const char *errno_text(struct trial *t, int64_t number)
{
	char why[TARGET_WHY_MAX];

	return pool_text(&t->brief, "%s", target_errno(t->description, (int)number, why));
}

static const char *result_text(struct trial *t, const struct done *done)
{
	if (done->result < 0)
		return pool_text(&t->brief, "-1 %s", errno_text(t, -done->result));
	return pool_text(&t->brief, "%" PRId64, done->result);
}

const char *done_text(struct trial *t, const struct done *done)
{
	const char *text = result_text(t, done);

	if (done->result < 0 || !done->out.data)
		return text;
	text = pool_text(&t->brief, "%s %s", text,
			 show_object(t, done->type, done->out.data, done->out.len));
	if (done->message)
		text = pool_text(&t->brief, "%s%s", text, message_text(t, done->message));
	return done->has_len ? pool_text(&t->brief, "%s optlen=%zu", text, done->out_len) : text;
}

static bool wants_error(const struct outcome *o)
{
	return o->result->kind == VALUE_NUMBER && o->result->number == -1;
}

/* Of a call that makes a socket: that there is one, whatever its number. */
static bool wants_success(const struct outcome *o)
{
	return o->result->kind == VALUE_NUMBER && o->result->number == 0;
}

/* NULL if the trial is over. */
static const char *error_wanted(struct trial *t, const struct value *error, int64_t *number)
{
	if (!error)
		return "an error";
	if (error->kind == VALUE_NOT)
		return show_value(t, error);
	if (value_number(t, error, number) < 0)
		return NULL;
	if (error->kind == VALUE_SYMBOLS)
		return pool_text(&t->brief, "%s (%" PRId64 ")", show_value(t, error), *number);
	return errno_text(t, *number);
}

/* The call should have failed. */
static void compare_error(struct comparison *c, const struct outcome *o, const struct done *done)
{
	struct trial *t = c->trial;
	int64_t number = 0;
	const char *wanted = error_wanted(t, o->error, &number);

	if (!wanted)
		return;
	if (done->result >= 0)
		compare_differs(c, "result", -1, pool_text(&t->brief, "-1 %s", wanted),
				result_text(t, done));
	else if (o->error && o->error->kind == VALUE_NOT)
		compare_number(c, o->error, "errno", -1, -done->result);
	else if (o->error && -done->result != number)
		compare_differs(c, "errno", -1, wanted, errno_text(t, -done->result));
}

static void compare_out(struct comparison *c, const struct outcome *o, const struct done *done)
{
	struct trial *t = c->trial;

	if (done->is_whole && done->out_len > done->out.len)
		compare_differs(c, done->has_len ? "optlen" : "length", -1,
				pool_text(&t->brief, "at most %zu", done->out.len),
				pool_text(&t->brief, "%zu", done->out_len));
	if (o->out_len)
		compare_number(c, o->out_len, "optlen", -1, (int64_t)done->out_len);
	if (!o->out)
		return;
	if (o->out->kind == VALUE_MESSAGE && done->message)
		compare_message(c, o->out->message, done->message, done->out.len);
	else if (done->out.data)
		compare_object(c, o->out, done->type, "value", done->out.data, done->out.len);
	else
		compare_differs(c, "value", -1, show_value(t, o->out), "no buffer to have it in");
}

static struct comparison *compare_outcome(struct trial *t, const struct outcome *o,
					  const struct done *done)
{
	struct comparison *c = comparison_new(t);

	if (wants_error(o)) {
		compare_error(c, o, done);
		return c;
	}
	if (done->result < 0 && o->result->kind != VALUE_ANY)
		compare_differs(c, "result", -1, show_value(t, o->result), result_text(t, done));
	if (done->result < 0)
		return c;
	if (!done->is_socket || !wants_success(o))
		compare_number(c, o->result, "result", -1, done->result);
	compare_out(c, o, done);
	return c;
}

static const char *wanted_text(struct trial *t, const struct call *call)
{
	const char *text = NULL;

	for (size_t i = 0; i < call->outcome_count; i++)
		if (trial_meets(t, call->outcomes[i].condition))
			text = pool_text(&t->brief, "%s%s%s", text ? text : "", text ? " or " : "",
					 call->outcomes[i].text);
	return text;
}

/* May it be met by more than one thing? */
static bool leaves_open(const struct outcome *o)
{
	return o->result->kind == VALUE_ANY || (wants_error(o) && !o->error) ||
	       (o->out && o->out->kind == VALUE_ANY);
}

/* The report says which of several ways it was, and what it was where any was right. */
static void record(struct trial *t, const struct event *e, const struct outcome *o,
		   const struct done *done)
{
	const char *seen = leaves_open(o) ? done_text(t, done) : o->text;
	const char *text = pool_text(&t->brief, "%s:%d: %s", e->place.file, e->place.line, seen);

	if (e->call->outcome_count > 1 || leaves_open(o))
		ledger_say(t->ledger, RECORD_OBSERVED, o - e->call->outcomes, text, NULL);
	if (o->tolerated)
		ledger_say(t->ledger, RECORD_DEVIATION, 0, text, NULL);
}

int outcome_judge(struct trial *t, const struct event *e, const char *name,
		  const struct done *done)
{
	const struct call *call = e->call;
	struct comparison *closest = NULL;

	if (!call->outcome_count) {
		if (done->result >= 0)
			return 0;
		return trial_unmet(t, NULL, "%s(): expected no error, got %s", name,
				   done_text(t, done));
	}
	trial_check(t);
	for (size_t i = 0; i < call->outcome_count; i++) {
		const struct outcome *o = &call->outcomes[i];
		struct comparison *c;

		if (!trial_meets(t, o->condition))
			continue;
		c = compare_outcome(t, o, done);
		if (t->over)
			return TRIAL_OVER;
		if (!c->count) {
			comparison_keep(c);
			record(t, e, o, done);
			t->labels |= o->label;
			return 0;
		}
		if (!closest || c->count < closest->count)
			closest = c;
	}
	assert(closest); /* the checker has seen to it that one is open */
	return trial_unmet(t, closest, "%s(): expected %s, got %s", name, wanted_text(t, call),
			   done_text(t, done));
}
