/* SPDX-License-Identifier: BSD-2-Clause */
/* From a capture to a view: one run of shimdump. */
#ifndef SHIMDUMP_SESSION_H
#define SHIMDUMP_SESSION_H

#include "pcap/capture.h"
#include "pcap/reassemble.h"
#include "pcap/save.h"
#include "tools/shimdump/options.h"

struct session {
	const struct options *options; /* borrowed */
	struct capture capture;
	bool is_open, is_writing;
	struct capture_writer writer;     /* of -w */
	struct reassembly *reassembly;    /* owned */
	struct trace *trace;              /* owned */
	struct view view;
	uint64_t number; /* of the packet that was read last */
	uint64_t shown;
	uint64_t flushed_usec; /* the time of the packet behind which was flushed last */
	char error[640]; /* what ended it, for people; "": nothing did */
};

/* Each: 0 or an exit status, with error set. */
int session_open(struct session *s);
int session_run(struct session *s);

/* Also says how much there was, if somebody has stopped it. */
int session_close(struct session *s);

/* Lists devices; an exit status. */
int session_devices(void);

#endif
