# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "jh, a partitioning hypervisor: programs for cells"
DESCRIPTION = "Demonstrations, tests and the benchmark; jh-inmates-dev has headers and libraries for others."

inherit jh

LICENSE = "GPL-2.0-only OR BSD-2-Clause"

do_compile() {
	oe_runmake ${JH_MAKE} inmates
}

do_install() {
	for target in install install-dev; do
		oe_runmake -C ${S}/inmates O=${B}/inmates ARCH=arm64 CROSS_COMPILE=${TARGET_PREFIX} \
			JH_VERSION=${PV} DESTDIR=${D} prefix=${prefix} $target
	done
}

# They run without an operating system: nothing strips or judges them as programs of it.
INHIBIT_PACKAGE_STRIP = "1"
INHIBIT_SYSROOT_STRIP = "1"
INSANE_SKIP:${PN} += "ldflags textrel"
INSANE_SKIP:${PN}-dev += "staticdev ldflags"

FILES:${PN} = "${prefix}/lib/jh/inmates"
FILES:${PN}-dev += "${includedir} ${prefix}/lib/jh ${datadir}/pkgconfig"
