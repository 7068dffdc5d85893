################################################################################
#
# jh
#
################################################################################

# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

# The tree that this folder lies in.
JH_VERSION = 0.1
JH_SITE = $(BR2_EXTERNAL_JH_PATH)/../../..
JH_SITE_METHOD = local
JH_LICENSE = GPL-2.0-only, GPL-2.0-only or BSD-2-Clause (inmates, headers)
JH_LICENSE_FILES = LICENSE
JH_DEPENDENCIES = dtc linux
# What was built in the tree stays there.
JH_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude build

JH_PARTS = hypervisor jhctl jhvirtiod driver
JH_INSTALLS = install-module install-services
ifeq ($(BR2_PACKAGE_JH_INMATES),y)
JH_PARTS += inmates
endif
ifeq ($(BR2_PACKAGE_JH_JHCONF),y)
JH_PARTS += jhconf
endif
JH_BOARD = $(call qstrip,$(BR2_PACKAGE_JH_BOARD))

# One command line for all parts. The kernel's own compiler options come from its build.
JH_MAKE_OPTS = \
	$(TARGET_CONFIGURE_OPTS) \
	ARCH=arm64 \
	CROSS_COMPILE="$(TARGET_CROSS)" \
	KERNEL_SRC="$(LINUX_DIR)" \
	JH_VERSION=$(JH_VERSION) \
	prefix=/usr

JH_INIT = $(if $(BR2_INIT_SYSTEMD),systemd,$(if $(BR2_INIT_OPENRC),openrc,busybox))

define JH_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(JH_MAKE_OPTS) -C $(@D) $(JH_PARTS)
endef

define JH_INSTALL_PART
	$(TARGET_MAKE_ENV) $(MAKE) $(JH_MAKE_OPTS) -C $(@D)/$(1) O=$(@D)/build/$(2) \
		DESTDIR=$(TARGET_DIR) install
endef

define JH_INSTALL_BOARD
	$(if $(JH_BOARD),$(MAKE) -C $(@D)/configs O=$(@D)/build/configs BOARD=$(JH_BOARD) \
		TREE=$(call qstrip,$(BR2_PACKAGE_JH_TREE)) DESTDIR=$(TARGET_DIR) install-board)
endef

define JH_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) $(JH_MAKE_OPTS) -C $(@D) DESTDIR=$(TARGET_DIR) \
		init=$(JH_INIT) initramfs=none $(JH_INSTALLS)
	$(call JH_INSTALL_PART,tools/jhctl,jhctl)
	$(call JH_INSTALL_PART,tools/jhvirtiod,jhvirtiod)
	$(if $(BR2_PACKAGE_JH_INMATES),$(call JH_INSTALL_PART,inmates,inmates))
	$(if $(BR2_PACKAGE_JH_JHCONF),$(call JH_INSTALL_PART,tools/jhconf,jhconf))
	$(JH_INSTALL_BOARD)
endef

$(eval $(generic-package))
