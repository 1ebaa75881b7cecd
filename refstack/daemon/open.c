/* SPDX-License-Identifier: BSD-2-Clause */
/* What the daemon opens, below the host and on top of it; see daemon.h. */
#include "refstack/core/upper.h"
#include "refstack/daemon/daemon.h"
#include "refstack/daemon/iface.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* --- below ---------------------------------------------------------------------------- */

int open_signals(struct daemon *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signals < 0 ? daemon_trouble("can't start: %s", strerror(errno)) : STATUS_OK;
}

static int make_seed(uint64_t *out, const struct settings *s)
{
	*out = s->seed;
	if (s->has_seed || getrandom(out, sizeof(*out), 0) == sizeof(*out))
		return STATUS_OK;
	return daemon_trouble("can't start: %s", strerror(errno));
}

int open_links(struct daemon *d)
{
	const struct settings *s = d->settings;

	d->watch = iface_watch();
	if (d->watch < 0)
		return daemon_trouble("can't start: %s", strerror(-d->watch));
	if (make_seed(&d->cfg.seed, s))
		return STATUS_DEVICE;
	for (unsigned i = 0; i < s->link_count; i++) {
		int err = link_open(&d->link[i], &s->link[i], i + 1, d->cfg.seed, &d->owner);

		if (err)
			return daemon_trouble("%s: %s", s->link[i].name,
					      link_trouble(&s->link[i], err));
		d->link_count++;
		if (d->link[i].up && link_begin(&d->link[i], daemon_now(d)))
			return daemon_trouble("can't start: %s", strerror(ENOMEM));
	}
	return STATUS_OK;
}

int open_key(struct daemon *d)
{
	const char *path = d->settings->key;
	const char *why = *path ? key_read(&d->key, path) : NULL;

	return why ? daemon_trouble("%s: %s", path, why) : STATUS_OK;
}

/* --- on top --------------------------------------------------------------------------- */

int open_sockets(struct daemon *d)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)d->settings->echo_port),
	};
	int err;

	d->sockets = sock_table_new(d->host);
	if (!d->sockets)
		return daemon_trouble("can't start: %s", strerror(ENOMEM));
	shim_set_upper(d->host, &daemon_upper, d);
	if (!d->settings->echo_port)
		return STATUS_OK;
	d->echo = sock_socket(d->sockets, AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
	err = d->echo < 0 ? d->echo : sock_bind(d->sockets, d->echo, (struct sockaddr *)&any,
						sizeof(any));
	return err ? daemon_trouble("no echo service: %s", strerror(-err)) : STATUS_OK;
}

int open_apps(struct daemon *d)
{
	const struct settings *s = d->settings;
	unsigned mtu = d->link[0].mtu;
	struct shim_address first;
	const char *what;
	int err = 0;

	if (!*s->apps)
		return STATUS_OK;
	for (unsigned i = 1; i < d->link_count; i++)
		if (d->link[i].mtu < mtu)
			mtu = d->link[i].mtu;
	shim_host_addresses(d->host, &first, 1);
	what = apps_open(&d->apps, s, d->host, &first.addr, apps_mtu(mtu), &err);
	return what ? daemon_trouble("%s: %s: %s", s->apps, what, strerror(-err)) : STATUS_OK;
}

/* Only one that was asked for has to be there. */
int open_control(struct daemon *d)
{
	const char *path = d->settings->socket;
	int err = *path ? control_open(&d->control, path) : 0;

	if (!err)
		return STATUS_OK;
	if (d->settings->has_socket)
		return daemon_trouble("%s: %s", path, err == -EADDRINUSE ? "somebody else is there"
								  : strerror(-err));
	daemon_log(d, "no control socket at %s: %s", path, strerror(-err));
	return STATUS_OK;
}

/* Octets from a network are nothing to read as root. */
int open_user(struct daemon *d)
{
	const struct settings *s = d->settings;
	const struct passwd *user;

	if (!*s->user)
		return STATUS_OK;
	errno = 0;
	user = getpwnam(s->user);
	if (user && !initgroups(s->user, user->pw_gid) && !setgid(user->pw_gid) &&
	    !setuid(user->pw_uid))
		return STATUS_OK;
	return daemon_trouble("can't become the user %s: %s", s->user,
		       user || errno ? strerror(errno) : "there is none of that name");
}
