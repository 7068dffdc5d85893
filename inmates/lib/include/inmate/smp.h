/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The CPUs of an inmate. The one that starts has index 0, the others are numbered as started.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_SMP_H
#define INMATE_SMP_H

#include <inmate/sysreg.h>
#include <inmate/types.h>

typedef void (*smp_entry_t)(void *arg);

/** smp_cpu_index() - index of the calling CPU */
static inline u32 smp_cpu_index(void)
{
	return sysreg_read(tpidr_el1);
}

/**
 * smp_discover() - finds the other CPUs of the cell
 * @mpidrs: takes their affinities, in ascending order
 * @max: entries of @mpidrs
 *
 * Asks PSCI AFFINITY_INFO for all plausible affinities (16 clusters of 16); CPUs that are not the
 * cell's are refused there.
 *
 * Return: how many there are, at most @max.
 */
u32 smp_discover(u64 *mpidrs, u32 max);

/**
 * smp_start() - has a CPU run a function
 * @mpidr: its affinity
 * @entry: runs with MMU, caches, vectors and a stack, interrupts masked; when it returns, the
 *	CPU powers itself off by PSCI CPU_OFF
 *
 * A CPU that is started again gets the index that it had.
 *
 * Return: the index of the CPU, > 0, or PSCI's error, < 0; PSCI_DENIED if there is no stack left.
 */
s32 smp_start(u64 mpidr, smp_entry_t entry, void *arg);

/**
 * smp_wait_off() - waits until a CPU has powered itself off
 * @mpidr: its affinity
 * @timeout_us: how long to wait, in microseconds
 *
 * Return: is it off? By PSCI AFFINITY_INFO.
 */
bool smp_wait_off(u64 mpidr, u64 timeout_us);

#endif
