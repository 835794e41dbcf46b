# ikewatch: one Makefile, no recursion. "make help" lists the targets.

PREFIX ?= /usr/local
sysconfdir ?= /etc
sbindir ?= $(PREFIX)/sbin
bindir ?= $(PREFIX)/bin
mandir ?= $(PREFIX)/share/man
datadir ?= $(PREFIX)/share
unitdir ?= $(PREFIX)/lib/systemd/system
sysusersdir ?= $(PREFIX)/lib/sysusers.d

VERSION := 0.1.0
CC ?= gcc
PKG_CONFIG ?= pkg-config
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)

# SAN=address,undefined builds a variant in a folder of its own.
empty :=
space := $(empty) $(empty)
comma := ,
VARIANT := $(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COVER),-cover)
BUILD ?= build$(VARIANT)
ifneq ($(BUILD),build)
ifeq ($(origin BUILD),file)
BUILD := build/variant$(VARIANT)
endif
endif

LIBS := libevent libevent_openssl sqlite3 libcurl openssl libconfuse jansson
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS) 2>/dev/null)
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null)

OPT ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 \
	-Wno-missing-field-initializers $(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -fPIE \
	$(if $(SAN)$(COVER),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN_LD := -pie -Wl,-z,relro,-z,now,--as-needed
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all)
COVER_FLAGS := $(if $(COVER),--coverage -fprofile-update=atomic)

# CFLAGS and LDFLAGS are the caller's; what the build needs stands apart.
CFLAGS ?= $(if $(COVER),-O0 -g,$(OPT))
ALL_CPPFLAGS := -D_GNU_SOURCE -DIKEWATCH_VERSION='"$(VERSION)"' \
	-DIKEWATCH_SYSCONFDIR='"$(sysconfdir)"' -I. $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS := -std=c11 $(WARN) $(HARDEN) $(SAN_FLAGS) $(COVER_FLAGS) $(CFLAGS)
ALL_LDFLAGS := $(HARDEN_LD) $(SAN_FLAGS) $(COVER_FLAGS) $(LDFLAGS)

MAINS := daemon/main.c daemon/ikewatch.c
SRCS := $(sort $(wildcard parsers/*.c storage/*.c alerting/*.c daemon/*.c))
LIB_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(MAINS),$(SRCS)))
LIB := $(BUILD)/libikewatch.a
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard \
	tests/unit/test_*.c)))
TEST_LIBS := -lcmocka

# What Debian calls what is needed, to build and to test.
DEPS_BUILD := gcc pkg-config libevent-dev libsqlite3-dev \
	libcurl4-openssl-dev libssl-dev libconfuse-dev libjansson-dev
DEPS_CHECK := libcmocka-dev mandoc python3 python3-pytest sqlite3 openssl procps \
	python3-aiosmtpd
# What Debian's rsyslog and syslog-ng need; they themselves are unpacked below
# build/, see tests/integration/senders.sh.
DEPS_SENDERS := libestr0 libfastjson4 liblognorm5 libivykis0 libnet1 libpcre3 \
	libwrap0 libjson-c5 libglib2.0-0
DEPS_LINT := clang clang-format clang-tidy cppcheck mandoc systemd
DEPS_FUZZ := clang libclang-rt-14-dev

.PHONY: all help deps check check-run check-long unit integration demo \
	demo-run install lint fuzz fuzz-long replay bench bench-parse bench-track \
	bench-latency programs cover format clean
.SECONDARY:
all: $(BUILD)/ikewatchd $(BUILD)/ikewatch

help:
	@echo 'make            build ikewatchd and ikewatch in $(BUILD)/'
	@echo 'make demo       install what is missing, build, and show the main job'
	@echo 'make check      install what is missing, build, and run all tests'
	@echo 'make check-long the tests that take long, too'
	@echo 'make install    PREFIX=$(PREFIX) sysconfdir=$(sysconfdir) DESTDIR='
	@echo 'make deps       install what Debian has for building and testing'
	@echo 'make lint       format, static checkers, layering, manuals'
	@echo 'make fuzz       each fuzzer for FUZZ_SECONDS ($(FUZZ_SECONDS))'
	@echo 'make replay     what the fuzzers found and start from, once'
	@echo 'make bench      speed against other collectors; see tests/bench/README.md'
	@echo 'make cover      line coverage of the tests'
	@echo 'SAN=address,undefined builds and checks with sanitizers'

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJS)
	rm -f $@
	ar qcs $@ $^

$(BUILD)/ikewatchd: $(BUILD)/daemon/main.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

$(BUILD)/ikewatch: $(BUILD)/daemon/ikewatch.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lpthread

# ---- tests ---------------------------------------------------------------

# What is missing is installed first; then a second make sees it.
check: deps
	+@$(MAKE) --no-print-directory check-run

check-run: all unit replay integration

check-long: deps
	+@IKEWATCH_LONG=1 $(MAKE) --no-print-directory check-run

# The unit tests: one program each, run in turn.
unit: $(UNITS)
	@for t in $(UNITS); do $$t || exit 1; done

# Programs that the integration tests and benchmarks run.
TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tools/%,$(wildcard \
	tests/tools/*.c))

$(BUILD)/tools/%: $(BUILD)/tests/tools/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

# All that is built, and nothing run.
programs: all $(UNITS) $(TOOLS)

integration: all $(TOOLS)
	IKEWATCH_BUILD=$(abspath $(BUILD)) $(PYTHON) -B -m pytest -q -rs \
	    -p no:cacheprovider $(PYTEST_FLAGS) tests/integration

demo: deps
	+@$(MAKE) --no-print-directory demo-run

demo-run: all
	@$(PYTHON) -B tests/demo/demo.py $(BUILD)

# Packages that are missing here. Elsewhere than on Debian they are named.
deps:
	@sh tests/lint/deps.sh $(DEPS_BUILD) $(DEPS_CHECK) $(DEPS_SENDERS)
	@sh tests/integration/senders.sh build/senders

# ---- fuzzing -------------------------------------------------------------

FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_BUILD := build/fuzz
FUZZ_OBJS := $(patsubst %.c,$(FUZZ_BUILD)/%.o,$(filter-out $(MAINS),$(SRCS)))
FUZZ_CFLAGS := -std=c11 -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

$(FUZZ_BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	clang $(ALL_CPPFLAGS) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

$(FUZZ_BUILD)/fuzz_%: $(FUZZ_BUILD)/tests/fuzz/fuzz_%.o $(FUZZ_OBJS)
	clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(PKG_LIBS) -lpthread

fuzz:
	@sh tests/lint/deps.sh $(DEPS_BUILD) $(DEPS_FUZZ)
	+@$(MAKE) --no-print-directory $(addprefix $(FUZZ_BUILD)/,$(FUZZERS))
	@sh tests/fuzz/run.sh $(FUZZ_BUILD) $(FUZZ_SECONDS) $(FUZZERS)

# What fuzzing has found, and its seeds, once through each fuzzer as it is
# built here: no clang, no engine.
REPLAYS := $(addprefix $(BUILD)/replay/,$(FUZZERS))

$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

replay: $(REPLAYS)
	@$(PYTHON) -B tests/fuzz/seeds.py $(BUILD)/replay/seeds
	@for f in $(FUZZERS); do $(BUILD)/replay/$$f tests/fuzz/seeds/$$f \
	    $(BUILD)/replay/seeds/$$f $(FUZZ_BUILD)/corpus/$$f \
	    >$(BUILD)/replay/$$f.log || exit 1; done
	@cat $(BUILD)/replay/*.log

fuzz-long:
	+@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=3600

# ---- lint ----------------------------------------------------------------

LINT_JOBS ?= $(shell nproc 2>/dev/null || echo 2)
FORMATTED := $(wildcard parsers/*.[ch] storage/*.[ch] alerting/*.[ch] \
	daemon/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/bench/*.[ch])
# Left out: what is for the reader to judge (names, arguments of one type, two
# branches with one answer); spans, which have no NUL; and four checks of the
# analyzer that follow neither linked lists nor {NULL, 0}: the sanitizers do.
TIDY := bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,$\
	-bugprone-reserved-identifier,-bugprone-narrowing-conversions,$\
	-bugprone-implicit-widening-of-multiplication-result,$\
	-bugprone-macro-parentheses,-bugprone-sizeof-expression,$\
	-bugprone-branch-clone,-bugprone-not-null-terminated-result,$\
	-clang-analyzer-unix.Malloc,-clang-analyzer-core.NullDereference,$\
	-clang-analyzer-core.NonNullParamChecker,$\
	-clang-analyzer-core.UndefinedBinaryOperatorResult,$\
	-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling

lint:
	@sh tests/lint/deps.sh $(DEPS_BUILD) $(DEPS_LINT)
	sh tests/lint/layers.sh
	sh tests/lint/bans.sh
	clang-format --dry-run --Werror $(FORMATTED)
	mandoc -T lint -W warning man/*.[1-9]
	sh tests/lint/unit.sh
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	    -j$(LINT_JOBS) \
	    --enable=warning,performance,portability -I. \
	    --suppress=missingIncludeSystem $(SRCS)
	@# One file each: with more it takes every va_list for unset.
	printf '%s\n' $(SRCS) | xargs -n1 -P$(LINT_JOBS) sh -c 'exec clang-tidy \
	    --quiet --warnings-as-errors="*" --checks="-*,$(TIDY)" "$$0" \
	    -- -std=c11 -D_GNU_SOURCE "-DIKEWATCH_VERSION=\"\"" \
	    "-DIKEWATCH_SYSCONFDIR=\"\"" -I. $(PKG_CFLAGS) 2>/dev/null'
	+$(MAKE) --no-print-directory programs WERROR=1 CC=gcc \
	    BUILD=build/lint-gcc
	+$(MAKE) --no-print-directory programs WERROR=1 CC=clang \
	    BUILD=build/lint-clang

format:
	clang-format -i $(FORMATTED)

# ---- coverage ------------------------------------------------------------

cover:
	+@$(MAKE) --no-print-directory COVER=1 check-run
	@sh tests/lint/cover.sh build/variant-cover

# ---- benchmarks ----------------------------------------------------------

bench bench-parse bench-track bench-latency: all $(TOOLS)
	@sh tests/bench/run.sh $@ $(BUILD)

# ---- install -------------------------------------------------------------

INSTALL ?= install

install: all
	$(INSTALL) -d $(DESTDIR)$(sbindir) $(DESTDIR)$(bindir) \
	    $(DESTDIR)$(sysconfdir)/ikewatchd/conf.d $(DESTDIR)$(unitdir) \
	    $(DESTDIR)$(sysusersdir) $(DESTDIR)$(datadir)/ikewatch
	$(INSTALL) -m 755 $(BUILD)/ikewatchd $(DESTDIR)$(sbindir)/ikewatchd
	$(INSTALL) -m 755 $(BUILD)/ikewatch $(DESTDIR)$(bindir)/ikewatch
	for m in man/*.[1-9]; do s=$${m##*.}; \
	    $(INSTALL) -d $(DESTDIR)$(mandir)/man$$s && \
	    $(INSTALL) -m 644 $$m $(DESTDIR)$(mandir)/man$$s/ || exit 1; done
	sed -e 's|/usr/local/sbin|$(sbindir)|g' -e 's|/etc/ikewatchd|$(sysconfdir)/ikewatchd|g' \
	    systemd/ikewatchd.service >$(DESTDIR)$(unitdir)/ikewatchd.service
	chmod 644 $(DESTDIR)$(unitdir)/ikewatchd.service
	$(INSTALL) -m 644 $(wildcard systemd/*.socket) $(DESTDIR)$(unitdir)/
	$(INSTALL) -m 644 systemd/ikewatch.sysusers \
	    $(DESTDIR)$(sysusersdir)/ikewatch.conf
	$(INSTALL) -m 644 conf/ikewatchd.conf \
	    $(DESTDIR)$(datadir)/ikewatch/ikewatchd.conf.sample
	$(INSTALL) -d $(DESTDIR)$(datadir)/bash-completion/completions \
	    $(DESTDIR)$(datadir)/zsh/site-functions
	$(INSTALL) -m 644 conf/completion/ikewatch.bash \
	    $(DESTDIR)$(datadir)/bash-completion/completions/ikewatch
	$(INSTALL) -m 644 conf/completion/_ikewatch \
	    $(DESTDIR)$(datadir)/zsh/site-functions/_ikewatch
	$(INSTALL) -d $(DESTDIR)$(datadir)/ikewatch/grafana
	$(INSTALL) -m 644 $(wildcard conf/grafana/*.json) \
	    conf/grafana/README.md $(DESTDIR)$(datadir)/ikewatch/grafana/
	@# A configuration that is there is never touched.
	test -e $(DESTDIR)$(sysconfdir)/ikewatchd/ikewatchd.conf || \
	    $(INSTALL) -m 640 conf/ikewatchd.conf \
		$(DESTDIR)$(sysconfdir)/ikewatchd/ikewatchd.conf

clean:
	rm -rf build

-include $(patsubst %.c,$(BUILD)/%.d,$(SRCS) $(wildcard tests/unit/*.c) $(wildcard \
	tests/tools/*.c tests/fuzz/*.c))
-include $(patsubst %.c,$(FUZZ_BUILD)/%.d,$(SRCS) $(wildcard tests/fuzz/*.c))
