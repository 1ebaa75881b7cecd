/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket; see control.h. */
#include "refstack/daemon/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the socket ----------------------------------------------------------------------- */

/* A socket that nobody listens at. */
static bool is_left_over(const struct sockaddr_un *where)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct stat st;
	bool refused;

	if (fd < 0)
		return false;
	refused = connect(fd, (const struct sockaddr *)where, sizeof(*where)) < 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused && lstat(where->sun_path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int bind_for_owner(int fd, const struct sockaddr_un *where)
{
	mode_t before = umask(0177);
	int err = bind(fd, (const struct sockaddr *)where, sizeof(*where)) < 0 ? -errno : 0;

	umask(before);
	return err;
}

int control_open(struct control *c, const char *path)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	int fd, err;

	*c = (struct control){ .fd = -1 };
	memcpy(where.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = bind_for_owner(fd, &where);
	if (err == -EADDRINUSE && is_left_over(&where) && unlink(path) == 0)
		err = bind_for_owner(fd, &where);
	if (!err && listen(fd, CONTROL_CLIENTS_MAX) < 0)
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	c->fd = fd;
	strcpy(c->path, path);
	return 0;
}

/* --- clients -------------------------------------------------------------------------- */

static void dismiss(struct control *c, unsigned i)
{
	close(c->client[i].fd);
	free(c->client[i].text);
	c->client[i] = c->client[--c->count];
}

void control_close(struct control *c)
{
	while (c->count)
		dismiss(c, c->count - 1);
	if (c->fd >= 0) {
		close(c->fd);
		unlink(c->path);
	}
	c->fd = -1;
}

static void welcome(struct control *c, int fd, usec_t now, char *text)
{
	if (!text) {
		close(fd);
		return;
	}
	c->client[c->count++] = (struct control_client){
		.fd = fd,
		.text = text,
		.len = strlen(text),
		.until = now + CONTROL_PATIENCE_SEC * USEC_PER_SEC,
	};
}

static void accept_all(struct control *c, usec_t now, char *(*make)(void *ctx), void *ctx)
{
	int fd;

	while ((fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (c->count < CONTROL_CLIENTS_MAX)
			welcome(c, fd, now, make(ctx));
		else
			close(fd);
	}
}

/* False: there is no more to be done for it. */
static bool tell(struct control_client *client, usec_t now)
{
	while (client->sent < client->len) {
		ssize_t n = send(client->fd, client->text + client->sent,
				 client->len - client->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN && now < client->until;
		client->sent += (size_t)n;
	}
	return false;
}

void control_serve(struct control *c, usec_t now, char *(*make)(void *ctx), void *ctx)
{
	if (c->fd >= 0)
		accept_all(c, now, make, ctx);
	for (unsigned i = c->count; i-- > 0;)
		if (!tell(&c->client[i], now))
			dismiss(c, i);
}

/* --- for the loop --------------------------------------------------------------------- */

nfds_t control_poll(const struct control *c, struct pollfd out[static CONTROL_POLL_MAX])
{
	nfds_t n = 0;

	out[n++] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
	for (unsigned i = 0; i < c->count; i++)
		out[n++] = (struct pollfd){ .fd = c->client[i].fd, .events = POLLOUT };
	return n;
}

usec_t control_deadline(const struct control *c)
{
	usec_t first = USEC_NEVER;

	for (unsigned i = 0; i < c->count; i++)
		if (c->client[i].until < first)
			first = c->client[i].until;
	return first;
}
