/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runner's own words. They lead up to what a case is about, so when one
 * fails, the case is inconclusive and not failed.
 */
#include "conformance/engine/calls.h"

#include "conformance/engine/show.h"
#include "conformance/engine/target.h"

int must(struct trial *t, const char *what, int r)
{
	char why[TARGET_WHY_MAX];

	if (r < 0)
		return trial_blocked(t, "%s gave -1 %s", what,
				     target_errno(t->description, -r, why));
	return trial_complaints(t);
}

int word_establish(struct trial *t, const struct call *call, struct done *done)
{
	int64_t s = 0;

	if (value_number(t, call->args[0], &s) < 0)
		return TRIAL_OVER;
	done->result = s;
	return peer_establish(t, (int)s, false);
}

int word_answer(struct trial *t, const struct call *call, struct done *done)
{
	int64_t s = 0;

	if (value_number(t, call->args[0], &s) < 0)
		return TRIAL_OVER;
	done->result = s;
	return peer_answer(t);
}

static int set_address(struct trial *t, const struct call *call, bool up)
{
	unsigned i = call->args[0]->locator.index - 1;
	const struct shimproof_locator *l = &t->locators[i];

	if (call->args[0]->locator.who != 'L' || i >= t->locator_count)
		return trial_blocked(t, "%s is no locator of the target",
				     show_value(t, call->args[0]));
	t->gone[i] = !up;
	return must(t, "address()",
		    t->target.address(t->instance, l->link, &l->addr, l->prefix_len, up));
}

int word_address_down(struct trial *t, const struct call *call, struct done *done)
{
	done->result = set_address(t, call, false);
	return (int)done->result;
}

int word_address_up(struct trial *t, const struct call *call, struct done *done)
{
	done->result = set_address(t, call, true);
	return (int)done->result;
}

static int set_link(struct trial *t, const struct call *call, bool up)
{
	int64_t link = 0;

	if (value_number(t, call->args[0], &link) < 0)
		return TRIAL_OVER;
	if (link < 1 || link > t->scenario->links)
		return trial_blocked(t, "the target has no link %d", (int)link);
	t->no_carrier[link] = !up;
	return must(t, "link()", t->target.link(t->instance, (unsigned)link, up));
}

int word_link_down(struct trial *t, const struct call *call, struct done *done)
{
	done->result = set_link(t, call, false);
	return (int)done->result;
}

int word_link_up(struct trial *t, const struct call *call, struct done *done)
{
	done->result = set_link(t, call, true);
	return (int)done->result;
}

int word_drain(struct trial *t, const struct call *call, struct done *done)
{
	(void)call;
	for (; trial_next_sent(t); trial_take_sent(t))
		trial_note(t, trial_next_sent(t)->number, "drained");
	done->result = 0;
	return 0;
}
