/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of what can be set, and how each setting takes its value; see settings.h. */
#include "refstack/daemon/settings.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* --- values --------------------------------------------------------------------------- */

static bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	char *end;
	unsigned long long value;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || value < min || value > max)
		return false;
	*out = value;
	return true;
}

static bool parse_unsigned(const char *text, unsigned min, unsigned max, unsigned *out)
{
	uint64_t value;

	if (!parse_number(text, min, max, &value))
		return false;
	*out = (unsigned)value;
	return true;
}

/* A text that is kept as it is. */
static bool keep(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

/* What the kernel takes for a name of an interface, too. */
static bool keep_device(char out[static IFNAMSIZ], const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c == '/' || *c == ':' || isspace((unsigned char)*c))
			return false;
	return strcmp(text, ".") != 0 && strcmp(text, "..") != 0 && keep(out, IFNAMSIZ, text);
}

/* "2001:db8::/32"; what lies behind the length is zero. */
static bool parse_prefix(const char *text, struct in6_addr *prefix, unsigned *len)
{
	const char *slash = strchr(text, '/');
	char addr[INET6_ADDRSTRLEN];
	unsigned bits;

	if (!slash || (size_t)(slash - text) >= sizeof(addr))
		return false;
	memcpy(addr, text, (size_t)(slash - text));
	addr[slash - text] = '\0';
	if (inet_pton(AF_INET6, addr, prefix) != 1 || !parse_unsigned(slash + 1, 0, 128, &bits))
		return false;
	for (unsigned i = bits; i < 128; i++)
		if (prefix->s6_addr[i / 8] & 0x80 >> i % 8)
			return false;
	*len = bits;
	return true;
}

/* The word's place in the list, or false. */
static bool parse_word(const char *text, const char *const *words, unsigned *out)
{
	for (unsigned i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* --- links ---------------------------------------------------------------------------- */

/* A prefix that comes before any link is for the first one. */
static struct link_settings *link_at_work(struct settings *s)
{
	return &s->link[s->link_count ? s->link_count - 1 : 0];
}

static bool add_link(struct settings *s, enum link_type type, const char *name)
{
	if (s->link_count == HOST_LINKS_MAX)
		return false;
	for (unsigned i = 0; i < s->link_count; i++)
		if (strcmp(s->link[i].name, name) == 0)
			return false;
	if (!keep_device(s->link[s->link_count].name, name))
		return false;
	s->link[s->link_count++].type = type;
	return true;
}

static bool take_tun(struct settings *s, const char *text)
{
	return add_link(s, LINK_TUN, text);
}

static bool take_interface(struct settings *s, const char *text)
{
	return add_link(s, LINK_ETHERNET, text);
}

static bool is_known(const struct settings *s, const struct in6_addr *prefix)
{
	for (unsigned i = 0; i < HOST_LINKS_MAX; i++)
		for (unsigned k = 0; k < s->link[i].prefix_count; k++)
			if (memcmp(s->link[i].prefix[k], prefix, 8) == 0)
				return true;
	return false;
}

static bool take_prefix(struct settings *s, const char *text)
{
	struct link_settings *l = link_at_work(s);
	struct in6_addr prefix;
	unsigned len;

	if (!parse_prefix(text, &prefix, &len) || len != 64 || IN6_IS_ADDR_MULTICAST(&prefix) ||
	    IN6_IS_ADDR_LINKLOCAL(&prefix) || l->prefix_count == HOST_PREFIXES_MAX ||
	    is_known(s, &prefix))
		return false;
	memcpy(l->prefix[l->prefix_count++], &prefix, 8);
	return true;
}

static bool take_gateway(struct settings *s, const char *text)
{
	struct link_settings *l = link_at_work(s);
	struct in6_addr addr;

	if (inet_pton(AF_INET6, text, &addr) != 1 || IN6_IS_ADDR_MULTICAST(&addr) ||
	    IN6_IS_ADDR_UNSPECIFIED(&addr) || IN6_IS_ADDR_LOOPBACK(&addr))
		return false;
	l->gateway = addr;
	l->has_gateway = true;
	return true;
}

static bool take_mac(struct settings *s, const char *text)
{
	static const char *const words[] = { [MAC_MADE] = "made", [MAC_OWN] = "own", NULL };
	struct link_settings *l = link_at_work(s);
	struct ethernet_addr mac;
	uint8_t *o = mac.octets;
	unsigned choice;
	int end = 0;

	if (parse_word(text, words, &choice)) {
		l->mac_choice = (enum mac_choice)choice;
		return true;
	}
	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &o[0], &o[1], &o[2], &o[3],
		   &o[4], &o[5], &end) != 6 || end != 17 || text[end] || ethernet_is_group(&mac))
		return false;
	l->mac_choice = MAC_GIVEN;
	l->mac = mac;
	return true;
}

#define PREFIX_TAKES "a prefix like 2001:db8:a:1::/64, 4 to a link, none twice"

static const struct setting tun_parts[] = {
	{ .name = "prefix", .takes = PREFIX_TAKES, .take = take_prefix, .many = true },
	{ .name = NULL },
};

static const struct setting interface_parts[] = {
	{ .name = "prefix", .takes = PREFIX_TAKES, .take = take_prefix, .many = true },
	{ .name = "gateway", .takes = "the IPv6 address of a router", .take = take_gateway },
	{ .name = "mac", .takes = "made, own, or a station's address like 02:00:00:00:00:01",
	  .take = take_mac },
	{ .name = NULL },
};

/* --- the kernel's programs ------------------------------------------------------------ */

static bool take_apps(struct settings *s, const char *text)
{
	return keep_device(s->apps, text);
}

static bool take_route(struct settings *s, const char *text)
{
	struct route_settings route;

	if (s->route_count == ROUTES_MAX || !parse_prefix(text, &route.prefix, &route.len))
		return false;
	s->route[s->route_count++] = route;
	return true;
}

static const struct setting apps_parts[] = {
	{ .name = "route", .takes = "a prefix like 2001:db8:b::/48, at most 8 of them",
	  .take = take_route, .many = true },
	{ .name = NULL },
};

/* --- the rest ------------------------------------------------------------------------- */

static bool take_kind(struct settings *s, const char *text)
{
	static const char *const words[] = {
		[SHIM_HBA] = "hba", [SHIM_HBA_CGA] = "hba+cga", [SHIM_CGA] = "cga", NULL,
	};
	unsigned kind;

	if (!parse_word(text, words, &kind))
		return false;
	s->kind = (enum shim_address_kind)kind;
	return true;
}

static bool take_key(struct settings *s, const char *text)
{
	return keep(s->key, sizeof(s->key), text);
}

static bool take_hba_sec(struct settings *s, const char *text)
{
	return parse_unsigned(text, 0, CGA_SEC_MAX, &s->hba_sec);
}

/* Every reader of JSON keeps numbers up to here exactly. */
#define SEED_MAX ((UINT64_C(1) << 53) - 1)

static bool take_seed(struct settings *s, const char *text)
{
	s->has_seed = parse_number(text, 0, SEED_MAX, &s->seed);
	return s->has_seed;
}

static bool take_initiate_after(struct settings *s, const char *text)
{
	return parse_unsigned(text, 0, INT32_MAX, &s->initiate_after);
}

static bool take_send_timeout(struct settings *s, const char *text)
{
	return parse_unsigned(text, 1, UINT16_MAX, &s->send_timeout);
}

static bool take_idle_timeout(struct settings *s, const char *text)
{
	return parse_unsigned(text, 1, INT32_MAX, &s->idle_timeout);
}

static bool take_echo(struct settings *s, const char *text)
{
	return parse_unsigned(text, 1, UINT16_MAX, &s->echo_port);
}

static bool take_socket(struct settings *s, const char *text)
{
	s->has_socket = true;
	if (strcmp(text, "none") == 0) {
		s->socket[0] = '\0';
		return true;
	}
	return keep(s->socket, sizeof(s->socket), text);
}

static bool take_log(struct settings *s, const char *text)
{
	static const char *const words[] = { "text", "json", NULL };
	unsigned form;

	if (!parse_word(text, words, &form))
		return false;
	s->json_log = form == 1;
	return true;
}

static bool take_user(struct settings *s, const char *text)
{
	return keep(s->user, sizeof(s->user), text);
}

static bool take_count(struct settings *s, const char *text)
{
	return parse_number(text, 1, SEED_MAX, &s->count);
}

static bool take_seconds(struct settings *s, const char *text)
{
	return parse_number(text, 1, INT32_MAX, &s->seconds);
}

const struct setting settings_known[] = {
	{ .name = "tun", .argument = "NAME[,prefix=P/64]...", .take = take_tun,
	  .takes = "a name for a TUN device, 8 links in all, none twice",
	  .help = "a link to the kernel, which must exist or is made", .parts = tun_parts,
	  .only_flag = true },
	{ .name = "interface",
	  .argument = "NAME[,prefix=P/64]...[,gateway=ADDR][,mac=made|own|MAC]",
	  .take = take_interface,
	  .takes = "the name of a network interface, 8 links in all, none twice",
	  .help = "a link to an Ethernet; without a prefix, routers are asked for them",
	  .parts = interface_parts, .only_flag = true },
	{ .name = "prefix", .argument = "P/64", .take = take_prefix, .takes = PREFIX_TAKES,
	  .help = "the same as prefix= of the link named last, or else the first",
	  .only_flag = true },
	{ .name = "apps", .argument = "NAME[,route=PREFIX/LEN]...", .take = take_apps,
	  .takes = "a name for a TUN device",
	  .help = "a TUN device by which the kernel's programs speak through the shim",
	  .parts = apps_parts },
	{ .name = "kind", .argument = "KIND", .take = take_kind, .takes = "hba, hba+cga or cga",
	  .help = "of addresses: hba (default), hba+cga or cga" },
	{ .name = "key", .argument = "FILE", .take = take_key, .takes = "the path of a file",
	  .help = "an RSA private key, PEM or DER, for hba+cga and cga" },
	{ .name = "hba-sec", .argument = "SEC", .take = take_hba_sec,
	  .takes = "a number from 0 to 2",
	  .help = "of addresses: what it takes to forge one; 1 is quickly found, 2 is not",
	  .is_number = true },
	{ .name = "seed", .argument = "N", .take = take_seed,
	  .takes = "a number from 0 to 9007199254740991",
	  .help = "make addresses, tags and nonces from N instead of chance", .is_number = true },
	{ .name = "initiate-after", .argument = "N", .take = take_initiate_after,
	  .takes = "a number from 0 to 2147483647",
	  .help = "begin a context after N packets to a peer (default: never)", .is_number = true },
	{ .name = "send-timeout", .argument = "SECONDS", .take = take_send_timeout,
	  .takes = "a number of seconds from 1 to 65535",
	  .help = "without an answer until other paths are explored (15)", .is_number = true },
	{ .name = "idle-timeout", .argument = "SECONDS", .take = take_idle_timeout,
	  .takes = "a number of seconds from 1 to 2147483647",
	  .help = "without payload until a context ends (300)", .is_number = true },
	{ .name = "echo", .argument = "PORT", .take = take_echo, .takes = "a port from 1 to 65535",
	  .help = "answer UDP datagrams to this port with what they hold", .is_number = true },
	{ .name = "socket", .argument = "PATH", .take = take_socket,
	  .takes = "none, or a path of at most 107 octets",
	  .help = "where 'refstackd status' asks; none: nowhere" },
	{ .name = "log", .argument = "FORM", .take = take_log, .takes = "text or json",
	  .help = "events as text (default) or json, a line each" },
	{ .name = "user", .argument = "NAME", .take = take_user, .takes = "the name of a user",
	  .help = "who to be once everything is open" },
	{ .name = "count", .argument = "N", .take = take_count,
	  .takes = "a number from 1 to 9007199254740991",
	  .help = "stop after N datagrams were echoed", .is_number = true },
	{ .name = "for", .argument = "SECONDS", .take = take_seconds,
	  .takes = "a number of seconds from 1 to 2147483647",
	  .help = "stop after that time", .is_number = true },
	{ .name = NULL },
};
