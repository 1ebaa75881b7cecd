/* SPDX-License-Identifier: BSD-2-Clause */
/* Statements out of their text, by a table of their forms. */
#include "conformance/contrary/target/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const region_name[] = { "value", "name", "data", "control", NULL };

/* A form's words in order: w a word that must be this one, r a region, n which
 * one, i the number, o octets. */
static const struct form {
	enum fault_kind kind;
	const char *shape;
	const char *words[2]; /* for the w of the shape */
} forms[] = {
	{ FAULT_NOTE, "w", { "note" } },
	{ FAULT_RESULT, "wnwi", { "call", "result" } },
	{ FAULT_REGION, "wnrio", { "call" } },
	{ FAULT_FLAGS, "wnwi", { "call", "flags" } },
	{ FAULT_OVERRUN, "wnwr", { "call", "overruns" } },
	{ FAULT_TIMES, "wnwi", { "packet", "times" } },
	{ FAULT_LINK, "wnwi", { "packet", "link" } },
	{ FAULT_OCTETS, "wnwo", { "packet", "octets" } },
	{ FAULT_SEND, "wnio", { "send" } },
};

enum { FORMS = sizeof(forms) / sizeof(*forms), WORDS_MAX = 5 };

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int take_octets(struct fault *f, const char *word)
{
	size_t len = strcmp(word, "-") ? strlen(word) : 0;

	if (len % 2)
		return -EINVAL;
	f->len = len / 2;
	f->octets = malloc(f->len + 1);
	if (!f->octets)
		return -ENOMEM;
	for (size_t i = 0; i < f->len; i++) {
		int high = digit(word[2 * i]), low = digit(word[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		f->octets[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

static int take_number(int64_t *out, const char *word)
{
	char *end;

	errno = 0;
	*out = strtoll(word, &end, 0);
	return errno || end == word || *end ? -EINVAL : 0;
}

static int take_region(struct fault *f, const char *word)
{
	for (int r = 0; r < REGION_COUNT; r++)
		if (!strcmp(word, region_name[r])) {
			f->region = (enum region)r;
			return 0;
		}
	return -EINVAL;
}

static int take_form(struct fault *f, const struct form *form, char *words[static WORDS_MAX + 1])
{
	const char *const *expected = form->words;
	int64_t which = 0;
	int r = 0;

	f->kind = form->kind;
	for (size_t i = 0; form->shape[i] && !r; i++) {
		if (!words[i])
			return -EINVAL;
		switch (form->shape[i]) {
		case 'w':
			r = strcmp(words[i], *expected++) ? -EINVAL : 0;
			break;
		case 'r':
			r = take_region(f, words[i]);
			break;
		case 'n':
			r = take_number(&which, words[i]);
			break;
		case 'i':
			r = take_number(&f->number, words[i]);
			break;
		case 'o':
			r = take_octets(f, words[i]);
			break;
		}
	}
	f->which = (uint64_t)which;
	return r ? r : which < 0 || words[strlen(form->shape)] ? -EINVAL : 0;
}

static int take_statement(struct faults *out, char *statement)
{
	char *words[WORDS_MAX + 1] = { NULL }, *rest = statement;
	int r = -EINVAL;

	for (size_t i = 0; i <= WORDS_MAX; i++) {
		words[i] = strtok_r(i ? NULL : statement, " ", &rest);
		if (!words[i])
			break;
	}
	if (out->count == FAULTS_MAX || words[WORDS_MAX])
		return -EINVAL;
	for (size_t i = 0; i < FORMS && r == -EINVAL; i++) {
		struct fault f = { 0 };

		r = take_form(&f, &forms[i], words);
		if (r == 0)
			out->items[out->count++] = f;
		else
			free(f.octets);
	}
	return r;
}

int faults_parse(struct faults *out, const char *text)
{
	char *copy = strdup(text), *rest = copy;
	int r = copy ? 0 : -ENOMEM;

	*out = (struct faults){ 0 };
	for (char *s = copy ? strtok_r(copy, ";", &rest) : NULL; s && !r;
	     s = strtok_r(NULL, ";", &rest))
		r = take_statement(out, s);
	free(copy);
	if (r)
		faults_free(out);
	return r;
}

void faults_free(struct faults *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->items[i].octets);
	*f = (struct faults){ 0 };
}

const struct fault *faults_find(const struct faults *f, enum fault_kind kind, uint64_t which)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->items[i].kind == kind && f->items[i].which == which)
			return &f->items[i];
	return NULL;
}
