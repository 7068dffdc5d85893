// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell whose first CPU changes the state of its others, which are off and so parked in the
 * hypervisor: by SGIs, and by PPIs through their redistributors (GICv3). Their next owner must not
 * find any of it.
 *
 * Command line: mode=off|race|local|storm|asleep; sgi=N for the first two; for local and storm
 * mask=BITS of the interrupts, and "en", "pend" and "act" for what is done to them. started=no: the
 * others have never run. Says "sibling: ready" when it is as bad as it gets.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>

#define SIBLING_OFF_US		1000000
#define SIBLING_STORM_ROUNDS	20
#define SIBLING_STORM_WRITES	5000
#define SIBLING_PPIS		0xffff0000U

#define GICR_TYPER		0x0008
#define  TYPER_LAST		BIT(4)
#define GICR_STRIDE		0x20000
#define GICR_SGI_FRAME		0x10000
#define GICR_MAX		64

static u64 sibling_mpidrs[INMATE_MAX_CPUS];
static u32 sibling_count;
static u64 sibling_first;
static bool sibling_is_up[INMATE_MAX_CPUS];	/* by smp_cpu_index() */

/* --- SGIs --- */

static void sibling_idle(void *arg)
{
	(void)arg;
}

/* Another CPU runs for a moment and is off again. */
static bool sibling_park(u64 mpidr)
{
	if (!cmdline_bool("started", true))
		return true;
	return smp_start(mpidr, sibling_idle, NULL) >= 0 && smp_wait_off(mpidr, SIBLING_OFF_US);
}

static void sibling_send_off(u32 sgi)
{
	for (u32 n = 0; n < sibling_count; n++) {
		if (!sibling_park(sibling_mpidrs[n]))
			printf("sibling: CPU %u did not turn off\n", n + 1);
		gic_send_sgi(sgi, sibling_mpidrs[n]);
	}
	printf("sibling: SGI %u sent to CPUs that are off\nsibling: ready\n", sgi);
}

static void sibling_bombard(void *arg)
{
	gic_cpu_init();
	WRITE_ONCE(sibling_is_up[smp_cpu_index()], true);
	for (;;)
		gic_send_sgi((u32)(u64)arg, sibling_first);
}

/* On GICv2 nobody can send to a CPU that has not said which interface it has. */
static void sibling_wait_up(void)
{
	for (u32 n = 1; n <= sibling_count; n++) {
		while (!READ_ONCE(sibling_is_up[n]))
			cpu_relax();
	}
}

static void __noreturn sibling_race(u32 sgi)
{
	for (u32 n = 0; n < sibling_count; n++)
		smp_start(sibling_mpidrs[n], sibling_bombard, (void *)(u64)sgi);
	sibling_wait_up();
	printf("sibling: SGI %u to and fro\nsibling: ready\n", sgi);
	for (u32 n = 0;; n = (n + 1) % sibling_count)
		gic_send_sgi(sgi, sibling_mpidrs[n]);
}

/* --- PPIs --- */

/* The frame with another CPU's registers of interrupts 0-31; 0: there is none (GICv2). */
static u64 sibling_frame(u64 mpidr)
{
	u64 base = comm_region->gicr_base, typer;
	u32 affinity = (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24;

	for (u32 n = 0; base && n < GICR_MAX; n++, base += GICR_STRIDE) {
		typer = mmio_read64(base + GICR_TYPER);
		if (typer >> 32 == affinity)
			return base + GICR_SGI_FRAME;
		if (typer & TYPER_LAST)
			break;
	}
	return 0;
}

static void sibling_touch(u64 frame, u32 mask)
{
	if (cmdline_bool("en", true))
		mmio_write32(frame + GICD_ISENABLER, mask);
	if (cmdline_bool("pend", true))
		mmio_write32(frame + GICD_ISPENDR, mask);
	if (cmdline_bool("act", true))
		mmio_write32(frame + GICD_ISACTIVER, mask);
	for (u32 offset = 0; offset < 32; offset += 4)
		mmio_write32(frame + GICD_IPRIORITYR + offset, 0);
	mmio_write32(frame + GICD_ICFGR + 4, ~0U);
}

static void sibling_local(u32 mask)
{
	u64 frame;

	for (u32 n = 0; n < sibling_count; n++) {
		sibling_park(sibling_mpidrs[n]);
		frame = sibling_frame(sibling_mpidrs[n]);
		if (frame)
			sibling_touch(frame, mask);
		printf("sibling: CPU %u, frame 0x%lx, interrupts 0x%x\n", n + 1, frame, mask);
	}
	printf("sibling: ready\n");
}

/* PPIs without end, of the top priority, while the CPU goes on and off. */
static void sibling_storm(u32 mask)
{
	u64 frame = sibling_frame(sibling_mpidrs[0]);
	u32 done = 0;

	for (u32 round = 0; round < SIBLING_STORM_ROUNDS; round++) {
		done += sibling_park(sibling_mpidrs[0]);
		if (!frame)
			continue;
		sibling_touch(frame, mask & SIBLING_PPIS);
		for (u32 n = 0; n < SIBLING_STORM_WRITES; n++)
			mmio_write32(frame + GICD_ISPENDR, mask & SIBLING_PPIS);
	}
	printf("sibling: CPU 1 was on and off %u times of %u\nsibling: ready\n", done,
	       SIBLING_STORM_ROUNDS);
	for (;;)
		mmio_write32(frame ? frame + GICD_ISPENDR : gic_reg(GICD_ISPENDR, 16, 1),
			     mask & SIBLING_PPIS);
}

/* A harmless guest: it reports its end, and sleeps with its CPU interface unused. */
static void __noreturn sibling_asleep(void)
{
	sysreg_write(daif, 0x3c0);
	printf("sibling: ready\n");
	comm_set_state(JH_COMM_SHUT_DOWN);
	for (;;)
		wfi();
}

void inmate_main(void)
{
	u32 sgi = cmdline_int("sgi", 2), mask = cmdline_int("mask", 0xffffffff);

	if (cmdline_is("mode", "asleep"))
		sibling_asleep();
	sibling_first = cpu_mpidr();
	sibling_count = smp_discover(sibling_mpidrs, INMATE_MAX_CPUS - 1);
	gic_init();
	if (!sibling_count)
		printf("sibling: the cell has one CPU\n");
	else if (cmdline_is("mode", "off"))
		sibling_send_off(sgi);
	else if (cmdline_is("mode", "race"))
		sibling_race(sgi);
	else if (cmdline_is("mode", "local"))
		sibling_local(mask);
	else if (cmdline_is("mode", "storm"))
		sibling_storm(mask);
}
