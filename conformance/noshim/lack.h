/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks that lack options: the reference stack behind the ABI, with
 * ENOPROTOOPT for each option of SOL_SHIM that a file which includes this says
 * is lacking, and with silence about it in describe(). One that lacks all has
 * no header for C programs, either. Unlike a mutant such a stack has no fault
 * that the suite must find; the report must stay short.
 */
#ifndef NOSHIM_LACK_H
#define NOSHIM_LACK_H

#include "conformance/mutants/mutant.h"

#include <jansson.h>

enum { LEVEL_SHIM = 6316 }; /* of the reference stack */

/* Is this one lacking? Options by their names in RFC 6316. */
static bool lacks(const char *name);
static bool lacks_ancillary(void); /* objects of SOL_SHIM to sendmsg() are ignored */

static json_t *honest_description(void)
{
	return json_loads(honest->describe(), 0, NULL);
}

static bool lacks_number(int number)
{
	json_t *d = honest_description(), *value;
	json_t *options = json_object_get(json_object_get(d, "numbers"), "options");
	const char *name;
	bool found = false;

	json_object_foreach(options, name, value) found |=
		json_integer_value(value) == number && lacks(name);
	json_decref(d);
	return found;
}

static const char *describe_less(void)
{
	static char text[4096]; /* the ABI wants it to live as long as the library */
	json_t *d = honest_description(), *supports = json_object_get(d, "supports"), *value;
	const char *name;
	void *next;

	json_object_foreach_safe(supports, next, name,
				 value) if (!strncmp(name, "SHIM_", 5) && lacks(name))
		json_object_del(supports, name);
	json_object_set_new(supports, "tcp", json_false()); /* and what is said is no gap */
	if (lacks_ancillary())
		json_object_del(d, "header");
	text[json_dumpb(d, text, sizeof(text) - 1, JSON_COMPACT)] = '\0';
	json_decref(d);
	return text;
}

static int getsockopt_less(struct shimproof_instance *inst, int s, int level, int name, void *value,
			   socklen_t *len)
{
	if (level == LEVEL_SHIM && lacks_number(name))
		return -ENOPROTOOPT;
	return honest->getsockopt(inst, s, level, name, value, len);
}

static int setsockopt_less(struct shimproof_instance *inst, int s, int level, int name,
			   const void *value, socklen_t len)
{
	if (level == LEVEL_SHIM && lacks_number(name))
		return -ENOPROTOOPT;
	return honest->setsockopt(inst, s, level, name, value, len);
}

/* Linux goes past objects of levels that it doesn't know (net/core/sock.c). */
static ssize_t sendmsg_less(struct shimproof_instance *inst, int s, const struct msghdr *msg,
			    int flags)
{
	const struct cmsghdr *first = CMSG_FIRSTHDR(msg);
	struct msghdr less = *msg;

	if (lacks_ancillary() && first && first->cmsg_level == LEVEL_SHIM) {
		less.msg_control = NULL;
		less.msg_controllen = 0;
	}
	return honest->sendmsg(inst, s, &less, flags);
}

void mutate(struct shimproof_target *lacking, const struct shimproof_target *h)
{
	honest = h;
	lacking->describe = describe_less;
	lacking->getsockopt = getsockopt_less;
	lacking->setsockopt = setsockopt_less;
	lacking->sendmsg = sendmsg_less;
}

#endif
