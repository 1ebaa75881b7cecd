/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The target ABI: what a stack offers in order to be judged.
 *
 * A target is a shared library that exports one symbol,
 *
 *     const struct shimproof_target *shimproof_target(void);
 *
 * The runner loads it with dlopen() in a process of its own for every case,
 * so a crash costs one verdict. All state hangs from instances; several may
 * live in one process and must not share anything. Calls come from one
 * thread and are never re-entered, except that a target may call `transmit`
 * from within any call that gets an instance.
 *
 * Structs carry their size, so members can be added at the end without a
 * new ABI number. Times are microseconds of one clock that starts at 0 when
 * the instance is created. Packets start with their IPv6 header. Addresses
 * and ports inside POSIX structs are in network order, as ever. Calls that
 * can fail return a negative errno value; standard errnos are those of the
 * platform's <errno.h>, RFC 6316's own are those of describe().
 */
#ifndef SHIMPROOF_TARGET_H
#define SHIMPROOF_TARGET_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHIMPROOF_TARGET_ABI 1
#define SHIMPROOF_NEVER      UINT64_MAX

struct shimproof_instance; /* the target's own */

/* What the runner offers to an instance. Borrowed; outlives the instance. */
struct shimproof_env {
	uint32_t size; /* sizeof(struct shimproof_env) as the runner knows it */
	void *ctx;     /* first argument of the calls below */

	/* The instance sends a packet on a link (numbered from 1). The octets are
	 * the runner's only during the call. */
	void (*transmit)(void *ctx, unsigned link, const void *packet, size_t len);

	/* A line for the case's event log; optional to call. */
	void (*log)(void *ctx, const char *line);
};

/* One locator of an instance: what L1, L2, ... stand for. */
struct shimproof_locator {
	struct in6_addr addr;
	unsigned link;        /* where it is configured, from 1 */
	unsigned prefix_len;  /* bits */
};

struct shimproof_target {
	uint32_t abi;  /* SHIMPROOF_TARGET_ABI */
	uint32_t size; /* sizeof(struct shimproof_target) as the target was built */

	/*
	 * What this is, as JSON (schema: specs/target.schema.json). Owned by the
	 * target, valid while it is loaded:
	 * { "name", "version", "profile": "shim6" | "hip", "time": "virtual" | "real",
	 *   "header": "shim.h", "include": ["../include"],
	 *   "supports": { "udp": true, "tcp": false, "SHIM_ASSOCIATED": true, ... },
	 *   "numbers": { "levels": {"SOL_SHIM": n}, "options": {...}, "cmsgs": {...},
	 *                "errnos": {...}, "limits": {"SHIM_MAX_LOCATORS": 32} } }
	 * "header" is what C programs include for RFC 6316, and "include" where it is,
	 * from the library's folder on; both are optional.
	 * What "supports" does not mention is undeclared: it is tested, and reported so.
	 */
	const char *(*describe)(void);

	/*
	 * A host. config is JSON (schema: specs/config.schema.json):
	 * { "seed": n, "links": [{"prefixes": ["2001:db8:1::/64"], "mtu": 1500}, ...],
	 *   "hba_sec": 0, "initiate_after": 0 }
	 * links[0] is link 1. A target makes its own locators under the prefixes, or
	 * brings its own; `locators` tells. initiate_after: begin a context once that
	 * many packets, ICMPv6 aside, were sent on a ULID pair; 0: never by itself.
	 * Same seed and same calls, same octets. Unknown members are ignored.
	 */
	int (*create)(const char *config, const struct shimproof_env *env,
		      struct shimproof_instance **out);
	void (*destroy)(struct shimproof_instance *inst);

	/* As freshly created: no sockets, no contexts, the same locators; time
	 * goes on. */
	int (*reset)(struct shimproof_instance *inst);

	/* Fill in up to max locators, L1 first; returns how many there are. */
	ssize_t (*locators)(struct shimproof_instance *inst, struct shimproof_locator *out,
			    size_t max);

	/* Links. A packet arrives; an address comes (up = 1) or goes; a link's
	 * carrier comes or goes. NULL where the target can't do it. */
	int (*deliver)(struct shimproof_instance *inst, unsigned link, const void *packet,
		       size_t len);
	int (*address)(struct shimproof_instance *inst, unsigned link, const struct in6_addr *addr,
		       unsigned prefix_len, int up);
	int (*link)(struct shimproof_instance *inst, unsigned link, int up);

	/*
	 * Time. With virtual time the runner owns the clock: next_deadline tells
	 * when the instance wants to act (SHIMPROOF_NEVER: not by itself), advance
	 * sets the clock, never backwards, and lets everything due happen. A
	 * target in real time leaves both NULL and offers `wait`: let the world run
	 * until something was transmitted or a socket became ready, for at most
	 * max_usec; returns 0, or -ETIMEDOUT when nothing happened.
	 */
	uint64_t (*next_deadline)(struct shimproof_instance *inst);
	int (*advance)(struct shimproof_instance *inst, uint64_t now_usec);
	int (*wait)(struct shimproof_instance *inst, uint64_t max_usec);

	/*
	 * Sockets, as POSIX has them, but never blocking (-EAGAIN) and with errno
	 * as a value. A socket is a small number >= 0 of the instance's. NULL: not
	 * offered; cases that need it are then unsupported.
	 *
	 * connect() of TCP returns -EINPROGRESS once its SYN is on its way (0, if
	 * it was that fast); when it is done poll() tells: POLLOUT, or POLLERR, and
	 * then SO_ERROR why. accept() has -EAGAIN as long as nobody has connected,
	 * and takes NULL for the address and its length.
	 *
	 * Pointers may be NULL where RFC 6316 or POSIX has EFAULT for that. Others
	 * are good, unless "supports" has "efault": then cases give pointers to what
	 * is no memory of the process, and the target has to find that out by itself
	 * (as the kernel does for copies on its behalf), returning -EFAULT.
	 */
	int (*socket)(struct shimproof_instance *inst, int domain, int type, int protocol);
	int (*bind)(struct shimproof_instance *inst, int s, const struct sockaddr *addr,
		    socklen_t len);
	int (*connect)(struct shimproof_instance *inst, int s, const struct sockaddr *addr,
		       socklen_t len);
	int (*listen)(struct shimproof_instance *inst, int s, int backlog);
	int (*accept)(struct shimproof_instance *inst, int s, struct sockaddr *addr,
		      socklen_t *len);
	int (*shutdown)(struct shimproof_instance *inst, int s, int how);
	int (*close)(struct shimproof_instance *inst, int s);
	ssize_t (*send)(struct shimproof_instance *inst, int s, const void *data, size_t len,
			int flags);
	ssize_t (*sendto)(struct shimproof_instance *inst, int s, const void *data, size_t len,
			  int flags, const struct sockaddr *addr, socklen_t addr_len);
	ssize_t (*sendmsg)(struct shimproof_instance *inst, int s, const struct msghdr *msg,
			   int flags);
	ssize_t (*recv)(struct shimproof_instance *inst, int s, void *data, size_t len, int flags);
	ssize_t (*recvmsg)(struct shimproof_instance *inst, int s, struct msghdr *msg, int flags);
	int (*getsockname)(struct shimproof_instance *inst, int s, struct sockaddr *addr,
			   socklen_t *len);
	int (*getpeername)(struct shimproof_instance *inst, int s, struct sockaddr *addr,
			   socklen_t *len);
	int (*getsockopt)(struct shimproof_instance *inst, int s, int level, int name, void *value,
			  socklen_t *len);
	int (*setsockopt)(struct shimproof_instance *inst, int s, int level, int name,
			  const void *value, socklen_t len);

	/* Which of POLLIN, POLLOUT, POLLERR, POLLHUP hold now; never waits. */
	int (*poll)(struct shimproof_instance *inst, int s, short events);
};

/* The library's one export. */
typedef const struct shimproof_target *shimproof_target_fn(void);
#define SHIMPROOF_TARGET_SYMBOL "shimproof_target"

#ifdef __cplusplus
}
#endif

#endif
