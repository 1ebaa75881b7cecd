/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a capture's octets come from: a file as it is, or what is inside of
 * it if it was compressed with gzip (RFC 1952) or zstd (RFC 8878). That is
 * told by its first octets, never by a name, and found out by reading alone,
 * so that a pipe will do. Nothing is held but a window: a few octets that
 * unfold to gigabytes cost time and no memory.
 */
#ifndef PCAP_SOURCE_H
#define PCAP_SOURCE_H

#include <stdint.h>
#include <stdio.h>

struct source;

/*
 * A stream of what is inside `file`, from which nothing has been read yet.
 * fclose() of the stream closes `file` and frees *out, which is borrowed from
 * the stream. NULL without memory: `file` is then closed, too.
 */
FILE *source_open(FILE *file, struct source **out);

/*
 * The next `len` octets, for one who need not have them copied: borrowed until the next
 * call of any kind, and read again unless they are skipped. NULL: there are fewer
 * left, or more are asked for than are held at once; reading the stream tells what it is.
 * A stream that is buffered takes what it wants first, and leaves nothing to look at.
 */
const uint8_t *source_peek(struct source *s, size_t len);
void source_skip(struct source *s, size_t len);

/* Ends a read that waits for octets of a pipe, or of a terminal, within a tenth of a
 * second, and all that follow. May be called in a signal handler. */
void source_break(struct source *s);

/* What is wrong with the compressed data, "gzip: cut off after 1234 octets";
 * it is told when all that came before was read. NULL: nothing. */
const char *source_error(const struct source *s);

#endif
