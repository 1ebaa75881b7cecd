/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Out of what a child has written, a result and a capture. The child may have
 * been broken by its target, so every record is read with doubt.
 */
#ifndef ENGINE_HARVEST_H
#define ENGINE_HARVEST_H

#include "conformance/engine/child.h"
#include "conformance/script/scenario.h"
#include "reports/result.h"

enum { EVENTS_SHOWN = 12 }; /* log lines of a case that did not pass */

/* Who a case is; nothing of how it went. 0 or -ENOMEM. */
int harvest_begin(struct case_result *out, const struct scenario *s);

/* How it went. all_events: of passing cases too. 0 or -ENOMEM. */
int harvest_result(struct case_result *out, const struct scenario *s, const uint8_t *records,
		   size_t len, const struct child_end *end, bool all_events);

/*
 * The packets as pcapng, in `folder`; one interface per link. A case without
 * packets gets a file, too: it shows that there were none. *name: of the file,
 * with the folder's own name in front, owned. 0 or a negative errno.
 */
int harvest_capture(char **name, const char *folder, const struct scenario *s,
		    const uint8_t *records, size_t len);

#endif
