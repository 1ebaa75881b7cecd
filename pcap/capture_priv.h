/* SPDX-License-Identifier: BSD-2-Clause */
/* What reading files (capture.c) and devices (live.c) share; for no one else. */
#ifndef PCAP_CAPTURE_PRIV_H
#define PCAP_CAPTURE_PRIV_H

#include "pcap/capture.h"

/* Leaves "NAME: text" in c->error and hands err through. */
__attribute__((format(printf, 4, 5)))
int capture_failed(struct capture *c, const char *name, int err, const char *format, ...);

/* Makes an opened capture the caller's: 0; or, if its link type isn't
 * understood, -ENOTSUP, and it is closed. */
int capture_take(struct capture *c, struct capture *fresh);

/* For a frame on a device: 1, it is worth another look; -EAGAIN, its timeout is over; -EIO. */
int capture_wait(struct capture *c);

#endif
