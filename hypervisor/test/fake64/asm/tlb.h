/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * EL2's own translations of guests' memory: the test that maps some keeps the TLB.
 */
#ifndef FAKE64_ASM_TLB_H
#define FAKE64_ASM_TLB_H

#include <asm/sysreg.h>

void tlb_flush_own_page(u64 va);

#endif
