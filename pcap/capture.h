/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading captures, pcap or pcapng, through libpcap; and finding the IPv6
 * header behind the link header. A capture comes from anywhere: whatever its
 * octets, reading ends in frames, in an end or in an error with its words.
 *
 * libpcap tells neither the comments, the directions nor the interfaces of a
 * pcapng file, and refuses one whose interfaces differ in link type.
 */
#ifndef PCAP_CAPTURE_H
#define PCAP_CAPTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { /* what a frame carries: the ethertypes that something here asks for */
	FRAME_UNTYPED = 0, /* the link header doesn't say, or was cut off */
	FRAME_IPV4 = 0x0800,
	FRAME_IPV6 = 0x86dd,
};

struct pcap;
struct link_type;

struct capture {
	struct pcap *pcap;            /* owned */
	const struct link_type *link; /* static */
	char *name;                   /* owned; for messages */
	char *buffer;                 /* owned; what stdio reads through */
	char error[512];              /* "NAME: what went wrong", after any error */
};

struct captured {
	uint64_t usec;        /* since 1970 */
	int link_type;        /* DLT_... of pcap/dlt.h, the same for the whole capture */
	const uint8_t *frame; /* borrowed until the next call */
	size_t len;           /* octets in frame */
	size_t wire_len;      /* octets it had on the link */
	uint16_t ethertype;   /* of what the frame carries, behind VLAN tags */
	ssize_t ip_off;       /* of the IPv6 header, <= len; -1: carries no IPv6 */
	uint32_t if_index;    /* the capturing host's; 0: not told (all but LINUX_SLL2) */
};

/*
 * Opens a file; "-" is standard input, read through a descriptor of our own.
 * 0; -errno if it can't be opened, -EBADMSG if it is no capture, -ENOTSUP if
 * frames of its link type are not understood. After an error only c->error
 * is set, and there is nothing to close.
 */
int capture_open(struct capture *c, const char *path);

/* The same on an open file, which is taken over, also on error. */
int capture_open_stream(struct capture *c, FILE *file, const char *name);

/* Lets through only what a pcap-filter(7) expression matches. 0 or -EINVAL. */
int capture_filter(struct capture *c, const char *expression);

/* 1 and the next frame; 0 at the end; -EBADMSG if the file is broken from
 * here on (truncated, say), with c->error set. */
int capture_next(struct capture *c, struct captured *out);

void capture_close(struct capture *c);

#endif
