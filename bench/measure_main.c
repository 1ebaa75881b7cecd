/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * measure ROUNDS COMMAND...: runs it, output to /dev/null, and prints the median of
 * wall time in microseconds, the peak of resident memory in KiB and the exit status
 * (128 and the number, for a signal). A command that fails is not run again, and
 * one that takes long is run twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { ROUNDS_MAX = 99, LONG_ROUNDS = 2, LONG_USEC = 10 * 1000000 };

struct run {
	int64_t usec;
	long peak_kib;
	int status;
};

extern char **environ;

static int64_t now_usec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* posix_spawn() and not fork(): nothing of our own memory is counted as the child's. */
static struct run run_once(char **command)
{
	posix_spawn_file_actions_t actions;
	struct run run = { .usec = now_usec() };
	struct rusage usage = { 0 };
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd <= 2; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawnp(&pid, command[0], &actions, NULL, command, environ))
		run.status = 127;
	else if (wait4(pid, &status, 0, &usage) < 0)
		run.status = 126;
	else
		run.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	posix_spawn_file_actions_destroy(&actions);
	run.usec = now_usec() - run.usec;
	run.peak_kib = usage.ru_maxrss;
	return run;
}

static int by_usec(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return (x->usec > y->usec) - (x->usec < y->usec);
}

int main(int argc, char **argv)
{
	struct run runs[ROUNDS_MAX];
	int rounds = argc > 2 ? atoi(argv[1]) : 0, done = 0;
	long peak_kib = 0;
	int status;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fputs("usage: measure ROUNDS COMMAND...\n", stderr);
		return 2;
	}
	do {
		runs[done] = run_once(argv + 2);
		if (runs[done].peak_kib > peak_kib)
			peak_kib = runs[done].peak_kib;
		if (runs[done].usec > LONG_USEC && rounds > LONG_ROUNDS)
			rounds = LONG_ROUNDS;
		if (runs[done].status)
			rounds = 0;
	} while (++done < rounds);
	status = runs[done - 1].status;

	qsort(runs, (size_t)done, sizeof(runs[0]), by_usec);
	printf("%lld %ld %d\n", (long long)(runs[(done - 1) / 2].usec + runs[done / 2].usec) / 2,
	       peak_kib, status);
	return 0;
}
