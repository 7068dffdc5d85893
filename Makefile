# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Everything that is made lies in build/. `make help` lists the targets.

ARCH		?= arm64
ifeq ($(shell uname -m),aarch64)
CROSS_COMPILE	?=
else
CROSS_COMPILE	?= aarch64-linux-gnu-
endif
DESTDIR		?=
prefix		?= /usr

TOP		:= $(CURDIR)
BUILD		:= $(TOP)/build
JH_QEMU		:= tools/testing/qemu/jh-qemu

ifeq ($(V),1)
Q		:=
else
Q		:= @
MAKEFLAGS	+= --no-print-directory
endif

# The driver is built for KDIR, or for each stock kernel that ci/setup has unpacked. KERNEL names
# one of these for the targets that need one; for make install it selects the module.
ifdef KDIR
KERNELS		:= kdir
KDIR_kdir	:= $(abspath $(KDIR))
KERNEL		?= kdir
else
KERNELS		:= $(patsubst $(BUILD)/kernels/%/version,%,$(wildcard $(BUILD)/kernels/*/version))
$(foreach k,$(KERNELS),$(eval KDIR_$(k) := $(BUILD)/kernels/$(k)/headers))
KERNEL		?= $(if $(filter 6.12,$(KERNELS)),6.12,$(firstword $(KERNELS)))
endif
# Debian names a kernel otherwise than include/config/kernel.release says.
release		= $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
		  $(KDIR_$(1))/include/generated/utsrelease.h)

DRIVERS		:= $(KERNELS:%=driver-%)
ROOTS		:= $(KERNELS:%=root-%)

all: hypervisor driver jhctl inmates configs selftests

# make in part $(1), with its output in build/$(2)
part		= $(if $(wildcard $(1)/Makefile),$(MAKE) -C $(1) O=$(BUILD)/$(2) ARCH=$(ARCH) \
		  CROSS_COMPILE=$(CROSS_COMPILE) V=$(V),: not there yet)
install_part	= $(call part,$(1),$(2)) DESTDIR=$(DESTDIR) prefix=$(prefix) install

hypervisor:
	+$(Q)$(call part,hypervisor,hypervisor)

inmates:
	+$(Q)$(call part,inmates,inmates)

jhctl:
	+$(Q)$(call part,tools/jhctl,jhctl)

configs:
	+$(Q)$(call part,configs,configs)

# The kernel's lib.mk would say that there is nothing to do.
selftests:
	+$(Q)$(call part,tools/testing/selftests/jh,selftests) $(if $(filter 1,$(V)),,-s)

driver: $(DRIVERS)

# The kernel's build writes beside the sources, hence the copy. Two makes must not meet in it.
$(DRIVERS): driver-%:
	$(Q)mkdir -p $(BUILD)/driver/$*
	$(Q)cp -ru driver hypervisor $(BUILD)/driver/$*
	$(Q)flock $(BUILD)/driver/$*.lock \
		$(MAKE) -C $(KDIR_$*) M=$(BUILD)/driver/$*/driver ARCH=$(ARCH) \
		CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES= V=$(V) modules

docs:
	+$(Q)$(call part,Documentation,docs)

install: hypervisor jhctl inmates configs selftests driver-$(KERNEL)
	+$(Q)$(MAKE) install-built

install-built:
	$(Q)install -d $(DESTDIR)/lib/modules/$(call release,$(KERNEL))/extra
	$(Q)install -m 644 $(BUILD)/driver/$(KERNEL)/driver/jh.ko \
		$(DESTDIR)/lib/modules/$(call release,$(KERNEL))/extra
	$(Q)install -d $(DESTDIR)/lib/firmware/jh
	$(Q)install -m 644 $(BUILD)/hypervisor/jh-gicv[23].bin $(DESTDIR)/lib/firmware/jh
	+$(Q)$(call install_part,tools/jhctl,jhctl)
	+$(Q)$(call install_part,inmates,inmates)
	+$(Q)$(call install_part,configs,configs)
	+$(Q)$(call install_part,tools/testing/selftests/jh,selftests)
	$(if $(DESTDIR),,$(Q)depmod $(call release,$(KERNEL)))

# What jh-qemu installs in its root cells. A root needs its own kernel's module, not the others'.
root: $(if $(filter command line environment,$(origin KERNEL)),root-$(KERNEL),$(ROOTS))

$(ROOTS): root-%: hypervisor jhctl inmates configs selftests driver-%
	$(Q)mkdir -p $(BUILD)/root
	$(Q)flock $(BUILD)/root/$*.lock $(MAKE) swap-root KERNEL=$* >$(BUILD)/root/$*.log

swap-root:
	$(Q)rm -rf $(BUILD)/root/$(KERNEL).new
	$(Q)$(MAKE) install-built DESTDIR=$(BUILD)/root/$(KERNEL).new BOARD=
	$(Q)rm -rf $(BUILD)/root/$(KERNEL)
	$(Q)mv $(BUILD)/root/$(KERNEL).new $(BUILD)/root/$(KERNEL)

setup:
	$(Q)ci/setup

# A second make, because the first one does not see the kernels that setup unpacks.
demo shell: setup
	$(Q)$(MAKE) root run-$@

run-demo:
	$(Q)tools/testing/qemu/demo --kernel $(KERNEL) $(MACHINE:%=--machine %)

run-shell:
	$(Q)$(JH_QEMU) --kernel $(KERNEL) $(MACHINE:%=--machine %)

check-fast bench bench-long: setup
	$(Q)ci/check $@

# With the kernel of 16 KiB pages, which only the matrix of machines needs.
check: setup
	$(Q)ci/setup 6.12-16k
	$(Q)ci/check $@

# And with the source of kernels, for ci/check-kernels.
check-long: setup
	$(Q)ci/setup 6.12-16k sources
	$(Q)ci/check $@

# One test by its name; see ci/t.
t:
	$(Q)KERNEL=$(KERNEL) ci/t $(T)

mutate:
	$(Q)ci/mutate $(if $(SEED),--seed $(SEED)) $(if $(SAMPLE),--sample $(SAMPLE))

clean:
	rm -rf $(addprefix $(BUILD)/,hypervisor inmates jhctl configs selftests driver docs \
		root initramfs qemu check check-kernels test mutate)

distclean:
	rm -rf $(BUILD)

help:
	@echo 'Without a target: everything but the documentation, into build/.'
	@echo ''
	@echo '  demo         set up this machine, then partition a running Linux in QEMU'
	@echo '  shell        set up this machine, then a shell in a root cell in QEMU'
	@echo '  check        set up this machine, then run the tests (30 minutes at most)'
	@echo '  check-fast   the tests that need no QEMU, and one boot (2 minutes)'
	@echo '  check-long   all tests'
	@echo '  t T=NAME     one test: test-create, test_life, lifecycle.sh, driver/cell.c (see ci/t)'
	@echo '  mutate       mistakes at random places: which does no test notice? SEED=1 SAMPLE=10'
	@echo '  bench        measure, in instructions; bench-long measures everything'
	@echo '  setup        only set up this machine: packages and kernels (see ci/setup --help)'
	@echo ''
	@echo '  hypervisor driver jhctl inmates configs selftests   one part'
	@echo '  docs         the documentation as HTML, in build/docs'
	@echo '  root         install for jh-qemu, in build/root/<kernel>'
	@echo '  install      install into the running system, or below DESTDIR'
	@echo '  clean        remove what was built; distclean: the stock kernels too'
	@echo ''
	@echo '  KDIR=DIR     build the driver for the kernel in DIR, not for those of ci/setup'
	@echo '  MACHINE=NAME  the machine of jh-qemu for demo and shell, such as zcu102'
	@echo '  BOARD=NAME   the configurations (configs/arm64/NAME) for make install'
	@echo '  KERNEL=NAME  the kernel for demo, shell and install: $(KERNELS)'
	@echo '  CROSS_COMPILE=PREFIX  ARCH=arm64  prefix=/usr  V=1 shows the commands'

.PHONY: all hypervisor inmates jhctl configs selftests driver $(DRIVERS) docs install \
	install-built root swap-root $(ROOTS) setup demo shell run-demo run-shell check \
	check-fast check-long bench bench-long t mutate clean distclean help
