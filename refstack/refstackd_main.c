/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refstackd: the reference stack on real links. What it does, and when, is in
 * refstack/daemon/.
 */
#include "refstack/daemon/daemon.h"
#include "refstack/daemon/flags.h"
#include "refstack/daemon/status.h"

int main(int argc, char **argv)
{
	struct flags flags;

	switch (flags_parse(&flags, argc, argv, stderr)) {
	case REQUEST_RUN:
		return daemon_serve(&flags.settings);
	case REQUEST_CHECK:
		return STATUS_OK;
	case REQUEST_STATUS:
		return status_ask(flags.settings.socket, flags.json) ? STATUS_DEVICE : STATUS_OK;
	case REQUEST_HELP:
		flags_help(stdout);
		return STATUS_OK;
	case REQUEST_VERSION:
		puts("refstackd " SHIMPROOF_VERSION);
		return STATUS_OK;
	case REQUEST_MISUSE:
		break;
	}
	fputs("Try 'refstackd --help'.\n", stderr);
	return STATUS_USAGE;
}
