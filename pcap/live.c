/* SPDX-License-Identifier: BSD-2-Clause */
/* Capturing on devices. */
#include "pcap/capture_priv.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
	SNAPLEN_ALL = 262144, /* libpcap's own limit */
	TIMEOUT_DEFAULT_MSEC = 100,
	TIMEOUT_MAX_MSEC = 60 * 1000,
};

static const struct {
	int result; /* of libpcap */
	int err;
	const char *words; /* NULL: libpcap's */
} activation_errors[] = {
	{ PCAP_ERROR_NO_SUCH_DEVICE,      -ENODEV,   "there is no such device" },
	{ PCAP_ERROR_PERM_DENIED,         -EPERM,    "not permitted to capture on it" },
	{ PCAP_ERROR_PROMISC_PERM_DENIED, -EPERM,    "not permitted to make it promiscuous" },
	{ PCAP_ERROR_IFACE_NOT_UP,        -ENETDOWN, "the device is not up" },
	{ PCAP_ERROR,                     -EIO,      NULL },
};

static int activation_failed(struct capture *c, const struct capture *at, int result)
{
	for (size_t i = 0; i < sizeof(activation_errors) / sizeof(activation_errors[0]); i++) {
		const char *words = activation_errors[i].words;

		if (activation_errors[i].result == result)
			return capture_failed(c, at->name, activation_errors[i].err, "%s",
					      words ? words : pcap_geterr(at->pcap));
	}
	return capture_failed(c, at->name, -EIO, "%s", pcap_statustostr(result));
}

/*
 * Nanoseconds where the device has them. Of "any", the link type that tells
 * interfaces apart. And libpcap must never wait: it would sleep through the
 * timeout on an idle device, and it is capture_wait() that tells of that.
 * Where one of these isn't to be had, capturing goes on without.
 */
static int activate(pcap_t *p, const struct capture_options *options, unsigned timeout_msec)
{
	char why[PCAP_ERRBUF_SIZE];
	int result;

	pcap_set_snaplen(p, options->snaplen && options->snaplen < SNAPLEN_ALL
				? (int)options->snaplen : SNAPLEN_ALL);
	pcap_set_promisc(p, options->promiscuous);
	pcap_set_timeout(p, (int)timeout_msec);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	result = pcap_activate(p);
	if (result < 0)
		return result;
	if (pcap_datalink(p) == DLT_LINUX_SLL)
		pcap_set_datalink(p, DLT_LINUX_SLL2);
	return pcap_setnonblock(p, 1, why) < 0 ? PCAP_ERROR : 0;
}

int capture_open_live(struct capture *c, const char *device, const struct capture_options *options)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	unsigned timeout = options->timeout_msec;
	struct capture fresh = {
		.timeout_msec = !timeout ? TIMEOUT_DEFAULT_MSEC
			      : timeout < TIMEOUT_MAX_MSEC ? timeout : TIMEOUT_MAX_MSEC,
		.name = strdup(device),
	};
	int result;

	if (!fresh.name)
		return capture_failed(c, device, -ENOMEM, "%s", strerror(ENOMEM));
	fresh.pcap = pcap_create(device, why);
	if (!fresh.pcap) {
		result = capture_failed(c, device, -EIO, "%s", why);
	} else {
		result = activate(fresh.pcap, options, fresh.timeout_msec);
		if (result == 0)
			return capture_take(c, &fresh);
		result = activation_failed(c, &fresh, result);
	}
	capture_close(&fresh);
	return result;
}

/* A signal ends the wait; one that comes just before it costs one timeout. */
int capture_wait(struct capture *c)
{
	struct pollfd fd = { .fd = pcap_get_selectable_fd(c->pcap), .events = POLLIN };
	int result = poll(&fd, 1, (int)c->timeout_msec);

	if (result > 0 || (result < 0 && errno == EINTR))
		return 1;
	if (result == 0)
		return -EAGAIN;
	return capture_failed(c, c->name, -EIO, "%s", strerror(errno));
}

int capture_stats(struct capture *c, struct capture_stats *out)
{
	struct pcap_stat s;

	if (c->source)
		return capture_failed(c, c->name, -ENOTSUP, "a file doesn't tell what was dropped");
	if (pcap_stats(c->pcap, &s))
		return capture_failed(c, c->name, -EIO, "%s", pcap_geterr(c->pcap));
	*out = (struct capture_stats){ s.ps_recv, s.ps_drop, s.ps_ifdrop };
	return 0;
}

int capture_devices(void (*show)(void *ctx, const struct capture_device *device), void *ctx)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	int count = 0;

	if (pcap_findalldevs(&all, why))
		return -EIO;
	for (const pcap_if_t *d = all; d; d = d->next, count++)
		show(ctx, &(struct capture_device){
			.name = d->name,
			.about = d->description,
			.up = d->flags & PCAP_IF_UP,
			.running = d->flags & PCAP_IF_RUNNING,
			.loopback = d->flags & PCAP_IF_LOOPBACK,
		});
	pcap_freealldevs(all);
	return count;
}
