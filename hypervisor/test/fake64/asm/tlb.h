/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header, but what is invalidated is told to the test: of EL2's own translations, and of
 * guests' where tlb.c is what is tested.
 */
#ifndef FAKE64_ASM_TLB_H
#define FAKE64_ASM_TLB_H

#include <asm/sysreg.h>

#define tlb_flush_own_page	tlb_flush_own_page_of_arm64
#include_next <asm/tlb.h>
#undef tlb_flush_own_page

void tlb_flush_own_page(u64 va);
void fake64_tlbi(const char *operation, u64 value);

#undef tlbi
#define tlbi(operation)			fake64_tlbi(#operation, 0)
#undef tlbi_address
#define tlbi_address(operation, value)	fake64_tlbi(#operation, value)

#endif
