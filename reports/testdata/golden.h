/* SPDX-License-Identifier: BSD-2-Clause */
/* What a writer wrote, held beside a file that was written by hand. */
#ifndef REPORTS_TESTDATA_GOLDEN_H
#define REPORTS_TESTDATA_GOLDEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline char *golden_read(const char *path)
{
	char *text = NULL, chunk[4096];
	size_t size, n;
	FILE *in = fopen(path, "rb"), *out = open_memstream(&text, &size);

	if (!in || !out)
		fail_msg("%s: can't be read; tests run from the root of the tree", path);
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		fwrite(chunk, 1, n, out);
	fclose(in);
	fclose(out);
	return text;
}

/* Fails with the first line that differs. */
static inline void golden_compare(const char *text, const char *path)
{
	char *wanted = golden_read(path);
	const char *a = text, *b = wanted;
	unsigned line = 1;

	while (*a && *b) {
		size_t alen = strcspn(a, "\n"), blen = strcspn(b, "\n");

		if (alen != blen || memcmp(a, b, alen))
			break;
		a += alen + (a[alen] == '\n');
		b += blen + (b[blen] == '\n');
		line++;
	}
	if (*a || *b)
		fail_msg("%s:%u: expected \"%.*s\", got \"%.*s\"", path, line,
			 (int)strcspn(b, "\n"), b, (int)strcspn(a, "\n"), a);
	free(wanted);
}

#endif
