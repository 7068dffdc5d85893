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

struct jh_error;

/** pool_init() - manage [@base, @base + @pages * PAGE_SIZE), all of which is free and zeroed */
void pool_init(void *base, u64 pages);

/** pool_alloc() - allocate @pages contiguous, zeroed pages; NULL if there are none */
void *pool_alloc(u64 pages);

/** pool_alloc_aligned() - likewise, at a physical multiple of @align pages, a power of two */
void *pool_alloc_aligned(u64 pages, u64 align);

/** pool_free() - free @count pages; they are zeroed here, so that nothing can leak */
void pool_free(void *pages, u64 count);

/** pool_refuse() - say in @error that there are too few pages; returns -ENOMEM */
int pool_refuse(struct jh_error *error);

/** pool_size(), pool_used() - pages of the pool, and how many of them are allocated */
u64 pool_size(void);
u64 pool_used(void);

#endif
