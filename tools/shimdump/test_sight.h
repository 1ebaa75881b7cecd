/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet as a view gets it, over the packets of trace/test_tape.h. After <cmocka.h>. */
#ifndef SHIMDUMP_TEST_SIGHT_H
#define SHIMDUMP_TEST_SIGHT_H

#include "tools/shimdump/options.h"
#include "trace/test_tape.h"

struct seen {
	uint8_t octets[2200];
	size_t len;
	struct captured frame;
	struct wire_dissection d;
	struct sight sight;
};

/* Follows what octets hold; they may have been edited since they were made. */
static inline const struct sight *see(struct seen *seen, struct tape *tape)
{
	tape->usec += TICK_USEC;
	seen->frame = (struct captured){ .frame = seen->octets, .len = seen->len,
					 .wire_len = seen->len, .usec = tape->usec };
	wire_dissect(&seen->d, seen->octets, seen->len);
	seen->sight = (struct sight){ .number = 1, .frame = &seen->frame, .d = &seen->d };
	assert_int_equal(trace_packet(tape->t, &seen->d, tape->usec, &seen->sight.mark), 0);
	return &seen->sight;
}

static inline const struct sight *see_control(struct seen *seen, struct tape *tape,
					      const struct in6_addr *src,
					      const struct in6_addr *dst,
					      const struct shim6_message *m)
{
	seen->len = make_control(seen->octets, sizeof(seen->octets), src, dst, m);
	return see(seen, tape);
}

static inline const struct sight *see_payload(struct seen *seen, struct tape *tape,
					      const struct in6_addr *src,
					      const struct in6_addr *dst, uint64_t tag)
{
	seen->len = make_payload(seen->octets, sizeof(seen->octets), src, dst, tag);
	return see(seen, tape);
}

#endif
