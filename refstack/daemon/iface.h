/* SPDX-License-Identifier: BSD-2-Clause */
/* A network interface as the kernel has it: looking at one, and setting one up. */
#ifndef REFSTACK_DAEMON_IFACE_H
#define REFSTACK_DAEMON_IFACE_H

#include <netinet/in.h>
#include <stdbool.h>

/* 0, and whether it is up and has a carrier; -ENODEV: it is gone for good. */
int iface_state(unsigned index, bool *up);
/* Octets of an IPv6 packet, or a negative errno. */
int iface_mtu(unsigned index);

/* All these need CAP_NET_ADMIN. 0 or a negative errno. */
int iface_set_mtu(unsigned index, unsigned mtu);
int iface_set_up(unsigned index);
/* As a /128. On a TUN device the kernel looks for no duplicates. */
int iface_add_address(unsigned index, const struct in6_addr *addr);
int iface_add_route(unsigned index, const struct in6_addr *prefix, unsigned len);

/* A descriptor that can be read when something has happened to an interface, or a
 * negative errno. The caller closes it. */
int iface_watch(void);
/* Takes what it says; then the interfaces are to be looked at. */
void iface_heard(int fd);

#endif
