# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# As much of Buildroot as package/jh/jh.mk needs:
#
#	make -f stand-in.mk TREE= SYSROOT= LINUX_DIR= TARGET_DIR= build|install

BR2_EXTERNAL_JH_PATH := $(TREE)/tools/packaging/buildroot
BR2_PACKAGE_JH_INMATES := y
BR2_PACKAGE_JH_JHCONF := y
TARGET_CROSS := aarch64-linux-gnu-
TARGET_CC := $(TARGET_CROSS)gcc
TARGET_MAKE_ENV := PATH="$(PATH)"
# Flags of package/Makefile.in, in the same order of words: these are variables in the environment.
TARGET_CONFIGURE_OPTS := $(TARGET_MAKE_ENV) AR="$(TARGET_CROSS)ar" AS="$(TARGET_CROSS)as" \
	LD="$(TARGET_CROSS)ld" NM="$(TARGET_CROSS)nm" CC="$(TARGET_CC)" GCC="$(TARGET_CC)" \
	CPP="$(TARGET_CROSS)cpp" STRIP="$(TARGET_CROSS)strip" OBJCOPY="$(TARGET_CROSS)objcopy" \
	OBJDUMP="$(TARGET_CROSS)objdump" \
	CFLAGS="-D_LARGEFILE_SOURCE -D_FILE_OFFSET_BITS=64 -O2 -g0 -D_FORTIFY_SOURCE=1 -isystem $(SYSROOT)/include" \
	LDFLAGS="-L$(SYSROOT)/lib/aarch64-linux-gnu" PKG_CONFIG="false" STAGING_DIR="/nowhere"

qstrip = $(strip $(subst ",,$(1)))
# Buildroot copies the tree; here it is a copy already, in which @D is that of a target.
generic-package = $(nothing)
include $(BR2_EXTERNAL_JH_PATH)/external.mk

$(TREE)/build:
	$(JH_BUILD_CMDS)
$(TREE)/install:
	$(JH_INSTALL_TARGET_CMDS)
.PHONY: $(TREE)/build $(TREE)/install
