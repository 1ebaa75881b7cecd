/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference stack as a target. This is its one file that knows the target
 * ABI, and shimproof_target() its one export; what each call has to do stands
 * in conformance/target/shimproof_target.h.
 */
#include "conformance/target/shimproof_target.h"
#include "refstack/careful.h"
#include "refstack/core/host.h"
#include "refstack/include/shim.h"
#include "refstack/memory.h"
#include "refstack/socket/ancillary.h"
#include "refstack/socket/kind.h"
#include "refstack/socket/options.h"
#include "refstack/socket/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

struct shimproof_instance {
	struct shim_config cfg;
	struct shim_host *host;     /* owned */
	struct sock_table *sockets; /* owned; freed before its host */
};

/* --- what this is -------------------------------------------------------- */

/* SHIM_DEFERRED_CONTEXT_SETUP has two spellings in RFC 6316; shim.h has both. */
static const char other_spelling[] = "SHIM_CONTEXT_DEFERRED_SETUP";

/* Transports, as cases name them. */
static const char *const transports[] = { "udp", "tcp", "raw" };

static bool has_kind(const char *text)
{
	for (const struct sock_kind *const *k = sock_kinds; *k; k++)
		if (strcmp((*k)->text, text) == 0)
			return true;
	return false;
}

static bool has_pktinfo(void)
{
	for (const struct sock_option *o = sock_options; o->option.text; o++)
		if (o->level == IPPROTO_IPV6 && o->option.name == IPV6_RECVPKTINFO)
			return true;
	return false;
}

/* From the tables that the calls themselves go by, so it can't claim what is
 * not there. Where an option and an object of ancillary data share a name, the
 * name is supported if both are built. */
static json_t *describe_supports(void)
{
	json_t *supports = json_pack("{s:b, s:b, s:b, s:b, s:b, s:b}", "echo", 1, "initiator", 1,
				     "responder", 1, "fork", 1, "reap-constants", 1, "efault",
				     memory_is_checked());
	int rc = supports ? 0 : -1;

	for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++)
		rc |= json_object_set_new(supports, transports[i],
					  json_boolean(has_kind(transports[i])));
	rc |= json_object_set_new(supports, "pktinfo", json_boolean(has_pktinfo()));
	for (const struct shim_option *o = shim_options; o->text; o++)
		rc |= json_object_set_new(supports, o->text, json_boolean(shim_option_built(o)));
	for (const struct shim_cmsg *c = shim_cmsgs; c->text; c++)
		if (!json_is_false(json_object_get(supports, c->text)))
			rc |= json_object_set_new(supports, c->text,
						  json_boolean(shim_cmsg_built(c)));
	rc |= json_object_set(supports, other_spelling,
			      json_object_get(supports, "SHIM_DEFERRED_CONTEXT_SETUP"));
	if (rc == 0)
		return supports;
	json_decref(supports);
	return NULL;
}

static json_t *describe_options(void)
{
	json_t *options = json_object();
	int rc = 0;

	for (const struct shim_option *o = shim_options; o->text; o++)
		rc |= json_object_set_new(options, o->text, json_integer(o->name));
	rc |= json_object_set_new(options, other_spelling,
				  json_integer(SHIM_CONTEXT_DEFERRED_SETUP));
	if (rc == 0)
		return options;
	json_decref(options);
	return NULL;
}

static json_t *describe_cmsgs(void)
{
	json_t *cmsgs = json_object();
	int rc = 0;

	for (const struct shim_cmsg *c = shim_cmsgs; c->text; c++)
		rc |= json_object_set_new(cmsgs, c->text, json_integer(c->type));
	if (rc == 0)
		return cmsgs;
	json_decref(cmsgs);
	return NULL;
}

/* RFC 6316 section 12 leaves the numbers to the platform; these are shim.h's. */
static json_t *describe_numbers(void)
{
	return json_pack("{s:{s:i}, s:o, s:o, s:{s:i, s:i, s:i, s:i}, s:{s:i}}",
			 "levels",
			 "SOL_SHIM", SOL_SHIM,
			 "options", describe_options(),
			 "cmsgs", describe_cmsgs(),
			 "errnos",
			 "EINVALIDLOCATOR", EINVALIDLOCATOR,
			 "EUNVERIFIEDLOCATOR", EUNVERIFIEDLOCATOR,
			 "EUNREACHABLELOCATOR", EUNREACHABLELOCATOR,
			 "ETOOMANYLOCATORS", ETOOMANYLOCATORS,
			 "limits",
			 "SHIM_MAX_LOCATORS", SHIM_MAX_LOCATORS);
}

/*
 * The ABI wants a string that lives as long as the library and belongs to no
 * instance. So this is the one place with mutable data outside instances: it
 * is written once, whichever thread comes first, and constant from then on.
 */
static once_flag description_once = ONCE_FLAG_INIT;
static char description[4096]; /* stays empty if memory is short */

static void describe_once(void)
{
	json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s], s:o, s:o}",
				 "name", "refstack",
				 "version", SHIMPROOF_VERSION,
				 "profile", "shim6",
				 "time", "virtual",
				 "header", "shim.h",
				 "include", "../include/shimproof", /* beside lib/ */
				 "supports", describe_supports(),
				 "numbers", describe_numbers());
	size_t len = root ? json_dumpb(root, NULL, 0, JSON_COMPACT) : 0;

	if (len < sizeof(description)) /* with its NUL */
		json_dumpb(root, description, len, JSON_COMPACT);
	json_decref(root);
}

static const char *target_describe(void)
{
	call_once(&description_once, describe_once);
	return description;
}

/* --- configuration ------------------------------------------------------- */

enum {
	MTU_MIN = 1280, /* RFC 8200 5 */
	MTU_MAX = 40 + 65535,
	MTU_DEFAULT = 1500,
	HBA_SEC_LIMIT = 2, /* RFC 4982: no hash is defined for more */
};

/* "2001:db8:1::/64". 0 or -EINVAL. */
static int prefix_parse(uint8_t out[static 8], const json_t *json)
{
	const char *text = json_string_value(json);
	const char *slash = text ? strchr(text, '/') : NULL;
	char addr[INET6_ADDRSTRLEN];
	struct in6_addr prefix;

	if (!slash || strcmp(slash, "/64") != 0 || (size_t)(slash - text) >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (inet_pton(AF_INET6, addr, &prefix) != 1 || IN6_IS_ADDR_MULTICAST(&prefix) ||
	    memcmp(prefix.s6_addr + 8, in6addr_any.s6_addr, 8) != 0)
		return -EINVAL;
	memcpy(out, prefix.s6_addr, 8);
	return 0;
}

static int link_parse(struct shim_link_config *out, json_t *json)
{
	json_int_t mtu = MTU_DEFAULT;
	json_t *prefixes;
	size_t count;

	if (json_unpack(json, "{s:o, s?I}", "prefixes", &prefixes, "mtu", &mtu) < 0)
		return -EINVAL;
	count = json_array_size(prefixes);
	if (count == 0 || count > HOST_PREFIXES_MAX || mtu < MTU_MIN || mtu > MTU_MAX)
		return -EINVAL;
	out->mtu = (unsigned)mtu;
	out->prefix_count = (unsigned)count;
	for (size_t i = 0; i < count; i++)
		if (prefix_parse(out->prefix[i], json_array_get(prefixes, i)) < 0)
			return -EINVAL;
	return 0;
}

/* A locator is made of its prefix, so no two may have the same. */
static bool prefixes_differ(const struct shim_config *cfg)
{
	const uint8_t *seen[HOST_LOCATORS_MAX];
	unsigned count = 0;

	for (unsigned i = 0; i < cfg->link_count; i++) {
		for (unsigned k = 0; k < cfg->link[i].prefix_count; k++) {
			for (unsigned n = 0; n < count; n++)
				if (memcmp(seen[n], cfg->link[i].prefix[k], 8) == 0)
					return false;
			seen[count++] = cfg->link[i].prefix[k];
		}
	}
	return true;
}

static int config_read(struct shim_config *out, json_t *root)
{
	json_int_t seed = 0, hba_sec = 0, initiate_after = 0;
	json_t *links;
	size_t count;

	if (json_unpack(root, "{s?I, s:o, s?I, s?I}", "seed", &seed, "links", &links, "hba_sec",
			&hba_sec, "initiate_after", &initiate_after) < 0)
		return -EINVAL;
	count = json_array_size(links);
	if (count == 0 || count > HOST_LINKS_MAX || hba_sec < 0 || hba_sec > HBA_SEC_LIMIT ||
	    initiate_after < 0 || initiate_after > INT32_MAX)
		return -EINVAL;
	out->seed = (uint64_t)seed;
	out->hba_sec = (unsigned)hba_sec;
	out->initiate_after = (unsigned)initiate_after;
	out->link_count = (unsigned)count;
	for (size_t i = 0; i < count; i++)
		if (link_parse(&out->link[i], json_array_get(links, i)) < 0)
			return -EINVAL;
	return prefixes_differ(out) ? 0 : -EINVAL;
}

static int config_parse(struct shim_config *out, const char *text)
{
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;
	int rc = root ? config_read(out, root) : -EINVAL;

	json_decref(root);
	return rc;
}

/* --- instances ----------------------------------------------------------- */

/* A host as its configuration says, with no sockets yet, in place of nothing.
 * On error the instance is untouched. */
static int boot(struct shimproof_instance *inst)
{
	struct shim_host *host = shim_host_new(&inst->cfg);
	struct sock_table *sockets = host ? sock_table_new(host) : NULL;

	if (!sockets) {
		shim_host_free(host);
		return -ENOMEM;
	}
	inst->host = host;
	inst->sockets = sockets;
	return 0;
}

static void halt(struct shimproof_instance *inst)
{
	sock_table_free(inst->sockets);
	shim_host_free(inst->host);
}

static int target_create(const char *config, const struct shimproof_env *env,
			 struct shimproof_instance **out)
{
	struct shimproof_instance *inst;
	int rc;

	if (!env || env->size < sizeof(*env) || !env->transmit)
		return -EINVAL;
	inst = calloc(1, sizeof(*inst));
	if (!inst)
		return -ENOMEM;
	inst->cfg.ctx = env->ctx;
	inst->cfg.transmit = env->transmit;
	inst->cfg.log = env->log;
	rc = config_parse(&inst->cfg, config);
	if (rc == 0)
		rc = boot(inst);
	if (rc == 0)
		*out = inst;
	else
		free(inst);
	return rc;
}

static void target_destroy(struct shimproof_instance *inst)
{
	if (inst)
		halt(inst);
	free(inst);
}

/* The same seed gives the same locators again. */
static int target_reset(struct shimproof_instance *inst)
{
	struct shimproof_instance old = *inst;
	int rc = boot(inst);

	if (rc < 0)
		return rc;
	shim_host_advance(inst->host, shim_host_now(old.host));
	halt(&old);
	return 0;
}

static ssize_t target_locators(struct shimproof_instance *inst, struct shimproof_locator *out,
			       size_t max)
{
	struct shim_address own[HOST_LOCATORS_MAX];
	size_t count = shim_host_addresses(inst->host, own, HOST_LOCATORS_MAX);

	for (size_t i = 0; i < count && i < max; i++)
		out[i] = (struct shimproof_locator){
			.addr = own[i].addr,
			.link = own[i].link,
			.prefix_len = own[i].prefix_len,
		};
	return (ssize_t)count;
}

/* --- links and time ------------------------------------------------------ */

static int target_deliver(struct shimproof_instance *inst, unsigned link, const void *packet,
			  size_t len)
{
	if (link < 1 || link > inst->cfg.link_count)
		return -ENODEV;
	shim_host_input(inst->host, link, packet, len);
	return 0;
}

/* The host knows the prefix lengths of its own addresses, and takes no others. */
static int target_address(struct shimproof_instance *inst, unsigned link,
			  const struct in6_addr *addr, unsigned prefix_len, int up)
{
	(void)prefix_len;
	return shim_host_address_event(inst->host, link, addr, up != 0);
}

static int target_link(struct shimproof_instance *inst, unsigned link, int up)
{
	return shim_host_link_event(inst->host, link, up != 0);
}

static uint64_t target_next_deadline(struct shimproof_instance *inst)
{
	usec_t host = shim_host_deadline(inst->host);
	usec_t sockets = sock_table_deadline(inst->sockets);

	return host < sockets ? host : sockets;
}

_Static_assert(SHIMPROOF_NEVER == USEC_NEVER, "deadlines pass unchanged");

static int target_advance(struct shimproof_instance *inst, uint64_t now_usec)
{
	if (now_usec < shim_host_now(inst->host))
		return -EINVAL;
	shim_host_advance(inst->host, now_usec);
	sock_table_advance(inst->sockets);
	return 0;
}

/* --- sockets: refstack/socket/socket.h, by instance ---------------------- */

static int target_socket(struct shimproof_instance *inst, int domain, int type, int protocol)
{
	return sock_socket(inst->sockets, domain, type, protocol);
}

static int target_bind(struct shimproof_instance *inst, int s, const struct sockaddr *addr,
		       socklen_t len)
{
	return careful_bind(inst->sockets, s, addr, len);
}

static int target_connect(struct shimproof_instance *inst, int s, const struct sockaddr *addr,
			  socklen_t len)
{
	return careful_connect(inst->sockets, s, addr, len);
}

static int target_listen(struct shimproof_instance *inst, int s, int backlog)
{
	return sock_listen(inst->sockets, s, backlog);
}

static int target_accept(struct shimproof_instance *inst, int s, struct sockaddr *addr,
			 socklen_t *len)
{
	return careful_accept(inst->sockets, s, addr, len);
}

static int target_shutdown(struct shimproof_instance *inst, int s, int how)
{
	return sock_shutdown(inst->sockets, s, how);
}

static int target_close(struct shimproof_instance *inst, int s)
{
	return sock_close(inst->sockets, s);
}

static ssize_t target_send(struct shimproof_instance *inst, int s, const void *data, size_t len,
			   int flags)
{
	return careful_sendto(inst->sockets, s, data, len, flags, NULL, 0);
}

static ssize_t target_sendto(struct shimproof_instance *inst, int s, const void *data, size_t len,
			     int flags, const struct sockaddr *addr, socklen_t addr_len)
{
	return careful_sendto(inst->sockets, s, data, len, flags, addr, addr_len);
}

static ssize_t target_sendmsg(struct shimproof_instance *inst, int s, const struct msghdr *msg,
			      int flags)
{
	return careful_sendmsg(inst->sockets, s, msg, flags);
}

static ssize_t target_recv(struct shimproof_instance *inst, int s, void *data, size_t len,
			   int flags)
{
	return careful_recv(inst->sockets, s, data, len, flags);
}

static ssize_t target_recvmsg(struct shimproof_instance *inst, int s, struct msghdr *msg, int flags)
{
	return careful_recvmsg(inst->sockets, s, msg, flags);
}

static int target_getsockname(struct shimproof_instance *inst, int s, struct sockaddr *addr,
			      socklen_t *len)
{
	return careful_getsockname(inst->sockets, s, addr, len);
}

static int target_getpeername(struct shimproof_instance *inst, int s, struct sockaddr *addr,
			      socklen_t *len)
{
	return careful_getpeername(inst->sockets, s, addr, len);
}

static int target_getsockopt(struct shimproof_instance *inst, int s, int level, int name,
			     void *value, socklen_t *len)
{
	return careful_getsockopt(inst->sockets, s, level, name, value, len);
}

static int target_setsockopt(struct shimproof_instance *inst, int s, int level, int name,
			     const void *value, socklen_t len)
{
	return careful_setsockopt(inst->sockets, s, level, name, value, len);
}

static int target_poll(struct shimproof_instance *inst, int s, short events)
{
	return sock_poll(inst->sockets, s, events);
}

/* What is not named is not offered: wait, for time is virtual. */
static const struct shimproof_target target = {
	.abi = SHIMPROOF_TARGET_ABI,
	.size = sizeof(struct shimproof_target),
	.describe = target_describe,
	.create = target_create,
	.destroy = target_destroy,
	.reset = target_reset,
	.locators = target_locators,
	.deliver = target_deliver,
	.address = target_address,
	.link = target_link,
	.next_deadline = target_next_deadline,
	.advance = target_advance,
	.socket = target_socket,
	.bind = target_bind,
	.connect = target_connect,
	.listen = target_listen,
	.accept = target_accept,
	.shutdown = target_shutdown,
	.close = target_close,
	.send = target_send,
	.sendto = target_sendto,
	.sendmsg = target_sendmsg,
	.recv = target_recv,
	.recvmsg = target_recvmsg,
	.getsockname = target_getsockname,
	.getpeername = target_getpeername,
	.getsockopt = target_getsockopt,
	.setsockopt = target_setsockopt,
	.poll = target_poll,
};

__attribute__((visibility("default"))) const struct shimproof_target *shimproof_target(void);

const struct shimproof_target *shimproof_target(void)
{
	return &target;
}
