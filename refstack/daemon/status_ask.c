/* SPDX-License-Identifier: BSD-2-Clause */
/* Who asks for the status; see status.h. */
#include "refstack/daemon/status.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_SEC = 5, ANSWER_MAX = 64 << 20 };

/* A descriptor that reads don't wait at for ever, or a negative errno. */
static int reach(const char *path)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SEC };
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	memcpy(where.sun_path, path, strlen(path));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
	    connect(fd, (struct sockaddr *)&where, sizeof(where)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* All that is said, with an end; owned by the caller. */
static int hear(int fd, char **out)
{
	size_t len = 0, size = 0;
	char *text = NULL;
	ssize_t n = -1;

	for (; len < ANSWER_MAX && n != 0; len += (size_t)n) {
		if (size - len < 2) {
			char *more = realloc(text, size = 2 * size + 4096);

			if (!more)
				break;
			text = more;
		}
		n = read(fd, text + len, size - len - 1);
		if (n < 0)
			break;
	}
	if (n == 0 && len) {
		text[len] = '\0';
		*out = text;
		return 0;
	}
	free(text);
	return n < 0 ? -errno : n == 0 ? -EBUSY : -ENOMEM;
}

static const char *trouble(int err)
{
	switch (-err) {
	case ENOENT:
	case ECONNREFUSED:
		return "no refstackd listens there";
	case EAGAIN:
		return "no answer";
	case EBUSY:
		return "it has too many clients";
	case EINVAL:
		return "what answers there is no refstackd";
	default:
		return strerror(-err);
	}
}

static int show(const char *text, bool json)
{
	json_t *status;
	int err;

	if (json)
		return fputs(text, stdout) < 0 ? -EIO : 0;
	status = json_loads(text, 0, NULL);
	err = status_print(status, stdout);
	json_decref(status);
	return err;
}

int status_ask(const char *path, bool json)
{
	char *text = NULL;
	int fd = reach(path), err = fd;

	if (fd >= 0) {
		err = hear(fd, &text);
		close(fd);
	}
	if (!err)
		err = show(text, json);
	free(text);
	if (!err && fflush(stdout))
		err = -EIO;
	if (err)
		fprintf(stderr, "refstackd: %s: %s\n", path, trouble(err));
	return err;
}
