# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# How host tests are built and run: cmocka programs under ASan and UBSan, and fuzz targets (clang).
# Included by a Makefile that sets
#
#	O		the output directory, absolute
#	TESTS, SEEDS, FUZZERS, GROUPS	names of programs, and of groups of sources that programs share
#	MORE		programs that `check` does not run
#	<name>-y	sources of each, relative to ROOT; <name>-flags, <name>-ldflags, <name>-with
#	ROOT		the top of the sources, relative to the Makefile; INCLUDES, what all need

TEST_DIR := $(dir $(lastword $(MAKEFILE_LIST)))
V ?= 0
EXTRA_FLAGS ?=
FUZZ_SECONDS ?= 300
# In every test program; refusals.c looks at each refusal
byline-y := $(BYLINE)
byline-ldflags := $(if $(filter %refusals.c,$(BYLINE)),$(patsubst %,-Wl$(comma)--wrap=%,\
	refuse refuse_value refuse_other))
quiet = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

CC := gcc
CLANG := clang
SANITIZE := -fno-sanitize-recover=all -fsanitize=address,undefined
FLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -MMD -MP -fno-omit-frame-pointer $(INCLUDES) \
	$(EXTRA_FLAGS)

.PHONY: all tests list check check-long clean
all: $(addprefix $(O)/,$(TESTS) $(FUZZERS) $(SEEDS))

# Those that are not fuzzers, and their names
tests: $(addprefix $(O)/,$(TESTS))

list:
	@echo $(TESTS)

check: all
	$(call quiet,TEST,$(NAME) unit tests)$(TEST_DIR)run-tests \
		$(foreach t,$(TESTS),$(O)/$(t)) $(foreach t,$(FUZZERS),--fuzz 2 $(O)/$(t))

check-long: all
	$(call quiet,FUZZ,$(FUZZERS))$(TEST_DIR)run-tests \
		$(foreach t,$(FUZZERS),--fuzz $(FUZZ_SECONDS) $(O)/$(t))

clean:
	rm -rf $(O)

# objects(program or group)
objects = $(patsubst %.c,$(O)/$(1).o/%.o,$($(1)-y))

# compiled(name): its objects lie in a directory of its own, so that flags may differ.
define compiled
$(O)/$(1).o/%.o: $(ROOT)/%.c Makefile $(TEST_DIR)programs.mk
	@mkdir -p $$(@D)
	$$(call quiet,CC,$(1)/$$*.o)$(CC) $(FLAGS) $(SANITIZE) $$($(1)-flags) \
		$$($$($(1)-with)-flags) -c -o $$@ $$<
endef

define program
$(O)/$(1): $(call objects,$(1)) $(call objects,byline) $(if $($(1)-with),$(call objects,$($(1)-with)))
	$$(call quiet,LD,$(1))$(CC) $(SANITIZE) -o $$@ $$^ $$($(1)-ldflags) \
		$$($$($(1)-with)-ldflags) $(byline-ldflags) -lcmocka
$(call compiled,$(1))
endef

define fuzzer
$(O)/$(1): $(patsubst %.c,$(O)/$(1).o/%.o,$($(1)-y))
	$$(call quiet,LD,$(1))$(CLANG) $(SANITIZE),fuzzer -o $$@ $$^ $$($(1)-ldflags)
$(O)/$(1).o/%.o: $(ROOT)/%.c Makefile $(TEST_DIR)programs.mk
	@mkdir -p $$(@D)
	$$(call quiet,CC,$(1)/$$*.o)$(CLANG) $(FLAGS) $(SANITIZE),fuzzer $$($(1)-flags) \
		-c -o $$@ $$<
endef

$(foreach g,$(GROUPS) byline,$(eval $(call compiled,$(g))))
$(foreach t,$(TESTS) $(MORE) $(SEEDS),$(eval $(call program,$(t))))
$(foreach t,$(FUZZERS),$(eval $(call fuzzer,$(t))))

-include $(shell find $(O) -name '*.d' 2>/dev/null)
