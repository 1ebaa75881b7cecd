/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and symbols, octets, locators, socket addresses. */
#include "conformance/script/check.h"
#include "conformance/script/suggest.h"

#include <inttypes.h>
#include <string.h>

enum { ZEROS_MAX = 65535 }; /* octets */

int64_t largest(unsigned bits)
{
	return bits >= 63 ? INT64_MAX : (INT64_C(1) << bits) - 1;
}

const struct value *check_star(struct checker *k, const struct node *n, enum side side)
{
	if (n->kind != NODE_STAR)
		return NULL;
	if (side == GIVEN) {
		diag_report(k->diag, n->place, "* can only be expected, not given");
		return NULL;
	}
	return value_new(k, n, VALUE_ANY);
}

/* What can stand where a value can: *, and a variable of that kind; and nothing,
 * which was then complained of. true: *out is all that there is to say. */
static bool fits_anywhere(struct checker *k, const struct node **n, enum side side,
			  enum holding holding, const struct value **out)
{
	*out = NULL;
	*n = required(k, *n);
	if (!*n)
		return true;
	if ((*n)->kind == NODE_STAR)
		*out = check_star(k, *n, side);
	else if ((*n)->kind == NODE_VARIABLE)
		*out = check_variable(k, *n, side, holding);
	else
		return false;
	return true;
}

bool is_pointer(const struct node *n)
{
	return is_word(n, "null") || is_word(n, "unmapped");
}

static bool needs(const struct checker *k, const char *word)
{
	for (size_t i = 0; i < k->out->need_count; i++)
		if (strcmp(k->out->needs[i], word) == 0)
			return true;
	return false;
}

const struct value *check_pointer(struct checker *k, const struct node *n, enum side side)
{
	if (!is_pointer(n)) {
		mistake_not(k, n, "null or unmapped");
		return NULL;
	}
	if (side == EXPECTED) {
		diag_report(k->diag, n->place, "%s can only be given, not expected", n->word);
		return NULL;
	}
	if (is_word(n, "null"))
		return value_new(k, n, VALUE_NULL);
	/* It ends a target that looks at it, unless that has said that it won't. */
	if (!needs(k, "efault")) {
		diag_report(k->diag, n->place, "unmapped can be given where the case needs efault");
		return NULL;
	}
	return value_new(k, n, VALUE_UNMAPPED);
}

/* --- numbers ------------------------------------------------------------------ */

/* In the order of enum symbol_class. `other` is a class whose symbols can stand
 * in the same place: a protocol is a level, too, and cases use the names of
 * ancillary data as options and the other way round (on purpose). */
static const struct {
	const char *name;
	int other;
} classes[] = {
	[SYMBOL_FAMILY] = { "address family", ANY_CLASS },
	[SYMBOL_SOCKTYPE] = { "socket type", ANY_CLASS },
	[SYMBOL_PROTOCOL] = { "protocol", ANY_CLASS },
	[SYMBOL_FLAG] = { "flag", ANY_CLASS },
	[SYMBOL_POLL] = { "poll event", ANY_CLASS },
	[SYMBOL_HOW] = { "way to shut down", ANY_CLASS },
	[SYMBOL_TCP_FLAG] = { "TCP flag", ANY_CLASS },
	[SYMBOL_LEVEL] = { "level", SYMBOL_PROTOCOL },
	[SYMBOL_OPTION] = { "option", SYMBOL_CMSG },
	[SYMBOL_CMSG] = { "cmsg type", SYMBOL_OPTION },
	[SYMBOL_ERRNO] = { "errno", ANY_CLASS },
	[SYMBOL_LIMIT] = { "limit", ANY_CLASS },
};

static const char *class_name(int class)
{
	return class == ANY_CLASS ? "symbol" : classes[class].name;
}

static bool class_fits(int class, const struct symbol *s)
{
	return class == ANY_CLASS || (int)s->class == class ||
	       (int)s->class == classes[class].other;
}

/* The first of the class itself, then those of the other one. */
static const struct symbol *symbol_fitting(const char *name, int class)
{
	const struct symbol *s;

	if (class == ANY_CLASS)
		return symbol_any_class(name);
	s = symbol_named(name, (enum symbol_class)class);
	if (!s && classes[class].other != ANY_CLASS)
		s = symbol_named(name, (enum symbol_class)classes[class].other);
	return s;
}

static const char *nearest_symbol(const char *name, int class)
{
	struct suggestion nearest = { .written = name };

	for (const struct symbol *s = symbols; s->name; s++)
		if (class_fits(class, s))
			suggestion_offer(&nearest, s->name);
	return nearest.nearest;
}

static const char *article(const char *noun)
{
	return strchr("aeiou", noun[0]) ? "an" : "a";
}

static const struct symbol *check_symbol(struct checker *k, const struct node *n,
					 const struct number_place *place)
{
	const struct symbol *s = symbol_fitting(n->word, place->class), *wrong;
	const char *wanted = class_name(place->class);

	if (s)
		return s;
	wrong = symbol_any_class(n->word);
	if (wrong)
		diag_report(k->diag, n->place, "%s is %s %s, not %s %s", n->word,
			    article(class_name(wrong->class)), class_name(wrong->class),
			    article(wanted), wanted);
	else if (place->class == ANY_CLASS && looks_like_locator(n->word))
		mistake_not(k, n, "a number");
	else
		diag_report(k->diag, n->place, "no such %s: %s%s", wanted, n->word,
			    did_you_mean(k, nearest_symbol(n->word, place->class)));
	return NULL;
}

/* The scenario's list of symbols whose numbers the target must tell. */
static void note_target_symbol(struct checker *k, const struct symbol *s)
{
	size_t i = 0;

	if (!s->from_target)
		return;
	while (k->target_symbols[i] && k->target_symbols[i] != s)
		i++;
	if (k->target_symbols[i])
		return;
	k->target_symbols[i] = s;
	k->out->target_symbol_count = i + 1;
}

/* One term of a|b into v; -1 after telling what is wrong. */
static int add_term(struct checker *k, struct value *v, const struct node *term,
		    const struct number_place *place)
{
	const struct symbol *s;
	size_t i = 0;

	term = required(k, term);
	if (!term)
		return -1;
	if (term->kind == NODE_OR) {
		for (const struct node *n = term->items.first; n; n = n->next)
			if (add_term(k, v, n, place) < 0)
				return -1;
		return 0;
	}
	if (term->kind == NODE_NUMBER) {
		v->number |= term->number;
		return 0;
	}
	if (term->kind != NODE_WORD) {
		mistake_not(k, term, "a symbol or a number");
		return -1;
	}
	s = check_symbol(k, term, place);
	if (!s)
		return -1;
	while (i < SYMBOLS_MAX && v->symbols[i])
		i++;
	if (i == SYMBOLS_MAX) {
		diag_report(k->diag, term->place, "at most %d symbols are or-ed", SYMBOLS_MAX);
		return -1;
	}
	v->symbols[i] = s;
	v->kind = VALUE_SYMBOLS;
	note_target_symbol(k, s);
	return 0;
}

static bool in_range(struct checker *k, const struct node *n, const struct value *v,
		     const struct number_place *place)
{
	int64_t number = v->number;

	for (size_t i = 0; i < SYMBOLS_MAX && v->symbols[i]; i++) {
		if (v->symbols[i]->from_target)
			return true;
		number |= v->symbols[i]->number;
	}
	if (number >= place->min && number <= place->max)
		return true;
	diag_report(k->diag, n->place, "%s is from %" PRId64 " to %" PRId64 ", not %" PRId64,
		    place->what, place->min, place->max, number);
	return false;
}

/* The number behind the ! has to be known: what is given there could be given. */
static const struct value *check_not(struct checker *k, const struct node *n, enum side side,
				     const struct number_place *place)
{
	const struct value **items = ARENA_ARRAY(k->arena, const struct value *, 1);
	struct value *v = value_new(k, n, VALUE_NOT);

	if (side == GIVEN) {
		diag_report(k->diag, n->place, "! can only be expected, not given");
		return NULL;
	}
	items[0] = check_number(k, n->items.first, GIVEN, place);
	v->items = items;
	v->count = 1;
	return items[0] ? v : NULL;
}

const struct value *check_number(struct checker *k, const struct node *n, enum side side,
				 const struct number_place *place)
{
	const struct value *any;
	struct value *v;

	if (fits_anywhere(k, &n, side, HOLDS_NUMBER, &any))
		return any;
	if (n->kind == NODE_NOT)
		return check_not(k, n, side, place);
	if (n->kind != NODE_NUMBER && n->kind != NODE_WORD && n->kind != NODE_OR) {
		mistake_not(k, n, place->class == ANY_CLASS ? "a number" : place->what);
		return NULL;
	}
	v = value_new(k, n, VALUE_NUMBER);
	if (add_term(k, v, n, place) < 0 || !in_range(k, n, v, place))
		return NULL;
	return v;
}

const struct type *type_of(const struct value *name)
{
	if (!name)
		return &type_wrong;
	if (name->kind != VALUE_SYMBOLS || name->symbols[1])
		return NULL;
	return name->symbols[0]->type;
}

/* --- octets ------------------------------------------------------------------- */

static const struct value *check_zeros(struct checker *k, const struct node *n)
{
	const struct node *size = n->items.first ? filled(k, n->items.first) : NULL;
	struct value *v = value_new(k, n, VALUE_OCTETS);

	if (n->items.count != 1 || !size || size->kind != NODE_NUMBER || size->name) {
		diag_report(k->diag, n->place, "zeros takes (number)");
		return NULL;
	}
	if (size->number < 0 || size->number > ZEROS_MAX) {
		diag_report(k->diag, size->place, "zeros makes from 0 to %d octets", ZEROS_MAX);
		return NULL;
	}
	v->len = (size_t)size->number;
	v->octets = arena_alloc(k->arena, v->len + 1);
	return v;
}

const struct value *check_octets(struct checker *k, const struct node *n, enum side side)
{
	const struct value *any;
	struct value *v;

	if (fits_anywhere(k, &n, side, HOLDS_OCTETS, &any))
		return any;
	if (n->kind == NODE_CALL && strcmp(n->word, "zeros") == 0)
		return check_zeros(k, n);
	if (n->kind != NODE_OCTETS) {
		mistake_not(k, n, "octets: \"...\", hex\"...\" or zeros(n)");
		return NULL;
	}
	v = value_new(k, n, VALUE_OCTETS);
	v->octets = n->octets;
	v->len = n->len;
	return v;
}

const struct value *check_buffer(struct checker *k, const struct node *n, enum side side)
{
	n = required(k, n);
	if (!n)
		return NULL;
	return is_pointer(n) ? check_pointer(k, n, side) : check_octets(k, n, side);
}

/* --- addresses ------------------------------------------------------------------ */

/* An IPv6 address, by a locator's name or in octets. */
const struct value *check_locator(struct checker *k, const struct node *n, enum side side)
{
	const struct value *any;
	struct value *v;

	if (fits_anywhere(k, &n, side, HOLDS_LOCATOR, &any))
		return any;
	if (n->kind == NODE_OCTETS && n->len == 16) {
		v = value_new(k, n, VALUE_OCTETS);
		v->octets = n->octets;
		v->len = n->len;
		return v;
	}
	if (n->kind == NODE_OCTETS) {
		diag_report(k->diag, n->place, "an address has 16 octets, not %zu", n->len);
		return NULL;
	}
	v = value_new(k, n, VALUE_LOCATOR);
	return check_locator_name(k, n, &v->locator) < 0 ? NULL : v;
}

static const struct value *check_family(struct checker *k, const struct node *n)
{
	static const struct number_place place = { SYMBOL_FAMILY, 0, UINT16_MAX,
						   "an address family" };
	const struct value *family;
	struct value *v;

	family = check_number(k, n, GIVEN, &place);
	if (!family)
		return NULL;
	v = value_new(k, n, VALUE_SOCKADDR);
	v->number = family->symbols[0] ? family->symbols[0]->number : family->number;
	return v;
}

const struct value *check_address(struct checker *k, const struct node *n, enum side side)
{
	static const struct number_place port = { ANY_CLASS, 0, UINT16_MAX, "a port" };
	const struct node *locator;
	const struct value *any;
	struct value *v;

	if (fits_anywhere(k, &n, side, HOLDS_SOCKADDR, &any))
		return any;
	if (is_pointer(n))
		return check_pointer(k, n, side);
	if (n->kind == NODE_STRUCT || n->kind == NODE_OCTETS) /* of other families, and broken ones */
		return check_object(k, n, side, NULL);
	if (side == GIVEN && (n->kind == NODE_NUMBER || (n->kind == NODE_WORD &&
				symbol_named(n->word, SYMBOL_FAMILY))))
		return check_family(k, n);
	if (n->kind != NODE_ADDRESS) {
		mistake_not(k, n, "a socket address, like P1:7");
		return NULL;
	}
	v = value_new(k, n, VALUE_SOCKADDR);
	locator = required(k, n->items.first);
	if (!locator || check_locator_name(k, locator, &v->locator) < 0)
		return NULL;
	v->port = check_number(k, n->items.last, side, &port);
	return v->port ? v : NULL;
}
