/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The identity map: everything is Device memory but the image and the communication region.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_MMU_H
#define INMATE_MMU_H

#include <inmate/types.h>

enum mmu_type {
	MMU_DEVICE,	/* Device-nGnRE, not executable */
	MMU_DATA,	/* Normal write-back, not executable */
	MMU_CODE,	/* Normal write-back, executable */
};

/**
 * mmu_set_block() - changes the type of the block that holds an address
 * @addr: below 2^39
 *
 * The block is of 2 MB where the address shares its gigabyte with the image or the communication
 * region, else of 1 GB. The block of the image itself must not be changed.
 */
void mmu_set_block(u64 addr, enum mmu_type type);

#endif
