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

# A tarball (make dist) knows which version it is; a clone is on its way to the next one.
ifneq ($(wildcard .version),)
export JH_VERSION := $(firstword $(file <.version))
endif

# KERNEL_SRC is what Yocto and Buildroot call KDIR. A machine that jh can run on builds for itself.
ifdef KERNEL_SRC
KDIR		?= $(KERNEL_SRC)
endif
ifeq ($(shell uname -m)$(wildcard $(BUILD)/kernels),aarch64)
KDIR		?= /lib/modules/$(shell uname -r)/build
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

all: hypervisor driver jhctl jhvirtiod inmates configs selftests

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

jhvirtiod:
	+$(Q)$(call part,tools/jhvirtiod,jhvirtiod)

jhconf:
	+$(Q)$(call part,tools/jhconf,jhconf)

configs:
	+$(Q)$(call part,configs,configs) BOARD=$(BOARD) TREE=$(TREE)

# The kernel's lib.mk would say that there is nothing to do.
selftests:
	+$(Q)$(call part,tools/testing/selftests/jh,selftests) $(if $(filter 1,$(V)),,-s)

driver: $(DRIVERS)

# The kernel's build writes beside the sources, hence the copy. Two makes must not meet in it.
NO_KERNEL	:= there is no kernel to build the module for: install its headers \
		   (linux-headers-$(shell uname -r) on the machine itself), say KDIR=DIR, or run make setup
$(DRIVERS): driver-%:
	@test -d $(KDIR_$*) || { echo '$(NO_KERNEL)' >&2; exit 1; }
	$(Q)mkdir -p $(BUILD)/driver/$*
	$(Q)cp -ru driver hypervisor $(BUILD)/driver/$*
	$(Q)flock $(BUILD)/driver/$*.lock \
		$(MAKE) -C $(KDIR_$*) M=$(BUILD)/driver/$*/driver ARCH=$(ARCH) \
		CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES= V=$(V) modules

# What `make install` asks for where there is none.
driver-:
	@echo '$(NO_KERNEL)' >&2; exit 1

# Debian has no rpmsg over virtio; its source of the kernel has. KSRC is that of KERNEL, or what
# ci/setup has unpacked of it.
RPMSG_FILES	:= virtio_rpmsg_bus.c rpmsg_char.c rpmsg_ctrl.c rpmsg_ns.c rpmsg_internal.h rpmsg_char.h
rpmsg_source	= $(patsubst %/virtio_rpmsg_bus.c,%,$(firstword $(wildcard $(addsuffix \
		  /drivers/rpmsg/virtio_rpmsg_bus.c,$(or $(KSRC), \
		  $(BUILD)/rpmsg-source/$(firstword $(subst -, ,$(1))))))))
NO_KSRC		:= the source of the kernel is missing: KSRC=DIR, where drivers/rpmsg is

rpmsg: rpmsg-$(KERNEL)

RPMSGS		:= $(KERNELS:%=rpmsg-%)
$(RPMSGS): rpmsg-%:
	@test -n '$(call rpmsg_source,$*)' || { echo '$(NO_KSRC)' >&2; exit 1; }
	$(Q)mkdir -p $(BUILD)/rpmsg/$*
	$(Q)cp -u tools/rpmsg/Kbuild $(RPMSG_FILES:%=$(call rpmsg_source,$*)/%) \
		$(wildcard $(call rpmsg_source,$*)/../tty/rpmsg_tty.c) $(BUILD)/rpmsg/$*
	$(Q)flock $(BUILD)/rpmsg/$*.lock \
		$(MAKE) -C $(KDIR_$*) M=$(BUILD)/rpmsg/$* ARCH=$(ARCH) \
		CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES= V=$(V) modules

# A driver of Linux that the selftests load.
PEERS		:= $(KERNELS:%=peer-%)
$(PEERS): peer-%:
	$(Q)mkdir -p $(BUILD)/peer/$*
	$(Q)cp -ru tools/testing/selftests/jh/peer/* hypervisor/uapi $(BUILD)/peer/$*
	$(Q)flock $(BUILD)/peer/$*.lock \
		$(MAKE) -C $(KDIR_$*) M=$(BUILD)/peer/$* ARCH=$(ARCH) \
		CROSS_COMPILE=$(CROSS_COMPILE) CONFIG_DEBUG_INFO_BTF_MODULES= V=$(V) modules

docs:
	+$(Q)$(call part,Documentation,docs)

# The module first and with its index, so that a later failure leaves nothing that does not load.
install: hypervisor jhctl jhvirtiod inmates jhconf driver-$(KERNEL)
	+$(Q)$(MAKE) install-module install-programs install-services install-development
	+$(if $(BOARD),$(Q)$(call part,configs,configs) BOARD=$(BOARD) TREE=$(TREE) \
		DESTDIR=$(DESTDIR) install-board)

# Kbuild compresses and signs as the kernel is configured. Headers of a distribution come without the
# key: the module is not signed then, which a kernel that insists on it says when it is loaded.
signing_key	= $(shell sed -n 's/^CONFIG_MODULE_SIG_KEY="\(.*\)"/\1/p' \
		  $(KDIR_$(KERNEL))/include/config/auto.conf)
has_key		= $(or $(filter pkcs11:%,$(1)),$(wildcard $(if $(1),$(1) $(KDIR_$(KERNEL))/$(1))))

install-module:
	+$(Q)$(MAKE) -C $(KDIR_$(KERNEL)) M=$(BUILD)/driver/$(KERNEL)/driver ARCH=$(ARCH) \
		CROSS_COMPILE=$(CROSS_COMPILE) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=extra \
		$(if $(call has_key,$(signing_key)),,CONFIG_MODULE_SIG_ALL=) V=$(V) modules_install
	$(if $(DESTDIR),,$(Q)depmod $(call release,$(KERNEL)))
	+$(Q)$(call install_part,hypervisor,hypervisor)

install-programs:
	+$(Q)$(call install_part,tools/jhctl,jhctl)
	+$(Q)$(call install_part,tools/jhvirtiod,jhvirtiod)
	+$(Q)$(call install_part,inmates,inmates)

# init=systemd, openrc, busybox or all; initramfs=initramfs-tools, dracut, all or none.
install-services:
	+$(Q)$(call install_part,tools/packaging,packaging)

install-development:
	+$(Q)$(call install_part,tools/jhconf,jhconf)
	+$(Q)$(call install_part,inmates,inmates)-dev
	+$(Q)$(call install_part,configs,configs)-sources

# The kselftests, and the configurations of all machines that a device tree is here for.
install-tests: selftests configs
	+$(Q)$(call install_part,configs,configs)
	+$(Q)$(call install_part,tools/testing/selftests/jh,selftests)

# Debian packages, and a tarball of the commit; see tools/packaging.
deb:
	$(Q)tools/packaging/build-deb $(BUILD)/deb

dist:
	$(Q)tools/packaging/dist $(BUILD)/dist

# What jh-qemu installs in its root cells. A root needs its own kernel's module, not the others'.
$(foreach k,$(KERNELS),$(eval root-$(k): $(if $(call rpmsg_source,$(k)),rpmsg-$(k))))

root: $(if $(filter command line environment,$(origin KERNEL)),root-$(KERNEL),$(ROOTS))

$(ROOTS): root-%: hypervisor jhctl jhvirtiod inmates configs selftests driver-% peer-%
	$(Q)mkdir -p $(BUILD)/root
	$(Q)flock $(BUILD)/root/$*.lock $(MAKE) swap-root KERNEL=$* >$(BUILD)/root/$*.log

swap-root:
	$(Q)rm -rf $(BUILD)/root/$(KERNEL).new
	$(Q)install -D -m 644 -t $(BUILD)/root/$(KERNEL).new/lib/modules/$(call release,$(KERNEL))/extra \
		$(BUILD)/driver/$(KERNEL)/driver/*.ko $(wildcard $(BUILD)/rpmsg/$(KERNEL)/*.ko) \
		$(BUILD)/peer/$(KERNEL)/*.ko
	$(Q)install -D -m 644 -t $(BUILD)/root/$(KERNEL).new/lib/firmware/jh \
		$(BUILD)/hypervisor/jh-gicv[23].bin $(BUILD)/hypervisor/jh-gicv[23]-base.bin
	$(Q)$(MAKE) install-programs install-tests DESTDIR=$(BUILD)/root/$(KERNEL).new DEFAULT_BOARD=
	$(Q)rm -rf $(BUILD)/root/$(KERNEL)
	$(Q)mv $(BUILD)/root/$(KERNEL).new $(BUILD)/root/$(KERNEL)

setup:
	$(Q)ci/setup

# A second make, because the first one does not see the kernels that setup unpacks.
demo shell: setup
	$(Q)$(MAKE) run-$@

run-demo: root-$(KERNEL)
	$(Q)tools/testing/qemu/demo --kernel $(KERNEL) $(MACHINE:%=--machine %) $(CELL:%=--cell %)

run-shell: root-$(KERNEL)
	$(Q)$(JH_QEMU) --kernel $(KERNEL) $(MACHINE:%=--machine %)

check-fast bench bench-long: setup
	$(Q)ci/check $@

# With the kernel of 16 KiB pages, which only the matrix of machines needs.
check: setup
	$(Q)ci/setup 6.12-16k
	$(Q)ci/check $@

# And with the source of kernels, for ci/check-kernels, and the kernel that finds mistakes.
check-long: setup
	$(Q)ci/setup 6.12-16k sources guest packages debian debug
	$(Q)ci/check $@

# One test by its name; see ci/t.
t:
	$(Q)KERNEL=$(KERNEL) ci/t $(T)

coverage:
	$(Q)ci/setup 6.12 coverage
	+$(Q)$(MAKE) root-6.12
	$(Q)ci/coverage $(PART:%=--part %)

mutate:
	$(Q)ci/mutate $(if $(SEED),--seed $(SEED)) $(if $(SAMPLE),--sample $(SAMPLE))

clean:
	rm -rf $(addprefix $(BUILD)/,hypervisor inmates jhctl jhvirtiod configs selftests driver docs \
		rpmsg peer root initramfs qemu deb dist check check-kernels test mutate coverage)

distclean:
	rm -rf $(BUILD)

help:
	@echo 'Without a target: everything but the documentation, into build/.'
	@echo ''
	@echo '  demo         set up this machine, then partition a running Linux in QEMU; CELL=linux runs'
	@echo '               a second Linux beside it, CELL=rtos, the default, bare-metal programs'
	@echo '  shell        set up this machine, then a shell in a root cell in QEMU'
	@echo '  check        set up this machine, then run the tests (30 minutes at most)'
	@echo '  check-fast   the tests that need no QEMU, and one boot (2 minutes)'
	@echo '  check-long   all tests'
	@echo '  t T=NAME     one test: test-create, test_life, lifecycle.sh, driver/cell.c (see ci/t)'
	@echo '  mutate       mistakes at random places: which does no test notice? SEED=1 SAMPLE=10'
	@echo '  coverage     which lines and branches do the tests reach? PART=driver'
	@echo '  bench        measure, in instructions; bench-long measures everything'
	@echo '  setup        only set up this machine: packages and kernels (see ci/setup --help)'
	@echo ''
	@echo '  hypervisor driver jhctl jhvirtiod jhconf inmates configs selftests   one part'
	@echo '  rpmsg        the kernel'"'"'s own drivers of rpmsg, where it comes without; KSRC=DIR is its source'
	@echo '  docs         the documentation as HTML, in build/docs'
	@echo '  root         install for jh-qemu, in build/root/<kernel>'
	@echo '  install      install into the running system, or below DESTDIR: module, images, jhctl,'
	@echo '               jhvirtiod, jhconf, inmates, headers, units of systemd (init=openrc, busybox, all), and with'
	@echo '               BOARD=NAME its configurations'
	@echo '  install-tests  the kselftests, and the configurations of all machines'
	@echo '  deb          Debian packages for arm64, in build/deb; dist: a tarball with its SBOM, in build/dist'
	@echo '  clean        remove what was built; distclean: the stock kernels too'
	@echo ''
	@echo '  KDIR=DIR     build the driver for the kernel in DIR (KERNEL_SRC= is the same), not for those of'
	@echo '               ci/setup; on arm64 without ci/setup it is the running kernel'
	@echo '  MACHINE=NAME  the machine of jh-qemu for demo and shell, such as zcu102'
	@echo '  BOARD=NAME   the machine (configs/arm64/NAME) for make configs and make install;'
	@echo '               TREE=FILE is its device tree, if it is not found'
	@echo '  KERNEL=NAME  the kernel for demo, shell and install: $(KERNELS)'
	@echo '  CROSS_COMPILE=PREFIX  ARCH=arm64  prefix=/usr  V=1 shows the commands'
	@echo ''
	@echo 'Needs, by the names of Debian packages (the table is in Documentation/install.rst):'
	@echo '  a build      make gcc python3 (3.11) libfdt-dev pkg-config linux-headers-$$(uname -r);'
	@echo '               crossed gcc-aarch64-linux-gnu, and libfdt-dev for arm64'
	@echo '  deb          dpkg-dev debhelper dh-dkms python3-sphinx; crossed: ci/setup packages'
	@echo '  docs         python3-sphinx; dist: git xz-utils'
	@echo '  the rest     demo, shell, check, bench install what they need by ci/setup, on amd64'

.PHONY: all hypervisor inmates jhctl jhvirtiod jhconf configs selftests driver $(DRIVERS) rpmsg $(RPMSGS) $(PEERS) docs install \
	install-module install-programs install-services install-development install-tests deb dist root swap-root $(ROOTS) setup demo shell run-demo run-shell check \
	check-fast check-long bench bench-long t coverage mutate clean distclean help
