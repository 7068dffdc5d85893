# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "jh, a partitioning hypervisor: configurations of this machine"
DESCRIPTION = "JH_BOARD names a folder of configs/arm64, whose sources are compiled with the device tree of the image."

inherit jh

# The machine's include sets both. The tree is the one that the boot loader hands to Linux.
JH_BOARD ??= ""
JH_TREE ??= "${DEPLOY_DIR_IMAGE}/${@os.path.basename((d.getVar('KERNEL_DEVICETREE') or '').split(' ')[0])}"
JH_TREE_DEPENDS ??= "virtual/kernel:do_deploy"

DEPENDS = "jhconf-native"
PACKAGE_ARCH = "${MACHINE_ARCH}"
do_compile[depends] += "${JH_TREE_DEPENDS}"

python () {
    if not d.getVar('JH_BOARD'):
        raise bb.parse.SkipRecipe("JH_BOARD names no folder of configs/arm64: require a machine's include of meta-jh")
}

do_compile() {
	oe_runmake -C ${S}/configs O=${B}/configs TOOLS=${B}/tools BOARD=${JH_BOARD} TREE=${JH_TREE}
}

do_install() {
	oe_runmake -C ${S}/configs O=${B}/configs TOOLS=${B}/tools BOARD=${JH_BOARD} TREE=${JH_TREE} \
		DESTDIR=${D} install-board
}

FILES:${PN} = "${sysconfdir}/jh"
