/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer's way into refstackd's configuration: any octets are settings, or one
 * message that says where and what is wrong.
 */
#include "refstack/daemon/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

static void check(bool claim)
{
	if (!claim)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static int file = -1;
	static char path[32];
	char said[1024] = "";
	FILE *errors = fmemopen(said, sizeof(said), "w");
	struct settings s = { 0 };
	bool fine;

	check(errors);
	if (file < 0) {
		file = memfd_create("config", 0);
		check(file >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	}
	check(ftruncate(file, 0) == 0 && pwrite(file, octets, len, 0) == (ssize_t)len);
	fine = config_read(&s, path, errors);
	fclose(errors);
	check(fine == !said[0]);
	check(fine || strstr(said, path)); /* it says where */
	if (fine) {
		const char *conflict = settings_conflict(&s), *warning = settings_warning(&s);

		check((!conflict || *conflict) && (!warning || *warning));
	}
	return 0;
}
