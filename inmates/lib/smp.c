// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The CPUs of an inmate.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/timer.h>

#include "layout.h"

_Static_assert(STACK_COUNT == INMATE_MAX_CPUS, "every CPU needs a stack");

#define SMP_POLL_US	50

struct smp_cpu {
	u64 mpidr;
	smp_entry_t entry;
	void *arg;
};

extern u8 start_secondary[];

void __noreturn smp_secondary(u32 cpu);

/* Entry 0 belongs to the first CPU and is not used. */
static struct smp_cpu smp_cpus[INMATE_MAX_CPUS];
static u32 smp_num_cpus = 1;

u32 smp_discover(u64 *mpidrs, u32 max)
{
	u32 count = 0;
	s64 info;

	for (u64 aff1 = 0; aff1 < 16; aff1++) {
		for (u64 aff0 = 0; aff0 < 16 && count < max; aff0++) {
			u64 mpidr = aff1 << 8 | aff0;

			if (mpidr == cpu_mpidr())
				continue;
			info = psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0);
			if (info >= 0)
				mpidrs[count++] = mpidr;
		}
	}
	return count;
}

s32 smp_start(u64 mpidr, smp_entry_t entry, void *arg)
{
	u32 cpu = 1;
	s64 err;

	while (cpu < smp_num_cpus && smp_cpus[cpu].mpidr != mpidr)
		cpu++;
	if (cpu == INMATE_MAX_CPUS)
		return PSCI_DENIED;
	smp_cpus[cpu].mpidr = mpidr;
	smp_cpus[cpu].entry = entry;
	smp_cpus[cpu].arg = arg;
	/* The new CPU reads its entry with the MMU on, so coherently. */
	dsb_ish();
	err = psci_call(PSCI_CPU_ON, mpidr, (u64)start_secondary, cpu);
	if (err)
		return err;
	if (cpu == smp_num_cpus)
		smp_num_cpus++;
	return cpu;
}

bool smp_wait_off(u64 mpidr, u64 timeout_us)
{
	u64 end = timer_now() + timer_from_us(timeout_us);

	while (psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0) != PSCI_AFF_OFF) {
		if (timer_now() > end)
			return false;
		/* The firmware may hold a lock that the other CPU needs to go off. */
		timer_delay_us(SMP_POLL_US);
	}
	return true;
}

void __noreturn smp_secondary(u32 cpu)
{
	s64 err;

	smp_cpus[cpu].entry(smp_cpus[cpu].arg);
	err = psci_call(PSCI_CPU_OFF, 0, 0, 0);
	printf("smp: CPU_OFF came back with %ld\n", err);
	inmate_exit(JH_COMM_FAILED);
}
