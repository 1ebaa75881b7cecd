/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is there memory where a caller says? The kernel looks, on our behalf, as it does for its
 * own calls, so that a wrong pointer is -EFAULT and no end. For one thread: what is checked
 * must still be so when it is used.
 */
#ifndef REFSTACK_MEMORY_H
#define REFSTACK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum { MEMORY_CHECKED_MAX = 65536 }; /* octets; no call looks at more of a buffer */

/* Can the kernel be asked at all? If not, all memory is taken to be good. */
bool memory_is_checked(void);

/* The pointer, or NULL if its first len octets can't all be read, or read and written. Of no
 * octets any pointer will do. */
const void *memory_in(const void *p, size_t len);
void *memory_out(void *p, size_t len);

#endif
