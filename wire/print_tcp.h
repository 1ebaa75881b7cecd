/* SPDX-License-Identifier: BSD-2-Clause */
/* The one line of TCP, for print.c. */
#ifndef WIRE_PRINT_TCP_H
#define WIRE_PRINT_TCP_H

#include "wire/packet.h"
#include "wire/text.h"

/* What a span of layer_tcp says behind its ports: " [P.] seq 1 ack 2 win 65535, length 5";
 * nothing of a header that is cut short of that. */
void tcp_print(struct text *t, const struct wire_dissection *d, unsigned span);

#endif
