/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A side of a link, as its guest sees it. The layout of the memory is that of ivshmem, version 2:
 *
 *	a state table with a word for each side, which both can read and only the hypervisor writes;
 *	a section that both can write;
 *	the output of side 0, then the output of side 1, which the other side can only read.
 *
 * The registers up to JH_LINK_STATE are those of ivshmem, too; the others are jh's own. They take a
 * page, and are accessed with 32 bits; accesses of other widths read as 0 and do nothing.
 */
#ifndef JH_LINK_H
#define JH_LINK_H

#define JH_LINK_ID		0x00	/* read: which side this is, 0 or 1 */
#define JH_LINK_MAX_PEERS	0x04	/* read: 2 */
#define JH_LINK_INT_CONTROL	0x08	/* JH_LINK_INT_ENABLE */
#define JH_LINK_DOORBELL	0x0c	/* write: the other side's ID << 16 | bell */
#define JH_LINK_STATE		0x10	/* this side's word of the state table; 0: not there */
#define JH_LINK_BELLS		0x14	/* read: the bells that rang, a bit each, and clear them */
#define JH_LINK_NUM_BELLS	0x18	/* read: number of bells */
#define JH_LINK_TABLE_SIZE	0x1c	/* read: bytes of the state table */
#define JH_LINK_COMMON_SIZE	0x20	/* read: bytes of the section that both can write */
#define JH_LINK_OUTPUT_SIZE	0x24	/* read: bytes of an output */
#define JH_LINK_ADDRESS		0x28	/* read: guest-physical address of the memory, lower half */
#define JH_LINK_INTERRUPT	0x2c	/* read: INTID of the interrupt that bells raise */
#define JH_LINK_ADDRESS_HIGH	0x30	/* read: upper half of the address; always 0 in cells */
#define JH_LINK_PEER_STATE	0x34	/* read: the other side's word of the state table */

#define JH_LINK_SIDES		2
#define JH_LINK_ROOT		"root"	/* the name of the root cell as a side, on all systems */
#define JH_LINK_SIZE		0x1000	/* bytes of the page */
#define JH_LINK_INT_ENABLE	0x1	/* 0 after a reset; bells are kept while it is 0 */

/* The hypervisor rings it whenever the other side's word of the state table changes. */
#define JH_LINK_BELL_STATE	0

#endif
