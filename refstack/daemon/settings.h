/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What refstackd is told: the same words on the command line (flags.h) and in a
 * file (config.h), because both read the one table that is here.
 */
#ifndef REFSTACK_DAEMON_SETTINGS_H
#define REFSTACK_DAEMON_SETTINGS_H

#include "refstack/core/host.h"
#include "refstack/link/ethernet.h"

#include <limits.h>
#include <net/if.h>
#include <sys/un.h>

enum {
	ROUTES_MAX = 8,
	USER_NAME_MAX = 32,
	SOCKET_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) - 1,
};

enum link_type { LINK_TUN, LINK_ETHERNET };

enum mac_choice {
	MAC_MADE, /* from the seed, so that the kernel can use the interface, too */
	MAC_OWN,  /* the interface's */
	MAC_GIVEN,
};

struct link_settings {
	enum link_type type;
	char name[IFNAMSIZ];
	unsigned prefix_count; /* 0: learn them from routers */
	uint8_t prefix[HOST_PREFIXES_MAX][8];
	bool has_gateway;
	struct in6_addr gateway;
	enum mac_choice mac_choice;
	struct ethernet_addr mac; /* MAC_GIVEN */
};

struct route_settings {
	struct in6_addr prefix;
	unsigned len; /* bits */
};

struct settings {
	unsigned link_count;
	struct link_settings link[HOST_LINKS_MAX]; /* prefixes that come before any link
	                                            * stand in the first */
	char apps[IFNAMSIZ]; /* "": the kernel's programs have no part in it */
	unsigned route_count;
	struct route_settings route[ROUTES_MAX];

	enum shim_address_kind kind;
	char key[PATH_MAX]; /* "": none */
	unsigned hba_sec;
	bool has_seed;
	uint64_t seed;

	unsigned initiate_after; /* as struct shim_config has these */
	unsigned send_timeout;
	unsigned idle_timeout;

	unsigned echo_port; /* 0: no echo service */
	bool has_socket;    /* it was named, so it has to be there */
	char socket[SOCKET_PATH_MAX + 1]; /* "": none */
	bool json_log;
	char user[USER_NAME_MAX + 1]; /* "": stay who we are */
	uint64_t count;               /* datagrams to echo, then stop; 0: no limit */
	uint64_t seconds;             /* to run; 0: no limit */
};

/* One that can be set, or a part of one: --interface eth0,prefix=2001:db8:a:1::/64 */
struct setting {
	const char *name;     /* NULL ends a table */
	const char *argument; /* for --help */
	const char *takes;    /* for messages: what is allowed */
	const char *help;
	bool (*take)(struct settings *s, const char *text); /* false: it doesn't take that */
	const struct setting *parts; /* NULL: none */
	bool is_number;       /* in a file */
	bool many;            /* may be a list in a file */
	bool only_flag;       /* a file says it otherwise */
};

extern const struct setting settings_known[];

/* NULL: there is none of that name. */
const struct setting *setting_named(const struct setting *table, const char *name);

/* "apps, echo, ...", cut if it doesn't fit; only what a file has, or everything. */
void settings_list(const struct setting *table, bool of_file, char *out, size_t size);

/* What stands in a flag: a value, with parts behind commas. false: *why says what is
 * wrong, beginning with the name. */
bool setting_take(struct settings *s, const struct setting *setting, const char *text, char *why,
		  size_t size);

/* What is wrong with all of them together; NULL: nothing. */
const char *settings_conflict(const struct settings *s);
/* What is allowed, but should be thought over; NULL: nothing. */
const char *settings_warning(const struct settings *s);

/* Where the control socket is if nobody says: "" if there is no place for one. */
void settings_default_socket(char out[static SOCKET_PATH_MAX + 1]);

#endif
