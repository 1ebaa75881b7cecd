/* SPDX-License-Identifier: BSD-2-Clause */
/* A call into the target: its arguments, and what it gave back. */
#ifndef ENGINE_CALLS_H
#define ENGINE_CALLS_H

#include "conformance/engine/fence.h"
#include "conformance/engine/values.h"

#include <sys/socket.h>

enum {
	DONE_FENCES_MAX = 4,
	MEMORY_MAX = 1 << 16, /* octets that there really are of what a case says is longer */
};

/* What a call gave back. */
struct done {
	int64_t result;          /* negative: an errno */
	struct octets out;       /* what was handed out; data NULL: nothing */
	const struct type *type; /* of it, or NULL */
	size_t out_len;          /* as the target says; may be more than there is room */
	bool has_len;            /* out_len is an optlen that can be named */
	bool is_whole;           /* more than there is room for can't be right */
	bool is_socket;          /* the result is one, whose number is the target's affair */
	const struct message *message;
	struct fence fences[DONE_FENCES_MAX];
	unsigned fence_count;
};

/* A msghdr and its buffers, for either direction. */
struct message {
	struct msghdr header;
	struct iovec data_at;
	struct octets name, data, control; /* receiving: room */
};

/* Memory for a buffer of the call, checked once that has ended: room to be filled,
 * and octets to be read. `promised`: the length that the target is told; there is
 * as much memory as that and no more, up to MEMORY_MAX, so that reading on shows.
 * Pointers that are none stay what they are. calls.c */
uint8_t *done_room(struct trial *t, struct done *done, const char *name, size_t len);
uint8_t *done_octets(struct trial *t, struct done *done, const char *name, size_t align,
		     struct octets octets, size_t promised);

/* An argument that is a number: 0 for one that isn't there. calls.c */
int number_arg(struct trial *t, const struct call *call, unsigned i, int *out);

/* The struct msghdr of a case, and what came in it. message.c */
int message_to_send(struct trial *t, const struct message_value *m, struct done *done,
		    struct message *out);
int message_to_fill(struct trial *t, const struct message_value *m, struct done *done,
		    struct message *out);
/* " control=[{281, 6, hex\"...\"}] flags=0x8"; "" if neither came. */
const char *message_text(struct trial *t, const struct message *m);
void compare_message(struct comparison *c, const struct message_value *expected,
		     const struct message *actual, size_t data_len);

/* Does a call's end agree with one of the outcomes that a case names?
 * outcome.c */
int outcome_judge(struct trial *t, const struct event *e, const char *name,
		  const struct done *done);

/* What came back as text: "-1 ENOENT (2)", "0 {1} optlen=4". */
const char *done_text(struct trial *t, const struct done *done);

/* Calls into the target: the negative errno, too, is in done->result. 0, or TRIAL_OVER. */
typedef int call_fn(struct trial *t, const struct call *call, struct done *done);

/* calls_give.c */
call_fn do_socket, do_bind, do_connect, do_listen, do_shutdown, do_send, do_sendto, do_sendmsg,
	do_setsockopt, do_close;

/* calls_take.c */
call_fn do_accept, do_recv, do_recvmsg, do_getsockname, do_getpeername, do_getsockopt, do_poll;

/* A sample program of RFC 6316 against the target. samples.c */
call_fn sample_run;

/* Did a call that leads up to what a case is about work? Else the case is
 * inconclusive. words.c */
int must(struct trial *t, const char *what, int r);

/* The runner's own words. open.c, words.c */
int word_open(struct trial *t, const struct call *call, struct done *done);
int word_establish(struct trial *t, const struct call *call, struct done *done);
int word_answer(struct trial *t, const struct call *call, struct done *done);
int word_address_down(struct trial *t, const struct call *call, struct done *done);
int word_address_up(struct trial *t, const struct call *call, struct done *done);
int word_link_down(struct trial *t, const struct call *call, struct done *done);
int word_link_up(struct trial *t, const struct call *call, struct done *done);
int word_drain(struct trial *t, const struct call *call, struct done *done);

/* Those about the peer. peer_words.c */
int word_peer(struct trial *t, const struct call *call, struct done *done);
int word_peer_down(struct trial *t, const struct call *call, struct done *done);
int word_peer_up(struct trial *t, const struct call *call, struct done *done);
int word_fork(struct trial *t, const struct call *call, struct done *done);
int word_forget(struct trial *t, const struct call *call, struct done *done);

#endif
