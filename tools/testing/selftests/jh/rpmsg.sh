#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A cell as a remote processor of Linux: start and stop, messages, a crash and the recovery from it, a
# cell that is stopped or destroyed behind remoteproc's back, a program with its resource table in
# the cell's own memory, coredumps, terminals, and a cell that attacks Linux.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

RPROC=/sys/class/remoteproc/remoteproc0
DEVICE=/dev/rpmsg0
CYCLES=10

rproc_is()
{
	state=$(cat $RPROC/state)
	echo "it is $state"
	[ "$state" = "$1" ]
}

# Write to the processor's state: WORD
rproc()
{
	echo "$1" >$RPROC/state
}

talks()
{
	await 200 [ -c $DEVICE ] && ./rpmsg_user $DEVICE echo "$1"
}

up()
{
	check "$1: start" rproc start
	check "$1: messages come back" talks 20
}

begin
if ! modprobe virtio_rpmsg_bus 2>/dev/null; then
	skip_all "this kernel has no rpmsg over virtio: make rpmsg"
fi
modprobe rpmsg_char
modprobe rpmsg_ctrl
grep -q debugfs /proc/mounts || mount -t debugfs debugfs /sys/kernel/debug
mkdir -p /lib/firmware
cp $INMATES/rpmsg-echo.elf $INMATES/rpmsg.elf /lib/firmware

jh_up sys.cell
check "modprobe jh_remoteproc" modprobe jh_remoteproc
check "no cell, no processor" [ ! -e $RPROC ]
check "create a cell with rpmsg" jhctl cell create $CELLS/rpmsg.cell
equal "it is a processor of its name" "$(cat $RPROC/name)" rpmsg
equal "that is off" "$(cat $RPROC/state)" offline
check "whose link no program can have" \
	sh -c "! ./link_user /dev/jh-link/rpmsg/messages rights 2>'$work/text'"
matches "because it is busy" "$(cat "$work/text")" 'busy'

check "a file that is not there is refused" sh -c "! echo start 2>/dev/null >$RPROC/state"
echo hello.elf >$RPROC/firmware
cp $INMATES/hello.elf /lib/firmware
check "a program without a resource table starts" rproc start
check "it runs" await 100 has_said rpmsg "hello: this is a cell"
check "and is stopped" rproc stop

echo rpmsg-echo.elf >$RPROC/firmware
check "start" rproc start
equal "it runs, says remoteproc" "$(cat $RPROC/state)" running
check "and so does jh" is_in_state rpmsg running
check "its endpoint is announced" await 200 [ -c $DEVICE ]
check "a thousand messages come back" ./rpmsg_user $DEVICE echo 1000
equal "its trace" "$(cat /sys/kernel/debug/remoteproc/remoteproc0/trace0)" "rpmsg-echo: ready"
check "it cannot be loaded meanwhile" sh -c "! jhctl cell load rpmsg $INMATES/hello.bin"
check "stop" rproc stop
check "there is no endpoint" [ ! -e $DEVICE ]
check "and the cell is stopped" is_in_state rpmsg stopped

i=0
while [ $i -lt $CYCLES ] && rproc start && talks 5 && rproc stop; do
	i=$((i + 1))
done >"$work/why" 2>&1
equal "$CYCLES lives" $i $CYCLES

echo rpmsg.elf >$RPROC/firmware
up "a cell that crashes"
check "let it crash" ./rpmsg_user $DEVICE say crash
check "it is told" await 100 sh -c 'dmesg | grep "crash #1 in rpmsg"'
check "and recovers" await 300 rproc_is running
check "messages come back after the recovery" talks 100

check "jhctl stops it" jhctl cell shutdown --force rpmsg
check "which remoteproc sees" await 100 rproc_is offline
up "after that"
check "let it end by itself" ./rpmsg_user $DEVICE say end
check "which remoteproc sees, too" await 100 rproc_is offline

# Recovery as it is asked for.
crash_and_wait_for()
{
	./rpmsg_user $DEVICE say crash && await 300 rproc_is "$1"
}

dump_is_there()
{
	dump=$(echo /sys/class/devcoredump/devcd*/data)
	[ -e "$dump" ]
}

# An inline one is written while the processor is stopped, and holds the recovery until it is read.
crash_and_wait_for_dump()
{
	./rpmsg_user $DEVICE say crash && await 300 dump_is_there && rproc_is offline
}

# Read it, and let it go: FILE
take_dump()
{
	await 300 dump_is_there && cat "$dump" >"$1" && echo 0 >"$dump"
}

line_comes_back()
{
	exec 3<>/dev/ttyRPMSG0
	echo "$1" >&3
	line=
	read -r -t 20 line <&3
	exec 3>&-
	echo "it is '$line'"
	[ "$line" = "$1" ]
}

# A program whose table lies among its data, in memory that Linux does not see.
cp $INMATES/openamp.elf /lib/firmware
echo openamp.elf >$RPROC/firmware
up "a table in the cell's memory"
check "its table says all from the start" has_said rpmsg \
	"openamp: code 0 0, status 7, features 1 1, vrings 70020000 70002000"
equal "its trace, too" "$(cat /sys/kernel/debug/remoteproc/remoteproc0/trace0)" "openamp: a trace"
if modprobe rpmsg_tty 2>/dev/null; then
	check "it has a terminal" await 200 [ -c /dev/ttyRPMSG0 ]
	check "a line comes back" line_comes_back "set speed 200"
	check "and another one" line_comes_back "set speed 0"
	rmmod rpmsg_tty
fi
check "two hundred messages come back" ./rpmsg_user $DEVICE echo 200

echo disabled >$RPROC/recovery
echo enabled >$RPROC/coredump
check "no recovery: it stays crashed" crash_and_wait_for crashed
sleep 1
equal "and stays so" "$(cat $RPROC/state)" crashed
check "without a coredump" sh -c "! ls /sys/class/devcoredump/devcd* 2>/dev/null"
echo recover >$RPROC/recovery
check "until it is told to recover" await 300 rproc_is running
check "the coredump is there" take_dump "$work/dump"
equal "it is as large as what both sides write" "$(wc -c <"$work/dump")" $((64 + 56 + 0x3f000))
check "it has the trace of the life before" grep -q "openamp: a trace" "$work/dump"
check "and the last message" grep -q crash "$work/dump"
check "but nothing of the cell's memory" sh -c "! grep -q 'openamp: code' '$work/dump'"
check "messages come back after the recovery" talks 20

echo enabled >$RPROC/recovery
echo inline >$RPROC/coredump
check "an inline coredump" crash_and_wait_for_dump
check "is read" take_dump "$work/dump"
check "before it recovers" await 300 rproc_is running
check "it has the trace, too" grep -q "openamp: a trace" "$work/dump"
echo disabled >$RPROC/coredump
check "messages come back after that, too" talks 20
check "stop it" rproc stop

echo rpmsg.elf >$RPROC/firmware
# Attacks of the cell: bad values in the vrings, and writes beside them.
for attack in index id length long table scribble; do
	up "$attack"
	check "$attack: let it do so" ./rpmsg_user $DEVICE say $attack
	check "$attack: it has done so" await 300 has_said rpmsg \
		"rpmsg: $(echo $attack | cut -c 1-2) is done"
	sleep 1
	check "$attack: stop" rproc stop
done
up "after all attacks"

./rpmsg_user $DEVICE hold >"$work/held" 2>&1 &
holder=$!
check "a program waits for a message" await 100 grep -q held "$work/held"
check "destroy the cell as it runs" jhctl cell destroy rpmsg
check "the program ends" wait "$holder"
matches "because nobody is there" "$(cat "$work/held")" '^over: '
check "no processor is left" [ ! -e $RPROC ]

check "create it again" jhctl cell create $CELLS/rpmsg.cell
echo rpmsg-echo.elf >$RPROC/firmware
up "again"
check "rmmod jh_remoteproc" rmmod jh_remoteproc
check "stops the cell" is_in_state rpmsg stopped
check "destroy it" jhctl cell destroy rpmsg

jh_down
finish
