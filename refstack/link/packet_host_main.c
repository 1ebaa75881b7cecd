/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * packet_host: a host with nothing but a link, for packet_test.sh. It has the
 * addresses that it is told, answers echo requests and UDP datagrams to port 7,
 * and says what happens, a line each. It is told by lines on standard input, and
 * ends with it.
 */
#include "refstack/link/nd.h"
#include "refstack/link/packet.h"
#include "wire/checksum.h"
#include "wire/ipv6.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_OK = 0, STATUS_USAGE = 2, STATUS_DEVICE = 4 };
enum { ECHO_PORT = 7, PACKET_MAX = 2048, DOWN_MSEC = 100 };

struct packet_host {
	struct packet_port port;
	struct nd *nd; /* owned */
	bool down;            /* the interface is */
	struct in6_addr self; /* the address assigned last */
	uint8_t frame[PACKET_FRAME_MAX];
};

__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static const char *text_of(const struct in6_addr *addr)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(AF_INET6, addr, text, sizeof(text));
}

static usec_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (usec_t)now.tv_sec * USEC_PER_SEC + (usec_t)now.tv_nsec / 1000;
}

/* --- packets ---------------------------------------------------------------------- */

static uint16_t sum_of(const struct ipv6_header *ip, const uint8_t *upper)
{
	uint32_t sum = checksum_pseudo(&ip->src, &ip->dst, ip->payload_len, ip->next_header);

	return checksum_finish(checksum_add(sum, upper, ip->payload_len));
}

/* The upper layer is in place, its checksum at that offset to be filled in. */
static void send_packet(struct packet_host *host, uint8_t *packet, const struct ipv6_header *ip,
			size_t checksum_at)
{
	uint8_t *upper = packet + IPV6_HEADER_LEN;
	struct wbuf w = wbuf_of(packet, IPV6_HEADER_LEN);
	uint16_t sum;
	int err;

	upper[checksum_at] = upper[checksum_at + 1] = 0;
	sum = sum_of(ip, upper);
	upper[checksum_at] = (uint8_t)(sum >> 8);
	upper[checksum_at + 1] = (uint8_t)sum;
	ipv6_emit(ip, &w);
	err = nd_send(host->nd, packet, IPV6_HEADER_LEN + ip->payload_len);
	if (err)
		say("not sent to %s: %s", text_of(&ip->dst), strerror(-err));
}

static void take_icmp(struct packet_host *host, uint8_t *packet, const struct ipv6_header *back)
{
	uint8_t *message = packet + IPV6_HEADER_LEN;
	struct in6_addr addr;

	if (message[0] == ICMP6_ECHO_REQUEST) {
		message[0] = ICMP6_ECHO_REPLY;
		send_packet(host, packet, back, 2);
	} else if (message[0] == ICMP6_ECHO_REPLY) {
		say("reply from %s", text_of(&back->dst));
	} else if (message[0] == ICMP6_DST_UNREACH && back->payload_len >= 8 + IPV6_HEADER_LEN) {
		memcpy(&addr, message + 8 + 24, sizeof(addr));
		say("unreachable %s code %u", text_of(&addr), message[1]);
	}
}

static void take_udp(struct packet_host *host, uint8_t *packet, const struct ipv6_header *back)
{
	uint8_t *upper = packet + IPV6_HEADER_LEN, ports[4];

	memcpy(ports, upper, sizeof(ports));
	if (ports[2] != 0 || ports[3] != ECHO_PORT)
		return;
	memcpy(upper, ports + 2, 2);
	memcpy(upper + 2, ports, 2);
	send_packet(host, packet, back, 6);
}

static const struct {
	uint8_t protocol;
	size_t len_min;
	void (*take)(struct packet_host *host, uint8_t *packet, const struct ipv6_header *back);
} protocols[] = {
	{ IPPROTO_ICMPV6, 8, take_icmp },
	{ IPPROTO_UDP, UDP_HEADER_LEN, take_udp },
};

static void deliver(void *ctx, const void *octets, size_t len)
{
	uint8_t packet[PACKET_MAX];
	struct rbuf r = rbuf_of(octets, len);
	struct ipv6_header ip, back;

	if (len > sizeof(packet) || ipv6_parse(&ip, &r) || IN6_IS_ADDR_MULTICAST(&ip.dst))
		return;
	memcpy(packet, octets, len);
	back = ip;
	back.src = ip.dst;
	back.dst = ip.src;
	back.hop_limit = 64;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (protocols[i].protocol != ip.next_header ||
		    ip.payload_len < protocols[i].len_min)
			continue;
		if (sum_of(&ip, packet + IPV6_HEADER_LEN) != 0)
			say("wrong checksum from %s", text_of(&ip.src));
		else
			protocols[i].take(ctx, packet, &back);
	}
}

/* --- what the link says ----------------------------------------------------------- */

static void transmit(void *ctx, const void *frame, size_t len)
{
	struct packet_host *host = ctx;
	int err = packet_write(&host->port, frame, len);

	if (err)
		say("a frame was lost: %s", strerror(-err));
}

static void tell_address(void *ctx, const struct in6_addr *addr, enum nd_address_status status)
{
	struct packet_host *host = ctx;

	if (status == ND_ASSIGNED && !IN6_IS_ADDR_LINKLOCAL(addr))
		host->self = *addr;
	say("%s %s", status == ND_ASSIGNED ? "assigned" : "duplicate", text_of(addr));
}

static void tell_prefix(void *ctx, const struct nd_autonomous_prefix *prefix)
{
	struct in6_addr addr = { 0 };

	(void)ctx;
	memcpy(&addr, prefix->prefix, sizeof(prefix->prefix));
	say("prefix %s/64 valid %u preferred %u", text_of(&addr), prefix->valid_sec,
	    prefix->preferred_sec);
}

/* --- what it is told -------------------------------------------------------------- */

static int tell_to_add(struct packet_host *host, const struct in6_addr *addr)
{
	int err = nd_address_add(host->nd, addr);

	return err ? err : nd_prefix_add(host->nd, addr, 64);
}

static int tell_to_ping(struct packet_host *host, const struct in6_addr *addr)
{
	uint8_t packet[IPV6_HEADER_LEN + 8] = { [IPV6_HEADER_LEN] = ICMP6_ECHO_REQUEST };
	struct ipv6_header ip = {
		.payload_len = 8,
		.next_header = IPPROTO_ICMPV6,
		.hop_limit = 64,
		.src = host->self,
		.dst = *addr,
	};

	send_packet(host, packet, &ip, 2);
	return 0;
}

static const struct {
	const char *word;
	int (*tell)(struct packet_host *host, const struct in6_addr *addr);
} words[] = {
	{ "add", tell_to_add },
	{ "ping", tell_to_ping },
};

static void obey(struct packet_host *host, const char *line)
{
	char word[16], text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (sscanf(line, "%15s %45s", word, text) != 2 || inet_pton(AF_INET6, text, &addr) != 1) {
		say("what is '%s'?", line);
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0) {
			int err = words[i].tell(host, &addr);

			if (err)
				say("%s %s: %s", word, text, strerror(-err));
		}
}

/* One write() of the teller is one line. False: that was all. */
static bool read_line(struct packet_host *host)
{
	char line[128];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	obey(host, line);
	return true;
}

/* --- the loop --------------------------------------------------------------------- */

/* 0, or what is wrong with the interface for good. */
static int read_frames(struct packet_host *host)
{
	ssize_t n;

	while ((n = packet_read(&host->port, host->frame, sizeof(host->frame))) > 0)
		nd_input(host->nd, host->frame, (size_t)n);
	if (n == -ENETDOWN) {
		host->down = true;
		say("the interface was taken down");
	}
	return n == -EAGAIN || n == -ENETDOWN ? 0 : (int)n;
}

static int look_whether_it_is_up(struct packet_host *host)
{
	int err = packet_state(&host->port);

	if (!err) {
		host->down = false;
		say("the interface is up again");
	}
	return err == -ENETDOWN ? 0 : err;
}

static int patience(const struct packet_host *host, usec_t now)
{
	usec_t due = nd_deadline(host->nd);

	if (host->down)
		return DOWN_MSEC;
	if (due == USEC_NEVER)
		return -1;
	return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static int run(struct packet_host *host)
{
	const usec_t start = clock_now();
	struct pollfd fds[] = {
		{ .fd = host->port.fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	int err;

	for (;;) {
		if (poll(fds, 2, patience(host, clock_now() - start)) < 0 && errno != EINTR)
			return -errno;
		nd_advance(host->nd, clock_now() - start);
		err = fds[0].revents ? read_frames(host) : 0;
		if (!err && host->down)
			err = look_whether_it_is_up(host);
		if (err)
			return err;
		if (fds[1].revents && !read_line(host))
			return 0;
	}
}

static int serve(struct packet_host *host)
{
	struct nd_config cfg = {
		.seed = (uint64_t)getpid(),
		.mac = host->port.mac,
		.mtu = host->port.mtu,
		.ctx = host,
		.transmit = transmit,
		.deliver = deliver,
		.address = tell_address,
		.prefix = tell_prefix,
	};
	const uint8_t *mac = cfg.mac.octets;
	int err;

	host->nd = nd_new(&cfg);
	if (!host->nd)
		return -ENOMEM;
	say("mac %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	err = run(host);
	nd_free(host->nd);
	return err;
}

int main(int argc, char **argv)
{
	static struct packet_host host;
	struct ethernet_addr mac;
	bool own = argc == 3 && strcmp(argv[2], "own") == 0;
	int err;

	if (argc != 2 && !own) {
		fputs("usage: packet_host INTERFACE [own]\n", stderr);
		return STATUS_USAGE;
	}
	err = ethernet_of_seed(&mac, (uint64_t)getpid());
	if (!err)
		err = packet_open(&host.port, argv[1], own ? NULL : &mac);
	if (!err) {
		err = serve(&host);
		packet_close(&host.port);
	}
	if (!err)
		return STATUS_OK;
	fprintf(stderr, "packet_host: %s: %s\n", argv[1], packet_trouble(err));
	return STATUS_DEVICE;
}
