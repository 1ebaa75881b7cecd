/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that look for a modifier; see search.h.
 *
 * Each takes the next batch of steps that nobody has. Stripes, every nth step to
 * thread n, would come to the same result; but then a thread whose processor is
 * slow or busy holds up all others, for its share is as large as theirs, while
 * with batches it takes fewer.
 *
 * Whoever finds a step goes on to ask for a batch, as do all others, and gets
 * none that lies behind what is found. All that lie before it have been given
 * out by then, and are tried to their ends: so the lowest is found.
 */
#include "refstack/keys/search.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* Long enough that taking one costs nothing beside it, and short enough that
 * the last ones, which are in vain, don't either. */
enum { BATCH_STEPS = 256 };

struct hunt {
	const struct cga_search *search;
	const struct keys_effort *effort;
	uint64_t batch;
	_Atomic uint64_t next; /* step of the batch to give out */
	_Atomic uint64_t tried;
	_Atomic uint64_t found; /* lowest step that suffices; UINT64_MAX: none yet */
	atomic_bool given_up;
};

/* --- one thread's part --------------------------------------------------- */

static bool batch_take(struct hunt *h, uint64_t *from)
{
	*from = atomic_fetch_add(&h->next, h->batch);
	return *from < atomic_load(&h->found) && !atomic_load(&h->given_up);
}

static void batch_try(struct hunt *h, uint64_t from)
{
	uint64_t step = from, lowest = atomic_load(&h->found);

	if (cga_search_try(h->search, &step, h->batch))
		while (step < lowest && !atomic_compare_exchange_weak(&h->found, &lowest, step))
			;
	atomic_fetch_add(&h->tried, step - from);
}

static void *help(void *hunt)
{
	struct hunt *h = hunt;
	uint64_t from;

	while (batch_take(h, &from))
		batch_try(h, from);
	return NULL;
}

/* The caller's own thread, which works as the others do, and tells. */
static void lead(struct hunt *h)
{
	const struct keys_effort *effort = h->effort;
	uint64_t from, told = 0, tried;

	while (batch_take(h, &from)) {
		batch_try(h, from);
		tried = atomic_load(&h->tried);
		if (!effort->progress || tried - told < KEYS_PROGRESS_STEPS)
			continue;
		told = tried;
		if (!effort->progress(effort->context, tried, cga_search_expected(h->search)))
			atomic_store(&h->given_up, true);
	}
}

/* --- all of them --------------------------------------------------------- */

static unsigned threads_wanted(const struct hunt *h)
{
	unsigned threads = h->effort->threads;
	cpu_set_t set;
	long online;

	if (cga_search_expected(h->search) == 1) /* Sec 0: the first step suffices */
		return 1;
	if (threads == 0 && sched_getaffinity(0, sizeof(set), &set) == 0)
		threads = (unsigned)CPU_COUNT(&set);
	if (threads == 0) { /* more processors than a set has room for */
		online = sysconf(_SC_NPROCESSORS_ONLN);
		threads = online > 0 ? (unsigned)online : 1;
	}
	return threads < KEYS_THREADS_MAX ? threads : KEYS_THREADS_MAX;
}

/* Starts helpers, says how many. Signals are the business of the program's own
 * threads: its handlers must not find themselves in one of ours. */
static unsigned helpers_start(struct hunt *h, pthread_t *helpers, unsigned wanted)
{
	sigset_t all, before;
	unsigned started = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < wanted && pthread_create(&helpers[started], NULL, help, h) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

int keys_search(void *effort, const struct cga_search *s, uint64_t *step)
{
	static const struct keys_effort all = { 0 };
	struct hunt hunt = { .search = s, .effort = effort ? effort : &all, .found = UINT64_MAX };
	pthread_t helpers[KEYS_THREADS_MAX];
	unsigned started;

	hunt.batch = hunt.effort->batch ? hunt.effort->batch : BATCH_STEPS;
	started = helpers_start(&hunt, helpers, threads_wanted(&hunt) - 1);
	lead(&hunt);
	while (started > 0)
		pthread_join(helpers[--started], NULL);
	if (atomic_load(&hunt.given_up))
		return -ECANCELED;
	*step = atomic_load(&hunt.found);
	return 0;
}
