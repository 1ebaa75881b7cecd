/* SPDX-License-Identifier: BSD-2-Clause */
/* Out of what a child has written, a capture: pcapng, an interface per link. */
#include "conformance/engine/harvest.h"

#include "pcap/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct noted {
	struct record record;
	const uint8_t *octets; /* borrowed */
	char *comment;         /* owned; NULL: none */
};

struct packets {
	struct noted *all; /* owned */
	size_t count;
};

static int add_packet(struct packets *p, const struct record *r, const uint8_t *octets)
{
	struct noted *longer = p->all;

	if ((p->count & (p->count - 1)) == 0) /* full: room doubles at powers of two */
		longer = realloc(p->all, (p->count ? 2 * p->count : 1) * sizeof(*longer));
	if (!longer)
		return -ENOMEM;
	p->all = longer;
	longer[p->count++] = (struct noted){ *r, octets, NULL };
	return 0;
}

static int add_comment(struct packets *p, const struct record *r, const char *text)
{
	struct noted *n;
	char *joined;

	if (r->number[0] < 0 || (uint64_t)r->number[0] >= p->count)
		return 0;
	n = &p->all[r->number[0]];
	if (asprintf(&joined, "%s%s%s", n->comment ? n->comment : "", n->comment ? "; " : "",
		     text) < 0)
		return -ENOMEM;
	free(n->comment);
	n->comment = joined;
	return 0;
}

static int collect(struct packets *p, const uint8_t *records, size_t len)
{
	const uint8_t *content;
	struct record r;
	size_t off = 0;
	int err = 0;

	while (err == 0 && record_next(records, len, &off, &r, &content)) {
		if (r.kind == RECORD_PACKET)
			err = add_packet(p, &r, content);
		else if (r.kind == RECORD_NOTE)
			err = add_comment(p, &r, record_text(&r, content, 0));
	}
	return err;
}

static void release(struct packets *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->all[i].comment);
	free(p->all);
}

/* Links from 1 become interfaces from 0; one more takes what is on none. */
static unsigned interface_of(const struct scenario *s, int64_t link)
{
	return link >= 1 && link <= s->links ? (unsigned)link - 1 : s->links;
}

static int add_interfaces(struct pcapng *w, const struct scenario *s, const struct packets *p)
{
	bool stray = false;
	char name[32];
	int r = 0;

	for (unsigned i = 1; r >= 0 && i <= s->links; i++) {
		snprintf(name, sizeof(name), "link%u", i);
		r = pcapng_interface(w, name);
	}
	for (size_t i = 0; i < p->count; i++)
		stray |= interface_of(s, p->all[i].record.number[1]) == s->links;
	return r >= 0 && stray ? pcapng_interface(w, "no link of the case") : r;
}

static int write_capture(FILE *f, const struct scenario *s, const struct packets *p)
{
	struct pcapng w;
	int r = pcapng_begin(&w, f, s->id);

	if (r >= 0)
		r = add_interfaces(&w, s, p);
	for (size_t i = 0; r >= 0 && i < p->count; i++) {
		const struct noted *n = &p->all[i];
		enum pcapng_direction direction = n->record.number[2] == PCAPNG_INBOUND
							  ? PCAPNG_INBOUND
							  : PCAPNG_OUTBOUND;

		r = pcapng_packet(&w, interface_of(s, n->record.number[1]),
				  (uint64_t)n->record.number[0], direction, n->octets,
				  n->record.len, n->comment);
	}
	return r < 0 ? r : 0;
}

/* "rfc6316/6.6-x/y:z" as the name of a file. */
static char *file_name(const char *id)
{
	char *name;

	if (asprintf(&name, "%s.pcapng", id) < 0)
		return NULL;
	for (char *c = name; *c; c++)
		*c = *c == '/' ? '_' : *c == ':' ? '.' : *c;
	return name;
}

static int write_file(const char *folder, const char *name, const struct scenario *s,
		      const struct packets *p)
{
	char *path;
	FILE *f;
	int r;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return -ENOMEM;
	f = fopen(path, "wbe");
	free(path);
	if (!f)
		return -errno;
	r = write_capture(f, s, p);
	if (fclose(f) != 0 && r == 0)
		r = -errno;
	return r;
}

/* The last part of a path, slashes at its end left out. */
static int relative_name(char **out, const char *folder, const char *name)
{
	size_t end = strlen(folder), begin;

	while (end > 1 && folder[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && folder[begin - 1] != '/'; begin--)
		;
	return asprintf(out, "%.*s/%s", (int)(end - begin), folder + begin, name) < 0 ? -ENOMEM : 0;
}

int harvest_capture(char **name, const char *folder, const struct scenario *s,
		    const uint8_t *records, size_t len)
{
	struct packets p = { 0 };
	char *file = file_name(s->id), *relative = NULL;
	int r = file ? collect(&p, records, len) : -ENOMEM;

	if (r == 0) {
		r = write_file(folder, file, s, &p);
		if (r == 0)
			r = relative_name(&relative, folder, file);
	}
	if (r == 0)
		*name = relative;
	free(file);
	release(&p);
	return r;
}
