/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * System registers are those of the fake machine.
 */
#ifndef FAKE_INMATE_SYSREG_H
#define FAKE_INMATE_SYSREG_H

#include_next <inmate/sysreg.h>
#include "fake/fake.h"

#undef sysreg_read
#undef sysreg_write
#define sysreg_read(name)		fake_sysreg_read(#name)
#define sysreg_write(name, value)	fake_sysreg_write(#name, value)
#define cpu_mpidr()			(fake_mpidr & MPIDR_AFFINITY)
#define irq_enable()			fake_note("irq on\n")
#define irq_disable()			fake_note("irq off\n")
#define irq_save()			fake_irq_save()
#define irq_restore(flags)		fake_note("irq restore %lx\n", flags)

#endif
