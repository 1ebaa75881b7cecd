#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# next.sh BUILD: after `make run`, what to type next.

one=$(find "$1/reports/captures" -name '*loc-local-send_pins-source.pcapng' | head -n 1)
cat <<TXT

What to type next:
  $1/bin/shimdump -r ${one:-$1/reports/captures/CASE.pcapng}
  $1/bin/shimproof explain rfc6316/6.8/set-pins-source
  $1/bin/shimproof list --select 'rfc6316/6.8*'
  $1/bin/shimproof run --target ./libmystack.so      (conformance/target/shimproof_target.h)
TXT
