# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "A small Linux that jh can partition"
DESCRIPTION = "Boot it, then: jhctl doctor; jhctl enable /etc/jh/sys.cell."
LICENSE = "GPL-2.0-only"

inherit core-image

IMAGE_FEATURES += "ssh-server-dropbear"
IMAGE_INSTALL:append = " jh-module jh-firmware jhctl jhconf jh-inmates jh-configs"
