#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
cat <<'TXT'
make             build the programs and the reference stack
make run         install what is missing, build, run the suite against the reference stack
make test        install what is missing, build in all flavours, run our own tests
make deps        only install what they need (Debian; as root or with sudo)
make report      as run, without installing
make check       as test, without installing
make contrary    the cases against every perturbation of what they observe
make bench       measurements, beside what one would use instead
make testbed     two hosts and two paths in network namespaces, cut and mended; needs root
make fuzz        every fuzzer for SECONDS=60
make soak        what must hold of the reference stack, over TIMES=30 times the seeds
make traces      make pcap/traces/ anew
make install     to PREFIX=/usr/local, below DESTDIR
make clean       remove build/

V=1 shows commands; CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR are honoured; SAN=1 builds
with sanitizers, in build/san; B=FOLDER builds elsewhere.
TXT
