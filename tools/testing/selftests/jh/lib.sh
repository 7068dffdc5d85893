#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# For the tests in shell: TAP, usual steps of jh, checks that nothing changed. Runs under busybox' sh.

# shellcheck disable=SC2034 # for the scripts that include this
JH_SYS=/sys/devices/virtual/misc/jh
INMATES=/usr/lib/jh/inmates
CELLS=/etc/jh
COMPLAINTS='WARNING:|BUG:|Oops|Call trace|rcu.*stall|soft lockup|Unable to handle|bad page'
COMPLAINTS="$COMPLAINTS|INFO: (possible|inconsistent|trying to register|task .* blocked)|ODEBUG"
LEAKS=/sys/kernel/debug/kmemleak
KSFT_PASS=0
KSFT_FAIL=1

tests=0
failures=0
work=$(mktemp -d)
trap 'tidy; rm -rf "$work"' EXIT

# A system for the version of the GIC that this machine does not have
other_system()
{
	if grep -q GICv3 /proc/interrupts; then
		echo $CELLS/sys-gicv2.cell
	else
		echo $CELLS/sys-other.cell
	fi
}

# --- TAP ---

# Report one result: STATUS NAME. A failure's explanation comes on stdin or from $work/why.
result()
{
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
		return 0
	fi
	failures=$((failures + 1))
	echo "not ok $tests - $2"
	[ ! -s "$work/why" ] || sed 's/^/#   /' "$work/why"
	return 1
}

# Set the running step; `run` shows it when it has to kill the test: NAME
step()
{
	[ -z "$JH_STEP" ] || echo "$1" >"$JH_STEP"
}

# Run a command; passed if it succeeds: NAME COMMAND...
check()
{
	name=$1
	step "$name"
	shift
	"$@" >"$work/why" 2>&1
	result $? "$name"
}

# Passed if two texts are the same: NAME GOT EXPECTED
equal()
{
	printf 'got:      %s\nexpected: %s\n' "$2" "$3" >"$work/why"
	[ "$2" = "$3" ]
	result $? "$1"
}

# Passed if a text matches an extended regular expression: NAME TEXT EXPRESSION
matches()
{
	printf 'got:      %s\nexpected: %s\n' "$2" "$3" >"$work/why"
	printf '%s\n' "$2" | grep -qE -- "$3"
	result $? "$1"
}

skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

# Everything is skipped: REASON
skip_all()
{
	echo "1..0 # SKIP $1"
	trap 'rm -rf "$work"' EXIT
	exit 4
}

begin()
{
	echo "TAP version 13"
	tidy
	echo "jh selftest: $0 begins" >/dev/kmsg
}

# The kernel's log since begin().
kernel_log()
{
	dmesg | awk -v mark="jh selftest: $0 " '
		index($0, mark) { text = ""; next } { text = text $0 "\n" } END { printf "%s", text }'
}

no_complaints()
{
	! kernel_log | grep -E -A 20 "$COMPLAINTS"
}

# Where the kernel has kmemleak (ci/debug-kernel): it reports no object younger than 5 s, nor one that
# has changed since its last scan.
leaks()
{
	sleep 6
	echo scan >$LEAKS
	echo scan >$LEAKS
	cat $LEAKS
}

# Lockdep ends with its first report, and when a module is unloaded by force (taint 2).
lockdep_works()
{
	[ $(($(cat /proc/sys/kernel/tainted) & 2)) != 0 ] || grep 'debug_locks: *1' /proc/lockdep_stats
}

finish()
{
	[ ! -e $LEAKS ] || equal "all memory is referred to" "$(leaks)" ""
	[ ! -e /proc/lockdep_stats ] || check "lockdep is still at work" lockdep_works
	check "the kernel did not complain" no_complaints
	echo "1..$tests"
	[ $failures = 0 ] && exit $KSFT_PASS
	exit $KSFT_FAIL
}

# --- jh's usual steps ---

# Leave nothing behind: destroy all cells, disable, unload; online what is offline.
tidy()
{
	for cell in $(jhctl cell list 2>/dev/null | awk '$1 ~ /^[1-9][0-9]*$/ { print $1 }'); do
		jhctl cell destroy "$cell" >/dev/null 2>&1
	done
	[ ! -e $JH_SYS ] || jhctl disable >/dev/null 2>&1
	rmmod jh_remoteproc >/dev/null 2>&1
	rmmod jh >/dev/null 2>&1
	for file in /sys/devices/system/cpu/cpu[0-9]*/online; do
		[ "$(cat "$file")" = 1 ] || echo 1 >"$file"
	done
}

# Load and enable, as a test of its own: [FILE]
jh_up()
{
	check "modprobe jh" modprobe jh
	check "jhctl enable ${1:-sys.cell}" jhctl enable "$CELLS/${1:-sys.cell}"
}

jh_down()
{
	check "jhctl disable" jhctl disable
	check "rmmod jh" rmmod jh
}

# The state of a cell in words: NAME
cell_state()
{
	jhctl cell show "$1" 2>/dev/null | sed -n 's/^ *state *//p'
}

# Wait until a command succeeds: TENTHS COMMAND...
await()
{
	tenths=$1
	shift
	while [ "$tenths" -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		usleep 100000
		tenths=$((tenths - 1))
	done
	"$@"
}

# Does a cell have one of these states? NAME STATE...
is_in_state()
{
	state=$(cell_state "$1")
	shift
	for wanted in "$@"; do
		[ "$state" != "$wanted" ] || return 0
	done
	echo "it is $state, not $*"
	return 1
}

# Did a cell print this? NAME TEXT
has_said()
{
	jhctl console "$1" | tr -d '\r' | grep -F -- "$2" && return
	jhctl console "$1" | tail -n 20
	return 1
}

# The number in a cell's last line like "... KEY NUMBER ...": NAME KEY
last_number()
{
	jhctl console "$1" | tr -d '\r' | sed -n "s/.* $2 \([0-9]*\).*/\1/p" | tail -n 1
}

# Does the timer inmate in a cell tick? NAME
ticks()
{
	before=$(last_number "$1" periods)
	await 100 more_than "$1" "${before:-0}"
}

more_than()
{
	now=$(last_number "$1" periods)
	echo "period ${now:-none}, before $2"
	[ "${now:-0}" -gt "$2" ]
}

# The address of the interrupt controller's distributor, as the machine's tree names it, in hexadecimal.
distributor()
{
	find /sys/firmware/devicetree/base/ -name compatible ! -path '*its*' ! -path '*v2m*' \
		-exec grep -lE 'arm,(gic-v3|gic-400|cortex-a15-gic)' {} + |
		head -n 1 | sed 's|.*@\([0-9a-f]*\)/compatible|0x\1|'
}

# --- a cell that another must not affect ---

# Run it, in a cell of this configuration: FILE
guard_begin()
{
	check "run a guard beside it" jhctl cell run "$1" $INMATES/guard.bin
	guard=$(basename "$1" .cell)
}

# Its memory is as it was, and it got no interrupt but its own; it ticks: NAME
guard_holds()
{
	check "$1: the cell beside it ticks" ticks "$guard"
	matches "$1: and has noticed nothing" "$(jhctl console "$guard" | tr -d '\r' | tail -n 1)" \
		"^guard: bad 0 foreign 0 "
}

guard_end()
{
	check "destroy the guard" jhctl cell destroy "$guard"
}

# The next owner of a cell's CPUs finds them in their reset state: FILE NAME
next_owner()
{
	next=$(basename "$1" .cell)
	check "$2: run its successor" jhctl cell run "$1" $INMATES/direct.bin --args mode=check ||
		return
	check "$2: it ends" await 300 has_said "$next" "# end pass="
	jhctl console "$next" | tr -d '\r' >"$work/said"
	grep -A 1 '^not ok' "$work/said" >"$work/why"
	grep -q '^# end pass=[0-9]* fail=0' "$work/said"
	result $? "$2: its successor finds nothing"
	check "$2: destroy the successor" jhctl cell destroy "$next"
}

# --- checks that nothing changed ---

cpus_online()
{
	cat /sys/devices/system/cpu/online
}

drivers()
{
	for device in /sys/bus/amba/devices/*; do
		echo "$device $(readlink "$device/driver")"
	done
}

# Everything that a refused request could have changed, as text.
snapshot()
{
	cpus_online
	lsmod | awk '$1 == "jh" { print $1, $3 }'
	cat $JH_SYS/enabled 2>/dev/null
	jhctl cell list --json 2>/dev/null | grep -vE '"exits"'
	cat /proc/iomem
	drivers
}

# Run a command that must be refused with one sentence, and change nothing:
# NAME STATUS EXPRESSION COMMAND...
refused()
{
	name=$1 status=$2 expression=$3
	step "$name"
	shift 3
	# An empty expression would match any sentence.
	if [ ${#expression} -lt 4 ]; then
		echo "the expression '$expression' is too short to tell one refusal from another" \
			>"$work/why"
		result 1 "$name"
		return
	fi
	snapshot >"$work/before"
	"$@" >"$work/stdout" 2>"$work/stderr"
	got=$?
	snapshot >"$work/after"
	if [ $got = "$status" ] && [ "$(wc -l <"$work/stderr")" = 1 ] &&
	   grep -qE -- "$expression" "$work/stderr" && cmp -s "$work/before" "$work/after"; then
		result 0 "$name"
		return
	fi
	{
		echo "command:  $*"
		echo "status:   $got, expected $status"
		echo "expected: one sentence with $expression"
		cat "$work/stderr"
		diff "$work/before" "$work/after"
	} >"$work/why"
	result 1 "$name"
}
