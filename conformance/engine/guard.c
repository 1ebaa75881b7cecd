/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages between two that fault, and who it was that ran into one. */
#include "conformance/engine/guard.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static uint8_t *reserve(size_t size)
{
	void *pages = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		abort();
	return pages;
}

static struct guard *guard_new(size_t whole)
{
	size_t page = page_size(), size = (whole + page - 1) / page * page;
	struct guard *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	g->size = size ? size : page;
	g->pages = reserve(g->size + 2 * page) + page;
	if (mprotect(g->pages, g->size, PROT_READ | PROT_WRITE) < 0)
		abort();
	return g;
}

struct guard *guard_take(struct guards *g, size_t whole)
{
	struct guard *found = g->all;

	while (found && (found->taken || found->size < whole))
		found = found->next;
	if (!found) {
		found = guard_new(whole);
		found->next = g->all;
		g->all = found;
	}
	found->taken = true;
	return found;
}

void guards_release(struct guards *g)
{
	for (struct guard *one = g->all; one; one = one->next)
		one->taken = false;
}

void guards_free(struct guards *g)
{
	size_t page = page_size();

	while (g->all) {
		struct guard *one = g->all;

		g->all = one->next;
		munmap(one->pages - page, one->size + 2 * page);
		free(one);
	}
	if (g->unmapped)
		munmap(g->unmapped, page);
	g->unmapped = NULL;
}

uint8_t *guards_unmapped(struct guards *g)
{
	if (!g->unmapped)
		g->unmapped = reserve(page_size());
	return g->unmapped;
}

/* --- faults --------------------------------------------------------------- */

/* For the signal handler, which gets no argument of ours. */
static struct watch {
	const struct guards *guards; /* borrowed; NULL: nobody watches */
	struct ledger *ledger;       /* borrowed */
	size_t page;
	struct sigaction before;
} watch;

/* What the processor was about, where it tells. */
static const char *access_of(const ucontext_t *at)
{
#if defined(__x86_64__)
	return at->uc_mcontext.gregs[REG_ERR] & 2 ? "wrote" : "read";
#else
	(void)at;
	return "read or wrote";
#endif
}

static bool in_page(const uint8_t *at, const uint8_t *page)
{
	return page && at >= page && at < page + watch.page;
}

/* Nothing here allocates: whoever faulted may have been just about that. */
static void describe(char *text, size_t size, const uint8_t *at, const char *did)
{
	const char *call = watch.guards->call ? watch.guards->call : "the target";
	const char *behind = watch.guards->call ? "()" : "";

	text[0] = '\0';
	if (in_page(at, watch.guards->unmapped))
		snprintf(text, size, "%s%s %s at a pointer that is not mapped", call, behind, did);
	for (const struct guard *g = watch.guards->all; g; g = g->next)
		if (in_page(at, g->pages - watch.page) || in_page(at, g->pages + g->size))
			snprintf(text, size,
				 "%s%s %s outside of the buffer that it was given: octet %td of "
				 "%s, which has %zu",
				 call, behind, did, at - g->data, g->name, g->len);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	char text[256];

	describe(text, sizeof(text), info->si_addr, access_of(context));
	if (text[0]) {
		const struct record r = { .kind = RECORD_DAMAGE,
					  .len = (uint32_t)strlen(text) + 1 };

		ledger_put(watch.ledger, &r, text);
	}
	/* It happens again at once, and then to those who were here before us. */
	sigaction(number, &watch.before, NULL);
}

void guards_watch(const struct guards *g, struct ledger *ledger)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	watch = (struct watch){ .guards = g, .ledger = ledger, .page = page_size() };
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &watch.before);
}

void guards_unwatch(void)
{
	sigaction(SIGSEGV, &watch.before, NULL);
	watch.guards = NULL;
}
