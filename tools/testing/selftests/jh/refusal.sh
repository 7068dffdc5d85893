#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# On a machine that jh does not support, enable is refused and changes nothing; the module says so when
# it is loaded. The expected sentence is the arguments: refusal.sh WORD...

. "$(dirname "$0")/lib.sh"

expression=$(echo "$*" | sed 's/ /.*/g')

begin
check "modprobe jh" modprobe jh
matches "which says it already" "$(dmesg)" "jh: cannot be enabled here: .*$expression.*; "
refused "enable" 1 "$expression" jhctl enable $CELLS/sys.cell
refused "dry run" 1 "$expression" jhctl enable --dry-run $CELLS/sys.cell
check "rmmod jh" rmmod jh
finish
