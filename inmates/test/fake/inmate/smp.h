/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The calling CPU is the one that a test wants.
 */
#ifndef FAKE_INMATE_SMP_H
#define FAKE_INMATE_SMP_H

#include <inmate/sysreg.h>
#define smp_cpu_index	real_smp_cpu_index
#include_next <inmate/smp.h>
#undef smp_cpu_index
#define smp_cpu_index()	fake_cpu

#endif
