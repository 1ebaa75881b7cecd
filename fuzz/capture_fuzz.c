/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way through a capture: any octets as a file, plain or
 * compressed; its frames to their IPv6 packets, the fragments put together, and
 * what comes of it dissected. Where the dissector finds Shim6, the fast look
 * must have said so.
 */
#include "pcap/capture.h"
#include "pcap/look.h"
#include "pcap/reassemble.h"
#include "wire/layers.h"
#include "wire/packet.h"

#include <stdlib.h>
#include <string.h>

enum {
	FRAMES_MAX = 4096, /* a few octets can unfold to millions of empty frames */
	WAITING_MAX = 8,
	OCTETS_MAX = 256 * 1024,
};

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check(bool claim)
{
	if (!claim)
		abort();
}

static bool has_shim6(const struct wire_dissection *d)
{
	for (unsigned i = 0; i < d->span_count; i++)
		if (d->spans[i].layer->family == WIRE_FAMILY_SHIM6 ||
		    d->spans[i].layer == &layer_payload)
			return true;
	return false;
}

static void visit_packet(const uint8_t *packet, size_t len)
{
	struct wire_dissection d;

	wire_dissect(&d, packet, len);
	check(!has_shim6(&d) || carries_shim6(packet, len));
}

static void visit_frame(struct reassembly *r, const struct captured *c)
{
	struct reassembled_packet whole;
	const uint8_t *packet = c->frame + c->ip_off;

	check(c->nsec < 1000);
	check((c->ip_off >= 0) == (c->ethertype == FRAME_IPV6));
	check(c->ip_off <= (ssize_t)c->len && c->tunnels <= FRAME_TUNNELS_MAX);
	if (c->ip_off < 0)
		return;
	visit_packet(packet, c->len - (size_t)c->ip_off);
	if (reassembly_packet(r, packet, c->len - (size_t)c->ip_off, c->usec, &whole) ==
	    REASSEMBLE_WHOLE)
		visit_packet(whole.octets, whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	FILE *file = len ? fmemopen((void *)octets, len, "rb") : NULL;
	struct reassembly *r = reassembly_new(WAITING_MAX, OCTETS_MAX);
	struct reassembly_counts counts;
	struct captured frame;
	struct capture c;

	check(r);
	if (file && capture_open_stream(&c, file, "fuzz") == 0) {
		for (unsigned i = 0; i < FRAMES_MAX && capture_next(&c, &frame) == 1; i++)
			visit_frame(r, &frame);
		capture_close(&c);
	}
	counts = reassembly_counts(r);
	check(counts.waiting <= WAITING_MAX && counts.whole <= counts.fragments);
	reassembly_free(r);
	return 0;
}
