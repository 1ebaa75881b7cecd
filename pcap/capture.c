/* SPDX-License-Identifier: BSD-2-Clause */
/* The capture reader: what files and devices share, and files. */
#include "pcap/capture_priv.h"
#include "pcap/plain.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* stdio's 4 KiB make a system call per few packets; this reads 1.5 times as fast. */
enum { STREAM_BUFFER = 32 * 1024 };

int capture_failed(struct capture *c, const char *name, int err, const char *format, ...)
{
	int at = snprintf(c->error, sizeof(c->error), "%.255s: ", name);
	va_list args;

	va_start(args, format);
	vsnprintf(c->error + at, sizeof(c->error) - (size_t)at, format, args);
	va_end(args);
	return err;
}

int capture_take(struct capture *c, struct capture *fresh)
{
	int number = pcap_datalink(fresh->pcap);
	bool nanoseconds = pcap_get_tstamp_precision(fresh->pcap) == PCAP_TSTAMP_PRECISION_NANO;

	fresh->nsec_unit = nanoseconds ? 1 : 1000;
	fresh->snaplen = (size_t)pcap_snapshot(fresh->pcap);
	fresh->link = link_type_numbered(number);
	if (!fresh->link) {
		const char *label = pcap_datalink_val_to_name(number);
		int err = capture_failed(c, fresh->name, -ENOTSUP,
					 "frames of link type %d (%s) are not understood",
					 number, label ? label : "no name");

		capture_close(fresh);
		return err;
	}
	*c = *fresh;
	return 0;
}

int capture_open(struct capture *c, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? dup(STDIN_FILENO) : -1;
	FILE *file = is_stdin ? fdopen(fd, "rb") : fopen(path, "rb");

	if (!file) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		return capture_failed(c, name, err, "%s", strerror(-err));
	}
	return capture_open_stream(c, file, name);
}

/* What is wrong with compressed data comes first: libpcap knows of its consequences alone. */
static int broken(struct capture *c, const struct capture *at, const char *why)
{
	const char *cause = at->source ? source_error(at->source) : NULL;

	return capture_failed(c, at->name, -EBADMSG, "%s", cause ? cause : why);
}

int capture_open_stream(struct capture *c, FILE *file, const char *name)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct capture fresh = { .name = strdup(name), .buffer = malloc(STREAM_BUFFER) };
	FILE *stream = source_open(file, &fresh.source);
	int err;

	if (!fresh.name || !fresh.buffer || !stream) {
		err = capture_failed(c, name, -ENOMEM, "%s", strerror(ENOMEM));
		goto close_stream;
	}
	fresh.plain = plain_file_of(fresh.source);
	/* Of a plain file, libpcap must take no more than it needs. */
	setvbuf(stream, fresh.buffer, fresh.plain ? _IONBF : _IOFBF, STREAM_BUFFER);
	__fsetlocking(stream, FSETLOCKING_BYCALLER); /* nobody else has it; 2 reads a packet */
	fresh.pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO,
							      why);
	if (fresh.pcap)
		return capture_take(c, &fresh);
	err = broken(c, &fresh, why);

close_stream:
	if (stream)
		fclose(stream);
	capture_close(&fresh);
	return err;
}

static void drop_filter(struct capture *c)
{
	if (c->filter)
		pcap_freecode(c->filter);
	free(c->filter);
	c->filter = NULL;
}

int capture_filter(struct capture *c, const char *expression)
{
	struct bpf_program *program = malloc(sizeof(*program));

	if (!program)
		return capture_failed(c, "filter", -ENOMEM, "%s", strerror(ENOMEM));
	if (pcap_compile(c->pcap, program, expression, 1, PCAP_NETMASK_UNKNOWN)) {
		free(program);
		return capture_failed(c, "filter", -EINVAL, "%s", pcap_geterr(c->pcap));
	}
	drop_filter(c);
	c->filter = program;
	if (pcap_setfilter(c->pcap, program)) { /* of which it makes a copy */
		drop_filter(c);
		return capture_failed(c, "filter", -EINVAL, "%s", pcap_geterr(c->pcap));
	}
	if (!*expression) /* to ask that of every frame would only take time */
		drop_filter(c);
	return 0;
}

/* libpcap takes the unsigned 32 bits of a pcap file for signed, so 2038 looks
 * like 1901; a time of pcapng has 64 bits and may be anything. */
static uint64_t seconds(time_t sec)
{
	return sec < 0 ? (uint32_t)sec : (uint64_t)sec;
}

static void put_time(struct captured *out, uint64_t sec, uint32_t fraction, unsigned nsec_unit)
{
	static const uint64_t last = UINT64_MAX / 1000000000 - 4; /* 4 s: of a wrong fraction */
	uint64_t nsec;

	nsec = sec < last ? sec * 1000000000 + (uint64_t)fraction * nsec_unit : UINT64_MAX;
	out->usec = nsec / 1000;
	out->nsec = (uint16_t)(nsec % 1000);
}

static int no_frame(struct capture *c, int result)
{
	if (result == 0 && !c->source)
		return capture_wait(c);
	if (result == PCAP_ERROR_BREAK || c->broken)
		return 0;
	if (!c->source)
		return capture_failed(c, c->name, -EIO, "%s", pcap_geterr(c->pcap));
	return broken(c, c, pcap_geterr(c->pcap));
}

static bool passes(const struct capture *c, const struct captured *frame)
{
	struct pcap_pkthdr header = {
		.caplen = (bpf_u_int32)frame->len,
		.len = (bpf_u_int32)frame->wire_len,
	};

	return !c->filter || pcap_offline_filter(c->filter, &header, frame->frame);
}

/* The next that passes the filter. false: libpcap has to look. */
static bool next_plain(struct capture *c, struct captured *out)
{
	struct plain_frame frame;

	while (!c->broken && plain_file_next(c->plain, c->source, c->snaplen, &frame)) {
		out->frame = frame.octets;
		out->len = frame.len;
		out->wire_len = frame.wire_len;
		put_time(out, frame.sec, frame.nsec, 1);
		if (passes(c, out))
			return true;
	}
	return false;
}

static int next_of_libpcap(struct capture *c, struct captured *out)
{
	struct pcap_pkthdr *header;
	const u_char *frame;
	int result = pcap_next_ex(c->pcap, &header, &frame);

	if (result == 1) {
		out->frame = frame;
		out->len = header->caplen;
		out->wire_len = header->len;
		put_time(out, seconds(header->ts.tv_sec), (uint32_t)header->ts.tv_usec,
			 c->nsec_unit);
	}
	return result;
}

int capture_next(struct capture *c, struct captured *out)
{
	int result = 0;

	while (!c->broken) {
		result = c->plain && next_plain(c, out) ? 1 : next_of_libpcap(c, out);
		if (result == 1) {
			out->link_type = link_type_number(c->link);
			frame_enter(out, c->link);
			return 1;
		}
		result = no_frame(c, result);
		if (result <= 0)
			return result;
	}
	return 0;
}

void capture_break(struct capture *c)
{
	c->broken = true;
	pcap_breakloop(c->pcap);
	if (c->source)
		source_break(c->source);
}

void capture_close(struct capture *c)
{
	if (c->pcap)
		pcap_close(c->pcap);
	free(c->buffer);
	free(c->name);
	drop_filter(c);
	*c = (struct capture){ .pcap = NULL };
}
