/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines for people or programs; see journal.h. */
#include "refstack/daemon/journal.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <jansson.h>

static const char *text_of(char out[static INET6_ADDRSTRLEN], const struct in6_addr *addr)
{
	return inet_ntop(AF_INET6, addr, out, INET6_ADDRSTRLEN);
}

static void put_text(struct journal *j, usec_t at, const char *line)
{
	fprintf(j->out, "%" PRIu64 ".%06" PRIu64 " %s\n", at / USEC_PER_SEC, at % USEC_PER_SEC,
		line);
	fflush(j->out);
}

/* The time and the name come first, whatever else there is. Takes `more`. */
static void put_json(struct journal *j, usec_t at, const char *name, json_t *more)
{
	char *members = more ? json_dumps(more, JSON_COMPACT) : NULL;

	if (members)
		fprintf(j->out, "{\"time\":%" PRIu64 ".%06" PRIu64 ",\"event\":\"%s\",%s\n",
			at / USEC_PER_SEC, at % USEC_PER_SEC, name, members + 1);
	fflush(j->out);
	free(members);
	json_decref(more);
}

void journal_start(struct journal *j, const struct timespec *at)
{
	char line[128], date[32];
	struct tm tm;

	gmtime_r(&at->tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	if (j->json) {
		fprintf(j->out, "{\"time\":0.000000,\"event\":\"start\",\"unix\":%jd.%06ld,"
			"\"version\":\"" SHIMPROOF_VERSION "\"}\n",
			(intmax_t)at->tv_sec, at->tv_nsec / 1000);
		fflush(j->out);
		return;
	}
	snprintf(line, sizeof(line), "refstackd " SHIMPROOF_VERSION " at %s.%06ldZ", date,
		 at->tv_nsec / 1000);
	put_text(j, 0, line);
}

void journal_line(struct journal *j, usec_t at, const char *line)
{
	if (!j->json)
		put_text(j, at, line);
	else if (strcmp(line, j->said) != 0)
		put_json(j, at, "log", json_pack("{s:s}", "text", line));
}

/* --- what happens to contexts --------------------------------------------------------- */

static json_t *context_of(const struct shim_event *e)
{
	char local[INET6_ADDRSTRLEN], peer[INET6_ADDRSTRLEN];

	return json_pack("{s:I, s:I, s:s, s:s, s:I}",
			 "ct_local", (json_int_t)e->ct_local,
			 "ct_peer", (json_int_t)e->ct_peer,
			 "ulid_local", text_of(local, &e->ulid_local),
			 "ulid_peer", text_of(peer, &e->ulid_peer),
			 "fii", (json_int_t)e->fii);
}

static void add_states(json_t *object, const struct shim_event *e)
{
	json_object_set_new(object, "from", json_string(e->from));
	json_object_set_new(object, "to", json_string(e->to));
}

static void add_pair(json_t *object, const struct shim_event *e)
{
	char local[INET6_ADDRSTRLEN], peer[INET6_ADDRSTRLEN];

	json_object_set_new(object, "local", json_string(text_of(local, &e->lp_local)));
	json_object_set_new(object, "peer", json_string(text_of(peer, &e->lp_peer)));
}

/* In text the core's own line for its log does. */
void journal_event(struct journal *j, const struct shim_event *event)
{
	json_t *object;

	if (!j->json)
		return;
	object = context_of(event);
	if (event->from)
		add_states(object, event);
	add_pair(object, event);
	shim_event_text(event, j->said, sizeof(j->said));
	put_json(j, event->at, shim_event_name(event->kind), object);
}

/* --- what happens to links ------------------------------------------------------------ */

void journal_link(struct journal *j, usec_t at, unsigned number, const char *name, bool up)
{
	char line[64];

	snprintf(line, sizeof(line), "link %u (%s) is %s", number, name, up ? "up" : "down");
	if (!j->json)
		put_text(j, at, line);
	else
		put_json(j, at, "link", json_pack("{s:i, s:s, s:b}", "link", (int)number,
						  "name", name, "up", up));
}

void journal_address(struct journal *j, usec_t at, const struct shim_address *address)
{
	char line[128], text[INET6_ADDRSTRLEN];

	text_of(text, &address->addr);
	snprintf(line, sizeof(line), "address %s of link %u is %s", text, address->link,
		 address->up ? "up" : "down");
	if (!j->json)
		put_text(j, at, line);
	else
		put_json(j, at, "address", json_pack("{s:s, s:i, s:b}", "address", text, "link",
						     (int)address->link, "up", address->up));
}
