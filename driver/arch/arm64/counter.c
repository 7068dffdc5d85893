// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The architected counter.
 */
#include "../../jh.h"

#include <asm/barrier.h>
#include <asm/sysreg.h>

/** jh_arch_now() - the virtual counter, read after all earlier instructions */
u64 jh_arch_now(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

/** jh_arch_frequency() - ticks of the counter in a second */
u64 jh_arch_frequency(void)
{
	return read_sysreg(cntfrq_el0);
}
