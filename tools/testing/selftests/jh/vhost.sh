#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A network card whose guest does all that it can to it, resets it hundreds of times among that, while
# vhost-net, or jhvirtiod itself, moves its packets; and a cell that is destroyed in the midst.

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

# In the background; what it says is in $work/said: ARGUMENTS
serve()
{
	rm -f "$work/said"
	jhvirtiod virtio-net --net tapjh "$@" 2>"$work/said" &
	server=$!
	check "$what: there is a tap device" await 100 ifconfig tapjh up
}

threads()
{
	cat /proc/[0-9]*/task/*/comm 2>/dev/null | grep -c '^vhost-'
}

load()
{
	jhctl cell load virtio-net $INMATES/virtio.bin --string mode=card --address 0x1000
}

notified()
{
	[ "$(jhctl cell stats virtio-net | grep -o 'bells rung [0-9]*' | cut -d ' ' -f 3)" -gt "$1" ]
}

# A guest from its start to its end: HOW THREADS ARGUMENTS
a_guest()
{
	what=$1 expected=$2
	shift 2
	check "$what: create" jhctl cell create $CELLS/virtio-net.cell
	serve "$@"
	equal "$what: threads of vhost" "$(threads)" "$expected"
	check "$what: load" load
	check "$what: start" jhctl cell start virtio-net
	check "$what: it comes to its end" await 600 sh -c "jhctl console virtio-net | grep -q '^1\.\.'"
	equal "$what: no test of the cell fails" "$(jhctl console virtio-net | grep '^not ok')" ""
	check "$what: destroy the cell" jhctl cell destroy virtio-net
	check "$what: jhvirtiod ends well" wait "$server"
	matches "$what: and saw lives" "$(tail -n 1 "$work/said")" '^card: net, lives [1-9]'
}

begin
check "the kernel's modules" modprobe -a tun vhost_net
jh_up sys.cell
a_guest "vhost" 1
a_guest "no vhost" 0 --no-vhost

what="destroyed in the midst"
check "$what: create" jhctl cell create $CELLS/virtio-net.cell
serve
check "$what: load" load
check "$what: start" jhctl cell start virtio-net
check "$what: it is at work" await 200 notified 50
check "$what: destroy the cell" jhctl cell destroy virtio-net
check "$what: jhvirtiod ends well" wait "$server"

what="killed in the midst"
check "$what: create" jhctl cell create $CELLS/virtio-net.cell
serve
check "$what: load" load
check "$what: start" jhctl cell start virtio-net
check "$what: it is at work" await 200 notified 50
check "$what: kill jhvirtiod" kill -9 $server
wait $server
equal "$what: nothing of vhost is left" "$(threads)" 0
serve
check "$what: the guest comes to its end" await 600 sh -c "jhctl console virtio-net | grep -q '^1\.\.'"
check "$what: destroy the cell" jhctl cell destroy virtio-net
check "$what: jhvirtiod ends well" wait "$server"
equal "nothing of vhost is left at the end" "$(threads)" 0
jh_down
check "nobody holds the kernel's modules" rmmod vhost_net tun
finish
