/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether there is memory; see memory.h. */
#include "refstack/memory.h"

#include <stdint.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE_LEAST = 4096, PAGES_MAX = MEMORY_CHECKED_MAX / PAGE_LEAST + 2 };

/* An octet of each page; those of larger pages are looked at more than once. */
static int pages_of(struct iovec out[static PAGES_MAX], const void *p, size_t len)
{
	uintptr_t at = (uintptr_t)p, last;
	int count = 0;

	len = len < MEMORY_CHECKED_MAX ? len : MEMORY_CHECKED_MAX;
	if (len == 0)
		return 0;
	last = at > UINTPTR_MAX - (len - 1) ? UINTPTR_MAX : at + (len - 1);
	for (; at <= last && count < PAGES_MAX; at = (at | (PAGE_LEAST - 1)) + 1) {
		out[count++] = (struct iovec){ .iov_base = (void *)at, .iov_len = 1 };
		if (at > UINTPTR_MAX - PAGE_LEAST)
			break;
	}
	return count;
}

typedef ssize_t copier(pid_t pid, const struct iovec *local, unsigned long local_count,
		       const struct iovec *remote, unsigned long remote_count, unsigned long flags);

static bool copies(copier *copy, const struct iovec *remote, int count, uint8_t *octets)
{
	const struct iovec local = { .iov_base = octets, .iov_len = (size_t)count };

	return copy(getpid(), &local, 1, remote, (unsigned long)count, 0) == count;
}

/* What is written is what was there. */
static bool is_there(const void *p, size_t len, bool write)
{
	struct iovec pages[PAGES_MAX];
	uint8_t octets[PAGES_MAX];
	int count = pages_of(pages, p, len);

	return count == 0 || (copies(process_vm_readv, pages, count, octets) &&
			      (!write || copies(process_vm_writev, pages, count, octets)));
}

bool memory_is_checked(void)
{
	uint8_t octet = 0;

	return is_there(&octet, sizeof(octet), true);
}

const void *memory_in(const void *p, size_t len)
{
	return !p || is_there(p, len, false) || !memory_is_checked() ? p : NULL;
}

void *memory_out(void *p, size_t len)
{
	return !p || is_there(p, len, true) || !memory_is_checked() ? p : NULL;
}
