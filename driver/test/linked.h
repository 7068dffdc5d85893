/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A cell whose second link ends at Linux, over a hypervisor and a Linux that do as link.c asks or
 * refuse it, as the test wants.
 */
#ifndef TEST_LINKED_H
#define TEST_LINKED_H

#include "../jh.h"

#define LINKED_REGISTERS 0x7e002000UL	/* where the registers of Linux's side are */
#define LINKED_MEMORY	0x1234567000UL	/* where the link's memory is */
#define LINKED_VIRQ	77		/* Linux's number of its interrupt */

/* Linux's side of the link: what registers read, and what was written to them */
struct linked_hw {
	u32 peer, bells, control, state;
	u32 rung[16];		/* how often by bell */
	u32 interrupts;		/* of a virtio device */
	u32 touched;		/* accesses, of either kind */
};

struct linked_page {
	unsigned long address, pfn;
};

extern struct linked_hw hw;
extern struct jh_cell_report reports[3];	/* by number of the cell */
extern struct jh_cell cell;			/* number 2 */
extern struct miscdevice *misc;			/* NULL: none is registered */
extern irqreturn_t (*handler)(int irq, void *data);	/* NULL: nobody handles the interrupt */
extern void *handled;				/* its argument */
extern u32 side;				/* Linux's, 0 or 1 */
extern u32 virtio_kind;				/* of the device on the link; 0: none */
extern u32 spares;				/* interrupts that are free for the link */
extern u32 refuse_below;	/* the hypervisor accepts smaller ones; U32_MAX: -EINVAL at once */
extern u32 misc_code, irq_code;			/* not 0: Linux refuses */
extern u32 disposed;				/* mappings of the interrupt that were given back */
extern u32 uio_notified;			/* bells that linkuio.c was told of */
extern struct address_space space;
extern struct linked_page inserted[64];		/* pages that a program was given */
extern u32 num_inserted;
extern struct file memory_file;			/* the file of shmem_file_setup() */
extern struct address_space memory_space;	/* of it */
extern u32 fd_code, shmem_code;			/* not 0: Linux refuses */
extern int num_fds, num_modules;	/* descriptors and references that were taken */
extern struct file *installed;			/* the file of the last descriptor */
extern u32 pci_stops, pci_rung;			/* what linkpci.c was told */

/* Of each test; afterwards nothing of the link is left. */
int linked_setup(void **state);
int linked_teardown(void **state);

/** linked_add() - the cell's links are made; its second one is Linux's */
void linked_add(void);

/** linked_add_pci() - so that the second one is a PCI device of Linux */
void linked_add_pci(void);

/** linked_add_rpmsg() - so that the second one carries rpmsg */
void linked_add_rpmsg(void);

/** linked_rings() - the cell rings these bells */
void linked_rings(u32 bells);

/** linked_peer_is() - the cell's side has this state from now on, and Linux is told */
void linked_peer_is(u32 state);

#endif
