/* SPDX-License-Identifier: BSD-2-Clause */
/* libFuzzer: any octets as a case file. */
#include "conformance/script/suite.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void ignore(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct suite suite = { 0 };
	char *text = malloc(len + 1);

	if (!text)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	suite_load_text(&suite, "fuzz.case", text, len, 64 * 1024 * 1024, ignore, NULL);
	suite_free(&suite);
	free(text);
	return 0;
}
