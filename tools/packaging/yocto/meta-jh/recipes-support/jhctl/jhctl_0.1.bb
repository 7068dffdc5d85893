# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "jh, a partitioning hypervisor: jhctl, jhvirtiod, and units for cells"
DESCRIPTION = "The program that controls jh, the one behind virtio devices of cells, a rule of udev, completion, and units of systemd or a script of init."

DEPENDS = "dtc"
RRECOMMENDS:${PN} += "jh-module jh-firmware"

inherit jh pkgconfig systemd useradd bash-completion

USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system jh"

JH_INIT = "${@bb.utils.contains('DISTRO_FEATURES', 'systemd', 'systemd', 'busybox', d)}"
# There is nothing to enable before there is a configuration.
SYSTEMD_SERVICE:${PN} = "jh.service"
SYSTEMD_AUTO_ENABLE = "disable"

do_compile() {
	oe_runmake ${JH_MAKE} jhctl jhvirtiod
}

do_install() {
	oe_runmake -C ${S}/tools/jhctl O=${B}/jhctl ARCH=arm64 CROSS_COMPILE=${TARGET_PREFIX} \
		JH_VERSION=${PV} ${JH_INSTALL} install
	oe_runmake -C ${S}/tools/jhvirtiod O=${B}/jhvirtiod ARCH=arm64 CROSS_COMPILE=${TARGET_PREFIX} \
		JH_VERSION=${PV} ${JH_INSTALL} install
	oe_runmake -C ${S}/tools/packaging O=${B}/packaging init=${JH_INIT} initramfs=none ${JH_INSTALL} install
}

FILES:${PN} += "${systemd_system_unitdir} ${nonarch_base_libdir}/udev ${nonarch_libdir}/sysusers.d ${libdir}/jh"
