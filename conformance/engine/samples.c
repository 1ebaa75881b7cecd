/* SPDX-License-Identifier: BSD-2-Clause */
/* A compiled sample program, run in the place of an application. */
#include "conformance/engine/samples.h"

#include "conformance/engine/calls.h"
#include "conformance/samples/sample.h"

#include <assert.h>
#include <dlfcn.h>
#include <string.h>

/* --- the calls of a sample ----------------------------------------------------- */

struct stage {
	struct trial *trial;
	struct done *done;
};

/* As POSIX has it. */
static int settle(int result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

static int on_getsockopt(void *ctx, int s, int level, int name, void *value, socklen_t *len)
{
	struct trial *t = ((struct stage *)ctx)->trial;

	return settle(t->target.getsockopt(t->instance, s, level, name, value, len));
}

static int on_setsockopt(void *ctx, int s, int level, int name, const void *value, socklen_t len)
{
	struct trial *t = ((struct stage *)ctx)->trial;

	return settle(t->target.setsockopt(t->instance, s, level, name, value, len));
}

static void on_hand_out(void *ctx, const void *value, socklen_t len)
{
	struct stage *stage = ctx;

	stage->done->out = (struct octets){ pool_copy(&stage->trial->brief, value, len), len };
	stage->done->out_len = len;
	stage->done->has_len = true;
}

/* --- running one ----------------------------------------------------------------- */

/* "6.4-set" is sample_6_4_set(). */
static sample_program *program_of(struct trial *t, const struct sample *sample)
{
	const char *library = t->samples->built[sample - samples].library;
	char *symbol = pool_text(&t->brief, "sample_%s", sample->name);
	sample_program *program = NULL;
	void *found, *opened = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	for (char *at = symbol; *at; at++)
		if (*at == '.' || *at == '-')
			*at = '_';
	found = opened ? dlsym(opened, symbol) : NULL;
	if (found)
		memcpy(&program, &found, sizeof(program)); /* as in target.c */
	return program;
}

static int locators_of(struct trial *t, const struct value *given,
		       struct in6_addr out[static SAMPLE_LOCATORS_MAX])
{
	const struct value *const *items =
		given && given->kind == VALUE_LIST ? given->items : &given;
	size_t count = !given ? 0 : given->kind == VALUE_LIST ? given->count : 1;
	struct octets addr;

	for (size_t i = 0; i < count && i < SAMPLE_LOCATORS_MAX; i++) {
		if (value_object(t, items[i], NULL, &addr) < 0)
			return TRIAL_OVER;
		memcpy(&out[i], addr.data, addr.len < sizeof(out[i]) ? addr.len : sizeof(out[i]));
	}
	return 0;
}

/* What it is about is declared in the header, so the header is at fault. */
static int does_not_compile(struct trial *t, const struct sample *sample)
{
	return trial_fail(t, NULL, "sample %s does not compile with the target's <%s>:\n%s",
			  sample->name, t->samples->header,
			  t->samples->built[sample - samples].words);
}

int sample_run(struct trial *t, const struct call *call, struct done *done)
{
	struct in6_addr ip6[SAMPLE_LOCATORS_MAX] = { 0 };
	struct stage stage = { t, done };
	const struct sample_calls calls = { &stage, on_getsockopt, on_setsockopt, on_hand_out };
	const struct sample *sample = call->sample;
	sample_program *program;
	int64_t s = 0;

	assert(t->samples && !t->samples->reason);
	if (value_number(t, call->args[1], &s) < 0 || locators_of(t, call->args[2], ip6) < 0)
		return TRIAL_OVER;
	if (t->samples->built[sample - samples].words)
		return does_not_compile(t, sample);
	program = program_of(t, sample);
	if (!program)
		return trial_blocked(t, "sample %s can't be loaded", sample->name);

	done->type = call->type;
	if (sample->out)
		done->out = (struct octets){ pool_alloc(&t->brief, 0), 0 };
	errno = 0;
	done->result = program(&calls, (int)s, ip6);
	if (done->result < 0)
		done->result = errno ? -errno : -EPROTO;
	return 0;
}
