// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of fault_bell.c in an image without links.
 */
#include <asm/fault.h>

bool fault_bell(struct regs *regs, u64 esr, u64 far, u64 ipa)
{
	(void)far;
	(void)ipa;
	return fault_more(regs, esr);
}
