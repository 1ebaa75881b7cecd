/* SPDX-License-Identifier: BSD-2-Clause */
/* Instances, packets and time: through to the real target, and back otherwise. */
#include "conformance/contrary/target/contrary.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the one target in this process: what has no instance to find it by. */
static const struct shimproof_target *behind;
static const char *behaviour; /* faults, as text */

void contrary_say(struct contrary *c, const char *format, ...)
{
	static const char mark[] = "contrary: ";
	char *text = NULL, *line = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text && asprintf(&line, "%s%s", mark, text) >= 0) {
		if (c->runner.log)
			c->runner.log(c->runner.ctx, line);
		free(line);
	}
	free(text);
}

/* --- packets that leave --------------------------------------------------- */

static void on_transmit(void *ctx, unsigned link, const void *packet, size_t len)
{
	struct contrary *c = ctx;
	uint64_t n = c->packets++;
	const struct fault *times = faults_find(&c->faults, FAULT_TIMES, n);
	const struct fault *other_link = faults_find(&c->faults, FAULT_LINK, n);
	const struct fault *octets = faults_find(&c->faults, FAULT_OCTETS, n);

	if (other_link)
		link = (unsigned)other_link->number;
	if (octets) {
		packet = octets->octets;
		len = octets->len;
	}
	for (int64_t i = times ? times->number : 1; i > 0; i--)
		c->runner.transmit(c->runner.ctx, link, packet, len);
}

static void on_log(void *ctx, const char *line)
{
	struct contrary *c = ctx;

	if (c->runner.log)
		c->runner.log(c->runner.ctx, line);
}

/* --- time ----------------------------------------------------------------- */

static bool waits(const struct contrary *c, size_t i)
{
	return c->faults.items[i].kind == FAULT_SEND && !c->sent[i];
}

static uint64_t contrary_next_deadline(struct shimproof_instance *i)
{
	struct contrary *c = contrary_of(i);
	uint64_t next = c->real->next_deadline(c->inner);

	for (size_t n = 0; n < c->faults.count; n++)
		if (waits(c, n) && c->faults.items[n].which < next)
			next = c->faults.items[n].which;
	return next;
}

static int contrary_advance(struct shimproof_instance *i, uint64_t now_usec)
{
	struct contrary *c = contrary_of(i);
	int r = c->real->advance(c->inner, now_usec);

	for (size_t n = 0; n < c->faults.count; n++) {
		const struct fault *f = &c->faults.items[n];

		if (!waits(c, n) || f->which > now_usec)
			continue;
		c->sent[n] = true;
		c->runner.transmit(c->runner.ctx, (unsigned)f->number, f->octets, f->len);
	}
	return r;
}

static int contrary_wait(struct shimproof_instance *i, uint64_t max_usec)
{
	return contrary_of(i)->real->wait(contrary_of(i)->inner, max_usec);
}

/* --- instances ------------------------------------------------------------ */

/* What the runner was built with may be less than we know. */
static void take_env(struct contrary *c, const struct shimproof_env *env)
{
	size_t size = env->size < sizeof(c->runner) ? env->size : sizeof(c->runner);

	memcpy(&c->runner, env, size);
	c->ours = (struct shimproof_env){
		.size = sizeof(c->ours), .ctx = c, .transmit = on_transmit, .log = on_log
	};
}

static void contrary_free(struct contrary *c)
{
	faults_free(&c->faults);
	free(c);
}

static int contrary_create(const char *config, const struct shimproof_env *env,
			   struct shimproof_instance **out)
{
	struct contrary *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->real = behind;
	take_env(c, env);
	r = faults_parse(&c->faults, behaviour);
	for (size_t i = 0; i < c->faults.count; i++)
		c->notes |= c->faults.items[i].kind == FAULT_NOTE;
	if (r == 0)
		r = c->real->create(config, &c->ours, &c->inner);
	if (r < 0) {
		contrary_free(c);
		return r;
	}
	*out = (struct shimproof_instance *)(void *)c;
	return r;
}

static void contrary_destroy(struct shimproof_instance *i)
{
	struct contrary *c = contrary_of(i);

	c->real->destroy(c->inner);
	contrary_free(c);
}

static int contrary_reset(struct shimproof_instance *i)
{
	return contrary_of(i)->real->reset(contrary_of(i)->inner);
}

static ssize_t contrary_locators(struct shimproof_instance *i, struct shimproof_locator *out,
				 size_t max)
{
	struct contrary *c = contrary_of(i);
	ssize_t n = c->real->locators(c->inner, out, max);

	for (ssize_t l = 0; c->notes && l < n && l < (ssize_t)max; l++) {
		char hex[33];

		for (int o = 0; o < 16; o++)
			snprintf(hex + 2 * o, 3, "%02x", out[l].addr.s6_addr[o]);
		contrary_say(c, "locator %u %s", out[l].link, hex);
	}
	return n;
}

/* --- links ---------------------------------------------------------------- */

static int contrary_deliver(struct shimproof_instance *i, unsigned link, const void *packet,
			    size_t len)
{
	return contrary_of(i)->real->deliver(contrary_of(i)->inner, link, packet, len);
}

static int contrary_address(struct shimproof_instance *i, unsigned link,
			    const struct in6_addr *addr, unsigned prefix_len, int up)
{
	return contrary_of(i)->real->address(contrary_of(i)->inner, link, addr, prefix_len, up);
}

static int contrary_link(struct shimproof_instance *i, unsigned link, int up)
{
	return contrary_of(i)->real->link(contrary_of(i)->inner, link, up);
}

int contrary_make(struct shimproof_target *out, const struct shimproof_target *real,
		  const char *text)
{
	struct faults faults;
	int r = faults_parse(&faults, text); /* now, and not in the middle of a case */

	if (r < 0)
		return r;
	faults_free(&faults);
	behind = real;
	behaviour = text;
	*out = (struct shimproof_target){ .abi = SHIMPROOF_TARGET_ABI,
					  .size = sizeof(*out),
					  .describe = real->describe,
					  .create = contrary_create,
					  .destroy = contrary_destroy };
#define OFFER(call) out->call = real->call ? contrary_##call : NULL
	OFFER(reset);
	OFFER(locators);
	OFFER(deliver);
	OFFER(address);
	OFFER(link);
	OFFER(next_deadline);
	OFFER(advance);
	OFFER(wait);
#undef OFFER
	contrary_offer_calls(out, real);
	return 0;
}
