/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold, whatever was called and whatever came in:
 *
 * of the host, what refstack/core/invariants.h says;
 * of a packet with a tag, that it goes between locators of a context with that tag, so
 *   that no designated locator is used that is not in the context's lists;
 * of an arrival, that what has other locators than identifiers came with a tag, and has the
 *   identifiers of a context (RFC 5533 12.2: its locators may be any);
 * of a socket, that its queue is what it is counted as, and bounded; that its names are the
 *   identifiers that it was connected by, whatever the locators are; that it has a fork only
 *   while it is connected through the shim, and shares it with nobody; that options
 *   read as they were set; and that one that is closed lingers without wishes, and for
 *   a time;
 * of a context, that what it was told is what its sockets want together, that a fork is
 *   held by a socket or by nobody, that there is a pair in reserve when somebody wants it,
 *   and that no locator waits for a verification that nobody has begun.
 */
#include "fuzz/socket_fuzz.h"
#include "refstack/core/invariants.h"
#include "refstack/socket/stream.h"
#include "refstack/tcp/tcp_conn.h"

/* --- packets --------------------------------------------------------------------------------- */

void check_sent(const struct side *e, const struct packet *p)
{
	struct rbuf r = rbuf_of(p->octets, p->len);
	struct shim6_payload payload;
	struct ipv6_header ip;

	demand(ipv6_parse(&ip, &r) == 0, "what is sent can be read");
	demand(host_is_up(e->host, &ip.src), "it is from an address of ours that is up");
	if (ip.next_header == PROTO_SHIM6 && shim6_payload_parse(&payload, &r) == 0)
		demand(translate_quoted(e->host, &ip.src, &ip.dst, payload.tag) != NULL,
		       "a tag goes between locators of its context");
}

void check_arrival(const struct side *e, const struct shim_arrival *a)
{
	struct context_walk walk = { .bucket = 0 };
	const struct shim_context *context;

	demand(shim_host_owns(e->host, &a->local), "what arrives is for an identifier of ours");
	if (a->protocol == IPPROTO_ICMPV6 && a->len > 0 && a->upper[0] < ICMP6_INFOMSG_MASK)
		return; /* an error comes to the identifier that its packet was from */
	if (!a->shimmed) {
		demand(addr_equal(&a->local, &a->local_locator) &&
			       addr_equal(&a->peer, &a->peer_locator),
		       "without a tag, locators are identifiers");
		return;
	}
	while ((context = context_walk(&e->host->contexts, &walk)))
		if (addr_equal(&context->ulids.local, &a->local) &&
		    addr_equal(&context->ulids.peer, &a->peer))
			return;
	demand(false, "with a tag, identifiers are those of a context");
}

/* --- sockets -----------------------------------------------------------------------------------
 */

static void check_queue(const struct sock *s)
{
	const struct datagram *d;
	struct datagram *const *last = &s->first;
	size_t count = 0, octets = 0;

	for (d = s->first; d; d = d->next) {
		count++;
		octets += d->len;
		last = &d->next;
	}
	demand(count == s->queued && octets == s->queued_octets, "all that is queued is counted");
	demand(s->last == last, "the end of the queue is known");
	demand(count <= QUEUE_DATAGRAMS_MAX && octets <= QUEUE_OCTETS_MAX, "queues are bounded");
}

static void check_fork(const struct sock *s)
{
	if (!s->fii)
		return;
	demand(s->connected && !s->dontshim, "only who is connected through the shim has a fork");
	for (int i = 0; i < SOCKETS_MAX; i++) {
		const struct sock *other = s->table->socket[i];

		demand(!other || other == s || other->fii != s->fii ||
			       !sock_is_own_pair(other, &s->local.addr, &s->peer.addr),
		       "nobody shares a fork");
	}
}

static void check_names(const struct who *o)
{
	const struct sock *s = o->sock;
	struct sockaddr_in6 local, peer;
	socklen_t local_len = sizeof(local), peer_len = sizeof(peer);

	demand(!s->connected || !addr_any(&s->local.addr), "who is connected has an address");
	demand(s->kind->ports || s->local.port == s->protocol, "raw sockets have no ports");
	demand(!o->memory->named || s->kind->type == SOCK_STREAM || s->connected,
	       "who has no stream stays connected");
	if (!o->memory->named || !s->connected)
		return;
	demand(sock_getsockname(o->t, o->s, (struct sockaddr *)&local, &local_len) == 0 &&
		       memcmp(&local, &o->memory->local, sizeof(local)) == 0,
	       "its own name stays");
	demand(sock_getpeername(o->t, o->s, (struct sockaddr *)&peer, &peer_len) == 0 &&
		       memcmp(&peer, &o->memory->peer, sizeof(peer)) == 0,
	       "its peer's name stays");
}

static void check_conn(const struct tcp_conn *c)
{
	demand(c->send.len <= TCP_BUFFER && c->recv.ring.len <= TCP_BUFFER, "streams are bounded");
}

static void check_stream(const struct sock *s)
{
	const struct stream *st = s->stream;

	if (!st)
		return;
	demand(!s->connected || st->conn, "who is connected has a connection");
	demand(!st->listening || !st->conn, "who listens doesn't talk");
	if (st->conn)
		check_conn(st->conn);
	if (!st->listening)
		return;
	demand(st->listening->tcp.count <= TCP_BACKLOG_MAX, "who knocks waits in a bounded queue");
	for (unsigned i = 0; i < st->listening->tcp.count; i++)
		check_conn(st->listening->tcp.conn[i]);
}

static void check_lingering(const struct sock_table *t)
{
	demand(t->lingering_count <= LINGERING_MAX, "those that linger are bounded");
	for (unsigned i = 0; i < t->lingering_count; i++) {
		const struct sock *s = t->lingering[i];

		check_stream(s);
		demand(!s->connected && !s->fii, "who lingers wants nothing");
		demand(s->stream->closed && !tcp_over(s->stream->conn), "who lingers isn't over");
	}
	demand(sock_table_deadline(t) >= shim_host_now(t->host), "nothing is overdue");
}

/* --- contexts ----------------------------------------------------------------------------------
 */

static bool same_list(const struct shim_wish_list *a, const struct shim_wish_list *b)
{
	if (a->count != b->count || (a->count && a->only != b->only))
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!addr_equal(&a->at[i].addr, &b->at[i].addr) ||
		    a->at[i].priority != b->at[i].priority || a->at[i].weight != b->at[i].weight)
			return false;
	return true;
}

static bool same_wishes(const struct shim_wishes *a, const struct shim_wishes *b)
{
	return a->hold == b->hold && a->hot_standby == b->hot_standby &&
	       a->send_timeout == b->send_timeout && !memcmp(&a->pace, &b->pace, sizeof(a->pace)) &&
	       same_list(&a->local, &b->local) && same_list(&a->peer, &b->peer);
}

/* Reckoned without wishes.c. */
static bool somebody_wants_a_reserve(const struct sock_table *t, const struct shim_ulids *ulids)
{
	for (int i = 0; i < SOCKETS_MAX; i++) {
		const struct sock *s = t->socket[i];

		if (s && s->wishes && s->wishes->hot_standby && !s->dontshim &&
		    s->fii == ulids->fii && sock_is_own_pair(s, &ulids->local, &ulids->peer))
			return true;
	}
	return false;
}

static void check_wishes(const struct side *e, const struct shim_context *context)
{
	const struct shim_ulids *ulids = &context->ulids;
	struct shim_wishes told = { .hold = false }, wanted = told;

	if (context->wishes)
		told = *context->wishes;
	sock_wishes(e->sockets, &ulids->local, &ulids->peer, ulids->fii, &wanted);
	demand(!told.hold || wanted.hold, "a fork that is held has a socket");
	if (!context_is_up(context))
		return;
	demand(same_wishes(&told, &wanted), "a context knows what its sockets want");
	demand(!context->reap.standby == !somebody_wants_a_reserve(e->sockets, ulids),
	       "a reserve is there if it is wanted");
}

static void check_context(const struct side *e, const struct shim_context *context)
{
	const struct peer_locators *ls = context->ls_peer;
	const struct reap_check *check = context->reap.check;

	check_wishes(e, context);
	for (unsigned i = 0; ls && i < ls->count; i++)
		demand(!ls->at[i].wanted || (check && !addr_equal(&check->peer, &ls->at[i].addr)),
		       "what is to be verified waits for another");
	demand(!check || check->tries <= REAP_CHECK_PROBES, "a verification comes to an end");
}

void check_side(struct side *e)
{
	const char *broken = shim_host_broken_rule(e->host);
	struct context_walk walk = { .bucket = 0 };
	const struct shim_context *context;

	demand(!broken, broken);
	demand(e->host->contexts.count <= CONTEXTS_MAX, "contexts are bounded");
	check_lingering(e->sockets);
	while ((context = context_walk(&e->host->contexts, &walk)))
		check_context(e, context);
	for (int s = 0; s < OPEN_MAX; s++) {
		struct who o = { .side = e, .t = e->sockets, .s = s, .memory = &e->memory[s] };

		o.sock = sock_of(o.t, s);
		if (!o.sock)
			continue;
		check_queue(o.sock);
		check_fork(o.sock);
		check_stream(o.sock);
		check_names(&o);
		check_remembered(&o);
	}
}
