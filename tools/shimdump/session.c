/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets, one after the other: read, put together, dissected, shown. */
#include "tools/shimdump/session.h"

#include "pcap/look.h"
#include "wire/finding.h"
#include "wire/ipv6.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PROGRESS_EVERY = 1 << 18, /* packets */
	FLUSH_USEC = 100000,      /* as the timeout of a device */
	FRAGMENTED_MAX = 256,     /* packets of which fragments wait */
	FRAGMENTED_OCTETS = 4 << 20,
};

static int failed(struct session *s, const char *why, int status)
{
	snprintf(s->error, sizeof(s->error), "%s", why);
	return status;
}

/* --- before the first packet ------------------------------------------------------ */

/* For the signal handler; a process has one session. */
static struct capture *to_break;

static void on_signal(int number)
{
	(void)number;
	capture_break(to_break);
}

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

/* The second of a kind ends us at once. What the first one meets is gone on with, or
 * it would look as if standard output couldn't be written. */
static void watch_signals(struct session *s)
{
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART | SA_RESETHAND,
	};
	struct sigaction before;

	to_break = &s->capture;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		bool nohup = ends[i] == SIGHUP && !sigaction(SIGHUP, NULL, &before) &&
			     before.sa_handler == SIG_IGN;

		if (!nohup)
			sigaction(ends[i], &action, NULL);
	}
}

/* Once there is no capture that could be broken off. */
static void unwatch_signals(void)
{
	struct sigaction now;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!sigaction(ends[i], NULL, &now) && now.sa_handler == on_signal)
			signal(ends[i], SIG_DFL);
}

static int open_capture(struct session *s)
{
	const struct options *o = s->options;
	const struct capture_options how = {
		.snaplen = o->snaplen,
		.promiscuous = o->promiscuous,
	};
	int err = o->device ? capture_open_live(&s->capture, o->device, &how)
			    : capture_open(&s->capture, o->path);

	if (err)
		return failed(s, s->capture.error, EXIT_UNREADABLE);
	s->is_open = true;
	if (capture_filter(&s->capture, o->filter))
		return failed(s, s->capture.error, EXIT_MISUSE);
	return 0;
}

static bool about(const char *path, int standard, struct stat *out)
{
	return !(strcmp(path, "-") ? stat(path, out) : fstat(standard, out));
}

/* To open such a file for writing would empty it before it is read. */
static bool writes_over_itself(const struct options *o)
{
	struct stat from, to;

	return o->path && about(o->path, STDIN_FILENO, &from) &&
	       about(o->write_path, STDOUT_FILENO, &to) && S_ISREG(from.st_mode) &&
	       from.st_dev == to.st_dev && from.st_ino == to.st_ino;
}

/* Before privileges are dropped: it is the caller's file. */
static int open_writer(struct session *s)
{
	const struct options *o = s->options;

	if (!o->write_path)
		return 0;
	if (writes_over_itself(o))
		return failed(s, "-r and -w are the same file", EXIT_MISUSE);
	if (capture_write_open(&s->writer, o->write_path, &s->capture))
		return failed(s, s->writer.error, EXIT_UNWRITABLE);
	s->is_writing = true;
	return 0;
}

/* Octets from a network are nothing to read as root: a device is opened, and a
 * file to write to, and then we are somebody else. */
static int drop_privileges(struct session *s)
{
	const struct options *o = s->options;
	const char *name = o->user ? o->user : o->device ? "nobody" : NULL;
	const struct passwd *user;
	char why[160];

	if (!name || geteuid() != 0)
		return 0;
	errno = 0;
	user = getpwnam(name);
	if (user && !initgroups(name, user->pw_gid) && !setgid(user->pw_gid) &&
	    !setuid(user->pw_uid))
		return 0;
	snprintf(why, sizeof(why), "can't become the user %.64s: %s (-Z names another)", name,
		 user || errno ? strerror(errno) : "there is none of that name");
	return failed(s, why, EXIT_MISUSE);
}

/* The view begins last: what has begun is ended. */
int session_open(struct session *s)
{
	const struct options *o = s->options;
	int status;

	s->trace = trace_new(o->max_contexts);
	s->reassembly = reassembly_new(FRAGMENTED_MAX, FRAGMENTED_OCTETS);
	if (!s->trace || !s->reassembly)
		return failed(s, strerror(ENOMEM), EXIT_UNREADABLE);
	s->view = (struct view){ .out = stdout, .look = o->look, .trace = s->trace };
	status = open_capture(s);
	if (!status)
		status = open_writer(s);
	if (status)
		return status;
	watch_signals(s);
	status = drop_privileges(s);
	if (!status && !s->is_writing && o->view->begin && o->view->begin(&s->view))
		return failed(s, strerror(ENOMEM), EXIT_UNREADABLE);
	return status;
}

/* --- packets ---------------------------------------------------------------------- */

/* Everything, or Shim6 alone? */
static bool shows_all(const struct options *o)
{
	return o->selection.all || (o->view->all && !o->selection.shim6);
}

static void count_errors(struct session *s, const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->finding_count && i < WIRE_FINDINGS_MAX; i++)
		s->view.errors += d->findings[i].severity == WIRE_ERROR;
}

static int show(struct session *s, const struct sight *sight)
{
	const struct options *o = s->options;

	/* A file takes frames; those that a packet was put together from are there. */
	if (!selected(&o->selection, sight) || (s->is_writing && sight->fragments))
		return 0;
	s->shown++;
	if (sight->mark.context)
		trace_pick(s->trace, sight->mark.context);
	if (s->is_writing)
		return capture_write_packet(&s->writer, sight->frame, NULL)
			       ? failed(s, s->writer.error, EXIT_UNWRITABLE) : 0;
	if (sight->d)
		count_errors(s, sight->d);
	if (o->view->packet)
		o->view->packet(&s->view, sight);
	return 0;
}

enum { PAYLOAD_LEN_AT = 4 };

/* is_part: it is followed by the packet that it is a fragment of, so that a context
 * would count it twice. */
static int take_ip(struct session *s, struct sight *sight, const uint8_t *packet, size_t len,
		   bool is_part)
{
	struct wire_dissection d;
	struct in6_addr src, dst;
	bool plain = !shows_all(s->options) && !carries_shim6(packet, len), known, lacking;

	/* Without Shim6 it is shown only if it is news for a context. */
	if (plain && !is_part)
		trace_plain(s->trace, packet, len, sight->frame->usec, &sight->mark);
	if (plain && !sight->mark.events)
		return 0;
	known = trace_ulids(s->trace, packet, len, &src, &dst);
	wire_dissect_ulids(&d, packet, len, known ? &src : NULL, known ? &dst : NULL);
	lacking = d.cut && sight->frame->len == sight->frame->wire_len;
	if (lacking)
		wire_finding_add(&d, WIRE_ERROR, PAYLOAD_LEN_AT, "RFC 8200 3",
				 "the frame is whole, and payload_len promises more");
	sight->d = &d;
	if (!plain && !is_part && !lacking &&
	    trace_packet(s->trace, &d, sight->frame->usec, &sight->mark))
		return failed(s, strerror(ENOMEM), EXIT_UNREADABLE);
	return show(s, sight);
}

/* Could a fragment header stand somewhere? Most packets say no at once. */
static bool has_extensions(const uint8_t *packet, size_t len)
{
	return len > 6 && (packet[6] == IPPROTO_FRAGMENT || packet[6] == IPPROTO_HOPOPTS ||
			   packet[6] == IPPROTO_ROUTING || packet[6] == IPPROTO_DSTOPTS);
}

static bool is_enough(const struct session *s)
{
	return s->options->count && s->shown >= s->options->count;
}

static int take(struct session *s, const struct captured *f)
{
	struct sight sight = { .number = s->number, .frame = f };
	struct reassembled_packet whole;
	enum reassembled got = REASSEMBLE_NO_FRAGMENT;
	const uint8_t *packet = f->frame + f->ip_off;
	size_t len = f->len - (size_t)f->ip_off;
	bool is_part;
	int status;

	if (f->ip_off < 0)
		return shows_all(s->options) ? show(s, &sight) : 0;
	if (f->ip_off > 0) /* a link may put something behind the packet, too */
		len = ipv6_own_len(packet, len);
	if (has_extensions(packet, len))
		got = reassembly_packet(s->reassembly, packet, len, f->usec, &whole);
	is_part = got == REASSEMBLE_WAITING || (got == REASSEMBLE_WHOLE && whole.fragments > 1);
	status = take_ip(s, &sight, packet, len, is_part);
	if (status || !is_part || got == REASSEMBLE_WAITING || is_enough(s))
		return status;
	sight = (struct sight){ .number = s->number, .frame = f, .fragments = whole.fragments };
	return take_ip(s, &sight, whole.octets, whole.len, false);
}

/* --- all of them -------------------------------------------------------------------- */

/* Beside packets that go to the same terminal it would only be in the way. */
static bool wants_progress(const struct session *s)
{
	const struct options *o = s->options;
	bool prints = !s->is_writing && !o->view->at_end;

	return !o->quiet_progress && !o->device && isatty(STDERR_FILENO) &&
	       !(prints && isatty(STDOUT_FILENO));
}

static void show_progress(const struct session *s)
{
	if (s->number % PROGRESS_EVERY == 0 && wants_progress(s))
		fprintf(stderr, "\r%" PRIu64 " packets read", s->number);
}

static void wipe_progress(const struct session *s)
{
	if (s->number >= PROGRESS_EVERY && wants_progress(s))
		fprintf(stderr, "\r%40s\r", "");
}

/* What was shown of a device reaches its reader. */
static int flush(struct session *s)
{
	if (s->is_writing && capture_write_flush(&s->writer))
		return failed(s, s->writer.error, EXIT_UNWRITABLE);
	fflush(stdout); /* session_run() looks at how it went */
	return 0;
}

/* Where packets never cease no timeout ever comes, so their own times count, too. */
static bool flush_is_due(struct session *s, uint64_t usec)
{
	if (s->options->lines)
		return true;
	if (!s->options->device || usec - s->flushed_usec < FLUSH_USEC)
		return false;
	s->flushed_usec = usec;
	return true;
}

static int run(struct session *s)
{
	struct captured frame;
	int more, status = 0;

	while (!status && !ferror(stdout) && !is_enough(s)) {
		more = capture_next(&s->capture, &frame);
		if (more == -EAGAIN) {
			status = flush(s);
			continue;
		}
		if (more < 0)
			return failed(s, s->capture.error, EXIT_UNREADABLE);
		if (more == 0)
			break;
		s->number++;
		show_progress(s);
		status = take(s, &frame);
		if (!status && flush_is_due(s, frame.usec))
			status = flush(s);
	}
	return status;
}

int session_run(struct session *s)
{
	int status = run(s);

	wipe_progress(s);
	if (!s->is_writing && s->options->view->end)
		s->options->view->end(&s->view);
	return status;
}

/* --- the end ------------------------------------------------------------------------- */

static void say_totals(struct session *s)
{
	struct capture_stats stats;

	if (!s->capture.broken && !s->options->device)
		return;
	fprintf(stderr, "%" PRIu64 " packets %s, %" PRIu64 " %s", s->number,
		s->options->device ? "captured" : "read", s->shown,
		s->is_writing ? "written" : "shown");
	if (capture_stats(&s->capture, &stats) == 0)
		fprintf(stderr, ", %" PRIu64 " dropped by the kernel", stats.dropped);
	fputc('\n', stderr);
}

/* Memory is bounded, and whoever reads a result should know what that has cost. */
static void say_forgotten(const struct session *s)
{
	uint64_t crowded = reassembly_counts(s->reassembly).crowded;

	if (s->is_writing || !s->options->view->at_end)
		put_forgotten(stderr, s->trace);
	if (crowded)
		fprintf(stderr, "and %" PRIu64 " fragmented packet%s given up for want of room\n",
			crowded, crowded == 1 ? "" : "s");
}

static void close_capture(struct session *s)
{
	fflush(stdout);
	say_totals(s);
	say_forgotten(s);
	unwatch_signals();
	capture_close(&s->capture);
}

int session_close(struct session *s)
{
	int status = 0;

	if (s->is_open)
		close_capture(s);
	if (s->is_writing && capture_write_close(&s->writer))
		status = failed(s, s->writer.error, EXIT_UNWRITABLE);
	reassembly_free(s->reassembly);
	trace_free(s->trace);
	return status;
}

/* --- devices -------------------------------------------------------------------------- */

static void print_device(void *ctx, const struct capture_device *device)
{
	(void)ctx;
	printf("%s%s%s%s%s%s\n", device->name, device->about ? " (" : "",
	       device->about ? device->about : "", device->about ? ")" : "",
	       device->up ? " up" : "", device->loopback ? " loopback" : "");
}

int session_devices(void)
{
	int n = capture_devices(print_device, NULL);

	if (n > 0)
		return 0;
	fputs(n < 0 ? "shimdump: devices can't be listed\n"
		    : "shimdump: no device that you may capture on\n",
	      stderr);
	return EXIT_UNREADABLE;
}
