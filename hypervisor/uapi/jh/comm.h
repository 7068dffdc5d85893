/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * The communication region: one page that the hypervisor fills at every start of a cell and that
 * the cell finds at the guest-physical address of its configuration (0x80000000 by default).
 */
#ifndef JH_COMM_H
#define JH_COMM_H

#include <jh/types.h>

#define JH_COMM_SIGNATURE	"JHCOMM"
#define JH_COMM_REVISION	2
#define JH_COMM_SIZE		4096

/* cell_state, written by the cell */
#define JH_COMM_RUNNING			0
#define JH_COMM_RUNNING_LOCKED		1	/* refuses shutdown and reconfiguration */
#define JH_COMM_SHUT_DOWN		2	/* terminal */
#define JH_COMM_FAILED			3	/* terminal */
#define JH_COMM_FAILED_REVISION		4	/* terminal: the cell cannot read this revision */

/* msg_to_cell, written by the hypervisor */
#define JH_MSG_NONE			0
#define JH_MSG_SHUTDOWN_REQUEST		1
#define JH_MSG_RECONFIG_COMPLETED	2

/* reply_from_cell, written by the cell */
#define JH_REPLY_NONE			0
#define JH_REPLY_UNKNOWN		1
#define JH_REPLY_DENIED			2
#define JH_REPLY_APPROVED		3
#define JH_REPLY_RECEIVED		4

/* flags */
#define JH_COMM_PUTC_PERMITTED		0x1	/* JH_HC_DEBUG_CONSOLE_PUTC is answered */
#define JH_COMM_PUTC_ACTIVE		0x2	/* the cell should print with it */

/* console.type */
#define JH_CONSOLE_NONE			0
#define JH_CONSOLE_EFIFB		1
#define JH_CONSOLE_8250			2
#define JH_CONSOLE_PL011		3
#define JH_CONSOLE_XUARTPS		4
#define JH_CONSOLE_TYPES		5	/* the hypervisor may have drivers for lower ones */
#define JH_CONSOLE_MVEBU		5	/* from here on: only guests have drivers */
#define JH_CONSOLE_HSCIF		6
#define JH_CONSOLE_SCIFA		7
#define JH_CONSOLE_IMX			8
#define JH_CONSOLE_LPUART		9
#define JH_CONSOLE_SCIF			10
#define JH_CONSOLE_CELL_TYPES		11

/* console.flags */
#define JH_CONSOLE_MMIO			0x1
#define JH_CONSOLE_REGDIST_4		0x2	/* registers lie four bytes apart */
#define JH_CONSOLE_INVERTED_GATE	0x1000	/* of a cell only: gate_nr is cleared */
#define JH_CONSOLE_MDR_QUIRK		0x2000	/* of a cell only: TI's mode register */
#define JH_CONSOLE_VIRTUAL		0x4000	/* of a configuration only: see hv/vuart.h */
#define JH_CONSOLE_VIRTUAL_SIZE		0x1000	/* bytes of a virtual UART */

/** struct jh_console - a UART, as the hypervisor or a cell uses it */
struct jh_console {
	__u64 address;		/* physical (guest-physical in a cell) */
	__u32 size;		/* bytes */
	__u16 type;		/* JH_CONSOLE_* */
	__u16 flags;
	__u32 divider;		/* 0: leave the baud rate as it is */
	__u32 gate_nr;		/* bit of clock_reg, if that is not 0 */
	__u64 clock_reg;
};

/** struct jh_comm_region - what lies at the start of the communication region */
struct jh_comm_region {
	__u8 signature[6];
	__u16 revision;
	volatile __u32 cell_state;
	volatile __u32 msg_to_cell;
	volatile __u32 reply_from_cell;
	__u32 flags;
	struct jh_console console;
	__u64 pci_mmconfig_base;	/* ECAM of its PCI host (jh/ivshmem.h); 0: it has none */
	__u8 gic_version;
	__u8 padding[7];
	__u64 gicd_base;
	__u64 gicc_base;
	__u64 gicr_base;
	__u32 vpci_irq_base;	/* SPI number, not INTID */
	__u32 padding2;
};

#endif
