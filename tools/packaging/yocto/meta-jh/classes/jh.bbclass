# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# What all recipes of jh have in common: they build the tree that the layer lies in, each in a
# directory of its own.

HOMEPAGE ?= ""
SECTION ?= "kernel"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://LICENSE;md5=b234ee4d69f5fce4486a80fdaf4a4263"

PV = "0.1"

inherit externalsrc
EXTERNALSRC = "${JH_SOURCE}"
EXTERNALSRC_BUILD = "${WORKDIR}/build"

COMPATIBLE_HOST = "aarch64.*-linux"

# JH_VERSION: module, images and jhctl say the same one.
JH_MAKE = "-C ${S} BUILD=${B} ARCH=arm64 CROSS_COMPILE=${TARGET_PREFIX} JH_VERSION=${PV} V=1"
JH_INSTALL = "DESTDIR=${D} prefix=${prefix} firmwaredir=${nonarch_base_libdir}/firmware \
    unitdir=${systemd_system_unitdir} udevdir=${nonarch_base_libdir}/udev"

do_configure[noexec] = "1"
