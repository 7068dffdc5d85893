#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# A side of a link that dies at a chosen instruction of what it does with the link, one after the other:
# the other side's wake-up is never lost, and nothing is heard of the dead. To be run where time is
# instructions (jh-qemu --icount, and a counter of 1 GHz); elsewhere the moments are random.
# linkdeath.sh [LIVES [FIRST [STEP]]]

# shellcheck disable=SC2317 # functions are called by check
. "$(dirname "$0")/lib.sh"

LIVES=${1:-16}
FIRST=${2:-60}
STEP=${3:-97}

begin
jh_up sys.cell
for round in first second; do
	check "$round: who judges" jhctl cell run $CELLS/link-judge.cell $INMATES/linkdeath.bin \
		--args "mode=judge lives=$LIVES first=$FIRST step=$STEP"
	check "$round: who dies" jhctl cell run $CELLS/link-dies.cell $INMATES/linkdeath.bin
	check "$round: the judge comes to its end" await $((LIVES * 100 + 300)) \
		has_said link-judge "# end pass="
	jhctl cell shutdown --force link-dies >/dev/null 2>&1
	check "$round: destroy who dies" jhctl cell destroy link-dies
	jhctl console link-judge | tr -d '\r' >"$work/out"
	equal "$round: it objects to nothing" "$(grep -A 3 '^not ok' "$work/out")" ""
	matches "$round: $LIVES lives, all of them seen" "$(tail -n 1 "$work/out")" \
		'^# end pass=5 fail=0'
	check "$round: destroy the judge" jhctl cell destroy link-judge
	# Once more with another number of lives: all of both cells was given back.
	LIVES=1
done
jh_down
finish
