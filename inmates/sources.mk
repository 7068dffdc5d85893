# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Copyright (c) The jh authors
#
# What the library consists of and which inmates there are.

LIB_SOURCES	:= start.S vectors.S pagetable.S \
		   cmdline.c comm.c console.c exception.c gic.c gic_v2.c gic_v3.c init.c mmu.c \
		   pci.c print.c rpmsg.c smp.c string.c timer.c uart_8250.c uart_pl011.c \
		   uart_xuartps.c

# The library for RTOSes: its own files and those of the inmates' library behind them.
BSP_START_SOURCES := bsp/bsp_start.S bsp/bsp_map.c bsp/bsp_mmu.c
BSP_SOURCES	:= bsp/bsp.c \
		   $(addprefix lib/,cmdline.c comm.c console.c gic.c gic_v2.c gic_v3.c print.c \
		   string.c timer.c uart_8250.c uart_pl011.c uart_xuartps.c)

DEMOS		:= attack hello link-echo rpmsg-echo smp timer uart-echo
TESTS		:= abi can direct foreign gic guard ivshmem link linkdeath memory openamp psci remap rpmsg sibling \
		   strange stress sweep tasks ttc view virtio vuart
BENCHES		:= bench

# Those that Linux starts by remoteproc: ELF files with a resource table, which for those in
# RPMSG_IN_LINK lies in the memory of a link at 0x70000000, behind its state table.
RPMSG		:= demos/rpmsg-echo tests/openamp tests/rpmsg
RPMSG_IN_LINK	:= $(filter-out tests/openamp,$(RPMSG))
LINK_COMMON	:= 0x70001000

# The native shim: an inmate's world without a hypervisor.
NATIVE_SOURCES	:= entry.S native.c

# What an inmate consists of besides the file of its name.
EXTRA_abi	:= tests/abi_calls.S tests/tap.c
EXTRA_can	:= tests/tap.c
EXTRA_direct	:= tests/tap.c
EXTRA_gic	:= tests/gic_decode.c tests/gic_deliver.c tests/gic_filter.c tests/gic_many.c \
		   tests/gic_smp.c tests/tap.c
EXTRA_ivshmem	:= tests/tap.c
EXTRA_link	:= tests/tap.c
EXTRA_linkdeath	:= tests/tap.c
EXTRA_psci	:= tests/psci_raw.S tests/tap.c
EXTRA_stress	:= tests/abi_calls.S tests/tap.c
EXTRA_tasks	:= tests/tasks_switch.S tests/tap.c
EXTRA_ttc	:= tests/abi_calls.S tests/tap.c
EXTRA_view	:= tests/tap.c
EXTRA_virtio	:= tests/tap.c
EXTRA_vuart	:= tests/tap.c
EXTRA_bench	:= bench/bench_entry.S bench/bench_irq.c bench/bench_link.c \
		   bench/bench_sync.c bench/bench_tick.c
