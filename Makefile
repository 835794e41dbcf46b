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

.PHONY: all help clean unit
.SECONDARY:
all: $(BUILD)/ikewatchd $(BUILD)/ikewatch

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJS)
	rm -f $@
	ar rcs $@ $^

$(BUILD)/ikewatchd: $(BUILD)/daemon/main.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

$(BUILD)/ikewatch: $(BUILD)/daemon/ikewatch.o $(LIB)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread

$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(TEST_LIBS) $(PKG_LIBS) -lpthread

# The unit tests: one program each, run in turn.
unit: $(UNITS)
	@for t in $(UNITS); do $$t || exit 1; done

clean:
	rm -rf build

-include $(patsubst %.c,$(BUILD)/%.d,$(SRCS) $(wildcard tests/unit/*.c))
