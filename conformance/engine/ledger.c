/* SPDX-License-Identifier: BSD-2-Clause */
/* Records in memory that parent and child share. */
#include "conformance/engine/ledger.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A ledger begins with the count of octets that follow and are in use. */
enum { HEAD = 16 };

static uint64_t used(const struct ledger *l)
{
	uint64_t n;

	memcpy(&n, l->base, sizeof(n));
	return n < l->size - HEAD ? n : l->size - HEAD;
}

int ledger_map(struct ledger *l, size_t size)
{
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return -errno;
	*l = (struct ledger){ .base = base, .size = size };
	return 0;
}

void ledger_unmap(struct ledger *l)
{
	munmap(l->base, l->size);
	*l = (struct ledger){ 0 };
}

static bool leaves_reserve(uint32_t kind)
{
	return kind == RECORD_PACKET || kind == RECORD_EVENT || kind == RECORD_NOTE ||
	       kind == RECORD_DIFFERENCE || kind == RECORD_OBSERVED;
}

const uint8_t *ledger_put(struct ledger *l, const struct record *r, const void *content)
{
	uint64_t begin = used(l);
	size_t room = l->size - HEAD - begin;
	size_t keep = leaves_reserve(r->kind) ? LEDGER_RESERVE : 0;
	uint8_t *at = l->base + HEAD + begin;
	uint64_t end = begin + sizeof(*r) + r->len;

	if (room < keep || room - keep < sizeof(*r) || room - keep - sizeof(*r) < r->len)
		return NULL;
	memcpy(at, r, sizeof(*r));
	if (r->len)
		memcpy(at + sizeof(*r), content, r->len);
	memcpy(l->base, &end, sizeof(end));
	return at + sizeof(*r);
}

bool ledger_say(struct ledger *l, enum record_kind kind, int64_t number, const char *text, ...)
{
	struct record r = { .kind = kind, .number = { number } };
	size_t len = 0;
	va_list args;
	char *all, *to;
	bool put;

	va_start(args, text);
	for (const char *s = text; s; s = va_arg(args, const char *))
		len += strlen(s) + 1;
	va_end(args);
	if (len > l->size)
		return false;

	all = to = malloc(len ? len : 1);
	if (!all)
		return false;
	va_start(args, text);
	for (const char *s = text; s; s = va_arg(args, const char *))
		to = stpcpy(to, s) + 1;
	va_end(args);

	r.len = (uint32_t)len;
	put = ledger_put(l, &r, all) != NULL;
	free(all);
	return put;
}

int ledger_copy(const struct ledger *l, uint8_t **octets, size_t *len)
{
	size_t n = used(l);
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, l->base + HEAD, n);
	*octets = copy;
	*len = n;
	return 0;
}

bool record_next(const uint8_t *octets, size_t len, size_t *off, struct record *out,
		 const uint8_t **content)
{
	struct record r;

	if (len - *off < sizeof(r))
		return false;
	memcpy(&r, octets + *off, sizeof(r));
	if (len - *off - sizeof(r) < r.len)
		return false;
	*content = octets + *off + sizeof(r);
	*off += sizeof(r) + r.len;
	*out = r;
	return true;
}

const char *record_text(const struct record *r, const uint8_t *content, unsigned nth)
{
	const uint8_t *end = content + r->len;

	for (;; nth--) {
		const uint8_t *nul = memchr(content, 0, (size_t)(end - content));

		if (!nul)
			return "";
		if (nth == 0)
			return (const char *)content;
		content = nul + 1;
	}
}
