/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as streams of what is inside of them, by zlib and libzstd. */
#include "pcap/source.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
	MAGIC_MAX = 4,
	INPUT_MAX = 64 * 1024,
	WINDOW_MAX = 64 * 1024,
	WAIT_MSEC = 100,
	GZIP_WINDOW_BITS = 15 + 16, /* the largest window; 16: gzip, not zlib */
};

/* What a step of unpacking has come to. */
struct step {
	size_t used, made; /* octets in and out */
	bool end;          /* of a member or frame; another may follow */
	const char *wrong; /* static; NULL: nothing */
};

struct packing {
	const char *name;
	size_t magic_len;
	uint8_t magic[MAGIC_MAX];
	bool (*start)(struct source *s);
	struct step (*step)(struct source *s, const uint8_t *in, size_t in_len, char *out,
			    size_t size);
	void (*stop)(struct source *s);
};

struct source {
	FILE *file;                    /* owned */
	const struct packing *packing; /* static; NULL: none, octets are as they are */
	union {
		z_stream gzip;
		ZSTD_DStream *zstd;
	} state;
	bool waits;        /* its octets may be long in coming: no plain file */
	volatile sig_atomic_t broken; /* source_break() was called */
	bool whole;        /* at the end of a member: the file may end here */
	bool full;         /* the last step filled its output, so more may be waiting */
	bool restart;      /* zlib has to be told that another member begins */
	uint64_t used;     /* octets of the file that were unpacked */
	size_t at, len;    /* those not yet used, in input */
	size_t ready_at, ready_end; /* in window: what is asked for next */
	char error[96];
	uint8_t input[INPUT_MAX], window[WINDOW_MAX];
};

static bool gzip_start(struct source *s)
{
	return inflateInit2(&s->state.gzip, GZIP_WINDOW_BITS) == Z_OK;
}

static struct step gzip_step(struct source *s, const uint8_t *in, size_t in_len, char *out,
			     size_t size)
{
	z_stream *z = &s->state.gzip;
	struct step step = { 0 };
	int result;

	if (s->restart)
		inflateReset(z);
	z->next_in = (z_const Bytef *)in;
	z->avail_in = (uInt)in_len;
	z->next_out = (Bytef *)out;
	z->avail_out = size < UINT32_MAX ? (uInt)size : UINT32_MAX;
	result = inflate(z, Z_NO_FLUSH);

	step.used = in_len - z->avail_in;
	step.made = (size_t)((char *)z->next_out - out);
	step.end = s->restart = result == Z_STREAM_END;
	if (!step.end && result != Z_OK && result != Z_BUF_ERROR)
		step.wrong = z->msg ? z->msg : zError(result);
	return step;
}

static void gzip_stop(struct source *s)
{
	inflateEnd(&s->state.gzip);
}

static bool zstd_start(struct source *s)
{
	s->state.zstd = ZSTD_createDStream();
	return s->state.zstd;
}

/* libzstd refuses windows above 128 MiB, unless it is told otherwise. */
static struct step zstd_step(struct source *s, const uint8_t *in, size_t in_len, char *out,
			     size_t size)
{
	ZSTD_inBuffer from = { in, in_len, 0 };
	ZSTD_outBuffer to = { out, size, 0 };
	size_t result = ZSTD_decompressStream(s->state.zstd, &to, &from);

	return (struct step){
		.used = from.pos,
		.made = to.pos,
		.end = result == 0,
		.wrong = ZSTD_isError(result) ? ZSTD_getErrorName(result) : NULL,
	};
}

static void zstd_stop(struct source *s)
{
	ZSTD_freeDStream(s->state.zstd);
}

static const struct packing packings[] = {
	{ "gzip", 2, { 0x1f, 0x8b },             gzip_start, gzip_step, gzip_stop },
	{ "zstd", 4, { 0x28, 0xb5, 0x2f, 0xfd }, zstd_start, zstd_step, zstd_stop },
};

static const struct packing *packing_of(const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
		if (len >= packings[i].magic_len &&
		    memcmp(octets, packings[i].magic, packings[i].magic_len) == 0)
			return &packings[i];
	return NULL;
}

/* A signal may come just before a read, which would then wait for good; so it is
 * poll() that waits, each time but shortly. false: source_break() was called. */
static bool wait_for(struct source *s, int fd)
{
	struct pollfd octets = { .fd = fd, .events = POLLIN };

	while (s->waits && !s->broken && poll(&octets, 1, WAIT_MSEC) <= 0)
		;
	return !s->broken;
}

/* What is there, at once: fread() would wait for all of it, and a pipe may
 * have only so much for now. Files in memory have no descriptor. */
static ssize_t read_some(struct source *s, void *out, size_t size)
{
	int fd = fileno(s->file);
	ssize_t n;

	if (fd < 0) {
		n = (ssize_t)fread(out, 1, size, s->file);
		return n == 0 && ferror(s->file) ? -1 : n;
	}
	if (!wait_for(s, fd)) {
		errno = EINTR;
		return -1;
	}
	do
		n = read(fd, out, size);
	while (n < 0 && errno == EINTR);
	return n;
}

static void read_magic(struct source *s)
{
	while (s->len < MAGIC_MAX) {
		ssize_t n = read_some(s, s->input + s->len, MAGIC_MAX - s->len);

		if (n <= 0) /* the end, or an error, which the next read will meet again */
			break;
		s->len += (size_t)n;
	}
}

/* It was no magic number, but what the reader wants first. */
static void give_magic_back(struct source *s)
{
	memcpy(s->window, s->input, s->len);
	s->ready_end = s->len;
	s->len = 0;
}

static ssize_t wrong(struct source *s)
{
	errno = EBADMSG;
	return s->error[0] ? -1 : 0;
}

/* false: there is no more, or it can't be read. *result is then what to say of it. */
static bool refill(struct source *s, ssize_t *result)
{
	*result = read_some(s, s->input, sizeof(s->input));
	s->at = 0;
	s->len = *result > 0 ? (size_t)*result : 0;
	if (s->len)
		return true;
	if (*result == 0 && !s->whole) {
		snprintf(s->error, sizeof(s->error), "%s: cut off after %" PRIu64 " octets",
			 s->packing->name, s->used);
		*result = wrong(s);
	}
	return false;
}

static size_t unpack(struct source *s, char *out, size_t size)
{
	struct step step = s->packing->step(s, s->input + s->at, s->len - s->at, out, size);

	s->at += step.used;
	s->used += step.used;
	s->whole = step.end;
	s->full = step.made == size;
	if (step.wrong)
		snprintf(s->error, sizeof(s->error), "%s: broken after %" PRIu64 " octets: %s",
			 s->packing->name, s->used, step.wrong);
	return step.made;
}

/* As soon as there is something it is given, what went wrong behind it only
 * when asked again. */
static ssize_t read_unpacked(struct source *s, void *out, size_t size)
{
	size_t made = 0;
	ssize_t result;

	if (!s->packing)
		return read_some(s, out, size);
	while (made == 0 && !s->error[0]) {
		bool more_waits = s->full && !s->whole;

		if (s->at == s->len && !more_waits && !refill(s, &result))
			return result;
		made = unpack(s, out, size);
	}
	return made ? (ssize_t)made : wrong(s);
}

/* More into the window, which has room; as read(2). */
static ssize_t window_fill(struct source *s)
{
	ssize_t n = read_unpacked(s, s->window + s->ready_end, WINDOW_MAX - s->ready_end);

	s->ready_end += n > 0 ? (size_t)n : 0;
	return n;
}

static const uint8_t *gather(struct source *s, size_t len)
{
	size_t ready = s->ready_end - s->ready_at;

	if (len > WINDOW_MAX)
		return NULL;
	memmove(s->window, s->window + s->ready_at, ready);
	s->ready_at = 0;
	s->ready_end = ready;
	while (s->ready_end < len)
		if (window_fill(s) <= 0)
			return NULL;
	return s->window;
}

const uint8_t *source_peek(struct source *s, size_t len)
{
	if (len <= s->ready_end - s->ready_at)
		return s->window + s->ready_at;
	return gather(s, len);
}

void source_skip(struct source *s, size_t len)
{
	s->ready_at += len;
}

static ssize_t source_read(void *cookie, char *out, size_t size)
{
	struct source *s = cookie;
	size_t ready = s->ready_end - s->ready_at;

	if (ready == 0)
		return read_unpacked(s, out, size);
	if (size > ready)
		size = ready;
	memcpy(out, s->window + s->ready_at, size);
	source_skip(s, size);
	return (ssize_t)size;
}

static int source_close(void *cookie)
{
	struct source *s = cookie;

	if (s->packing)
		s->packing->stop(s);
	fclose(s->file);
	free(s);
	return 0;
}

FILE *source_open(FILE *file, struct source **out)
{
	static const cookie_io_functions_t functions = {
		.read = source_read,
		.close = source_close,
	};
	struct source *s = calloc(1, sizeof(*s));
	struct stat about;
	FILE *stream;

	if (!s) {
		fclose(file);
		return NULL;
	}
	s->file = file;
	s->waits = fstat(fileno(file), &about) == 0 && !S_ISREG(about.st_mode);
	read_magic(s);
	s->packing = packing_of(s->input, s->len);
	if (!s->packing)
		give_magic_back(s);
	if (s->packing && !s->packing->start(s))
		s->packing = NULL; /* nothing to stop */
	else if ((stream = fopencookie(s, "rb", functions))) {
		*out = s;
		return stream;
	}
	source_close(s);
	return NULL;
}

void source_break(struct source *s)
{
	s->broken = true;
}

const char *source_error(const struct source *s)
{
	return s->error[0] ? s->error : NULL;
}
