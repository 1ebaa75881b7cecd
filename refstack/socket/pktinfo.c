/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPV6_PKTINFO, RFC 3542 6. Like all of the older API it deals in identifiers (RFC 6316
 * section 10): the address is a ULID, never a locator, and the index that of the link
 * where the ULID is, by whichever locators the packet goes. Who names another source
 * names another ULID pair, and so its context.
 */
#include "refstack/socket/ancillary.h"

#include <errno.h>

/* The first of our addresses that is this one, on this link; :: and 0 are any. */
static bool find(struct shim_address *out, const struct sock *s, const struct in6_addr *addr,
		 unsigned link, bool up)
{
	struct shim_address own[HOST_LOCATORS_MAX];
	size_t count = shim_host_addresses(s->table->host, own, HOST_LOCATORS_MAX);

	for (size_t i = 0; i < count; i++) {
		if ((addr_any(addr) || addr_equal(&own[i].addr, addr)) &&
		    (link == 0 || own[i].link == link) && (!up || own[i].up)) {
			*out = own[i];
			return true;
		}
	}
	return false;
}

/* RFC 3542 6.6. What is down is found out by sending. */
static int check(const struct sock *s, const struct in6_addr *addr, unsigned link)
{
	struct shim_address own;

	if (link != 0 && !find(&own, s, &in6addr_any, link, false))
		return -ENXIO;
	return addr_any(addr) || find(&own, s, addr, link, false) ? 0 : -EADDRNOTAVAIL;
}

int pktinfo_check(const struct sock *s, const struct in6_pktinfo *info)
{
	return check(s, &info->ipi6_addr, info->ipi6_ifindex);
}

int pktinfo_source(struct in6_addr *out, const struct sock *s, const struct in6_pktinfo *info,
		   const struct in6_addr *own)
{
	const struct in6_addr *addr = addr_any(&info->ipi6_addr) ? own : &info->ipi6_addr;
	unsigned link = info->ipi6_ifindex;
	struct shim_address found = { .addr = *addr };
	int rc = 0;

	if (addr != own || link != 0)
		rc = check(s, addr, link);
	if (rc == 0 && addr_any(addr) && link != 0 && !find(&found, s, addr, link, true))
		rc = -EADDRNOTAVAIL;
	if (rc == 0)
		*out = found.addr;
	return rc;
}

struct in6_pktinfo pktinfo_of(const struct sock *s, const struct datagram *d)
{
	struct shim_address own = { .link = 0 };

	find(&own, s, &d->local.addr, 0, false);
	return (struct in6_pktinfo){ .ipi6_addr = d->local.addr, .ipi6_ifindex = own.link };
}
