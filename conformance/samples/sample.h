/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sample programs of RFC 6316 are compiled with. SHIM_HEADER is the
 * header of the stack under test, and the calls of a sample go to that stack:
 * the runner gives it a table of them. They are POSIX's: 0, or -1 and errno.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <netinet/in.h>
#include <sys/socket.h>

struct sample_calls {
	void *ctx;
	int (*getsockopt)(void *ctx, int s, int level, int name, void *value, socklen_t *len);
	int (*setsockopt)(void *ctx, int s, int level, int name, const void *value, socklen_t len);
	void (*hand_out)(void *ctx, const void *value, socklen_t len); /* to the case */
};

/* fd: the socket; ip6: locators that the case gives. */
typedef int sample_program(const struct sample_calls *calls, int fd, const struct in6_addr *ip6);

#ifdef SHIM_HEADER

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include SHIM_HEADER

#define SAMPLE(name)                                                                               \
	sample_program sample_##name;                                                              \
	int sample_##name(const struct sample_calls *calls, int fd, const struct in6_addr *ip6)

#define getsockopt(...)  calls->getsockopt(calls->ctx, __VA_ARGS__)
#define setsockopt(...)  calls->setsockopt(calls->ctx, __VA_ARGS__)
#define HAND_OUT(v, len) calls->hand_out(calls->ctx, v, len)

#define IS_AT(type, member, at, octets)                                                            \
	_Static_assert(offsetof(struct type, member) == (at), #member " is elsewhere");            \
	_Static_assert(sizeof(((struct type *)NULL)->member) == (octets), #member "'s size")

#endif
#endif
