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

#include <stdio.h>

struct source;

/*
 * A stream of what is inside `file`, from which nothing has been read yet.
 * fclose() of the stream closes `file` and frees *out, which is borrowed from
 * the stream. NULL without memory: `file` is then closed, too.
 */
FILE *source_open(FILE *file, struct source **out);

/* Ends a read that waits for octets of a pipe, or of a terminal, within a tenth of a
 * second, and all that follow. May be called in a signal handler. */
void source_break(struct source *s);

/* What is wrong with the compressed data, "gzip: cut off after 1234 octets";
 * it is told when all that came before was read. NULL: nothing. */
const char *source_error(const struct source *s);

#endif
