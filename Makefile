# SPDX-License-Identifier: BSD-2-Clause
#
# make run     the suite against the reference stack; reports in build/reports
# make test    our own tests: units, goldens, mutants, sanitizers, valgrind
# make help    everything else
#
# run and test install missing packages first; DEPS=no leaves that out.
# V=1 shows commands. CC, CFLAGS, LDFLAGS, PREFIX and DESTDIR are honoured.

MAKEFLAGS += --no-builtin-rules --no-print-directory

CC       := $(if $(filter default,$(origin CC)),gcc,$(CC))
CFLAGS   ?= $(optimize) -g
optimize := -O2
PREFIX   ?= /usr/local
DEPS     ?= yes
B        ?= build
V        ?= 0
SECONDS  ?= 60
Q        := $(if $(filter 0,$V),@)

version := 0.1.0

# Debian's names of what is needed: to build and to run, and by the tests on top.
packages      := gcc libc6-dev flex bison libpcap-dev libnet1-dev libjansson-dev libssl-dev \
                 zlib1g-dev libzstd-dev
test_packages := $(packages) libcmocka-dev clang libclang-rt-14-dev valgrind jq \
                 python3-jsonschema zstd tcpdump iproute2 iputils-ping

# Flavours, each in a folder of its own: SAN=1, everything under the sanitizers;
# FUZZ=1, the same for libFuzzer.
ifeq ($(SAN),1)
override B := $B/san
flavour    := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
optimize   := -O1
endif
ifeq ($(FUZZ),1)
override B  := $B/fuzz
override CC := clang
flavour     := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
optimize    := -O1
endif

warn  := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
cppf  := -D_GNU_SOURCE -DSHIMPROOF_VERSION='"$(version)"' -I. -I$B/obj
flags := -std=c11 -fPIC -fvisibility=hidden $(warn) $(cppf) $(flavour) $(CFLAGS)

crypto := -lcrypto
json   := -ljansson
caplib := -lpcap -lnet -lz -lzstd

bins := $B/bin/shimproof $B/bin/shimdump $B/bin/refstackd
libs := $B/lib/librefstack.so $B/lib/contrary.so

# The API's header beside lib/, as it is installed: the suite compiles samples with it.
header := $B/include/shimproof/shim.h

all: $(bins) $(libs) $(header)

# --- rooms: each one a static library -----------------------------------------
# A room's library holds its .c files but the tests and main()s.

rooms := wire trace pcap keys refstack daemon script engine reports contrary_target contrary cli \
         shimdump bench

dirs_wire     := wire
dirs_trace    := trace
dirs_pcap     := pcap
dirs_keys     := refstack/keys
dirs_refstack := refstack refstack/core refstack/socket refstack/tcp refstack/link refstack/properties
dirs_daemon   := refstack/daemon
dirs_script   := conformance/script
dirs_engine   := conformance/engine
dirs_reports  := reports
dirs_contrary := conformance/contrary
dirs_contrary_target := conformance/contrary/target
dirs_cli      := conformance/cli
dirs_shimdump := tools/shimdump
dirs_bench    := bench

# What each room may use: the arrows of ARCHITECTURE.md.
uses_wire     :=
uses_trace    := wire
uses_pcap     := wire
uses_keys     := wire
uses_refstack := keys wire
uses_daemon   := refstack keys wire
uses_script   := wire
uses_reports  := wire
uses_engine   := script pcap reports wire
uses_contrary := contrary_target engine script pcap reports wire
uses_contrary_target :=
uses_cli      := contrary contrary_target engine script pcap reports wire
uses_shimdump := trace pcap wire
uses_bench    := refstack keys wire

source  = $(filter-out %_test.c %_main.c,$(wildcard $(addsuffix /*.c,$(dirs_$1))))
object  = $(patsubst %.c,$B/obj/%.o,$1)
archive = $(patsubst %,$B/obj/%.a,$1)
with    = $(call archive,$1 $(uses_$1))

define room
$(call archive,$1): $(call object,$(call source,$1)) $(if $(filter script,$1),$(script_gen:.c=.o))
	@rm -f $$@
	@echo "  AR    $$@"
	$(Q)$(AR) rcs $$@ $$^
endef
script_gen := $(addprefix $B/obj/conformance/script/,lexer.c parser.c)
$(foreach r,$(rooms),$(eval $(call room,$r)))

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(CC) $(flags) -MMD -MP -c -o $@ $<

$B/obj/%.o: $B/obj/%.c
	@echo "  CC    $@"
	$(Q)$(CC) $(flags) -Wno-unused-function -Wno-sign-compare -MMD -MP -c -o $@ $<

$B/obj/%.c: %.y
	@mkdir -p $(@D)
	@echo "  BISON $@"
	$(Q)bison -Werror --defines=$(@:.c=.h) -o $@ $<

$B/obj/%.c: %.l
	@mkdir -p $(@D)
	@echo "  FLEX  $@"
	$(Q)flex --header-file=$(@:.c=.h) -o $@ $<

$(call object,$(wildcard conformance/script/*.c)) $(script_gen:.c=.o): | $(script_gen)

# --- programs and libraries ---------------------------------------------------

link = @mkdir -p $(@D); echo "  LINK  $@"; $(if $(Q),,set -x;) \
       $(CC) $(flags) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

$B/bin/shimproof: $(call object,conformance/cli/shimproof_main.c) $(call with,cli)
	$(link) $(caplib) $(json) $(crypto) -ldl

$B/bin/shimdump: $(call object,tools/shimdump/shimdump_main.c) $(call with,shimdump)
	$(link) $(caplib) $(crypto)

$B/bin/refstackd: $(call object,refstack/refstackd_main.c) $(call with,daemon)
	$(link) $(json) $(crypto)

# What packet_test.sh has for a stack: an Ethernet link alone.
$B/bin/packet_host: $(call object,refstack/link/packet_host_main.c) $(call with,refstack)
	$(link) $(crypto)

# What bench.sh measures with.
benches := $(addprefix $B/bin/,generate hba loop measure translate)

$(benches): $B/bin/%: $B/obj/bench/%_main.o $(call with,bench)
	$(link) $(caplib) $(crypto)

# target.c is the one file of the stack that knows the target ABI.
$B/lib/librefstack.so: $(call object,refstack/target.c) $(call with,refstack) | $(header)
	$(link) -shared $(json) $(crypto)

$(header): refstack/include/shim.h
	@mkdir -p $(@D)
	@cp $< $@

# Any target with one observation changed: it knows nothing but the ABI.
$B/lib/contrary.so: $(call object,conformance/contrary/target/load.c) $(call with,contrary_target)
	$(link) -shared -ldl

# --- what a user does -----------------------------------------------------------

reports := $B/reports
deps     = $(if $(filter yes,$(DEPS)),scripts/deps.sh $1)
parallel = @$(MAKE) -j$$(nproc)

run:
	@$(call deps,$(packages))
	$(parallel) all
	@$(MAKE) report

report: all
	@echo
	@rm -rf $(reports)
	@$B/bin/shimproof run --target $B/lib/librefstack.so --json $(reports)/report.json \
		--junit $(reports)/junit.xml --captures $(reports)/captures
	@scripts/next.sh $B

deps:
	@scripts/deps.sh $(test_packages)

install: all
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib include/shimproof share/man/man1)
	install -d $(DESTDIR)$(PREFIX)/share/shimproof
	install $(bins) $(DESTDIR)$(PREFIX)/bin
	install $(libs) $(DESTDIR)$(PREFIX)/lib
	install -m 644 refstack/include/shim.h conformance/target/shimproof_target.h \
		$(DESTDIR)$(PREFIX)/include/shimproof
	install -m 644 $(wildcard */*.1 */*/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	cp -r specs conformance/cases conformance/samples $(DESTDIR)$(PREFIX)/share/shimproof
	install -Dm 644 tools/shimdump/completion/shimdump.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/shimdump
	install -Dm 644 tools/shimdump/completion/_shimdump \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_shimdump

clean:
	rm -rf $B

help:
	@scripts/help.sh

# --- tests: X_test.c beside X.c, linked with its room ---------------------------

dirs     := $(foreach r,$(rooms),$(dirs_$r))
tests    := $(patsubst %.c,$B/obj/%,$(wildcard $(addsuffix /*_test.c,$(dirs))))
properties := $(filter $B/obj/refstack/properties/%,$(tests))
fuzzers  := $(patsubst fuzz/%.c,$B/bin/%,$(wildcard fuzz/*_fuzz.c))
mutants  := $(patsubst conformance/mutants/%.c,$B/mutants/%.so,$(wildcard conformance/mutants/*.c))
lacking  := $(patsubst conformance/noshim/%.c,$B/noshim/%.so,$(wildcard conformance/noshim/*.c))
room_of   = $(strip $(foreach r,$(rooms),$(if $(filter $(patsubst $B/obj/%/,%,$(dir $1)),$(dirs_$r)),$r)))

.SECONDEXPANSION:
$(tests): %: %.o $$(call with,$$(call room_of,$$@))
	$(link) -lcmocka $(caplib) $(json) $(crypto) -ldl

$B/bin/packet_fuzz $B/bin/packet_replay: $(call object,fuzz/packet_fuzz.c) $(call with,wire)
$B/bin/capture_fuzz $B/bin/capture_replay: $(call object,fuzz/capture_fuzz.c) $(call with,pcap)
$B/bin/trace_fuzz $B/bin/trace_replay: $(call object,fuzz/trace_fuzz.c) $(call with,trace)
$B/bin/script_fuzz $B/bin/script_replay: $(call object,fuzz/script_fuzz.c) $(call with,script)
$B/bin/stack_fuzz $B/bin/stack_replay: $(call object,fuzz/stack_fuzz.c) $(call with,refstack)
$B/bin/tcp_fuzz $B/bin/tcp_replay: $(call object,fuzz/tcp_fuzz.c) $(call with,refstack)
$B/bin/socket_fuzz $B/bin/socket_replay: $(call object,$(wildcard fuzz/socket_*.c)) $(call with,refstack)
$B/bin/config_fuzz $B/bin/config_replay: $(call object,fuzz/config_fuzz.c) $(call with,daemon)
$(fuzzers):
	$(link) -fsanitize=fuzzer $(caplib) $(json) $(crypto)

# The same without libFuzzer: for gcc, and for valgrind.
replays := $(fuzzers:_fuzz=_replay)
$(replays): $(call object,fuzz/replay.c)
	$(link) $(caplib) $(json) $(crypto)

# What has made pcap/traces/.
$B/bin/record: $(call object,pcap/traces/record_main.c) $(call with,refstack) $(call archive,pcap)
	$(link) $(caplib) $(json) $(crypto)

# A mutant is the reference stack, its export renamed, behind one fault.
$B/obj/honest.o: $(call object,refstack/target.c)
	$(Q)objcopy --redefine-sym shimproof_target=honest_target $< $@

$(mutants): $B/mutants/%.so: $B/obj/conformance/mutants/%.o $B/obj/honest.o $(call with,refstack) | $(header)
	$(link) -shared $(json) $(crypto)

# Likewise a stack that lacks options.
$(lacking): $B/noshim/%.so: $B/obj/conformance/noshim/%.o $B/obj/honest.o $(call with,refstack) | $(header)
	$(link) -shared $(json) $(crypto)

built: all $B/bin/packet_host $B/bin/record $(benches) $(tests) $(mutants) $(lacking) $(replays)
fuzzers: $(fuzzers)
benches: $(benches)

# Everything with both compilers and under the sanitizers. Without clang, what
# needs it is skipped, and says so.
other := $(if $(findstring clang,$(CC)),gcc,clang)

flavours:
	$(parallel) built
	$(parallel) SAN=1 built
	@if command -v $(other) >/dev/null; then \
		$(MAKE) -j$$(nproc) CC=$(other) B=$B/other optimize=-O1 built; fi
	@if command -v clang >/dev/null; then $(MAKE) -j$$(nproc) FUZZ=1 fuzzers; fi

test:
	@$(call deps,$(test_packages))
	@$(MAKE) check

# The long ones first, so that no processor waits at the end.
check: flavours
	@scripts/check.sh $B/tests \
		'conformance/suite_test.sh $B valgrind' \
		'fuzz/fuzz_test.sh $B' \
		'conformance/mutants/mutants_test.sh $B' \
		'conformance/noshim/noshim_test.sh $B' \
		'conformance/samples/samples_test.sh $B' \
		'conformance/contrary/contrary_test.sh $B' \
		'conformance/suite_test.sh $B' \
		'conformance/suite_test.sh $B/san sanitizers' \
		'refstack/daemon/testbed_test.sh $B' \
		'refstack/daemon/daemon_test.sh $B' \
		'refstack/daemon/daemon_test.sh $B/san' \
		'refstack/link/kernel_test.sh $B' \
		'refstack/link/packet_test.sh $B' \
		'refstack/link/packet_test.sh $B/san' \
		'conformance/cli/cli_test.sh $B/bin/shimproof $B/lib/librefstack.so' \
		'tools/shimdump/golden_test.sh $B/bin/shimdump' \
		'tools/shimdump/golden_test.sh $B/san/bin/shimdump' \
		'tools/shimdump/shimdump_test.sh $B' \
		'tools/shimdump/shimdump_test.sh $B/san' \
		'tools/shimdump/tshark_test.sh $B' \
		'pcap/traces/traces_test.sh $B' \
		'reports/schema_test.sh' \
		'reports/text_test.sh' \
		'scripts/install_test.sh $B' \
		$(tests) $(tests:$B/%=$B/san/%) $(if $(shell command -v $(other)),$(tests:$B/%=$B/other/%))

# The suite against every perturbation of what its cases observe.
contrary:
	@$(call deps,$(packages))
	$(parallel) all
	@$B/bin/shimproof contrary --target $B/lib/librefstack.so --json $(reports)/contrary.json

bench:
	@$(call deps,$(test_packages))
	$(parallel) all benches
	@bench/bench.sh $B

# Made anew, with what shimdump prints of them; git shows what has changed.
traces: $B/bin/record $B/bin/shimdump
	$B/bin/record pcap/traces
	@for t in pcap/traces/*.pcap*; do $B/bin/shimdump -vr $$t >$${t%.*}.txt 2>&1 || exit; done

# What must hold, over many more seeds and a longer flood than in the tests.
soak: $(properties)
	@for t in $(properties); do echo "  SOAK  $$t"; \
		WORLD_TIMES=$(or $(TIMES),30) WORLD_FLOOD=10000000 $$t >$B/soak.log 2>&1 || \
			{ cat $B/soak.log; exit 1; }; done

testbed:
	@$(call deps,$(test_packages))
	$(parallel) all
	@scripts/testbed.sh $B

fuzz:
	@$(call deps,$(test_packages))
	$(parallel) FUZZ=1 fuzzers
	@fuzz/fuzz.sh $B/fuzz $(SECONDS)

.PHONY: all run report deps install clean help built fuzzers benches flavours test check bench testbed
.PHONY: fuzz traces soak contrary
.SECONDARY:
-include $(shell find $B/obj -name '*.d' 2>/dev/null)
