/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A dissection as JSON text. Numbers are numbers (a tag of 47 bits fits what
 * every reader of JSON can hold), addresses and octets strings, runs arrays.
 */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "wire/packet.h"

/*
 * Writes
 *   "layers":[{"layer":"i1","off":40,"size":16,"next_header":59,...},...],"findings":[
 *   {"severity":"error","off":44,"section":"RFC 5533 5.3","text":"..."},...]
 * without white space. off and size are those of the span. Of a layer every field of
 * its table that can be read, under its name; a field that explain.h knows more of is
 * shown by its pieces instead: groups are arrays of objects. offsets: each layer has
 * also "at":{"init_tag":46,...}, the octet in which each of them begins, and of a group
 * the first. Shim6 and all that it carries is shown whole, and what errors quote; `data`
 * is cut after 64 octets, with "more" the count of those left out. Findings for which a dissection had
 * no room are counted: "findings_left_out":3.
 *
 * Returns the length it has or would have, like snprintf; always ends with a NUL
 * if size > 0.
 */
size_t wire_json_print(char *buf, size_t size, const struct wire_dissection *d, bool offsets);

#endif
