/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header: its instructions assemble to nothing, and fake64's is for another test.
 */
#include <asm/sysreg.h>
#include "../../../arch/arm64/include/asm/tlb.h"
