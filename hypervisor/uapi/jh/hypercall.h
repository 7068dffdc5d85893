/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * Hypercalls. On arm64: hvc #JH_HVC_IMM with the code in x0 and the arguments in x1 to x4; the
 * result is in x0, and all other registers are kept. Results below 0 are negative errno values.
 */
#ifndef JH_HYPERCALL_H
#define JH_HYPERCALL_H

#define JH_HVC_IMM			0x4a48

/* Management: the root cell only, -EPERM for the others. */
#define JH_HC_DISABLE			0	/* -: on every online CPU, see jh/image.h */
#define JH_HC_CELL_CREATE		1	/* blob (PA), length, generation: cell id, > 0 */
#define JH_HC_CELL_START		2	/* cell, restarts so far (struct jh_cell_report) */
#define JH_HC_CELL_STOP			3	/* cell: CPUs parked, memory loadable */
#define JH_HC_CELL_DESTROY		4	/* cell: it must be stopped and scrubbed */

/* For every cell. */
#define JH_HC_HYPERVISOR_GET_INFO	5	/* JH_INFO_* */
#define JH_HC_CELL_GET_STATE		6	/* cell: JH_COMM_*; own or, from root, any */
#define JH_HC_CPU_GET_INFO		7	/* cpu, JH_CPU_INFO_* */
#define JH_HC_DEBUG_CONSOLE_PUTC	8	/* character */

/* Management, continued. */
#define JH_HC_CELL_WRITE		16	/* cell, guest address, source (PA), bytes */
#define JH_HC_CELL_WRITE_MAX		65536	/* bytes in one call */
#define JH_HC_CELL_SCRUB		17	/* cell: pages still to do; call until 0 */
#define JH_HC_CELL_MSG			18	/* cell, JH_MSG_*: sets it, clears the reply */
#define JH_HC_CELL_MSG_READ		0xffffffff	/* in its place: only gets the reply */
#define JH_HC_LOG_FLUSH			19	/* -: fills the UART from the log: bytes left */
#define JH_HC_CELL_LOADED		20	/* cell, entry, argument: it can be started there */
#define JH_HC_CELL_CLEAN		21	/* cell: pages still to do before load and start */
/*
 * cell, generation << 32 | count (1 to 16), bytes 0-7, bytes 8-15, the first one lowest: how many
 * bytes its console had room for; -EAGAIN: it does not run. Stores no reason in struct jh_report.
 */
#define JH_HC_CONSOLE_INPUT		22
#define JH_HC_CONSOLE_INPUT_MAX		16
/* cell, CPU (Linux's number): stores the guest's program counter in struct jh_report.pc */
#define JH_HC_CELL_SAMPLE		23
/*
 * cell, index of a link of its configuration whose peer is root, an edge-triggered interrupt of
 * root (arm64: INTID of an SPI) that bells raise from now on: physical address of the registers of
 * root's side (jh/link.h)
 */
#define JH_HC_CELL_LINK			24
/* CPU (Linux's number), 1 to record its exits or 0 to stop (jh/trace.h): offset of its ring */
#define JH_HC_CPU_TRACE			25
#define JH_HC_LAST			JH_HC_CPU_TRACE

/* JH_HC_HYPERVISOR_GET_INFO */
#define JH_INFO_MEM_POOL_SIZE		0	/* pages */
#define JH_INFO_MEM_POOL_USED		1
#define JH_INFO_REMAP_POOL_SIZE		2
#define JH_INFO_REMAP_POOL_USED		3
#define JH_INFO_NUM_CELLS		4

/* JH_HC_CPU_GET_INFO */
#define JH_CPU_INFO_STATE		0
#define JH_CPU_INFO_STAT_BASE		1000	/* + JH_STAT_* */

#define JH_CPU_STATE_RUNNING		0
#define JH_CPU_STATE_FAILED		2

/* Reasons of an exit. The first nine numbers are ABI of old inmates. */
#define JH_STAT_TOTAL			0	/* the sum of those that are exits; kept nowhere */
#define JH_STAT_MMIO			1
#define JH_STAT_MANAGEMENT		2
#define JH_STAT_HYPERCALL		3
#define JH_STAT_MAINTENANCE		4
#define JH_STAT_IRQ			5	/* interrupts that were passed on */
#define JH_STAT_IPI			6	/* interrupts from CPU to CPU that were sent */
#define JH_STAT_POWER			7	/* calls that start or stop CPUs or the system */
#define JH_STAT_FIRMWARE		8	/* calls of firmware but for those of POWER */
#define JH_STAT_REGISTER		9	/* accesses to trapped system registers */
#define JH_STAT_FAULT			10	/* aborts given back to the guest */
#define JH_STAT_OTHER			11	/* WFI, SErrors, group 0 interrupts */
#define JH_NUM_EXIT_STATS		12	/* each exit counts once, as one of the above */
#define JH_STAT_DENIED			12	/* of the firmware calls, those that were refused */
#define JH_STAT_IGNORED			13	/* accesses to where the cell has nothing */
#define JH_NUM_STATS			14

/* The names of all of them, in capitals and as people see them. */
#define JH_STAT_ROWS(X) \
X(TOTAL, total) X(MMIO, mmio) X(MANAGEMENT, management) X(HYPERCALL, hypercall) \
X(MAINTENANCE, maintenance) X(IRQ, irq) X(IPI, ipi) X(POWER, power) X(FIRMWARE, firmware) \
X(REGISTER, register) X(FAULT, fault) X(OTHER, other) X(DENIED, denied) X(IGNORED, ignored)

#endif
