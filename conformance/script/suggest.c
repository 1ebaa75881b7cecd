/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean ...?": the edit distance with swaps of neighbours. */
#include "conformance/script/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { LONGEST = 48 }; /* longer names are not compared: no table has any */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Capital or not: af_inet6 is as near to AF_INET6 as can be. */
static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Three rows of the table are enough, since a swap looks back by two. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][LONGEST + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const unsigned *two_above = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			bool differs = !same(a[i - 1], b[j - 1]);

			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + differs);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

void suggestion_offer(struct suggestion *s, const char *candidate)
{
	unsigned limit, d;

	if (!candidate || strlen(candidate) > LONGEST || strlen(s->written) > LONGEST)
		return;
	limit = 1 + (unsigned)strlen(s->written) / 5;
	if (strlen(s->written) < 2)
		limit = 0;
	d = distance(s->written, candidate);
	if (d <= limit && (!s->nearest || d < s->distance)) {
		s->nearest = candidate;
		s->distance = d;
	}
}
