#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A locked-down kernel refuses the hypervisor, which is unsigned. The last test of a boot: no module
# can be loaded afterwards.

. "$(dirname "$0")/lib.sh"

LOCKDOWN=/sys/kernel/security/lockdown

begin
[ -e $LOCKDOWN ] || mount -t securityfs none /sys/kernel/security
[ -e $LOCKDOWN ] || skip_all "this kernel has no lockdown"
check "modprobe jh" modprobe jh
check "a dry run" jhctl enable --dry-run $CELLS/sys.cell
echo integrity >$LOCKDOWN
refused "enable of a kernel that is locked down" 1 "locked down" jhctl enable $CELLS/sys.cell
refused "a dry run as well" 1 "locked down" jhctl enable --dry-run $CELLS/sys.cell
check "rmmod jh" rmmod jh
refused "loading the module" 3 "locked down.*unsigned modules: start it without" jhctl enable $CELLS/sys.cell
finish
