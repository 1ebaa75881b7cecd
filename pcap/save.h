/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing what was captured, as pcapng: frames with their link header, octets
 * and times as they came, down to the nanosecond, and how long they were on
 * the link; and, which pcap has no place for, a comment beside a frame.
 */
#ifndef PCAP_SAVE_H
#define PCAP_SAVE_H

#include "pcap/capture.h"
#include "pcap/pcapng.h"

struct capture_writer {
	struct pcapng pcapng; /* its file is owned */
	char *name;           /* owned; for messages */
	char error[512];      /* "NAME: what went wrong", after any error */
};

/* Of all of these: 0 or -errno, with w->error set. */

/* Starts a file for what `from` reads; "-" is standard output, written through a
 * descriptor of our own. An existing file is written over. */
int capture_write_open(struct capture_writer *w, const char *path, const struct capture *from);

/* Comment: UTF-8, up to 65535 octets; NULL: none. */
int capture_write_packet(struct capture_writer *w, const struct captured *packet,
			 const char *comment);

/* What was written reaches its readers now. */
int capture_write_flush(struct capture_writer *w);

/* Only then it is known whether all was written. Frees w in any case. */
int capture_write_close(struct capture_writer *w);

#endif
