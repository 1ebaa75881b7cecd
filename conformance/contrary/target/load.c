/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's one export. Which target stands behind it, and what is to be
 * otherwise, are in the environment, which the runner's children inherit. */
#include "conformance/contrary/target/contrary.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct shimproof_target *load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *symbol = library ? dlsym(library, SHIMPROOF_TARGET_SYMBOL) : NULL;
	shimproof_target_fn *entry;

	if (!symbol)
		return NULL;
	memcpy(&entry, &symbol, sizeof(entry)); /* as POSIX has it; ISO C has no such cast */
	return entry();
}

__attribute__((visibility("default"))) const struct shimproof_target *shimproof_target(void);

const struct shimproof_target *shimproof_target(void)
{
	static struct shimproof_target ours, real;
	const char *path = getenv("SHIMPROOF_CONTRARY_TARGET");
	const char *text = getenv("SHIMPROOF_CONTRARY");
	const struct shimproof_target *theirs = path ? load(path) : NULL;

	if (!theirs || theirs->abi != SHIMPROOF_TARGET_ABI) {
		fprintf(stderr, "contrary: no target in SHIMPROOF_CONTRARY_TARGET: %s\n",
			path ? path : "it is not set");
		return NULL;
	}
	memcpy(&real, theirs, theirs->size < sizeof(real) ? theirs->size : sizeof(real));
	if (contrary_make(&ours, &real, text ? text : "") < 0) {
		fprintf(stderr, "contrary: SHIMPROOF_CONTRARY makes no sense: %s\n", text);
		return NULL;
	}
	return &ours;
}
