/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket, with clients of every kind. Time is an argument. */
#include "refstack/daemon/control.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/refstackd-test-XXXXXX", path[64];
static unsigned made;

static int setup(void **state)
{
	static struct control c;

	strcpy(folder, "/tmp/refstackd-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	made = 0;
	*state = &c;
	return control_open(&c, path);
}

static int teardown(void **state)
{
	control_close(*state);
	unlink(path);
	return rmdir(folder);
}

#define control_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static char *make_short(void *ctx)
{
	(void)ctx;
	made++;
	return strdup("status");
}

/* More than a socket takes at once. */
static char *make_long(void *ctx)
{
	char *text = malloc(4 << 20);

	(void)ctx;
	memset(text, 'x', 4 << 20);
	text[(4 << 20) - 1] = '\0';
	return text;
}

static char *make_nothing(void *ctx)
{
	(void)ctx;
	return NULL;
}

static int reach(void)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(where.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof(where)), 0);
	return fd;
}

static void assert_hears(int fd, const char *text)
{
	char heard[64];
	ssize_t n = read(fd, heard, sizeof(heard));

	assert_int_equal(n, strlen(text));
	assert_memory_equal(heard, text, strlen(text));
	assert_int_equal(read(fd, heard, sizeof(heard)), 0);
	close(fd);
}

static void a_client_is_told_and_dismissed(void **state)
{
	struct control *c = *state;
	int fd = reach();

	control_serve(c, 0, make_short, NULL);
	assert_hears(fd, "status");
	assert_int_equal(c->count, 0);
	assert_true(control_deadline(c) == USEC_NEVER);
}

static void it_is_for_its_owner_alone(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void nobody_else_may_have_it(void **state)
{
	struct control second;

	(void)state;
	assert_int_equal(control_open(&second, path), -EADDRINUSE);
	assert_int_equal(second.fd, -1);
	assert_int_equal(access(path, F_OK), 0);
}

static void what_an_ended_daemon_has_left_is_taken_away(void **state)
{
	struct control *c = *state, second;

	close(c->fd);
	c->fd = -1;
	assert_int_equal(control_open(&second, path), 0);
	control_close(&second);
	assert_int_equal(access(path, F_OK), -1);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
	struct control *c = *state, second;
	int fd;

	control_close(c);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "mine", 4), 4);
	close(fd);
	assert_int_equal(control_open(&second, path), -EADDRINUSE);
	assert_int_equal(access(path, F_OK), 0);
}

/* Who doesn't read is told as much as fits, and then waited for, but not for long. */
static void a_slow_client_is_given_up(void **state)
{
	struct control *c = *state;
	int slow = reach(), quick;

	control_serve(c, 7, make_long, NULL);
	assert_int_equal(c->count, 1);
	assert_true(control_deadline(c) == 7 + 5 * USEC_PER_SEC);
	quick = reach();
	control_serve(c, 8, make_short, NULL);
	assert_hears(quick, "status");
	control_serve(c, 6 + 5 * USEC_PER_SEC, make_short, NULL);
	assert_int_equal(c->count, 1);
	control_serve(c, 7 + 5 * USEC_PER_SEC, make_short, NULL);
	assert_int_equal(c->count, 0);
	close(slow);
}

static void a_client_that_reads_on_is_told_all(void **state)
{
	struct control *c = *state;
	int fd = reach();
	size_t len = 0;
	char some[65536];

	control_serve(c, 0, make_long, NULL);
	for (ssize_t n; (n = read(fd, some, sizeof(some))) != 0; control_serve(c, 0, make_long, NULL))
		len += n > 0 ? (size_t)n : 0;
	assert_int_equal(len, (4 << 20) - 1);
	assert_int_equal(c->count, 0);
	close(fd);
}

static void a_client_that_has_gone_is_dismissed(void **state)
{
	struct control *c = *state;

	close(reach());
	control_serve(c, 0, make_long, NULL);
	assert_int_equal(c->count, 0);
}

static void a_ninth_client_is_turned_away(void **state)
{
	struct control *c = *state;
	struct pollfd fds[CONTROL_POLL_MAX];
	int fd[9];

	for (unsigned i = 0; i < 8; i++)
		fd[i] = reach();
	control_serve(c, 0, make_long, NULL);
	assert_int_equal(c->count, 8);
	assert_int_equal(control_poll(c, fds), 9);
	fd[8] = reach();
	control_serve(c, 0, make_short, NULL);
	assert_int_equal(made, 0);
	assert_hears(fd[8], "");
	for (unsigned i = 0; i < 8; i++)
		close(fd[i]);
	control_serve(c, 0, make_short, NULL);
	assert_int_equal(c->count, 0);
	assert_int_equal(control_poll(c, fds), 1);
}

static void without_memory_there_is_no_answer(void **state)
{
	struct control *c = *state;
	int fd = reach();

	control_serve(c, 0, make_nothing, NULL);
	assert_hears(fd, "");
	assert_int_equal(c->count, 0);
}

static void without_a_socket_nothing_is_served(void **state)
{
	struct control none = { .fd = -1 };
	struct pollfd fds[CONTROL_POLL_MAX];

	(void)state;
	control_serve(&none, 0, make_short, NULL);
	assert_int_equal(control_poll(&none, fds), 1);
	assert_int_equal(fds[0].fd, -1);
	control_close(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		control_test(a_client_is_told_and_dismissed),
		control_test(it_is_for_its_owner_alone),
		control_test(nobody_else_may_have_it),
		control_test(what_an_ended_daemon_has_left_is_taken_away),
		control_test(a_file_that_is_no_socket_is_left_alone),
		control_test(a_slow_client_is_given_up),
		control_test(a_client_that_reads_on_is_told_all),
		control_test(a_client_that_has_gone_is_dismissed),
		control_test(a_ninth_client_is_turned_away),
		control_test(without_memory_there_is_no_answer),
		control_test(without_a_socket_nothing_is_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
