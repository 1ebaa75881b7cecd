/* SPDX-License-Identifier: BSD-2-Clause */
/* Colour, for those who want it: it never says what the words don't. */
#ifndef REPORTS_PAINT_H
#define REPORTS_PAINT_H

#include <stdbool.h>

enum paint { PAINT_NONE, PAINT_GOOD, PAINT_BAD, PAINT_DOUBT, PAINT_FAINT, PAINT_STRONG };

/* The terminal's sequence (ECMA-48, 8.3.117), or "" without colour. */
static inline const char *paint(bool colour, enum paint what)
{
	static const char *const sequences[] = {
		[PAINT_NONE] = "\033[0m",
		[PAINT_GOOD] = "\033[32m",
		[PAINT_BAD] = "\033[1;31m",
		[PAINT_DOUBT] = "\033[33m",
		[PAINT_FAINT] = "\033[2m",
		[PAINT_STRONG] = "\033[1m",
	};

	return colour ? sequences[what] : "";
}

#endif
