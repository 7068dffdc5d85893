/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A link as a PCI device of a cell: ivshmem, version 2, as Jailhouse specifies it. The guest finds
 * it on the bus of its virtual PCI host, whose configuration space (ECAM, one bus) is at
 * jh_comm_region.pci_mmconfig_base. BAR 0 is the page of registers up to JH_LINK_STATE (jh/link.h);
 * what follows them reads as 0. The memory does not move: the vendor's capability has its address.
 *
 * There is one interrupt, INTx: pin A of slot 0, B of slot 1, ..., E is A again. It is the link's,
 * and an edge: the bit of the status register is never set. A bell that rings while the interrupt
 * is disabled at JH_LINK_INT_CONTROL raises it once that is enabled; one that rings while the
 * command register disables it is lost. What the guest does not set is as below, or 0.
 */
#ifndef JH_IVSHMEM_H
#define JH_IVSHMEM_H

/* Where a register of function 0 of a slot is in the configuration space */
#define JH_PCI_FUNCTION_SIZE		0x1000
#define JH_PCI_SLOT(slot)		((slot) * 8 * JH_PCI_FUNCTION_SIZE)

#define JH_PCI_ID			0x00	/* read: JH_IVSHMEM_ID, or all ones: nothing */
#define  JH_IVSHMEM_ID			0x4106110a	/* device and vendor */
#define JH_PCI_COMMAND			0x04	/* 16 bits */
#define  JH_PCI_COMMAND_MEMORY		0x0002	/* BAR 0 is where it says */
#define  JH_PCI_COMMAND_MASTER		0x0004	/* may be set, and does nothing */
#define  JH_PCI_COMMAND_NO_INTX		0x0400	/* no interrupts */
#define JH_PCI_STATUS			0x06	/* read, 16 bits: JH_PCI_STATUS_CAPABILITIES */
#define  JH_PCI_STATUS_CAPABILITIES	0x0010
#define JH_PCI_CLASS			0x08	/* read: 0xff, the protocol in 16 bits, 0 */
#define  JH_PCI_CLASS_OTHER		0xff000000
#define JH_PCI_BAR_0			0x10	/* 4 KiB of memory below 4 GiB */
#define JH_PCI_SUBSYSTEM		0x2c	/* read: JH_IVSHMEM_ID */
#define JH_PCI_CAPABILITIES		0x34	/* read: JH_IVSHMEM_CAPABILITY */
#define JH_PCI_INTERRUPT		0x3c	/* read: the pin, 1 to 4, << 8 */

/* The capability of the vendor, the only one */
#define JH_IVSHMEM_CAPABILITY		0x40
#define JH_IVSHMEM_HEAD			0x40	/* read: 0x00200009; and: */
#define  JH_IVSHMEM_ONE_SHOT		0x01000000	/* an interrupt clears INT_CONTROL */
#define  JH_IVSHMEM_HEAD_VALUE		0x00200009
#define JH_IVSHMEM_TABLE_SIZE		0x44	/* read: bytes of the state table */
#define JH_IVSHMEM_COMMON_SIZE		0x48	/* read, 64 bits: bytes that all write */
#define JH_IVSHMEM_OUTPUT_SIZE		0x50	/* read, 64 bits: bytes of an output */
#define JH_IVSHMEM_ADDRESS		0x58	/* read, 64 bits: guest-physical, of the memory */

#endif
