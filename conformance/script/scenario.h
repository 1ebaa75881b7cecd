/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A case that is ready to run: every name resolved, every row a scenario of
 * its own, every literal laid out by its type. The checker makes these from
 * case files (LANGUAGE.md); the engine runs them and needs no other part of
 * the language. Only two things wait for the run: the target's own numbers
 * (struct symbol with `from_target`) and variables.
 */
#ifndef SCRIPT_SCENARIO_H
#define SCRIPT_SCENARIO_H

#include "conformance/script/samples.h"
#include "conformance/script/symbols.h"
#include "conformance/script/types.h"
#include "wire/layer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t usec_t; /* microseconds */

struct place {
	const char *file; /* owned by the suite */
	int line, column; /* from 1 */
	int width;        /* of the text, in columns */
};

/* L1, P2, X1, and the unspecified address. */
struct locator_name {
	char who;       /* 'L' target, 'P' peer, 'X' nobody, '*' the address :: */
	unsigned index; /* from 1; 0: whichever it is, of an expected packet's ends alone */
};

enum value_kind {
	VALUE_NUMBER,   /* number */
	VALUE_SYMBOLS,  /* symbols or-ed, and `number` or-ed to them */
	VALUE_OCTETS,   /* octets, len */
	VALUE_LOCATOR,  /* locator */
	VALUE_SOCKADDR, /* locator and port; with locator.who 0 only a family, in `number` */
	VALUE_LIST,     /* items */
	VALUE_STRUCT,   /* type, and items parallel to members */
	VALUE_CMSG,     /* items: level, cmsg type, content */
	VALUE_MESSAGE,  /* a msghdr: the fields of struct message_value */
	VALUE_VARIABLE, /* variable */
	VALUE_PDS,      /* CGA parameters of locator.who: the octets come at run time */
	VALUE_NULL,     /* a null pointer */
	VALUE_UNMAPPED, /* a pointer to what is no memory of the process */
	VALUE_ZERO,     /* expected: all octets zero */
	VALUE_NOT,      /* expected of a number: any but that of its one item */
	VALUE_ANY,      /* expected: anything */
};

#define SYMBOLS_MAX 8

struct value {
	enum value_kind kind;
	struct place place;
	int64_t number;
	const struct symbol *symbols[SYMBOLS_MAX]; /* NULL-terminated if fewer */
	const uint8_t *octets;
	size_t len;
	struct locator_name locator;
	const struct value *port;             /* VALUE_SOCKADDR: number, variable or any */
	unsigned variable;                    /* index into scenario->variables */
	bool binds;                           /* VALUE_VARIABLE: takes the value here */
	const struct type *type;              /* VALUE_STRUCT */
	const struct type_member *const *members; /* VALUE_STRUCT: which member items[i] is for */
	const struct value *const *items;     /* LIST, STRUCT, CMSG, NOT */
	size_t count;
	const struct message_value *message;  /* VALUE_MESSAGE */
};

/* The parts of a msghdr literal; NULL: not named. */
struct message_value {
	/* Where there can be octets there can be a pointer: VALUE_NULL or VALUE_UNMAPPED. */
	const struct value *name;       /* VALUE_SOCKADDR */
	const struct value *data;       /* VALUE_OCTETS; recvmsg argument: a pointer */
	const struct value *control;    /* VALUE_LIST of VALUE_CMSG; raw: VALUE_OCTETS; the same */
	const struct value *iov;        /* a pointer, instead of that to the one iovec */
	const struct value *flags;
	const struct value *len;        /* recvmsg argument: room for data; default 2048 */
	const struct value *controllen; /* recvmsg argument: room for control; default 256 */
	const struct value *namelen;
};

/* --- events --------------------------------------------------------------- */

enum when_kind {
	WHEN_AT,      /* at `from` */
	WHEN_BETWEEN, /* from `from` to `to` */
	WHEN_EVER,    /* before `to` seconds have passed */
};

struct when {
	enum when_kind kind;
	bool relative; /* from, to count from the time of the event before */
	usec_t from, to;
};

enum call_id {
	CALL_SOCKET, CALL_BIND, CALL_CONNECT, CALL_LISTEN, CALL_ACCEPT, CALL_SHUTDOWN,
	CALL_SEND, CALL_SENDTO, CALL_SENDMSG, CALL_RECV, CALL_RECVMSG,
	CALL_GETSOCKNAME, CALL_GETPEERNAME, CALL_GETSOCKOPT, CALL_SETSOCKOPT,
	CALL_POLL, CALL_CLOSE,
	/* words of the runner */
	CALL_OPEN, CALL_ESTABLISH, CALL_ANSWER,
	CALL_ADDRESS_DOWN, CALL_ADDRESS_UP, CALL_LINK_DOWN, CALL_LINK_UP, CALL_DRAIN,
	CALL_PEER, CALL_PEER_DOWN, CALL_PEER_UP, CALL_FORK, CALL_FORGET,
	CALL_SAMPLE,
	CALL_COUNT,
};

enum transport { TRANSPORT_UDP, TRANSPORT_TCP, TRANSPORT_RAW };

enum open_state {
	OPEN_UNCONNECTED, OPEN_CONNECTED, OPEN_CONTEXT,
	OPEN_LISTENING, OPEN_CONNECTING, OPEN_ACCEPTED, /* of TCP */
};

/* What the peer answers by itself, or-ed: the argument of peer(). */
enum peer_play { PLAY_UPDATES = 1, PLAY_PROBES = 2, PLAY_FORKS = 4, PLAY_RECOVERY = 8 };

/* One way in which a call may end rightly. */
struct outcome {
	bool tolerated;               /* passes, and is reported as a deviation */
	uint32_t label;               /* the bit that is set from then on, or 0 */
	uint32_t condition;           /* open only where this bit is set, or 0; one of a call's
				       * is open, whichever were seen before */
	const struct value *result;   /* number, symbols, variable or any */
	const struct value *error;    /* errno symbol when the result is -1; NULL: any errno */
	const struct value *out;      /* what was handed out; NULL: not looked at */
	const struct value *out_len;  /* optlen= behind the value; NULL: by the type */
	const char *text;             /* as written: "-1 EOPNOTSUPP", without labels; for reports */
};

/*
 * The arguments by call (script/calls.c has the table):
 *   socket   domain type protocol        bind, connect  s address
 *   send     s data [flags]              sendto         s data [flags] address
 *   sendmsg  s message [flags]           recv           s len [flags]
 *   recvmsg  s message [flags]
 *   setsockopt s level name value, optlen               poll  s events
 *   listen   s backlog                   accept         s                 shutdown  s how
 *   getsockopt s level name [pointer instead of a buffer], optlen
 *   open     enum transport, enum open_state            address_*      locator      link_* number
 *   peer     number(enum peer_play)      peer_*         locator
 *   sample   name s [locators], a locator or a VALUE_LIST of them
 * Absent optional arguments are NULL.
 */
#define CALL_ARGS_MAX 5

struct call {
	enum call_id id;
	const struct value *args[CALL_ARGS_MAX];
	const struct value *optlen;    /* getsockopt, setsockopt; NULL: by the type; getsockopt: may
					* be a pointer, VALUE_NULL or VALUE_UNMAPPED */
	const struct type *type;       /* getsockopt, setsockopt, sample: of the value, or NULL */
	const struct sample *sample;   /* sample */
	bool assigns;                  /* `s = socket(...)` */
	unsigned variable;             /* what it assigns to */
	const struct outcome *outcomes; /* none: must not fail */
	size_t outcome_count;
};

struct field_value {
	const struct wire_field *field;
	const struct value *value;
};

struct layer_value {
	const struct wire_layer *layer;
	struct place place;
	const struct field_value *fields;
	size_t field_count;
};

struct packet_value {
	const struct value *raw;    /* whole octets; then nothing below */
	unsigned link;              /* 0: that of the locator */
	struct locator_name src, dst;
	bool ulids_given;           /* ulids(a, b) */
	struct locator_name ulid_src, ulid_dst;
	const struct layer_value *layers; /* layers[0] is always ipv6 */
	size_t layer_count;
	bool open_end;              /* `...` */
};

enum event_kind { EVENT_CALL, EVENT_INJECT, EVENT_EXPECT, EVENT_SILENCE };

struct event {
	enum event_kind kind;
	struct place place;
	const char *text; /* the source line(s), for reports */
	struct when when;
	uint32_t condition;                /* an outcome's label, without which it's not there; 0 */
	const struct call *call;           /* EVENT_CALL */
	const struct packet_value *packet; /* EVENT_INJECT, EVENT_EXPECT */
	usec_t silence;                    /* EVENT_SILENCE */
};

/* --- a case ----------------------------------------------------------------- */

#define SCENARIO_VARIABLES_MAX 64

/* The runner's own. */
enum {
	VARIABLE_LOCAL_TAG, VARIABLE_PEER_TAG, /* set by MAKES_CONTEXT */
	VARIABLE_FORK_LOCAL_TAG, VARIABLE_FORK_PEER_TAG, /* of the last fork: MAKES_FORK */
	VARIABLE_LOCAL_SEQ, VARIABLE_PEER_SEQ, /* set by open(tcp, ...) */
	VARIABLE_FIRST_FREE,
};

struct scenario {
	const char *id;    /* "rfc6316/6.6-loc-local-recv/get-is-refused:local-recv" */
	const char *title;
	struct place place;
	const char *const *rules;
	size_t rule_count;
	const char *const *informs; /* rules, readings, own words; any: the case grades nothing */
	size_t inform_count;        /* 0 if there are rules, and else not */
	const char *const *needs;
	size_t need_count;
	unsigned initiate_after, hba_sec, links, peer; /* config; defaults 0, 0, 2, 2 */
	const char *variables[SCENARIO_VARIABLES_MAX]; /* names without the $ */
	size_t variable_count;
	const struct symbol *const *target_symbols; /* every from_target symbol it uses */
	size_t target_symbol_count;
	const struct event *events;
	size_t event_count;
};

/* All scenarios of some files; owns everything they point to. */
struct suite {
	const struct scenario *scenarios; /* in order of file name, then of the file */
	size_t count;
	void *memory; /* the checker's */
};

/*
 * Read case files. roots: files, or directories that are searched for
 * *.case; ids are paths below `base`. Mistakes go to `errors` as text with
 * file, line, column and caret, all of them; each text ends with a newline.
 * Returns 0 and the suite, or -EINVAL if there was any mistake, -ENOENT,
 * -ENOMEM.
 */
int suite_load(struct suite *out, const char *base, const char *const *roots, size_t root_count,
	       void (*errors)(void *ctx, const char *text), void *ctx);
void suite_free(struct suite *suite);

#endif
