/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refstackd: a host and all that it leaves outside. Made in order (start.c): links;
 * where no prefix is set, prefixes from routers; the host; its addresses, when
 * nobody else has them (address.c); sockets, the kernel's programs, the control
 * socket. From then on the loop (loop.c) does what is due.
 */
#ifndef REFSTACK_DAEMON_DAEMON_H
#define REFSTACK_DAEMON_DAEMON_H

#include "refstack/core/upper.h"
#include "refstack/daemon/apps.h"
#include "refstack/daemon/control.h"
#include "refstack/daemon/journal.h"
#include "refstack/daemon/key.h"
#include "refstack/daemon/link.h"
#include "refstack/daemon/settings.h"
#include "refstack/socket/socket.h"

#include <time.h>

enum {
	STATUS_OK = 0,
	STATUS_USAGE = 2,
	STATUS_DEVICE = 4,
};

/* What has become of an address. */
enum held_state {
	HELD_ABSENT,    /* its link is down, or not claimed yet */
	HELD_TENTATIVE, /* it is being found out whether it is ours */
	HELD_OURS,
	HELD_OTHERS,    /* somebody else has it */
	HELD_EXPIRED,   /* its prefix has gone */
};

struct held {
	struct in6_addr addr;
	unsigned link; /* from 1 */
	enum held_state state;
	bool usable; /* as the host was told */
};

enum { REFUSED_MAX = 16 };

struct refused_prefix {
	unsigned link;
	uint8_t prefix[8];
};

enum phase { LEARNING, CLAIMING, RUNNING };

struct daemon {
	const struct settings *settings; /* borrowed */
	struct timespec start;           /* the host's 0 */
	struct timespec wall;            /* the same, by the clock on the wall */
	struct journal journal;
	int signals, watch;              /* owned */

	unsigned link_count;
	struct link link[HOST_LINKS_MAX]; /* [0] is link 1 */
	struct link_owner owner;

	enum phase phase;
	struct shim_config cfg;           /* of the host; prefixes that were learnt, too */
	usec_t learnt_at;                 /* when the last of them came; 0: none */
	struct key key;
	struct shim_host *host;           /* owned */
	unsigned held_count;
	struct held held[HOST_LOCATORS_MAX];
	bool link_settled[HOST_LINKS_MAX]; /* the host knows that it is up */
	unsigned refused_next;
	struct refused_prefix refused[REFUSED_MAX]; /* told already */

	struct sock_table *sockets; /* owned */
	int echo;                   /* the socket; < 0: none */
	uint64_t echoed;
	struct apps apps;
	struct control control;
};

/* Until it is told to end, or all links are gone. Returns the exit status; what was
 * wrong was told. */
int daemon_serve(const struct settings *settings);

/* --- daemon.c ------------------------------------------------------------------------- */

usec_t daemon_now(const struct daemon *d);
void daemon_log(struct daemon *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Why it can't start, or go on; returns STATUS_DEVICE. */
int daemon_trouble(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The host's callbacks. */
void daemon_transmit(void *ctx, unsigned link, const void *packet, size_t len);
void daemon_log_line(void *ctx, const char *line);
void daemon_tell_event(void *ctx, const struct shim_event *event);
extern const struct shim_upper daemon_upper;

/* --- open.c, start.c: the steps, in their order --------------------------------------- */

/* Each returns STATUS_OK, or, when what is wrong was told, another exit status. */
int open_signals(struct daemon *d);
int open_links(struct daemon *d);
int open_key(struct daemon *d);
int start_configure(struct daemon *d);
int start_learn(struct daemon *d);
int start_claim(struct daemon *d);
int open_sockets(struct daemon *d);
int open_apps(struct daemon *d);
int open_control(struct daemon *d);
int open_user(struct daemon *d);

/* --- loop.c --------------------------------------------------------------------------- */

enum loop_end {
	LOOP_DONE,    /* what was waited for is there */
	LOOP_LATE,    /* its time is over */
	LOOP_STOPPED, /* by a signal */
	LOOP_GONE,    /* all links are */
};

/* Does what is due until done() says so, which may be NULL, or until a time. */
enum loop_end daemon_loop(struct daemon *d, bool (*done)(struct daemon *d), usec_t until);
/* As many datagrams as were asked for. */
bool daemon_has_echoed(struct daemon *d);
/* Has a signal come? It is left there. */
bool daemon_is_told_to_end(const struct daemon *d);

/* --- address.c ------------------------------------------------------------------------ */

/* The callbacks of links. */
void address_verdict(void *ctx, struct link *link, const struct in6_addr *addr,
		     enum nd_address_status status);
void address_prefix(void *ctx, struct link *link, const struct nd_autonomous_prefix *prefix);

/* The host is new: its addresses are claimed on all links that are up. */
void address_claim_all(struct daemon *d);
/* They are given back, since others are to be made. */
void address_drop_all(struct daemon *d);
/* Is it known of all of them whose they are? */
bool address_all_settled(struct daemon *d);
/* Does somebody else have one? Borrowed; NULL: no. */
const struct in6_addr *address_of_others(const struct daemon *d);
/* The host is told which of them it may use. */
void address_tell_host(struct daemon *d);
/* link->up has changed. */
void address_link_changed(struct daemon *d, struct link *link);

#endif
