/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets, one after the other: read, put together, dissected, shown. */
#include "tools/shimdump/session.h"

#include "pcap/look.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PROGRESS_EVERY = 1 << 18, /* packets */
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

static void watch_signals(struct session *s)
{
	struct sigaction action = { .sa_handler = on_signal };

	to_break = &s->capture;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
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

/* Octets from a network are nothing to read as root: a device is opened, and a
 * file to write to, and then we are somebody else. */
static int drop_privileges(struct session *s)
{
	const struct options *o = s->options;
	const char *name = o->user ? o->user : o->device ? "nobody" : NULL;
	const struct passwd *user;
	char why[128];

	if (!name || geteuid() != 0)
		return 0;
	user = getpwnam(name);
	if (user && !initgroups(name, user->pw_gid) && !setgid(user->pw_gid) &&
	    !setuid(user->pw_uid))
		return 0;
	snprintf(why, sizeof(why), "-Z %.64s: can't become that user", name);
	return failed(s, why, EXIT_MISUSE);
}

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
	if (status)
		return status;
	if (o->write_path && capture_write_open(&s->writer, o->write_path, &s->capture))
		return failed(s, s->writer.error, EXIT_UNWRITABLE);
	s->is_writing = o->write_path;
	if (!o->write_path && o->view->begin && o->view->begin(&s->view))
		return failed(s, strerror(ENOMEM), EXIT_UNREADABLE);
	watch_signals(s);
	return drop_privileges(s);
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

	if (!selected(&o->selection, sight))
		return 0;
	s->shown++;
	if (s->is_writing) {
		if (!sight->fragments && capture_write_packet(&s->writer, sight->frame, NULL))
			return failed(s, s->writer.error, EXIT_UNWRITABLE);
		return 0;
	}
	if (sight->d)
		count_errors(s, sight->d);
	if (o->view->packet)
		o->view->packet(&s->view, sight);
	return 0;
}

static int take_ip(struct session *s, struct sight *sight, const uint8_t *packet, size_t len)
{
	struct wire_dissection d;
	struct in6_addr src, dst;
	bool plain = !shows_all(s->options) && !carries_shim6(packet, len), known;

	/* Without Shim6 it is shown only if it is news for a context. */
	if (plain)
		trace_plain(s->trace, packet, len, sight->frame->usec, &sight->mark);
	if (plain && !sight->mark.events)
		return 0;
	known = trace_ulids(s->trace, packet, len, &src, &dst);
	wire_dissect_ulids(&d, packet, len, known ? &src : NULL, known ? &dst : NULL);
	sight->d = &d;
	if (!plain && trace_packet(s->trace, &d, sight->frame->usec, &sight->mark))
		return failed(s, strerror(ENOMEM), EXIT_UNREADABLE);
	return show(s, sight);
}

/* Could a fragment header stand somewhere? Most packets say no at once. */
static bool has_extensions(const uint8_t *packet, size_t len)
{
	return len > 6 && (packet[6] == IPPROTO_FRAGMENT || packet[6] == IPPROTO_HOPOPTS ||
			   packet[6] == IPPROTO_ROUTING || packet[6] == IPPROTO_DSTOPTS);
}

static int take(struct session *s, const struct captured *f)
{
	struct sight sight = { .number = s->number, .frame = f };
	struct reassembled_packet whole;
	const uint8_t *packet = f->frame + f->ip_off;
	size_t len = f->len - (size_t)f->ip_off;
	int status;

	if (f->ip_off < 0)
		return shows_all(s->options) ? show(s, &sight) : 0;
	status = take_ip(s, &sight, packet, len);
	if (status || !has_extensions(packet, len) ||
	    reassembly_packet(s->reassembly, packet, len, f->usec, &whole) != REASSEMBLE_WHOLE)
		return status;
	sight.fragments = whole.fragments;
	return take_ip(s, &sight, whole.octets, whole.len);
}

static void show_progress(const struct session *s, bool end)
{
	const struct options *o = s->options;

	if (o->quiet_progress || o->device || !isatty(STDERR_FILENO) || isatty(STDOUT_FILENO))
		return;
	if (end)
		fprintf(stderr, "\r%40s\r", "");
	else
		fprintf(stderr, "\r%" PRIu64 " packets read", s->number);
}

int session_run(struct session *s)
{
	const struct options *o = s->options;
	struct captured frame;
	int more = 0, status = 0;

	while (!status && !ferror(stdout) && (!o->count || s->shown < o->count)) {
		more = capture_next(&s->capture, &frame);
		if (more == -EAGAIN) {
			fflush(stdout);
			continue;
		}
		if (more != 1)
			break;
		s->number++;
		if (s->number % PROGRESS_EVERY == 0)
			show_progress(s, false);
		status = take(s, &frame);
	}
	if (s->number >= PROGRESS_EVERY)
		show_progress(s, true);
	if (!s->is_writing && o->view->end)
		o->view->end(&s->view);
	if (!status && more < 0 && more != -EAGAIN)
		return failed(s, s->capture.error, EXIT_UNREADABLE);
	return status;
}

/* --- the end ------------------------------------------------------------------------- */

static void say_totals(struct session *s)
{
	struct capture_stats stats;

	if (!s->capture.broken && !s->options->device)
		return;
	fflush(stdout);
	fprintf(stderr, "%" PRIu64 " packets %s, %" PRIu64 " shown", s->number,
		s->options->device ? "captured" : "read", s->shown);
	if (capture_stats(&s->capture, &stats) == 0)
		fprintf(stderr, ", %" PRIu64 " dropped by the kernel", stats.dropped);
	fputc('\n', stderr);
}

int session_close(struct session *s)
{
	int status = 0;

	if (s->is_writing && capture_write_close(&s->writer))
		status = failed(s, s->writer.error, EXIT_UNWRITABLE);
	if (s->is_open) {
		say_totals(s);
		capture_close(&s->capture);
	}
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
