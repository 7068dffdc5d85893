# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

SUMMARY = "jh, a partitioning hypervisor: jhconf"
DESCRIPTION = "Writes, compiles, checks and draws configurations; jhconf-native does so while an image is built."

inherit jh

# It also runs on the machine that builds.
COMPATIBLE_HOST:class-native = ".*"
RDEPENDS:${PN}:class-target = "python3-core python3-json python3-xml"

do_compile() {
	oe_runmake -C ${S}/tools/jhconf O=${B}/jhconf CC="${CC} ${CFLAGS} ${LDFLAGS}"
}

do_install() {
	oe_runmake -C ${S}/tools/jhconf O=${B}/jhconf CC="${CC} ${CFLAGS} ${LDFLAGS}" \
		DESTDIR=${D} prefix=${prefix} install
}

FILES:${PN} += "${datadir}/jh"

BBCLASSEXTEND = "native nativesdk"
