#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Does the kernel of ci/debug-kernel find mistakes? One of each kind, by test modules of the kernel
# itself. The kernel is broken afterwards, so this is a boot of its own.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

PROVOKE=/sys/kernel/debug/provoke-crash/DIRECT
LEAKS=/sys/kernel/debug/kmemleak

# Kmemleak reports no object younger than 5 s, nor one that has changed since its last scan.
leaks()
{
	sleep 6
	echo scan >$LEAKS
	echo scan >$LEAKS
	cat $LEAKS
}

kasan_finds()
{
	modprobe lkdtm && echo "$1" >$PROVOKE
	kernel_log | grep "BUG: KASAN:.*in lkdtm"
}

kmemleak_finds()
{
	modprobe kmemleak-test && leaks | grep "unreferenced object"
}

begin
[ -e /proc/lockdep_stats ] || skip_all "not the kernel of ci/debug-kernel"
# What the boot has lost is not looked for here.
echo scan >$LEAKS
echo clear >$LEAKS
check "lockdep's own cases passed" sh -c 'dmesg | grep "Good, all .*testcases passed"'
check "lockdep is at work" grep "debug_locks: *1" /proc/lockdep_stats
check "nothing is lost at first" test -z "$(leaks)"
check "kmemleak finds what nobody refers to" kmemleak_finds
check "KASAN finds a read of what was freed" kasan_finds READ_AFTER_FREE
check "KASAN finds a write beyond an allocation" kasan_finds SLAB_LINEAR_OVERFLOW
equal "a report is a complaint" "$(no_complaints >/dev/null; echo $?)" 1
echo "1..$tests"
[ $failures = 0 ] && exit $KSFT_PASS
exit $KSFT_FAIL
