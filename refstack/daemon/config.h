/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings from a JSON file, in the words of the flags:
 *
 *	{
 *	  "links": [
 *	    { "interface": "eth0", "prefix": "2001:db8:a:1::/64", "gateway": "fe80::1" },
 *	    { "tun": "shim0", "prefix": ["2001:db8:a:2::/64", "2001:db8:a:3::/64"] }
 *	  ],
 *	  "apps": { "tun": "apps0", "route": "2001:db8:b::/48" },
 *	  "initiate-after": 4
 *	}
 */
#ifndef REFSTACK_DAEMON_CONFIG_H
#define REFSTACK_DAEMON_CONFIG_H

#include "refstack/daemon/settings.h"

#include <stdio.h>

enum { CONFIG_OCTETS_MAX = 65536 };

/* false: what is wrong was told, as "FILE:LINE:COLUMN: ...". */
bool config_read(struct settings *s, const char *path, FILE *errors);

#endif
