/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a peer says of its locators, and whether that is so: RFC 5533 7.2, with
 * the verification of RFC 5535 7.2 (HBA) and of RFC 3972 5 and 6 (CGA).
 */
#include "refstack/core/internal.h"

/* The octet of a message's Locator List that holds the i-th method, RFC 5533
 * 5.15.2, counted from the IPv6 header. */
static size_t method_at(const struct heard *h, unsigned i)
{
	struct shim6_option list;

	if (!control_option(h, SHIM6_OPT_LOCATOR_LIST, &list))
		return 0;
	return h->off + list.off + 4 + 5 + i;
}

/* All CGA locators are proven by one signature of the ULID's key. */
static bool signature_holds(const struct heard *h, const struct in6_addr *ulid,
			    const struct span *pds)
{
	const struct shim6_message *m = h->m;

	return m->signature.data && cga_verify(ulid, pds->data, pds->len) == 0 &&
	       cga_signature_verify(pds->data, pds->len, &m->locators, m->signature.data,
				    m->signature.len) == 0;
}

/* Can locators be proven so by this PDS at all? RFC 5533 7.2. */
static bool method_fits(uint8_t method, const struct span *pds)
{
	struct cga_params params;

	if (method == SHIM6_METHOD_CGA)
		return true;
	return method == SHIM6_METHOD_HBA &&
	       cga_params_parse(&params, pds->data, pds->len) == 0 && params.prefixes;
}

/* Can a peer elsewhere have it, and not we? RFC 5534 3.1 wants global or unique
 * local addresses; a locator on our own link would have us probe our neighbours. */
static bool can_be_a_peer(const struct shim_host *host, const struct in6_addr *locator)
{
	return host_is_unicast(locator) && !IN6_IS_ADDR_LINKLOCAL(locator) &&
	       !IN6_IS_ADDR_SITELOCAL(locator) && !IN6_IS_ADDR_V4MAPPED(locator) &&
	       !shim_host_owns(host, locator);
}

static const char *prove_list(const struct shim_host *host, const struct heard *h, const struct in6_addr *ulid,
			      const struct span *pds, bool strict, size_t *error_at)
{
	const struct shim6_locator_list *list = &h->m->locators;
	bool checked = false;

	for (unsigned i = 0; i < list->count; i++) {
		const char *why = NULL;

		if (!method_fits(list->method[i], pds)) {
			*error_at = method_at(h, i);
			return "a locator whose verification method is unknown, or not that of the PDS";
		}
		if (!can_be_a_peer(host, &list->locator[i]))
			why = "a locator that can't be the peer's";
		else if (list->method[i] == SHIM6_METHOD_HBA)
			why = hba_verify(&list->locator[i], pds->data, pds->len)
				      ? "a locator that is not of the HBA set" : NULL;
		else if (!checked && !signature_holds(h, ulid, pds))
			why = "a locator to be proven by a signature that does not";
		else
			checked = true;
		if (why) {
			*error_at = strict ? method_at(h, i) : 0;
			return why;
		}
	}
	return NULL;
}

const char *prove(const struct shim_host *host, const struct shim_context *context,
		  const struct heard *h, const struct in6_addr *ulid, bool strict,
		  size_t *error_at)
{
	struct span pds = h->m->pds;

	*error_at = 0;
	if (pds.data && hba_verify(ulid, pds.data, pds.len) && cga_verify(ulid, pds.data, pds.len))
		return "the PDS is not that of the ULID";
	if (!h->m->has_locators)
		return NULL;
	if (!pds.data && context && context->pds_peer)
		pds = (struct span){ context->pds_peer, context->pds_peer_len };
	if (!pds.data) {
		*error_at = strict ? method_at(h, 0) : 0;
		return "a Locator List without a PDS";
	}
	return prove_list(host, h, ulid, &pds, strict, error_at);
}
