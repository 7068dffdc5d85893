# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

FILESEXTRAPATHS:prepend := "${JH_LAYER}/recipes-kernel/linux/files:"
SRC_URI:append:aarch64 = " file://jh.cfg"
