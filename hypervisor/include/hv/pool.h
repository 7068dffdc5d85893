/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Pages of the hypervisor's own memory. Only the holder of the management lock, or the first CPU
 * during enable, allocates and frees.
 */
#ifndef HV_POOL_H
#define HV_POOL_H

#include <hv/types.h>

/** pool_init() - [@base, @base + @pages * PAGE_SIZE) is free and zeroed */
void pool_init(void *base, u64 pages);

/** pool_alloc() - @pages zeroed pages in a row, NULL if there are none */
void *pool_alloc(u64 pages);

/** pool_alloc_aligned() - the same, at a physical multiple of @align pages (a power of two) */
void *pool_alloc_aligned(u64 pages, u64 align);

/** pool_free() - give pages back; they are zeroed here, so that none goes on unscrubbed */
void pool_free(void *pages, u64 count);

/** pool_refuse() - say in @error that there are too few pages; returns -errno */
struct jh_error;
int pool_refuse(struct jh_error *error);

u64 pool_size(void);
u64 pool_used(void);

#endif
