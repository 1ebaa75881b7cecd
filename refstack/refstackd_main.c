/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refstackd: the reference stack on a TUN device, with a UDP echo service.
 * All that the stack itself leaves outside is here: the clock, the seed, and
 * the device.
 */
#include "refstack/core/host.h"
#include "refstack/link/tun.h"
#include "refstack/socket/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_OK = 0, STATUS_USAGE = 2, STATUS_DEVICE = 4 };

enum {
	TUN_MTU = 1500, /* what the kernel gives a new one */
	DATAGRAM_MAX = 65535,
	PACKETS_AT_ONCE = 64, /* before the clock is looked at again */
};

struct options {
	const char *tun;
	unsigned prefix_count;
	uint8_t prefix[HOST_PREFIXES_MAX][8];
	unsigned echo_port; /* 0: no echo service */
	bool has_seed;
	uint64_t seed;
	unsigned initiate_after;
	uint64_t count;   /* datagrams to echo, then stop; 0: no limit */
	uint64_t seconds; /* to run; 0: no limit */
};

struct daemon {
	const struct options *options; /* borrowed */
	int tun, signals;              /* owned */
	struct timespec start;         /* the host's 0 */
	struct shim_host *host;        /* owned */
	struct sock_table *sockets;    /* owned */
	int echo;                      /* the socket; < 0: none */
	uint64_t echoed;
};

/* --- options ----------------------------------------------------------------- */

static bool parse_number(const char *text, uint64_t max, uint64_t *out)
{
	char *end;
	unsigned long long value;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || value > max)
		return false;
	*out = value;
	return true;
}

static bool parse_unsigned(const char *text, uint64_t max, unsigned *out)
{
	uint64_t value;

	if (!parse_number(text, max, &value))
		return false;
	*out = (unsigned)value;
	return true;
}

static bool take_tun(struct options *o, const char *arg)
{
	o->tun = arg;
	return *arg != '\0';
}

static bool take_prefix(struct options *o, const char *arg)
{
	char text[INET6_ADDRSTRLEN];
	const char *slash = strchr(arg, '/');
	struct in6_addr addr;

	if (!slash || strcmp(slash, "/64") != 0 || (size_t)(slash - arg) >= sizeof(text) ||
	    o->prefix_count == HOST_PREFIXES_MAX)
		return false;
	memcpy(text, arg, (size_t)(slash - arg));
	text[slash - arg] = '\0';
	if (inet_pton(AF_INET6, text, &addr) != 1 || IN6_IS_ADDR_MULTICAST(&addr))
		return false;
	for (unsigned i = 0; i < o->prefix_count; i++)
		if (memcmp(o->prefix[i], &addr, 8) == 0)
			return false;
	memcpy(o->prefix[o->prefix_count++], &addr, 8);
	return true;
}

static bool take_echo(struct options *o, const char *arg)
{
	return parse_unsigned(arg, UINT16_MAX, &o->echo_port) && o->echo_port > 0;
}

static bool take_seed(struct options *o, const char *arg)
{
	o->has_seed = true;
	return parse_number(arg, UINT64_MAX, &o->seed);
}

static bool take_initiate_after(struct options *o, const char *arg)
{
	return parse_unsigned(arg, UINT32_MAX, &o->initiate_after);
}

static bool take_count(struct options *o, const char *arg)
{
	return parse_number(arg, UINT64_MAX, &o->count);
}

static bool take_seconds(struct options *o, const char *arg)
{
	return parse_number(arg, UINT32_MAX, &o->seconds);
}

static const struct {
	const char *name, *arg, *help;
	bool (*take)(struct options *o, const char *arg); /* false: not a value for it */
} options_known[] = {
	{ "tun", "NAME", "the TUN device to open; required", take_tun },
	{ "prefix", "P/64", "a prefix for an address of ours; required, up to 4 times",
	  take_prefix },
	{ "echo", "PORT", "answer UDP datagrams to this port with what they hold", take_echo },
	{ "seed", "N", "make addresses, tags and nonces from N instead of chance", take_seed },
	{ "initiate-after", "N", "begin a context after N datagrams to a peer (default: never)",
	  take_initiate_after },
	{ "count", "N", "stop after N datagrams were echoed", take_count },
	{ "for", "SECONDS", "stop after that time", take_seconds },
};

enum { OPTIONS_KNOWN = sizeof(options_known) / sizeof(options_known[0]) };

static void usage(FILE *out)
{
	fputs("usage: refstackd --tun NAME --prefix P/64 [OPTION]...\n\n"
	      "Runs the Shim6 reference stack (RFC 5533) on a TUN device. Its addresses are\n"
	      "hash-based ones (RFC 5535), made on start and printed, one line each:\n"
	      "  address 2001:db8:a:1:c9:f301:d2ea:7baa\n"
	      "What happens is told on stderr. SIGINT and SIGTERM end it.\n\n",
	      out);
	for (unsigned i = 0; i < OPTIONS_KNOWN; i++)
		fprintf(out, "  --%s %-*s %s\n", options_known[i].name,
			(int)(20 - strlen(options_known[i].name)), options_known[i].arg,
			options_known[i].help);
	fprintf(out, "  --%-21s %s\n", "version", "print the version");
	fprintf(out, "  --%-21s %s\n", "help", "this text");
	fputs("\nOpening the device needs CAP_NET_ADMIN. The kernel's side of it is set up by\n"
	      "the caller, for example:\n"
	      "  ip link set NAME up\n"
	      "  ip -6 address add 2001:db8:f::1/64 dev NAME\n"
	      "  ip -6 route add P/64 dev NAME\n\n"
	      "exit status: 0 when it ended as asked, 2 misuse, 4 trouble with the device\n",
	      out);
}

enum request { RUN, HELP, VERSION, MISUSE }; /* the last is told already */

static enum request check_options(const struct options *o, const char *stray)
{
	if (stray)
		fprintf(stderr, "refstackd: what is '%s'?\n", stray);
	else if (!o->tun)
		fputs("refstackd: --tun is missing\n", stderr);
	else if (!o->prefix_count)
		fputs("refstackd: --prefix is missing\n", stderr);
	else
		return RUN;
	return MISUSE;
}

static enum request parse_options(struct options *o, int argc, char **argv)
{
	struct option longs[OPTIONS_KNOWN + 3] = { 0 };
	int i;

	for (i = 0; i < OPTIONS_KNOWN; i++)
		longs[i] = (struct option){ options_known[i].name, required_argument, NULL, i };
	longs[i] = (struct option){ "help", no_argument, NULL, OPTIONS_KNOWN + HELP };
	longs[i + 1] = (struct option){ "version", no_argument, NULL, OPTIONS_KNOWN + VERSION };

	while ((i = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (i == '?')
			return MISUSE;
		if (i >= OPTIONS_KNOWN)
			return (enum request)(i - OPTIONS_KNOWN);
		if (!options_known[i].take(o, optarg)) {
			fprintf(stderr, "refstackd: --%s does not take '%s'\n",
				options_known[i].name, optarg);
			return MISUSE;
		}
	}
	return check_options(o, argv[optind]);
}

/* --- the host's surroundings ---------------------------------------------------- */

static usec_t clock_now(const struct daemon *d)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (usec_t)((now.tv_sec - d->start.tv_sec) * 1000000 +
			(now.tv_nsec - d->start.tv_nsec) / 1000);
}

static void transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct daemon *d = ctx;
	int err = tun_write(d->tun, packet, len);

	(void)link; /* there is one */
	if (err)
		fprintf(stderr, "a packet was lost: %s\n", strerror(-err));
}

static void log_line(void *ctx, const char *line)
{
	struct daemon *d = ctx;
	usec_t now = clock_now(d);

	fprintf(stderr, "%llu.%06llu %s\n", (unsigned long long)(now / USEC_PER_SEC),
		(unsigned long long)(now % USEC_PER_SEC), line);
}

static int device_trouble(const char *name, int err)
{
	static const struct {
		int err;
		const char *text;
	} hints[] = {
		{ -EPERM, "opening it needs CAP_NET_ADMIN" },
		{ -EACCES, "/dev/net/tun is not for this user; opening it needs CAP_NET_ADMIN" },
		{ -ENOENT, "there is no /dev/net/tun" },
		{ -EINVAL, "this is no name for a TUN device" },
		{ -EBUSY, "somebody else has it" },
		{ -EBADFD, "it is gone" },
	};
	const char *hint = strerror(-err);

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].err == err)
			hint = hints[i].text;
	fprintf(stderr, "refstackd: %s: %s\n", name, hint);
	return STATUS_DEVICE;
}

static int start_host(struct daemon *d)
{
	const struct options *o = d->options;
	struct shim_config cfg = {
		.seed = o->seed,
		.link_count = 1,
		.link[0] = { .mtu = TUN_MTU, .prefix_count = o->prefix_count },
		.initiate_after = o->initiate_after,
		.ctx = d,
		.transmit = transmit,
		.log = log_line,
	};

	memcpy(cfg.link[0].prefix, o->prefix, sizeof(o->prefix));
	if (!o->has_seed && getrandom(&cfg.seed, sizeof(cfg.seed), 0) != sizeof(cfg.seed))
		return -errno;
	d->host = shim_host_new(&cfg);
	if (!d->host)
		return -EINVAL;
	d->sockets = sock_table_new(d->host);
	return d->sockets ? 0 : -ENOMEM;
}

static int start_echo(struct daemon *d)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)d->options->echo_port),
	};

	if (!d->options->echo_port)
		return 0;
	d->echo = sock_socket(d->sockets, AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
	if (d->echo < 0)
		return d->echo;
	return sock_bind(d->sockets, d->echo, (struct sockaddr *)&any, sizeof(any));
}

/* A descriptor to poll, or a negative errno. */
static int watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static void print_addresses(const struct daemon *d)
{
	struct shim_address addresses[HOST_LOCATORS_MAX];
	size_t n = shim_host_addresses(d->host, addresses, HOST_LOCATORS_MAX);
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < n; i++)
		printf("address %s\n",
		       inet_ntop(AF_INET6, &addresses[i].addr, text, sizeof(text)));
	fflush(stdout);
}

/* --- the loop ------------------------------------------------------------------------ */

static void serve_echo(struct daemon *d)
{
	uint8_t data[DATAGRAM_MAX];
	struct sockaddr_in6 from;
	struct iovec iov = { .iov_base = data };
	struct msghdr msg = { .msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	while (d->echo >= 0) {
		iov.iov_len = sizeof(data);
		msg.msg_namelen = sizeof(from);
		n = sock_recvmsg(d->sockets, d->echo, &msg, 0);
		if (n < 0)
			return;
		n = sock_sendto(d->sockets, d->echo, data, (size_t)n, 0, (struct sockaddr *)&from,
				msg.msg_namelen);
		if (n < 0)
			log_line(d, "a datagram could not be echoed");
		else
			d->echoed++;
	}
}

/* 0, or what is wrong with the device. One that is down only has no packets. */
static int read_packets(struct daemon *d)
{
	uint8_t packet[DATAGRAM_MAX];

	for (unsigned i = 0; i < PACKETS_AT_ONCE; i++) {
		ssize_t n = tun_read(d->tun, packet, sizeof(packet));

		if (n == -EAGAIN)
			return 0;
		if (n < 0)
			return (int)n;
		shim_host_input(d->host, 1, packet, (size_t)n);
	}
	return 0;
}

/* Until something may be due: milliseconds for poll(), rounded up so that it
 * doesn't come back early and spin; -1: nothing ever. */
static int patience(const struct daemon *d, usec_t now, usec_t end)
{
	usec_t due = shim_host_deadline(d->host);

	if (end < due)
		due = end;
	if (due == USEC_NEVER)
		return -1;
	if (due <= now)
		return 0;
	return due - now > 60 * USEC_PER_SEC ? 60000 : (int)((due - now + 999) / 1000);
}

static int run(struct daemon *d)
{
	const struct options *o = d->options;
	usec_t end = o->seconds ? o->seconds * USEC_PER_SEC : USEC_NEVER;
	struct pollfd fds[] = {
		{ .fd = d->tun, .events = POLLIN },
		{ .fd = d->signals, .events = POLLIN },
	};
	int err;

	for (;;) {
		usec_t now = clock_now(d);

		shim_host_advance(d->host, now);
		serve_echo(d);
		if (now >= end || (o->count && d->echoed >= o->count))
			return 0;
		if (poll(fds, 2, patience(d, now, end)) < 0 && errno != EINTR)
			return -errno;
		if (fds[1].revents)
			return 0;
		shim_host_advance(d->host, clock_now(d));
		err = fds[0].revents ? read_packets(d) : 0;
		if (err)
			return err;
	}
}

static int serve(const struct options *o)
{
	struct daemon d = { .options = o, .tun = -1, .signals = -1, .echo = -1 };
	int err;

	clock_gettime(CLOCK_MONOTONIC, &d.start);
	d.tun = tun_open(o->tun);
	if (d.tun < 0)
		return device_trouble(o->tun, d.tun);
	d.signals = watch_signals();
	err = d.signals < 0 ? d.signals : start_host(&d);
	if (!err)
		err = start_echo(&d);
	if (err) {
		fprintf(stderr, "refstackd: can't start: %s\n", strerror(-err));
	} else {
		print_addresses(&d);
		err = run(&d);
		if (err)
			device_trouble(o->tun, err);
	}

	sock_table_free(d.sockets);
	shim_host_free(d.host);
	close(d.signals);
	close(d.tun);
	return err ? STATUS_DEVICE : STATUS_OK;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };

	switch (parse_options(&options, argc, argv)) {
	case RUN:
		return serve(&options);
	case HELP:
		usage(stdout);
		return STATUS_OK;
	case VERSION:
		puts("refstackd " SHIMPROOF_VERSION);
		return STATUS_OK;
	case MISUSE:
		break;
	}
	fputs("Try 'refstackd --help'.\n", stderr);
	return STATUS_USAGE;
}
