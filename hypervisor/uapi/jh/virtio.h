/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A virtio device of a cell, which stands on a link to root (jh/link.h). Its guest finds, in place
 * of the link's registers, those of virtio over MMIO, version 2 (Virtual I/O Device 1.2, 4.2.2).
 * Root, where the other end of the device is, finds what the guest wrote there in its own page of
 * registers, behind those of the link.
 *
 * The link's bell 0 rings in root when the cell's word of the state table changes, bell n + 1 when
 * there is something new in virtqueue n. That word is 0 while the cell does not run, or its guest
 * has not touched the device yet; else JH_VIRTIO_STATE(). The device is there for the guest while
 * root's word is not 0: it is written once features and configuration are.
 */
#ifndef JH_VIRTIO_H
#define JH_VIRTIO_H

/* --- in the page of the guest --- */

#define JH_VIRTIO_MAGIC			0x000	/* read: JH_VIRTIO_MAGIC_VALUE */
#define  JH_VIRTIO_MAGIC_VALUE		0x74726976
#define JH_VIRTIO_VERSION		0x004	/* read: 2 */
#define JH_VIRTIO_DEVICE_ID		0x008	/* read: the kind; 0: nobody is at the other end */
#define JH_VIRTIO_VENDOR_ID		0x00c	/* read: JH_VIRTIO_VENDOR */
#define  JH_VIRTIO_VENDOR		0x4a48
#define JH_VIRTIO_DEVICE_FEATURES	0x010	/* read: 32 of them, those of the number behind */
#define JH_VIRTIO_DEVICE_FEATURES_SEL	0x014
#define JH_VIRTIO_DRIVER_FEATURES	0x020	/* write */
#define JH_VIRTIO_DRIVER_FEATURES_SEL	0x024
#define JH_VIRTIO_QUEUE_SEL		0x030	/* which queue the next ones are about */
#define JH_VIRTIO_QUEUE_NUM_MAX		0x034	/* read; 0: there is no such queue */
#define JH_VIRTIO_QUEUE_NUM		0x038	/* write */
#define JH_VIRTIO_QUEUE_READY		0x044
#define JH_VIRTIO_QUEUE_NOTIFY		0x050	/* write: the number of a queue */
#define JH_VIRTIO_INTERRUPT_STATUS	0x060	/* read: JH_VIRTIO_INT_* */
#define  JH_VIRTIO_INT_USED		0x1	/* root has used buffers */
#define  JH_VIRTIO_INT_CONFIG		0x2	/* the configuration, or the status, has changed */
#define JH_VIRTIO_INTERRUPT_ACK		0x064	/* write */
#define JH_VIRTIO_STATUS		0x070	/* JH_VIRTIO_S_*; 0 resets the device */
#define JH_VIRTIO_QUEUE_ADDRESS		0x080	/* write: three pairs of words, 16 bytes apart */
#define JH_VIRTIO_SHM			0x0b0	/* read: there is no shared memory of virtio's */
#define JH_VIRTIO_SHM_END		0x0c0
#define JH_VIRTIO_GENERATION		0x0fc	/* read: another one after each change of */
#define JH_VIRTIO_CONFIG		0x100	/* read: the configuration, in any width */
#define JH_VIRTIO_CONFIG_SIZE		0x040

#define JH_VIRTIO_S_ACKNOWLEDGE		0x01
#define JH_VIRTIO_S_DRIVER		0x02
#define JH_VIRTIO_S_DRIVER_OK		0x04
#define JH_VIRTIO_S_FEATURES_OK		0x08
#define JH_VIRTIO_S_NEEDS_RESET		0x40	/* the other end has gone; until a reset */
#define JH_VIRTIO_S_FAILED		0x80

#define JH_VIRTIO_F_VERSION_1		32	/* bit of a feature that both must have */
#define JH_VIRTIO_F_ACCESS_PLATFORM	33	/* the device reaches a part of the memory only */

/* --- in the page of root --- */

#define JH_VIRTIO_ROOT			0x100	/* from here on */
#define JH_VIRTIO_ROOT_KIND		0x100	/* read: JH_VIRTIO_NET and so on */
#define JH_VIRTIO_ROOT_QUEUES		0x104	/* read: how many there are */
#define JH_VIRTIO_ROOT_QUEUE_SIZE	0x108	/* read: the most elements of one */
#define JH_VIRTIO_ROOT_RESETS		0x10c	/* read: how often it was reset */
#define JH_VIRTIO_ROOT_STATUS		0x110	/* read: JH_VIRTIO_S_* */
#define JH_VIRTIO_ROOT_INTERRUPT	0x114	/* write: JH_VIRTIO_INT_*, for the guest */
#define JH_VIRTIO_ROOT_OFFERED		0x118	/* features, the lower half first */
#define JH_VIRTIO_ROOT_ACCEPTED		0x120	/* read: of those, the guest's, likewise */
#define JH_VIRTIO_ROOT_QUEUE(n)		(0x200 + 32 * (n))	/* read: of each queue, 32 bytes */
#define  JH_VIRTIO_QUEUE_NUM_AT		0x00	/* elements */
#define  JH_VIRTIO_QUEUE_READY_AT	0x04	/* 1: the others are there; to be copied once */
#define  JH_VIRTIO_QUEUE_DESC_AT	0x08	/* guest-physical addresses: descriptors, */
#define  JH_VIRTIO_QUEUE_DRIVER_AT	0x10	/* what the guest makes available, */
#define  JH_VIRTIO_QUEUE_DEVICE_AT	0x18	/* and what root has used */
#define JH_VIRTIO_ROOT_CONFIG		0x300	/* the configuration */

/*
 * The cell's word of the state table. A device that was reset between two looks at it, by its guest
 * or as a life of the cell began, has another number of resets, as JH_VIRTIO_ROOT_RESETS has: of 24
 * bits, never 0.
 */
#define JH_VIRTIO_STATE(resets, status)	((resets) << 8 | (status))
#define JH_VIRTIO_RESETS_MASK		0xffffff

#endif
