/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop that waits and does what is due; see daemon.h. */
#include "refstack/daemon/daemon.h"
#include "refstack/daemon/iface.h"
#include "refstack/daemon/status.h"

#include <errno.h>

enum { DATAGRAM_MAX = 65535, PATIENCE_MAX_MSEC = 60000 };

/* Where they stand among what is polled; the control socket's come behind. */
enum {
	POLL_SIGNALS,
	POLL_WATCH,
	POLL_APPS,
	POLL_LINKS,
	POLL_CONTROL = POLL_LINKS + HOST_LINKS_MAX,
};

/* --- what is due ---------------------------------------------------------------------- */

static bool is_running(const struct daemon *d)
{
	return d->phase == RUNNING;
}

static void advance(struct daemon *d)
{
	const usec_t now = daemon_now(d);

	for (unsigned i = 0; i < d->link_count; i++)
		link_advance(&d->link[i], now);
	if (!is_running(d))
		return;
	shim_host_advance(d->host, now);
	sock_table_advance(d->sockets);
}

static void serve_echo(struct daemon *d)
{
	uint8_t data[DATAGRAM_MAX];
	struct sockaddr_in6 from;
	struct iovec iov = { .iov_base = data };
	struct msghdr msg = { .msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	while (d->echo >= 0) {
		iov.iov_len = sizeof(data);
		msg.msg_namelen = sizeof(from);
		n = sock_recvmsg(d->sockets, d->echo, &msg, 0);
		if (n < 0)
			return;
		n = sock_sendto(d->sockets, d->echo, data, (size_t)n, 0, (struct sockaddr *)&from,
				msg.msg_namelen);
		if (n < 0)
			daemon_log(d, "a datagram could not be echoed");
		else
			d->echoed++;
	}
}

/* The host goes on without. */
static void serve_apps(struct daemon *d)
{
	if (apps_read(&d->apps))
		return;
	apps_close(&d->apps);
	daemon_log(d, "%s is gone", d->settings->apps);
}

static bool all_gone(const struct daemon *d)
{
	for (unsigned i = 0; i < d->link_count; i++)
		if (d->link[i].fd >= 0)
			return false;
	return true;
}

static void look_at_links(struct daemon *d)
{
	for (unsigned i = 0; i < d->link_count; i++) {
		bool was_there = d->link[i].fd >= 0;

		if (link_look(&d->link[i]))
			address_link_changed(d, &d->link[i]);
		if (was_there && d->link[i].fd < 0)
			link_say(&d->link[i], "the interface is gone");
	}
}

/* --- waiting -------------------------------------------------------------------------- */

static usec_t earlier(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

/* Milliseconds for poll(), rounded up so that it doesn't come back early and spin;
 * -1: for ever. */
static int patience(const struct daemon *d, usec_t until)
{
	usec_t due = earlier(until, control_deadline(&d->control)), now = daemon_now(d);

	if (is_running(d))
		due = earlier(
			due, earlier(shim_host_deadline(d->host), sock_table_deadline(d->sockets)));
	for (unsigned i = 0; i < d->link_count; i++)
		due = earlier(due, link_deadline(&d->link[i]));
	if (due == USEC_NEVER)
		return -1;
	if (due <= now)
		return 0;
	return due - now > PATIENCE_MAX_MSEC * UINT64_C(1000) ? PATIENCE_MAX_MSEC
							      : (int)((due - now + 999) / 1000);
}

static nfds_t watch(const struct daemon *d, struct pollfd *fds)
{
	fds[POLL_SIGNALS] = (struct pollfd){ .fd = d->signals, .events = POLLIN };
	fds[POLL_WATCH] = (struct pollfd){ .fd = d->watch, .events = POLLIN };
	fds[POLL_APPS] = (struct pollfd){ .fd = d->apps.fd, .events = POLLIN };
	for (unsigned i = 0; i < HOST_LINKS_MAX; i++)
		fds[POLL_LINKS + i] = (struct pollfd){
			.fd = i < d->link_count ? d->link[i].fd : -1,
			.events = POLLIN,
		};
	/* Before there is a host there is nothing to tell. */
	return POLL_CONTROL + (is_running(d) ? control_poll(&d->control, &fds[POLL_CONTROL]) : 0);
}

static char *make_status(void *ctx)
{
	struct daemon *d = ctx;
	const struct status_subject subject = {
		.now = daemon_now(d),
		.settings = d->settings,
		.host = d->host,
		.links = d->link,
		.link_count = d->link_count,
		.apps = &d->apps,
		.echoed = d->echoed,
	};
	json_t *status = status_make(&subject);
	char *text = status ? json_dumps(status, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) : NULL;

	json_decref(status);
	return text;
}

/* News of interfaces first: what they have received since they came up is then not
 * taken for something that came before. An error of a descriptor is news, too. */
static void serve(struct daemon *d, const struct pollfd *fds)
{
	bool news = fds[POLL_WATCH].revents;

	for (unsigned i = 0; i < d->link_count; i++)
		news = news || fds[POLL_LINKS + i].revents & ~POLLIN;
	if (news) {
		iface_heard(d->watch);
		look_at_links(d);
	}
	for (unsigned i = 0; i < d->link_count; i++)
		if (fds[POLL_LINKS + i].revents)
			link_read(&d->link[i]);
	if (is_running(d)) {
		if (fds[POLL_APPS].revents)
			serve_apps(d);
		serve_echo(d);
		control_serve(&d->control, daemon_now(d), make_status, d);
	}
}

bool daemon_is_told_to_end(const struct daemon *d)
{
	struct pollfd fd = { .fd = d->signals, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

bool daemon_has_echoed(struct daemon *d)
{
	return d->settings->count && d->echoed >= d->settings->count;
}

enum loop_end daemon_loop(struct daemon *d, bool (*done)(struct daemon *d), usec_t until)
{
	struct pollfd fds[POLL_CONTROL + CONTROL_POLL_MAX];

	for (;;) {
		advance(d);
		if (done && done(d))
			return LOOP_DONE;
		if (daemon_now(d) >= until)
			return LOOP_LATE;
		if (all_gone(d))
			return LOOP_GONE;
		if (poll(fds, watch(d, fds), patience(d, until)) < 0)
			continue; /* by a signal that isn't ours, or for want of memory */
		if (fds[POLL_SIGNALS].revents)
			return LOOP_STOPPED;
		advance(d);
		serve(d, fds);
	}
}
