/* SPDX-License-Identifier: BSD-2-Clause */
/* A call into the target: its arguments, and what it gave back. */
#ifndef ENGINE_CALLS_H
#define ENGINE_CALLS_H

#include "conformance/engine/fence.h"
#include "conformance/engine/values.h"

#include <sys/socket.h>

/* A msghdr and its buffers, for either direction. */
struct message {
	struct msghdr header;
	struct iovec data_at;
	struct fence name, data, control; /* receiving only */
};

enum { DONE_FENCES_MAX = 3 };

/* What a call gave back. */
struct done {
	int64_t result;          /* negative: an errno */
	struct octets out;       /* what was handed out; data NULL: nothing */
	const struct type *type; /* of it, or NULL */
	size_t out_len;          /* as the target says; may be more than there is room */
	bool has_len;            /* out_len is an optlen that can be named */
	bool is_whole;           /* more than there is room for can't be right */
	const struct message *message;
	struct fence fences[DONE_FENCES_MAX];
	unsigned fence_count;
};

/* The struct msghdr of a case, and what came in it. message.c */
int message_to_send(struct trial *t, const struct message_value *m, struct message *out);
int message_to_fill(struct trial *t, const struct message_value *m, struct message *out);
void compare_message(struct comparison *c, const struct message_value *expected,
		     const struct message *actual, size_t data_len);

/* Does a call's end agree with one of the outcomes that a case names?
 * outcome.c */
int outcome_judge(struct trial *t, const struct event *e, const char *name,
		  const struct done *done);

/* What came back as text: "-1 ENOENT (2)", "0 {1} optlen=4". */
const char *done_text(struct trial *t, const struct done *done);

/* A sample program of RFC 6316 against the target. samples.c */
int sample_run(struct trial *t, const struct call *call, struct done *done);

/* The runner's own words. words.c */
int word_open(struct trial *t, const struct call *call, struct done *done);
int word_establish(struct trial *t, const struct call *call, struct done *done);
int word_answer(struct trial *t, const struct call *call, struct done *done);
int word_address_down(struct trial *t, const struct call *call, struct done *done);
int word_address_up(struct trial *t, const struct call *call, struct done *done);
int word_link_down(struct trial *t, const struct call *call, struct done *done);
int word_link_up(struct trial *t, const struct call *call, struct done *done);
int word_drain(struct trial *t, const struct call *call, struct done *done);

#endif
