/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments of sample(), by the table of samples. */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <string.h>

const struct value *check_sample_name(struct checker *k, const struct node *n)
{
	struct suggestion near = { .written = "" };
	struct value *v;

	if (n->kind != NODE_OCTETS) {
		mistake_not(k, n, "the name of a sample, as \"6.1-get\"");
		return NULL;
	}
	near.written = arena_printf(k->arena, "%.*s", (int)n->len, (const char *)n->octets);
	if (sample_named(near.written)) {
		v = value_new(k, n, VALUE_OCTETS);
		v->octets = (const uint8_t *)near.written;
		v->len = strlen(near.written);
		return v;
	}
	for (const struct sample *s = samples; s->name; s++)
		suggestion_offer(&near, s->name);
	diag_report(k->diag, n->place, "no such sample: %.*s%s", (int)n->text_len, n->text,
		    did_you_mean(k, near.nearest));
	return NULL;
}

const struct value *check_locators(struct checker *k, const struct node *n)
{
	const struct value **items;
	struct value *v;

	if (n->kind != NODE_LIST)
		return check_locator(k, n, GIVEN);
	v = value_new(k, n, VALUE_LIST);
	v->items = items = ARENA_ARRAY(k->arena, const struct value *, n->items.count);
	for (const struct node *i = n->items.first; i; i = i->next)
		items[v->count++] = check_locator(k, i, GIVEN);
	return v;
}

void know_sample(struct call *out, const struct value *name)
{
	out->sample = name ? sample_named((const char *)name->octets) : NULL;
	out->type = out->sample ? out->sample->out : &type_wrong;
}

void check_sample_call(struct checker *k, const struct node *call, const struct call *out)
{
	const struct value *given = out->args[2];
	size_t count = !given ? 0 : given->kind == VALUE_LIST ? given->count : 1;

	if (out->sample && count != out->sample->locators)
		diag_report(k->diag, call->place, "sample %s takes %u locator%s, not %zu",
			    out->sample->name, out->sample->locators,
			    out->sample->locators == 1 ? "" : "s", count);
}
