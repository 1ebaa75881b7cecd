/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon from its first step to its end; see daemon.h. */
#include "refstack/daemon/daemon.h"
#include "refstack/socket/socket.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <unistd.h>

usec_t daemon_now(const struct daemon *d)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (usec_t)((now.tv_sec - d->start.tv_sec) * 1000000 +
			(now.tv_nsec - d->start.tv_nsec) / 1000);
}

void daemon_log(struct daemon *d, const char *fmt, ...)
{
	char line[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	journal_line(&d->journal, daemon_now(d), line);
}

int daemon_trouble(const char *fmt, ...)
{
	va_list args;

	fputs("refstackd: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return STATUS_DEVICE;
}

/* --- what the links and the host say -------------------------------------------------- */

void daemon_log_line(void *ctx, const char *line)
{
	struct daemon *d = ctx;

	journal_line(&d->journal, daemon_now(d), line);
}

void daemon_tell_event(void *ctx, const struct shim_event *event)
{
	struct daemon *d = ctx;

	journal_event(&d->journal, event);
}

void daemon_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct daemon *d = ctx;

	link_send(&d->link[link - 1], packet, len);
}

static void take_packet(void *ctx, struct link *link, const void *packet, size_t len)
{
	struct daemon *d = ctx;

	if (d->phase == RUNNING)
		shim_host_input(d->host, link->number, packet, len);
}

/* The daemon stands where sock_table_new() has put the sockets, and hands on to them.
 * They come before the kernel's programs, but for TCP: they would refuse what isn't theirs,
 * and the daemon itself speaks none. */
static bool take_arrival(void *ctx, const struct shim_arrival *arrival)
{
	struct daemon *d = ctx;

	if (arrival->protocol == IPPROTO_TCP && apps_arrival(&d->apps, arrival))
		return true;
	return sock_upper.arrival(d->sockets, arrival) || apps_arrival(&d->apps, arrival);
}

static void take_error(void *ctx, const struct shim_upper_error *error)
{
	struct daemon *d = ctx;

	apps_error(&d->apps, error);
	sock_upper.error(d->sockets, error);
}

static bool take_wishes(void *ctx, const struct in6_addr *local, const struct in6_addr *peer,
			uint32_t fii, struct shim_wishes *out)
{
	struct daemon *d = ctx;

	return sock_upper.wishes(d->sockets, local, peer, fii, out);
}

const struct shim_upper daemon_upper = {
	.arrival = take_arrival,
	.error = take_error,
	.wishes = take_wishes,
};

/* --- from the first step to the end --------------------------------------------------- */

/* Not before it is clear that there is something to tell of. */
static int begin_journal(struct daemon *d)
{
	const char *warning = settings_warning(d->settings);

	journal_start(&d->journal, &d->wall);
	if (warning)
		daemon_log(d, "%s", warning);
	return STATUS_OK;
}

/* In this order; a signal ends them between two. */
static int (*const steps[])(struct daemon *d) = {
	open_signals, open_links,  open_key,     begin_journal, open_control, start_configure,
	start_learn,  start_claim, open_sockets, open_apps,     open_user,
};

static void print_addresses(const struct daemon *d)
{
	struct shim_address addresses[HOST_LOCATORS_MAX];
	size_t n = shim_host_addresses(d->host, addresses, HOST_LOCATORS_MAX);
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < n; i++)
		printf("address %s\n", inet_ntop(AF_INET6, &addresses[i].addr, text, sizeof(text)));
	fflush(stdout);
}

static int start(struct daemon *d)
{
	int status = STATUS_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !status; i++)
		if (i == 0 || !daemon_is_told_to_end(d))
			status = steps[i](d);
	return status;
}

static int run(struct daemon *d)
{
	const uint64_t seconds = d->settings->seconds;

	d->phase = RUNNING;
	print_addresses(d);
	address_tell_host(d);
	if (daemon_loop(d, daemon_has_echoed, seconds ? seconds * USEC_PER_SEC : USEC_NEVER) ==
	    LOOP_GONE)
		return daemon_trouble("all interfaces are gone");
	return STATUS_OK;
}

static void end(struct daemon *d)
{
	control_close(&d->control);
	apps_close(&d->apps);
	sock_table_free(d->sockets);
	shim_host_free(d->host);
	key_free(&d->key);
	for (unsigned i = 0; i < d->link_count; i++)
		link_close(&d->link[i]);
	close(d->watch);
	close(d->signals);
}

int daemon_serve(const struct settings *settings)
{
	struct daemon d = {
		.settings = settings,
		.journal = { .out = stderr, .json = settings->json_log },
		.signals = -1,
		.watch = -1,
		.owner = { &d, take_packet, address_verdict, address_prefix, daemon_log_line },
		.echo = -1,
		.apps = { .fd = -1 },
		.control = { .fd = -1 },
	};
	int status;

	clock_gettime(CLOCK_MONOTONIC, &d.start);
	clock_gettime(CLOCK_REALTIME, &d.wall);
	status = start(&d);
	if (!status && !daemon_is_told_to_end(&d))
		status = run(&d);
	end(&d);
	return status;
}
