/* SPDX-License-Identifier: BSD-2-Clause */
/* How the host comes to be: its prefixes, its addresses, and whose they are; see daemon.h. */
#include "refstack/daemon/daemon.h"
#include "refstack/keys/search.h"

#include <arpa/inet.h>
#include <unistd.h>

enum {
	LEARN_SEC = 15,     /* a host asks for routers three times in nine seconds or so */
	LEARN_MORE_SEC = 2, /* another router may have another prefix */
	CLAIM_SEC = 10,     /* it takes two */
	COLLISIONS_MAX = 2, /* RFC 3972 4 */
	PROGRESS_MSEC = 200,
};

/* --- what is settled by now ----------------------------------------------------------- */

int start_configure(struct daemon *d)
{
	const struct settings *s = d->settings;

	d->cfg.link_count = d->link_count;
	for (unsigned i = 0; i < d->link_count; i++) {
		struct shim_link_config *l = &d->cfg.link[i];

		l->mtu = d->link[i].mtu;
		l->prefix_count = s->link[i].prefix_count;
		memcpy(l->prefix, s->link[i].prefix, sizeof(l->prefix));
	}
	d->cfg.kind = s->kind;
	d->cfg.hba_sec = s->hba_sec;
	d->cfg.initiate_after = s->initiate_after;
	d->cfg.send_timeout = s->send_timeout;
	d->cfg.idle_timeout = s->idle_timeout;
	d->cfg.ctx = d;
	d->cfg.transmit = daemon_transmit;
	d->cfg.log = daemon_log_line;
	d->cfg.event = daemon_tell_event;
	return STATUS_OK;
}

/* --- prefixes ------------------------------------------------------------------------- */

static bool every_link_has_one(struct daemon *d)
{
	for (unsigned i = 0; i < d->link_count; i++)
		if (!d->cfg.link[i].prefix_count)
			return false;
	return true;
}

static bool any_link_has_one(const struct daemon *d)
{
	for (unsigned i = 0; i < d->link_count; i++)
		if (d->cfg.link[i].prefix_count)
			return true;
	return false;
}

int start_learn(struct daemon *d)
{
	enum loop_end end = daemon_loop(d, every_link_has_one,
					daemon_now(d) + LEARN_SEC * USEC_PER_SEC);

	if (end == LOOP_DONE && d->learnt_at)
		end = daemon_loop(d, NULL, daemon_now(d) + LEARN_MORE_SEC * USEC_PER_SEC);
	if (end == LOOP_GONE)
		return daemon_trouble("all interfaces are gone");
	if (end == LOOP_LATE && !any_link_has_one(d))
		return daemon_trouble("no router has told a prefix in %d seconds; set one",
				      LEARN_SEC);
	for (unsigned i = 0; i < d->link_count && end == LOOP_LATE; i++)
		if (!d->cfg.link[i].prefix_count)
			link_say(&d->link[i], "no router has told a prefix: no address here");
	return STATUS_OK;
}

/* --- addresses ------------------------------------------------------------------------ */

struct search_progress {
	struct daemon *daemon;
	usec_t next;
	bool shown;
};

/* On a terminal, a line that is written over; and a signal ends the search. */
static bool show_progress(void *ctx, uint64_t tried, uint64_t expected)
{
	struct search_progress *p = ctx;
	usec_t now = daemon_now(p->daemon);

	if (now < p->next)
		return true;
	p->next = now + PROGRESS_MSEC * UINT64_C(1000);
	if (isatty(STDERR_FILENO)) {
		fprintf(stderr, "\rlooking for addresses: %.1f million steps of %.1f or so",
			(double)tried / 1e6, (double)expected / 1e6);
		p->shown = true;
	}
	return !daemon_is_told_to_end(p->daemon);
}

static int make_host(struct daemon *d)
{
	struct search_progress progress = {
		.daemon = d,
		.next = daemon_now(d) + PROGRESS_MSEC * UINT64_C(1000),
	};
	struct keys_effort effort = { .progress = show_progress, .context = &progress };

	d->cfg.search = keys_search;
	d->cfg.search_ctx = &effort;
	d->cfg.key = d->key.der;
	d->cfg.key_len = d->key.len;
	d->host = shim_host_new(&d->cfg);
	d->cfg.key = NULL;
	if (progress.shown)
		fputc('\n', stderr);
	if (d->host || daemon_is_told_to_end(d))
		return STATUS_OK;
	return daemon_trouble("no host can be made: memory is short, or an MTU below 1280");
}

/* Is somebody else already there? Then all are made once more, otherwise. */
int start_claim(struct daemon *d)
{
	char text[INET6_ADDRSTRLEN];
	const struct in6_addr *other;
	int status = make_host(d);

	d->phase = CLAIMING;
	while (!status && d->host) {
		address_claim_all(d);
		daemon_loop(d, address_all_settled, daemon_now(d) + CLAIM_SEC * USEC_PER_SEC);
		other = address_of_others(d);
		if (!other)
			return STATUS_OK;
		inet_ntop(AF_INET6, other, text, sizeof(text));
		if (d->cfg.collisions == COLLISIONS_MAX)
			return daemon_trouble("%s is somebody else's, too, like two before it;"
					      " is that an attack?", text);
		daemon_log(d, "%s is somebody else's; making other addresses", text);
		address_drop_all(d);
		shim_host_free(d->host);
		d->cfg.collisions++;
		status = make_host(d);
	}
	return status;
}
