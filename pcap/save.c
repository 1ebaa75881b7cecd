/* SPDX-License-Identifier: BSD-2-Clause */
/* The writer of captures. */
#include "pcap/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed(struct capture_writer *w, const char *name, int err)
{
	snprintf(w->error, sizeof(w->error), "%.255s: %s", name, strerror(-err));
	return err;
}

static FILE *create(const char *path)
{
	bool is_stdout = strcmp(path, "-") == 0;
	int fd = is_stdout ? dup(STDOUT_FILENO) : -1;
	FILE *file = is_stdout ? fdopen(fd, "wb") : fopen(path, "wb");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

/* Both are freed, if they are there. Closing is when the last octets are written. */
static int dispose(FILE *file, char *name)
{
	int err = 0;

	errno = 0;
	if (file && fclose(file))
		err = errno ? -errno : -EIO;
	free(name);
	return err;
}

int capture_write_open(struct capture_writer *w, const char *path, const struct capture *from)
{
	const char *name = strcmp(path, "-") ? path : "standard output";
	struct capture_writer fresh = { .name = strdup(name) };
	FILE *file = fresh.name ? create(path) : NULL;
	int err = file ? 0 : fresh.name ? -errno : -ENOMEM;

	if (!err)
		err = pcapng_begin(&fresh.pcapng, file, NULL);
	if (!err)
		err = pcapng_link(&fresh.pcapng, NULL, link_type_in_file(from->link),
				  PCAPNG_NANOSECONDS);
	if (err < 0) {
		failed(w, name, err);
		dispose(file, fresh.name);
		return err;
	}
	*w = fresh;
	return 0;
}

int capture_write_packet(struct capture_writer *w, const struct captured *packet,
			 const char *comment)
{
	int err = pcapng_frame(&w->pcapng, &(struct pcapng_frame){
		.time = packet->usec * 1000 + packet->nsec,
		.octets = packet->frame,
		.len = packet->len,
		.wire_len = packet->wire_len,
		.comment = comment,
	});

	return err ? failed(w, w->name, err) : 0;
}

int capture_write_flush(struct capture_writer *w)
{
	errno = 0;
	if (fflush(w->pcapng.file) == 0)
		return 0;
	return failed(w, w->name, errno ? -errno : -EIO);
}

int capture_write_close(struct capture_writer *w)
{
	char name[256];
	int err = w->pcapng.error, closed;

	snprintf(name, sizeof(name), "%s", w->name);
	closed = dispose(w->pcapng.file, w->name);
	*w = (struct capture_writer){ .name = NULL };
	if (!err)
		err = closed;
	return err ? failed(w, name, err) : 0;
}
