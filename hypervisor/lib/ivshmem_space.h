/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The configuration space of an ivshmem device (jh/ivshmem.h), whoever emulates it: the hypervisor
 * for cells, the driver for root.
 */
#ifndef LIB_IVSHMEM_SPACE_H
#define LIB_IVSHMEM_SPACE_H

#include <jh/config.h>

/** struct ivshmem_words - the registers that can be written; all 0 but @bar after a reset */
struct ivshmem_words {
	__u32 command;	/* JH_PCI_COMMAND, the bits that can be set */
	__u32 bar;	/* JH_PCI_BAR_0 */
	__u32 head;	/* JH_IVSHMEM_ONE_SHOT or 0 */
};

/**
 * struct ivshmem_space - a device
 * @link:	the side that it shows, for the sizes of the parts
 * @address:	of the memory, as who finds the device sees it
 * @protocol:	JH_IVSHMEM_* or another
 * @pin:	of its interrupt, 0 to 3
 * @words:	what they are now
 */
struct ivshmem_space {
	const struct jh_config_link *link;
	__u64 address;
	__u16 protocol;
	__u8 pin;
	struct ivshmem_words words;
};

/** ivshmem_space_read() - the word at @offset, a multiple of 4; 0: there is nothing */
__u32 ivshmem_space_read(const struct ivshmem_space *space, __u32 offset);

/**
 * ivshmem_space_word() - what a write at @offset, a multiple of 4, changes
 * @bits: set to those that can be written; others stay 0
 *
 * Return: one of @words; 0: nothing.
 */
__u32 *ivshmem_space_word(struct ivshmem_words *words, __u32 offset, __u32 *bits);

#endif
