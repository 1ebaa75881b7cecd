/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is inside options, beyond what their tables say: padding (RFC 5533 5.15), elements
 * and generations of Locator Preferences (5.15.3), CGA parameters (RFC 3972 3).
 */
#include "wire/cga.h"
#include "wire/finding.h"
#include "wire/layers.h"
#include "wire/rows.h"
#include "wire/shim6.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	OPTION_HEAD = 4, /* octets of an option before its content */
	OPTION_LEN_AT = 2,
	OPTION_GENERATION_AT = 4,
	ELEMENT_LEN_AT = 8,
};

/* RFC 5533 5.15: padding is zero when sent; that isn't checked when received. */
static void lint_zeros(struct wire_dissection *d, unsigned option, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (d->octets[i] == 0)
			continue;
		wire_finding_add(d, WIRE_NOTE, i, "RFC 5533 5.15", "padding of %s is not zero",
				 d->spans[option].layer->name);
		return;
	}
}

/* Behind the content; in a locator list, between methods and locators too. */
static void lint_padding(struct wire_dissection *d, unsigned option)
{
	const struct wire_span *s = &d->spans[option];
	const struct wire_field *methods = &layer_locator_list.fields[ROW_LOCATOR_LIST_METHODS];
	const struct wire_field *locators = &layer_locator_list.fields[ROW_LOCATOR_LIST_LOCATORS];
	struct wire_value before, behind;
	uint32_t from, to;

	if (s->layer == &layer_locator_list &&
	    wire_field_read(d, s, methods, &before, &from) == 0 &&
	    wire_field_read(d, s, locators, &behind, &to) == 0)
		lint_zeros(d, option, from + before.len, to);
	lint_zeros(d, option, s->off + OPTION_HEAD + wire_row_number(d, option, ROW_OPTION_LEN),
		   s->off + s->len);
}

/* RFC 3972 3. One that the capture has cut says nothing. */
static void lint_pds(struct wire_dissection *d, unsigned option)
{
	const struct wire_span *s = &d->spans[option];
	size_t len = wire_row_number(d, option, ROW_OPTION_LEN);
	struct cga_params params;

	if (OPTION_HEAD + len > s->len)
		return;
	if (cga_params_parse(&params, d->octets + s->off + OPTION_HEAD, len))
		wire_finding_add(d, WIRE_ERROR, s->off + OPTION_HEAD, "RFC 3972 3",
				 "%zu octets that are no CGA parameters", len);
	else if (params.collision_count > CGA_COLLISIONS_MAX)
		wire_finding_add(d, WIRE_ERROR, s->off + OPTION_HEAD + CGA_COUNT_AT, "RFC 3972 3",
				 "collision_count is %u, at most %d make sense",
				 params.collision_count, CGA_COLLISIONS_MAX);
}

static bool are_elements(uint64_t octets, uint64_t each)
{
	return each > 0 && octets % each == 0;
}

/* Length has room for the fixed part, or the option would be one that nobody knows. */
static uint64_t elements_len(const struct wire_dissection *d, unsigned option)
{
	return OPTION_HEAD + wire_row_number(d, option, ROW_OPTION_LEN) - layer_preferences.fixed;
}

static void lint_elements(struct wire_dissection *d, unsigned option)
{
	const struct wire_span *s = &d->spans[option];
	uint64_t each = wire_row_number(d, option, ROW_PREFERENCES_ELEMENT_LEN);
	uint64_t octets = elements_len(d, option);

	if (!are_elements(octets, each))
		wire_finding_add(d, WIRE_ERROR, s->off + ELEMENT_LEN_AT, s->layer->rfc,
				 "%" PRIu64 " octets are not elements of %" PRIu64, octets, each);
}

void wire_lint_option(struct wire_dissection *d, unsigned option)
{
	const struct wire_layer *layer = d->spans[option].layer;

	lint_padding(d, option);
	if (layer == &layer_pds)
		lint_pds(d, option);
	if (layer == &layer_preferences)
		lint_elements(d, option);
}

/* --- between options -------------------------------------------------------- */

/* The only one of its kind; 0, which is the IPv6 header's, if there is none or there
 * are several. */
static unsigned only_one(const struct wire_dissection *d, unsigned message, unsigned end,
			 const struct wire_layer *layer)
{
	unsigned found = 0;

	for (unsigned i = message + 1; i < end; i++) {
		if (d->spans[i].layer != layer)
			continue;
		if (found)
			return 0;
		found = i;
	}
	return found;
}

/* An update that is wrong in this way is answered by an Error, and its Pointer points to
 * `off` (RFC 5533 10.4); what other messages come to, no section says. */
static void find_at_odds(struct wire_dissection *d, unsigned message, size_t off, unsigned code,
			 const char *text)
{
	if (d->spans[message].layer == &layer_update_request)
		wire_finding_add(d, WIRE_ERROR, off, "RFC 5533 10.4", "%s: Error code %u is due",
				 text, code);
	else
		wire_finding_add(d, WIRE_WARNING, off, layer_preferences.rfc, "%s", text);
}

/* false: they are about another list. */
static bool lint_generation(struct wire_dissection *d, unsigned message, unsigned list,
			    unsigned prefs)
{
	uint64_t of_list = wire_row_number(d, list, ROW_OPTION_GENERATION);
	uint64_t of_prefs = wire_row_number(d, prefs, ROW_OPTION_GENERATION);
	char text[80];

	if (of_list == of_prefs)
		return true;
	snprintf(text, sizeof(text), "generation %" PRIu64 ", the locator_list's is %" PRIu64,
		 of_prefs, of_list);
	find_at_odds(d, message, d->spans[prefs].off + OPTION_GENERATION_AT,
		     SHIM6_ERROR_GENERATION, text);
	return false;
}

static void lint_element_count(struct wire_dissection *d, unsigned message, unsigned list,
			       unsigned prefs)
{
	const struct wire_field *field = &layer_locator_list.fields[ROW_LOCATOR_LIST_LOCATORS];
	uint64_t each = wire_row_number(d, prefs, ROW_PREFERENCES_ELEMENT_LEN);
	uint64_t octets = elements_len(d, prefs);
	struct wire_value locators;
	uint32_t off;
	char text[80];

	if (!are_elements(octets, each) ||
	    wire_field_read(d, &d->spans[list], field, &locators, &off) ||
	    octets / each == locators.len / sizeof(struct in6_addr))
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " elements for a locator_list of %zu",
		 octets / each, locators.len / sizeof(struct in6_addr));
	find_at_odds(d, message, d->spans[prefs].off + OPTION_LEN_AT, SHIM6_ERROR_PREFERENCES,
		     text);
}

/* Preferences are for the list of their generation, an element for each locator. They
 * may come alone, for a list that was sent before. */
void wire_lint_preferences(struct wire_dissection *d, unsigned message, unsigned end)
{
	unsigned list = only_one(d, message, end, &layer_locator_list);
	unsigned prefs = only_one(d, message, end, &layer_preferences);

	if (list && prefs && lint_generation(d, message, list, prefs))
		lint_element_count(d, message, list, prefs);
}
