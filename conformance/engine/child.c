/* SPDX-License-Identifier: BSD-2-Clause */
/* Work in a process of its own. */
#include "conformance/engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The child has descriptors 0 to 3 and no others. The last is there to be
 * missed: it shows that somebody closes what isn't theirs. */
enum { SENTINEL = 3, DESCRIPTORS = 4 };

enum { LEFT_BY_EXIT = 97 }; /* exit status: exit() was called, not by us */

static uint64_t monotonic_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* --- in the child --------------------------------------------------------- */

/* Registered last, so it runs before any handler that was inherited. */
static void leave_at_once(void)
{
	_exit(LEFT_BY_EXIT);
}

static void be_alone(int output)
{
	static const int ours[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGALRM, SIGCHLD };
	const struct rlimit no_core = { 0, 0 };
	int null = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], SIG_DFL);

	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 ||
	    dup2(output, SENTINEL) < 0)
		_exit(LEFT_BY_EXIT);
	close_range(DESCRIPTORS, ~0U, 0);
	atexit(leave_at_once);
}

static void remember_files(struct stat files[static DESCRIPTORS])
{
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (fstat(fd, &files[fd]) < 0)
			_exit(LEFT_BY_EXIT);
}

static void report_damage(struct ledger *ledger, const struct stat files[static DESCRIPTORS])
{
	char text[96];
	struct stat now;

	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		const char *what = NULL;

		if (fstat(fd, &now) < 0)
			what = "closed";
		else if (now.st_dev != files[fd].st_dev || now.st_ino != files[fd].st_ino)
			what = "replaced";
		if (!what)
			continue;
		snprintf(text, sizeof(text),
			 "the target %s descriptor %d, which is not its own", what, fd);
		ledger_say(ledger, RECORD_DAMAGE, 0, text, NULL);
	}
}

_Noreturn static void in_child(struct ledger *ledger, void (*work)(struct ledger *, void *),
			       void *ctx, int output)
{
	const struct record finished = { .kind = RECORD_FINISHED };
	struct stat files[DESCRIPTORS];

	be_alone(output);
	remember_files(files);
	work(ledger, ctx);
	fflush(stdout);
	report_damage(ledger, files);
	ledger_put(ledger, &finished, NULL);
	_exit(0);
}

/* --- in the parent -------------------------------------------------------- */

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	/* It stays unreaped: until then nobody else can get its number. */
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid;
}

/* Wait for the end of the child; SIGCHLD is blocked, so none is missed. False
 * if that takes too long. (A pidfd would do it too, but not under valgrind.) */
static bool await(pid_t pid, uint64_t limit_usec)
{
	uint64_t deadline = monotonic_usec() + limit_usec;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (!has_ended(pid)) {
		uint64_t now = monotonic_usec();
		struct timespec left;

		if (now >= deadline)
			return false;
		left.tv_sec = (time_t)((deadline - now) / 1000000);
		left.tv_nsec = (long)((deadline - now) % 1000000 * 1000);
		sigtimedwait(&child, NULL, &left);
	}
	return true;
}

/* The text that was written, or NULL. A NUL in it would end it too early; those
 * behind it are what nobody wrote. */
static char *output_read(int fd)
{
	char *text = malloc(CHILD_OUTPUT_MAX + 1);
	ssize_t n = text ? pread(fd, text, CHILD_OUTPUT_MAX, 0) : 0;

	while (n > 0 && text[n - 1] == '\0')
		n--;
	if (n <= 0) {
		free(text);
		return NULL;
	}
	for (ssize_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '?';
	text[n] = '\0';
	return text;
}

static bool was_finished(const struct ledger *ledger)
{
	const uint8_t *content;
	struct record r;
	uint8_t *octets;
	size_t len, off = 0;
	bool finished = false;

	if (ledger_copy(ledger, &octets, &len) < 0)
		return false;
	while (record_next(octets, len, &off, &r, &content))
		finished |= r.kind == RECORD_FINISHED;
	free(octets);
	return finished;
}

/* The child, and all that it started. */
static int end_of(pid_t pid)
{
	int status = 0;

	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* What takes a child's output: memory, so it must not grow with whoever shouts.
 * It has its size from the start; what was not written stays NUL. */
static int output_create(void)
{
	int fd = memfd_create("output", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, CHILD_OUTPUT_MAX) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int child_run(struct child_end *out, struct ledger *ledger,
	      void (*work)(struct ledger *ledger, void *ctx), void *ctx, uint64_t limit_usec)
{
	uint64_t start = monotonic_usec();
	int output = output_create();
	sigset_t child, before;
	pid_t pid;
	int r = 0;

	if (output < 0)
		return output;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	fflush(NULL); /* or the child would hold, and write, what we have buffered */
	pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		in_child(ledger, work, ctx, output);
	}
	if (pid > 0) {
		struct child_end end = { 0 };

		setpgid(pid, pid); /* either of the two is first */
		end.timed_out = !await(pid, limit_usec);
		end.status = end_of(pid);
		end.finished = end.status == 0 && was_finished(ledger);
		end.output = output_read(output);
		end.wall_usec = monotonic_usec() - start;
		*out = end;
	} else {
		r = -errno;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(output);
	return r;
}

char *child_reason(const struct child_end *end)
{
	char *text = NULL;
	int n;

	if (end->timed_out) {
		n = asprintf(&text, "no end within the bound on wall-clock time");
	} else if (WIFSIGNALED(end->status)) {
		int number = WTERMSIG(end->status);
		const char *name = sigabbrev_np(number);

		n = asprintf(&text, "SIG%s (%d)", name ? name : "?", number);
	} else if (WEXITSTATUS(end->status) == LEFT_BY_EXIT) {
		n = asprintf(&text, "the target called exit()");
	} else {
		n = asprintf(&text, "the target ended the process with exit status %d",
			     WEXITSTATUS(end->status));
	}
	return n < 0 ? NULL : text;
}
