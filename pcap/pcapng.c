/* SPDX-License-Identifier: BSD-2-Clause */
/* The pcapng writer, to be held beside draft-ietf-opsawg-pcapng section 4. */
#include "pcap/pcapng.h"

#include "wire/cursor.h"

#include <errno.h>
#include <string.h>

enum { /* block types, and what a section header says of itself */
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 6, /* the "enhanced" one */
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	VERSION_MAJOR = 1,
	VERSION_MINOR = 0,
};

enum { /* option codes; each block type has its own, but for 0 and 1 */
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_TSRESOL = 9,
	EPB_FLAGS = 2,
};

enum {
	BLOCK_FRAME_LEN = 12, /* type, and total length in front and behind */
	OPTION_HEADER_LEN = 4,
	OPTION_VALUE_MAX = 0xffff,
	BODY_MAX = 20, /* the longest fixed part, that of a packet block */
};

struct option {
	uint16_t code;
	const void *value; /* borrowed; NULL: left out */
	size_t len;
};

/* A block: its fixed fields, the packet's octets if it carries one, options. */
struct block {
	uint32_t type;
	struct wbuf body;
	const void *packet; /* borrowed */
	size_t packet_len;
	const struct option *options;
	size_t option_count;
};

static struct option text_option(uint16_t code, const char *text)
{
	return (struct option){ code, text, text ? strlen(text) : 0 };
}

/* Packet data and option values are padded to 32 bits. */
static size_t padded(size_t len)
{
	return (len + 3) / 4 * 4;
}

static void put(struct pcapng *w, const void *octets, size_t len)
{
	if (w->error || len == 0)
		return;
	errno = 0;
	if (fwrite(octets, 1, len, w->file) != len)
		w->error = errno ? -errno : -EIO;
}

static void put_padded(struct pcapng *w, const void *octets, size_t len)
{
	put(w, octets, len);
	put(w, "\0\0\0", padded(len) - len);
}

static void put_option(struct pcapng *w, const struct option *o)
{
	uint8_t octets[OPTION_HEADER_LEN];
	struct wbuf header = wbuf_of(octets, sizeof(octets));

	wbuf_u16(&header, o->code);
	wbuf_u16(&header, (uint16_t)o->len);
	put(w, octets, header.len);
	put_padded(w, o->value, o->len);
}

/* Octets of the list of options with its end mark; an empty list has none. */
static size_t options_len(const struct block *b)
{
	size_t len = 0;

	for (size_t i = 0; i < b->option_count; i++)
		if (b->options[i].value)
			len += OPTION_HEADER_LEN + padded(b->options[i].len);
	return len ? len + OPTION_HEADER_LEN : 0;
}

static int put_block(struct pcapng *w, const struct block *b)
{
	static const struct option end = { OPT_END, "", 0 };
	size_t tail = options_len(b);
	size_t total = BLOCK_FRAME_LEN + b->body.len + padded(b->packet_len) + tail;
	uint8_t type[4], length[4];
	struct wbuf type_field = wbuf_of(type, sizeof(type));
	struct wbuf length_field = wbuf_of(length, sizeof(length));

	for (size_t i = 0; i < b->option_count; i++)
		if (b->options[i].len > OPTION_VALUE_MAX)
			return -ENAMETOOLONG;

	wbuf_u32(&type_field, b->type);
	wbuf_u32(&length_field, (uint32_t)total);
	put(w, type, sizeof(type));
	put(w, length, sizeof(length));
	put(w, b->body.data, b->body.len);
	put_padded(w, b->packet, b->packet_len);
	for (size_t i = 0; i < b->option_count; i++)
		if (b->options[i].value)
			put_option(w, &b->options[i]);
	if (tail)
		put_option(w, &end);
	put(w, length, sizeof(length));
	return w->error;
}

int pcapng_begin(struct pcapng *w, FILE *file, const char *comment)
{
	struct pcapng fresh = { .file = file };
	uint8_t body[BODY_MAX];
	const struct option options[] = {
		text_option(OPT_COMMENT, comment),
		text_option(SHB_USERAPPL, "shimproof"),
	};
	struct block section = {
		.type = BLOCK_SECTION,
		.body = wbuf_of(body, sizeof(body)),
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int err;

	wbuf_u32(&section.body, BYTE_ORDER_MAGIC);
	wbuf_u16(&section.body, VERSION_MAJOR);
	wbuf_u16(&section.body, VERSION_MINOR);
	wbuf_uint(&section.body, UINT64_MAX, 8); /* section length: up to the end of the file */
	err = put_block(&fresh, &section);
	if (err)
		return err;
	*w = fresh;
	return 0;
}

int pcapng_link(struct pcapng *w, const char *name, uint16_t link_type, uint8_t resolution)
{
	uint8_t body[BODY_MAX];
	const struct option options[] = {
		text_option(IF_NAME, name),
		{ IF_TSRESOL, &resolution, sizeof(resolution) },
	};
	struct block interface = {
		.type = BLOCK_INTERFACE,
		.body = wbuf_of(body, sizeof(body)),
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};
	int err;

	wbuf_u16(&interface.body, link_type);
	wbuf_u16(&interface.body, 0); /* reserved */
	wbuf_u32(&interface.body, PCAPNG_SNAPLEN);
	err = put_block(w, &interface);
	return err ? err : (int)w->interface_count++;
}

int pcapng_interface(struct pcapng *w, const char *name)
{
	return pcapng_link(w, name, PCAPNG_LINKTYPE_IPV6, PCAPNG_MICROSECONDS);
}

int pcapng_frame(struct pcapng *w, const struct pcapng_frame *frame)
{
	uint8_t body[BODY_MAX], flags[4];
	bool directed = frame->direction != PCAPNG_DIRECTION_UNKNOWN;
	struct wbuf flags_field = wbuf_of(flags, sizeof(flags));
	const struct option options[] = {
		text_option(OPT_COMMENT, frame->comment),
		{ EPB_FLAGS, directed ? flags : NULL, sizeof(flags) },
	};
	struct block packet = {
		.type = BLOCK_PACKET,
		.body = wbuf_of(body, sizeof(body)),
		.packet = frame->octets,
		.packet_len = frame->len,
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
	};

	if (frame->interface >= w->interface_count || frame->direction > PCAPNG_OUTBOUND)
		return -EINVAL;
	if (frame->len > PCAPNG_SNAPLEN || frame->wire_len > UINT32_MAX)
		return -EMSGSIZE;
	wbuf_u32(&flags_field, frame->direction);
	wbuf_u32(&packet.body, frame->interface);
	wbuf_u32(&packet.body, (uint32_t)(frame->time >> 32));
	wbuf_u32(&packet.body, (uint32_t)frame->time);
	wbuf_u32(&packet.body, (uint32_t)frame->len);
	wbuf_u32(&packet.body, (uint32_t)frame->wire_len);
	return put_block(w, &packet);
}

int pcapng_packet(struct pcapng *w, unsigned interface, uint64_t usec,
		  enum pcapng_direction direction, const void *octets, size_t len,
		  const char *comment)
{
	return pcapng_frame(w, &(struct pcapng_frame){
		.interface = interface,
		.time = usec,
		.direction = direction,
		.octets = octets,
		.len = len,
		.wire_len = len,
		.comment = comment,
	});
}
