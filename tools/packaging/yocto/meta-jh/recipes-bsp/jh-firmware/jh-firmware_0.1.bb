# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "jh, a partitioning hypervisor: its images"
DESCRIPTION = "What the module loads: one image for each interrupt controller, and both without optional units."

inherit jh

do_compile() {
	oe_runmake ${JH_MAKE} hypervisor
}

do_install() {
	oe_runmake -C ${S}/hypervisor O=${B}/hypervisor ARCH=arm64 CROSS_COMPILE=${TARGET_PREFIX} \
		JH_VERSION=${PV} ${JH_INSTALL} install
}

FILES:${PN} = "${nonarch_base_libdir}/firmware/jh"
