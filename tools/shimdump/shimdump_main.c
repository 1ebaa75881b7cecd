/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shimdump: shows the packets of a capture, with Shim6 (RFC 5533) and REAP
 * (RFC 5534) explained. Reading is pcap/'s, decoding wire/'s, contexts trace/'s;
 * what a packet looks like is its view's.
 */
#include "tools/shimdump/options.h"
#include "tools/shimdump/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of setvbuf() without a buffer of one's own glibc takes no size. */
static char stdout_room[256 * 1024];

/* Says what went wrong, behind what was shown so far; hands status through. */
static int complain(const char *message, int status)
{
	fflush(stdout);
	fprintf(stderr, "shimdump: %s\n", message);
	return status;
}

/* What is shown counts only once it is out. */
static int flushed(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "shimdump: standard output: %s\n", strerror(errno ? errno : EIO));
	return EXIT_UNWRITABLE;
}

static int show(struct session *s)
{
	const struct options *o = s->options;
	int status = session_open(s), closing;

	if (!status)
		status = session_run(s);
	closing = session_close(s);
	status = status ? status : closing;
	if (s->error[0])
		complain(s->error, status);
	if (!status && o->view == &findings_view && s->view.errors)
		return EXIT_ERRORS;
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct session s = { .options = &o };
	int status;

	argv[0] = (char *)"shimdump"; /* getopt's messages start with it */
	/* Who sits before a terminal sees each line as it comes. */
	setvbuf(stdout, stdout_room, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF,
		sizeof(stdout_room));
	if (options_parse(&o, argc, argv, &status))
		status = o.devices ? session_devices() : show(&s);
	options_free(&o);
	return flushed(status);
}
