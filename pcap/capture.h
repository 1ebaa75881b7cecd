/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading captures through libpcap: files, pcap or pcapng, as they are or
 * compressed with gzip or zstd; and devices. Frames of usual pcap files are
 * taken past it (pcap/plain.h), which nobody sees. A capture comes from
 * anywhere: whatever its octets, reading ends in frames, in an end or in an
 * error with its words.
 *
 * libpcap tells neither the comments, the directions nor the interfaces of a
 * pcapng file, and refuses one whose interfaces differ in link type.
 */
#ifndef PCAP_CAPTURE_H
#define PCAP_CAPTURE_H

#include "pcap/frame.h"

#include <signal.h>
#include <stdio.h>

struct bpf_program;
struct pcap;
struct plain_file;
struct source;

struct capture {
	struct pcap *pcap;            /* owned */
	const struct link_type *link; /* static */
	struct source *source;        /* borrowed from pcap; NULL: a device */
	char *name;                   /* owned; for messages */
	char *buffer;                 /* owned; what stdio reads through; NULL: a device */
	struct bpf_program *filter;   /* owned; for what libpcap doesn't read; NULL: all pass */
	const struct plain_file *plain; /* static; NULL: libpcap reads it */
	size_t snaplen;               /* octets of a frame that libpcap keeps */
	unsigned nsec_unit;           /* what a tv_usec of libpcap counts: 1 or 1000 ns */
	unsigned timeout_msec;        /* of a device */
	volatile sig_atomic_t broken; /* capture_break() was called */
	char error[512];              /* "NAME: what went wrong", after any error */
};

/*
 * Opens a file; "-" is standard input, read through a descriptor of our own.
 * 0; -errno if it can't be opened, -EBADMSG if it is no capture, -ENOTSUP if
 * frames of its link type are not understood. After an error only c->error
 * is set, and there is nothing to close.
 */
int capture_open(struct capture *c, const char *path);

/* The same on a file that was opened and not yet read, which is taken over, also on error. */
int capture_open_stream(struct capture *c, FILE *file, const char *name);

struct capture_options {
	unsigned snaplen;      /* octets of a frame that are wanted; 0: all */
	bool promiscuous;      /* not only frames for this host, where the device can */
	unsigned timeout_msec; /* for how long the kernel may gather frames; 0: 100 */
};

/*
 * Opens a device, "any" for all of them. 0; -ENODEV there is none of that
 * name; -EPERM capturing takes rights that we don't have; -ENETDOWN it is not
 * up; -ENOTSUP as above; -EIO else. What comes is counted from here on.
 */
int capture_open_live(struct capture *c, const char *device, const struct capture_options *options);

/* Lets through only what a pcap-filter(7) expression matches. 0, -EINVAL, -ENOMEM. */
int capture_filter(struct capture *c, const char *expression);

/*
 * 1 and the next frame; 0 at the end, or after capture_break(); -EBADMSG if the
 * file is broken from here on (cut, say), with c->error set, after all that was
 * before. Of a device: -EAGAIN if nothing came within its timeout, which is the
 * time to flush what was printed; -EIO if it went away.
 *
 * Times are right to the nanosecond where the capture is. Those that count
 * more nanoseconds from 1970 than fit into 64 bits (2554) stop there.
 */
int capture_next(struct capture *c, struct captured *out);

/* Ends capture_next() soon, and for good. May be called in a signal handler. */
void capture_break(struct capture *c);

struct capture_stats {
	uint64_t received; /* frames that passed the filter, also those not yet taken */
	uint64_t dropped;  /* by the kernel, because they were not taken fast enough */
	uint64_t lost;     /* by the device or its driver, where that is told */
};

/* 0; -ENOTSUP for a file, which doesn't tell; -EIO. */
int capture_stats(struct capture *c, struct capture_stats *out);

void capture_close(struct capture *c);

struct capture_device {
	const char *name, *about; /* about: NULL if nothing is known */
	bool up, running, loopback;
};

/* Shows each device that could be captured on; what it is shown lives until
 * `show` returns. Their number, which without rights may be 0, or -EIO. */
int capture_devices(void (*show)(void *ctx, const struct capture_device *device), void *ctx);

#endif
