/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP header (RFC 9293 3.1) as a struct, and of its options the Maximum
 * Segment Size (3.7.1). Other options are stepped over, whatever they say.
 */
#ifndef WIRE_TCP_H
#define WIRE_TCP_H

#include "wire/cursor.h"

enum {
	TCP_HEADER_LEN = 20,     /* without options */
	TCP_HEADER_LEN_MAX = 60, /* what four bits of Data Offset can say */
	TCP_MSS_OPTION_LEN = 4,
};

/* Control bits, RFC 9293 3.1. */
enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

struct tcp_header {
	uint16_t src_port, dst_port; /* host order, as are all of these */
	uint32_t seq, ack;
	uint8_t data_offset; /* octets, options included; a multiple of 4 */
	uint8_t flags;
	uint16_t window; /* as it stands: not scaled */
	uint16_t checksum;
	uint16_t urgent;
	uint16_t mss; /* 0: no such option */
};

/*
 * Parsing takes the header with its options from the cursor: 0; -EMSGSIZE if there
 * is less of it; -EBADMSG if Data Offset is less than the header, or an option less
 * than its own two octets or more than what is left for it (RFC 9293 3.2, MUST-7).
 */
int tcp_parse(struct tcp_header *out, struct rbuf *r);

/* 0 or -ENOSPC. Data Offset comes from what is written, the option MSS behind the
 * header when it isn't 0, and not from data_offset. */
int tcp_emit(const struct tcp_header *h, struct wbuf *w);

#endif
