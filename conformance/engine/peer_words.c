/* SPDX-License-Identifier: BSD-2-Clause */
/* The runner's words that are about the peer. */
#include "conformance/engine/calls.h"

#include "conformance/engine/show.h"

int word_peer(struct trial *t, const struct call *call, struct done *done)
{
	t->peer.plays = (unsigned)call->args[0]->number;
	done->result = 0;
	return 0;
}

static int set_down(struct trial *t, const struct call *call, bool down)
{
	unsigned i = call->args[0]->locator.index - 1;

	if (i >= t->peer.set.count)
		return trial_blocked(t, "%s is no locator of the peer",
				     show_value(t, call->args[0]));
	t->peer.down[i] = down;
	return 0;
}

int word_peer_down(struct trial *t, const struct call *call, struct done *done)
{
	done->result = 0;
	return set_down(t, call, true);
}

int word_peer_up(struct trial *t, const struct call *call, struct done *done)
{
	done->result = 0;
	return set_down(t, call, false);
}

int word_fork(struct trial *t, const struct call *call, struct done *done)
{
	int64_t s = 0;

	if (value_number(t, call->args[0], &s) < 0)
		return TRIAL_OVER;
	done->result = s;
	return peer_establish(t, (int)s, true);
}

int word_forget(struct trial *t, const struct call *call, struct done *done)
{
	(void)call;
	peer_forget(&t->peer);
	done->result = 0;
	return 0;
}
