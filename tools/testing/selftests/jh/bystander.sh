#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
#
# Management disturbs no other CPU: over many life cycles of one cell, no CPU of another cell, and
# of root only the calling one, enters the hypervisor because of it. bystander.sh [CYCLES]

# shellcheck disable=SC2317,SC2086,SC2015,SC2012 # functions are called by check
. "$(dirname "$0")/lib.sh"

cycles=${1:-64}

# A counter of one CPU: CELL CPU REASON
counter()
{
	jhctl cell stats "$1" --json | awk -v cpu="$2," -v reason="\"$3\":" '
		$1 == "\"cpu\":" { right = $2 == cpu } right && $1 == reason { print $2 + 0; exit }'
}

one_cycle()
{
	taskset 1 jhctl cell create $CELLS/rtos2.cell &&
		taskset 1 jhctl cell load rtos2 $INMATES/hello.bin -s quiet -a 0x1000 &&
		taskset 1 jhctl cell start rtos2 &&
		taskset 1 jhctl cell shutdown --force rtos2 &&
		taskset 1 jhctl cell destroy rtos2
}

all_cycles()
{
	for cycle in $(seq "$cycles"); do
		one_cycle || { echo "in cycle $cycle"; return 1; }
	done
}

# All exits of a CPU but those for interrupts: CELL CPU
other_than_irq()
{
	jhctl cell stats "$1" --json | awk -v cpu="$2," '
		$1 == "\"cpu\":" { right = $2 == cpu }
		right && $1 == "\"total\":" { total = $2 + 0 }
		right && $1 == "\"irq\":" { print total - $2; exit }'
}

begin
jh_up sys.cell
check "run a quiet cell" jhctl cell run $CELLS/rtos.cell $INMATES/hello.bin --args quiet
check "a first cycle" one_cycle
sleep 1
cell_management=$(counter rtos 3 management) cell_rest=$(other_than_irq rtos 3)
cell_irq=$(counter rtos 3 irq)
root_management=$(counter 0 1 management)
asking=$(counter 0 0 management)
check "$cycles life cycles of another cell" all_cycles
equal "the cell beside it: no exit for management" "$(counter rtos 3 management)" \
	"$cell_management"
equal "and none but for its timer" "$(other_than_irq rtos 3)" "$cell_rest"
check "which went on" test "$(counter rtos 3 irq)" -gt "$cell_irq"
equal "root's CPU that did not ask: no exit for management" "$(counter 0 1 management)" \
	"$root_management"
check "the CPU that asked did enter" test "$(counter 0 0 management)" -gt "$asking"
check "destroy the cell" jhctl cell destroy rtos
jh_down
finish
