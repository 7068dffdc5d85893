// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks that all registers of the interrupt controller, and all calls that name CPUs, describe one
 * machine of N CPUs.
 *
 * Command line: cpus=N; physical: the numbers of CPUs are the real machine's, and may be any; spi=N
 * an SPI of the cell.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "tap.h"

#define VIEW_EINVAL		22
#define VIEW_SGI		9
#define VIEW_TIMEOUT_US		2000000
#define VIEW_FRAMES		0x20000
#define VIEW_TYPER_LAST		0x10
#define VIEW_GICC_PMR		0x4
#define VIEW_GICC_IIDR		0xfc
#define VIEW_PAGE		0x1000
#define VIEW_WINDOW		0x10000

static u32 view_cpus;
static u32 view_spi;
static bool view_physical;
static u64 view_mpidrs[INMATE_MAX_CPUS];	/* of all, this one first */
static u8 view_masks[INMATE_MAX_CPUS];		/* GICv2: of their interfaces */
static u64 view_ready;

static void view_test_cpus(void)
{
	u32 found = smp_discover(view_mpidrs + 1, INMATE_MAX_CPUS - 1), wrong = 0, n;

	view_mpidrs[0] = cpu_mpidr();
	tap_eq(found + 1, view_cpus, "PSCI knows so many CPUs");
	if (view_physical)
		return;
	tap_eq(sysreg_read(mpidr_el1), 0x80000000, "MPIDR_EL1 is that of CPU 0");
	for (n = 1; n <= found; n++)
		wrong += view_mpidrs[n] != n;
	tap_eq(wrong, 0, "the others follow");
	tap_eq(psci_call(PSCI_CPU_ON, view_cpus, 0, 0), (u64)PSCI_INVALID_PARAMETERS,
	       "there is no CPU %u", view_cpus);
	tap_eq(hypercall1(JH_HC_CPU_GET_INFO, view_cpus - 1), JH_CPU_STATE_RUNNING,
	       "CPU_GET_INFO knows CPU %u", view_cpus - 1);
	tap_eq(hypercall1(JH_HC_CPU_GET_INFO, view_cpus), (u64)-VIEW_EINVAL,
	       "and no CPU %u", view_cpus);
}

/* Registers with a bit for each SPI show no other than the cell's one. */
static void view_test_bits(u32 reg, const char *name)
{
	u32 foreign = 0, words = (mmio_read32(comm_region->gicd_base + GICD_TYPER) & 0x1f) + 1, n;

	for (n = 1; n < words; n++) {
		u32 own = n == view_spi / 32 ? 1U << view_spi % 32 : 0;

		foreign |= mmio_read32(comm_region->gicd_base + reg + 4 * n) & ~own;
	}
	tap_eq(foreign, 0, "%s shows no interrupt of others", name);
}

static void view_test_distributor(void)
{
	u64 base = comm_region->gicd_base;
	u32 typer = mmio_read32(base + GICD_TYPER), size = gic_version() == 3 ? 0x10000 : 0x1000;
	u32 first, read = 0, n;

	for (n = 0; n < size; n += 4)
		read += mmio_read32(base + n) != 0;
	tap_ok(read > 0, "%u of %u words of the distributor are not 0", read, size / 4);
	tap_eq(mmio_read32(base + GICD_TYPER), typer, "GICD_TYPER stays what it is");
	view_test_bits(GICD_ISENABLER, "ISENABLER");
	view_test_bits(GICD_ISPENDR, "ISPENDR");
	view_test_bits(GICD_ISACTIVER, "ISACTIVER");
	view_test_bits(GICD_IGROUPR, "IGROUPR");
	if (view_physical)
		return;
	if (gic_version() == 3) {
		tap_eq(typer >> 17 & 3, 0, "GICD_TYPER tells of no LPIs");
		return;
	}
	first = mmio_read32(base + GICD_ITARGETSR);
	tap_eq(typer >> 5 & 7, view_cpus - 1, "GICD_TYPER counts the CPUs");
	tap_eq(first, 0x01010101, "this is CPU interface 0");
}

/* As XScuGic and NuttX do it, and to CPUs that there are not. */
static void view_test_targets(void)
{
	u64 addr = comm_region->gicd_base + GICD_ITARGETSR + view_spi;
	u32 all = (1U << view_cpus) - 1;

	if (view_physical)
		return;
	mmio_write32(addr & ~3UL, 0x01010101);
	tap_eq(mmio_read8(addr), 1, "an SPI goes to interface 0");
	mmio_write8(addr, 0xff);
	tap_eq(mmio_read8(addr), all, "or to all that there are");
	mmio_write8(addr, 0xff & ~all);
	tap_eq(mmio_read8(addr), all, "but not to none of them");
}

static void view_test_routes(void)
{
	u64 addr = comm_region->gicd_base + GICD_IROUTER + 8 * view_spi;
	u32 wrong = 0, n;

	for (n = 0; n < view_cpus; n++) {
		mmio_write64(addr, view_mpidrs[n]);
		wrong += mmio_read64(addr) != view_mpidrs[n];
	}
	tap_eq(wrong, 0, "the SPI can be routed to each CPU");
	mmio_write64(addr, view_mpidrs[0]);
	mmio_write64(addr, 0x0f0f);
	tap_eq(mmio_read64(addr), view_mpidrs[0], "and to no other");
}

/* How far the frames go, and what is behind them. */
static void view_test_redistributors(void)
{
	u64 base = comm_region->gicr_base, typer = 0, own = 0, end;
	u32 n, wrong = 0, behind = 0;

	for (n = 0; n < 64 && !(typer & VIEW_TYPER_LAST); n++) {
		typer = mmio_read64(base + n * VIEW_FRAMES + 8);
		own += typer >> 32 == view_mpidrs[0];
		wrong += typer >> 32 != n || (typer >> 8 & 0xffff) != n || typer & 1;
	}
	tap_eq(own, 1, "one redistributor is this CPU's");
	if (view_physical)
		return;
	tap_eq(n, view_cpus, "there is one for each CPU, and the last one says so");
	tap_eq(wrong, 0, "with its affinity and number, without LPIs");
	for (end = n * VIEW_FRAMES; end < (n + 1) * VIEW_FRAMES; end += 4)
		behind |= mmio_read32(base + end);
	tap_eq(behind, 0, "there is nothing behind them");
	tap_eq(mmio_read32(base + 0x14) & 4, 0, "the first one is awake");
	tap_eq(mmio_read32(base + 0xffe8) >> 4 & 0xf,
	       mmio_read32(comm_region->gicd_base + GICD_PIDR2) >> 4 & 0xf,
	       "it is of the distributor's version");
}

/* Where the machine repeats the CPU interface, drivers differ in which page they take. */
static void view_test_interface(void)
{
	u64 last = comm_region->gicc_base, base = last - 15 * VIEW_PAGE;
	u32 iidr = mmio_read32(last + VIEW_GICC_IIDR), same = 0, n;

	if (last % VIEW_WINDOW != 15 * VIEW_PAGE) {
		tap_skip("pages of the CPU interface", "there are two");
		return;
	}
	for (n = 0; n < 16; n++) {
		mmio_write32(base + n * VIEW_PAGE + VIEW_GICC_PMR, 0x10 * n);
		same += mmio_read32(base + n * VIEW_PAGE + VIEW_GICC_IIDR) == iidr &&
			mmio_read32(last + VIEW_GICC_PMR) == 0x10 * n;
	}
	tap_eq(same, 16, "each of the 16 pages is the CPU interface");
	mmio_write32(last + VIEW_GICC_PMR, 0xf0);
}

static void view_secondary(void *arg)
{
	u32 n = (u64)arg;

	gic_cpu_init();
	if (cpu_mpidr() == view_mpidrs[n])
		atomic_inc(&view_ready);
	if (gic_version() == 2)
		view_masks[n] = mmio_read8(comm_region->gicd_base + GICD_ITARGETSR);
	/* To the first one, as it knows itself. */
	gic_send_sgi(VIEW_SGI, view_mpidrs[0]);
}

/* Returns what GICC_IAR or ICC_IAR1_EL1 said, once. */
static u32 view_take(void)
{
	u64 end = timer_now() + timer_from_us(VIEW_TIMEOUT_US);
	u32 ack;

	do
		ack = gic_ack();
	while (gic_intid(ack) >= GIC_SPECIAL && timer_now() < end);
	if (gic_intid(ack) < GIC_SPECIAL)
		gic_eoi(ack);
	return ack;
}

static void view_test_sgis(void)
{
	u32 n, ack, taken = 0, named = 0;

	gic_enable(VIEW_SGI);
	for (n = 1; n < view_cpus; n++) {
		if (smp_start(view_mpidrs[n], view_secondary, (void *)(u64)n) < 0)
			break;
		ack = view_take();
		taken += gic_intid(ack) == VIEW_SGI;
		named += gic_version() == 3 || 1U << (ack >> 10 & 7) == view_masks[n];
		smp_wait_off(view_mpidrs[n], VIEW_TIMEOUT_US);
	}
	tap_eq(view_ready, view_cpus - 1, "each CPU has the MPIDR by which it was started");
	tap_eq(taken, view_cpus - 1, "an SGI of each arrives here");
	tap_eq(named, view_cpus - 1, "and names its sender");
	gic_send_sgi_self(VIEW_SGI);
	ack = view_take();
	tap_eq(gic_intid(ack), VIEW_SGI, "one of this CPU too");
	if (gic_version() == 2)
		tap_eq(1U << (ack >> 10 & 7),
		       mmio_read8(comm_region->gicd_base + GICD_ITARGETSR), "by its own number");
}

static u64 view_ignored(void)
{
	return hypercall2(JH_HC_CPU_GET_INFO, 0, JH_CPU_INFO_STAT_BASE + JH_STAT_IGNORED);
}

/* What is done to the SPI behind its own, and what every driver does when it starts. */
static void view_test_ignored(void)
{
	u64 base = comm_region->gicd_base, word = (view_spi + 1) / 32 * 4, before;
	u32 bit = 1U << (view_spi + 1) % 32;

	before = view_ignored();
	mmio_write32(base + GICD_ICENABLER + word, ~0U);
	mmio_write8(base + GICD_IPRIORITYR + view_spi + 1, 0xa0);
	gic_enable(view_spi);
	gic_disable(view_spi);
	tap_eq(view_ignored(), before, "what has an effect is not counted, nor is what clears");
	mmio_write32(base + GICD_ISENABLER + word, bit);
	tap_eq(view_ignored(), before + 1, "an interrupt enabled that is another's is");
	printf("# ignored at 0x%lx\n", base + GICD_ISENABLER + word);
}

void inmate_main(void)
{
	view_cpus = cmdline_int("cpus", 1);
	view_spi = cmdline_int("spi", 100);
	view_physical = cmdline_bool("physical", false);
	tap_start("view");
	gic_init();
	printf("# GICv%u, MPIDR 0x%lx, %u CPUs\n", gic_version(), cpu_mpidr(), view_cpus);
	view_test_cpus();
	view_test_distributor();
	if (gic_version() == 3) {
		view_test_redistributors();
		view_test_routes();
	} else {
		view_test_targets();
		view_test_interface();
	}
	view_test_sgis();
	/* It is asked by the number 0. */
	if (!view_physical)
		view_test_ignored();
	tap_end();
}
