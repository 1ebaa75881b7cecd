/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 6316 Table 1, and the few options of other levels, for who wants to know what there
 * is. */
#ifndef REFSTACK_OPTIONS_H
#define REFSTACK_OPTIONS_H

#include "refstack/include/shim.h"
#include "refstack/socket/sock.h"

struct shim_value {
	size_t size; /* octets */
	union {
		int number;
		struct shim_locator locator;
		struct shim_locator list[SHIM_MAX_LOCATORS];
		struct shim_pathexplore explore;
		struct in6_pktinfo pktinfo;
		struct icmp6_filter filter;
	};
};

enum shim_when {
	SHIM_ANY,       /* connected or not */
	SHIM_CONNECTED, /* else -EOPNOTSUPP */
};

enum { SHIM_GET = 1, SHIM_SET = 2 };

struct shim_option {
	int name;
	const char *text;
	unsigned access; /* SHIM_GET, SHIM_SET */
	size_t size;     /* octets of the value; of a list, at most */
	bool list;       /* of any number; else the value has that size */
	enum shim_when when;
	bool context; /* needs one, else -ENOENT */

	/* Neither: the option is not built, -ENOPROTOOPT. No set: it is read-only.
	 * out comes zero-filled, but for its size, which a list corrects. */
	void (*get)(const struct sock *s, struct shim_value *out);
	int (*set)(struct sock *s, const struct shim_value *value);
};

extern const struct shim_option shim_options[]; /* ends where text is NULL */

/* Of other levels than SOL_SHIM. */
struct sock_option {
	int level;
	int type, protocol; /* the sockets that have it, SOCK_RAW, ...; 0: all */
	struct shim_option option;
};

extern const struct sock_option sock_options[]; /* ends where option.text is NULL */

static inline bool shim_option_built(const struct shim_option *o)
{
	return o->get || o->set;
}

/* locators.c */
void get_local_pref(const struct sock *s, struct shim_value *out);
int set_local_pref(struct sock *s, const struct shim_value *value);
void get_local_send(const struct sock *s, struct shim_value *out);
int set_local_send(struct sock *s, const struct shim_value *value);
void get_local_list(const struct sock *s, struct shim_value *out);
int set_local_list(struct sock *s, const struct shim_value *value);
void get_peer_pref(const struct sock *s, struct shim_value *out);
int set_peer_pref(struct sock *s, const struct shim_value *value);
void get_peer_send(const struct sock *s, struct shim_value *out);
int set_peer_send(struct sock *s, const struct shim_value *value);
void get_peer_list(const struct sock *s, struct shim_value *out);
int set_peer_list(struct sock *s, const struct shim_value *value);

#endif
