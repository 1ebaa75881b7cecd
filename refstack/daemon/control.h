/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket: who connects is told the status, and that is all. Clients
 * are few and don't get to wait long, so that none can stop or swell the daemon.
 */
#ifndef REFSTACK_DAEMON_CONTROL_H
#define REFSTACK_DAEMON_CONTROL_H

#include "refstack/daemon/settings.h"

#include <poll.h>

enum {
	CONTROL_CLIENTS_MAX = 8, /* one more is turned away */
	CONTROL_POLL_MAX = CONTROL_CLIENTS_MAX + 1,
	CONTROL_PATIENCE_SEC = 5, /* until a client must have read it all */
};

struct control_client {
	int fd;     /* owned */
	char *text; /* owned */
	size_t len, sent;
	usec_t until;
};

struct control {
	int fd; /* owned; < 0: there is none */
	char path[SOCKET_PATH_MAX + 1];
	unsigned count;
	struct control_client client[CONTROL_CLIENTS_MAX];
};

/* For its owner alone (mode 0600). What an ended daemon has left there is taken away.
 * 0; -EADDRINUSE: another listens there; or another negative errno. */
int control_open(struct control *c, const char *path);
void control_close(struct control *c);

/* What to poll() for; returns how many. */
nfds_t control_poll(const struct control *c, struct pollfd out[static CONTROL_POLL_MAX]);
/* After that, and when control_deadline() has come. make: what to tell a new client,
 * owned by who gets it, or NULL. */
void control_serve(struct control *c, usec_t now, char *(*make)(void *ctx), void *ctx);
usec_t control_deadline(const struct control *c);

#endif
