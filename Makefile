# SPDX-License-Identifier: BSD-2-Clause
#
# make run     the suite against the reference stack; reports in build/reports
# make test    our own tests: units, goldens, mutants, sanitizers, valgrind
# make help    everything else
#
# run and test install missing packages first; DEPS=no leaves that out.
# V=1 shows commands. CC, CFLAGS, LDFLAGS, PREFIX and DESTDIR are honoured.

MAKEFLAGS += --no-builtin-rules --no-print-directory

CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
DEPS    ?= yes
B       ?= build
V       ?= 0
SECONDS ?= 60
Q       := $(if $(filter 0,$V),@)
jobs    := $(shell nproc)

version := 0.1.0

# What to install: to build and run, and what the tests want on top.
packages      := gcc libc6-dev flex bison libpcap-dev libnet1-dev libjansson-dev libssl-dev
test_packages := $(packages) libcmocka-dev clang libclang-rt-14-dev valgrind jq \
                 python3-jsonschema tcpdump iproute2 iputils-ping

# make SAN=1: everything again under the sanitizers, in a folder of its own.
ifeq ($(SAN),1)
override B := $B/san
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

warn  := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
cppf  := -D_GNU_SOURCE -DSHIMPROOF_VERSION='"$(version)"' -I. -I$B
flags := -std=c11 -fPIC -fvisibility=hidden $(warn) $(cppf) $(sanitize) $(CFLAGS)

crypto := -lcrypto
json   := -ljansson
caplib := -lpcap -lnet

help_or_all: all

# --- rooms: each one a static library --------------------------------------
# A room's library holds its .c files but the tests, fuzzers and main()s.

source = $(filter-out %_test.c %_fuzz.c %_main.c %_bench.c,$(wildcard $(addsuffix /*.c,$1)))
object = $(patsubst %.c,$B/%.o,$1)

rooms := wire pcap refstack script engine reports cli shimdump

dirs_wire     := wire
dirs_pcap     := pcap
dirs_refstack := refstack refstack/core refstack/socket refstack/link
dirs_script   := conformance/script
dirs_engine   := conformance/engine
dirs_reports  := reports
dirs_cli      := conformance/cli
dirs_shimdump := tools/shimdump

# What each room may use: the arrows of ARCHITECTURE.md.
uses_wire     :=
uses_pcap     := wire
uses_refstack := wire
uses_script   := wire
uses_reports  := wire
uses_engine   := script pcap reports wire
uses_cli      := engine script pcap reports wire
uses_shimdump := pcap wire

script_gen := $(addprefix $B/conformance/script/,lexer.c parser.c)

archive = $(patsubst %,$B/lib%.a,$1)
with    = $(call archive,$1 $(uses_$1))

bins := $B/bin/shimproof $B/bin/shimdump $B/bin/refstackd
libs := $B/lib/librefstack.so

all: $(bins) $(libs)

define room
$B/lib$1.a: $(call object,$(call source,$(dirs_$1))) $(if $(filter script,$1),$(script_gen:.c=.o))
	@rm -f $$@
	@echo "  AR    $$@"
	$(Q)$(AR) rcs $$@ $$^
endef
$(foreach r,$(rooms),$(eval $(call room,$r)))

$B/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(flags) -MMD -MP -c -o $@ $<

$B/%.o: $B/%.c
	@echo "  CC    $@"
	$(Q)$(CC) $(flags) -Wno-unused-function -Wno-sign-compare -MMD -MP -c -o $@ $<

$B/conformance/script/parser.c: conformance/script/parser.y
	@mkdir -p $(@D)
	@echo "  BISON $@"
	$(Q)bison -Werror --defines=$(@:.c=.h) -o $@ $<

$B/conformance/script/lexer.c: conformance/script/lexer.l $B/conformance/script/parser.c
	@mkdir -p $(@D)
	@echo "  FLEX  $@"
	$(Q)flex --header-file=$(@:.c=.h) -o $@ $<

$(call object,$(wildcard conformance/script/*.c)): | $(script_gen)

# --- programs and libraries ------------------------------------------------

link = @mkdir -p $(@D); echo "  LINK  $@"; $(if $(Q),,set -x;) \
       $(CC) $(flags) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

$B/bin/shimproof: $B/conformance/cli/shimproof_main.o $(call with,cli)
	$(link) $(caplib) $(json) $(crypto) -ldl

$B/bin/shimdump: $B/tools/shimdump/shimdump_main.o $(call with,shimdump)
	$(link) $(caplib) $(crypto)

$B/bin/refstackd: $B/refstack/refstackd_main.o $(call with,refstack)
	$(link) $(json) $(crypto)

# target.c is the one file of the stack that knows the target ABI.
$B/lib/librefstack.so: $B/refstack/target.o $(call with,refstack)
	$(link) -shared $(json) $(crypto)

# --- tests: X_test.c beside X.c, linked with its room -----------------------

tests := $(patsubst %.c,$B/%,$(foreach r,$(rooms),$(wildcard $(addsuffix /*_test.c,$(dirs_$r)))))
room_of = $(strip $(foreach r,$(rooms),$(if $(filter $(patsubst %/,%,$(dir $(1:$B/%=%))),$(dirs_$r)),$r)))

.SECONDEXPANSION:
$(tests): %: %.o $$(call with,$$(call room_of,$$@))
	$(link) -lcmocka $(caplib) $(json) $(crypto) -ldl

units: $(tests)

.PHONY: all units help_or_all
.SECONDARY:
-include $(shell find $B -name '*.d' 2>/dev/null)
