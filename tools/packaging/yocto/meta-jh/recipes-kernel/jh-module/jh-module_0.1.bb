# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "jh, a partitioning hypervisor: the kernel module"
DESCRIPTION = "Loads the hypervisor under the running Linux and manages cells, by /dev/jh."

inherit jh module

RRECOMMENDS:${PN} += "jh-firmware"

do_compile() {
	unset CFLAGS CPPFLAGS CXXFLAGS LDFLAGS
	oe_runmake ${JH_MAKE} KERNEL_SRC=${STAGING_KERNEL_DIR} O=${STAGING_KERNEL_BUILDDIR} \
		CC="${KERNEL_CC}" LD="${KERNEL_LD}" AR="${KERNEL_AR}" OBJCOPY="${KERNEL_OBJCOPY}" \
		STRIP="${KERNEL_STRIP}" driver
}

do_install() {
	unset CFLAGS CPPFLAGS CXXFLAGS LDFLAGS
	oe_runmake -C ${STAGING_KERNEL_DIR} O=${STAGING_KERNEL_BUILDDIR} ARCH=arm64 \
		CROSS_COMPILE=${TARGET_PREFIX} M=${B}/driver/kdir/driver INSTALL_MOD_DIR=extra DEPMOD=echo \
		MODLIB="${D}${nonarch_base_libdir}/modules/${KERNEL_VERSION}" CC="${KERNEL_CC}" \
		LD="${KERNEL_LD}" OBJCOPY="${KERNEL_OBJCOPY}" STRIP="${KERNEL_STRIP}" modules_install
}
