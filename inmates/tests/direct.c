// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest with direct interrupts. It puts its CPUs into a state from which the hypervisor must
 * recall them, or checks that the guest before it left nothing.
 *
 * Command line: mode=MODE, for each CPU one of the table below; without it, mode=check. sleep: the
 * states that hear no interrupt sleep in WFI instead of spinning.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/lock.h>
#include <inmate/print.h>
#include <inmate/smp.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "tap.h"

#define DIRECT_DOORBELL		7	/* the SGI by which the hypervisor rings */
#define DIRECT_NUM_SGIS		16
#define DIRECT_TICKS		20
#define DIRECT_LAST_SPI		256
#define DIRECT_TIMEOUT_US	5000000
#define DIRECT_GRACE_US		2000

#define GICC_CTLR		0x000
#define  GICC_CTLR_SPLIT	0x201	/* EOImode, enable */
#define GICC_PMR		0x004
#define GICC_BPR		0x008
#define ICC_IGRPEN1_EL1		S3_0_C12_C12_7

static u64 direct_ready;
static u64 direct_handled[INMATE_MAX_CPUS];
static bool direct_sleeps;

/* --- states to be stopped in --- */

static void direct_say_ready(const char *name)
{
	atomic_inc(&direct_ready);
	printf("direct: %s: CPU %u is ready\n", name, smp_cpu_index());
}

static void __noreturn direct_stay(bool sleep)
{
	for (;;) {
		if (sleep)
			wfi();
		else
			cpu_relax();
	}
}

static void direct_on_tick(u32 intid, void *arg)
{
	(void)intid;
	(void)arg;
	timer_set(timer_now() + timer_from_us(1000));
	direct_handled[smp_cpu_index()]++;
}

static void direct_tick(const char *name)
{
	gic_set_priority(TIMER_IRQ, GIC_PRIORITY_DEFAULT);
	gic_enable(TIMER_IRQ);
	timer_set(timer_now());
	direct_say_ready(name);
	irq_enable();
	direct_stay(true);
}

static void direct_spin(const char *name)
{
	direct_say_ready(name);
	direct_stay(false);
}

static void direct_wfi(const char *name)
{
	direct_say_ready(name);
	direct_stay(true);
}

static void direct_wfe(const char *name)
{
	direct_say_ready(name);
	for (;;)
		asm volatile("wfe" : : : "memory");
}

static u32 direct_wait_ack(void)
{
	u64 end = timer_now() + timer_from_us(DIRECT_TIMEOUT_US);
	u32 ack;

	do {
		ack = gic_ack();
	} while (gic_intid(ack) >= GIC_SPECIAL && timer_now() < end);
	return ack;
}

static u32 direct_find_spi(void)
{
	for (u32 spi = 32; spi < DIRECT_LAST_SPI; spi++) {
		if (gic_is_own(spi))
			return spi;
	}
	return 0;
}

/* Each more urgent than the one before, so that all of them are active at once. */
static void direct_acknowledge_all(const char *name, bool end)
{
	u32 intids[] = { smp_cpu_index() ? 0 : direct_find_spi(), TIMER_IRQ, 3, DIRECT_DOORBELL };
	u32 ack;

	for (u32 n = 0; n < ARRAY_SIZE(intids); n++) {
		u32 intid = intids[n];

		if (n == 0 && !intid)
			continue;
		gic_set_priority(intid, 0x90 - 0x20 * n);
		gic_enable(intid);
		if (intid < DIRECT_NUM_SGIS) {
			gic_send_sgi_self(intid);
		} else if (intid == TIMER_IRQ) {
			timer_set(timer_now());
		} else {
			gic_set_target_self(intid);
			gic_set_edge(intid, true);
			gic_set_pending(intid);
		}
		ack = direct_wait_ack();
		if (gic_intid(ack) != intid)
			printf("direct: %s: waited for %u, got %u\n", name, intid, gic_intid(ack));
		if (end)
			gic_eoi(ack);
	}
}

static void direct_active(const char *name)
{
	direct_acknowledge_all(name, false);
	direct_say_ready(name);
	direct_stay(direct_sleeps);
}

/* Where it is possible (GICv2), they stay active without a running priority. */
static void direct_split(const char *name)
{
	gic_set_split_eoi(true);
	direct_acknowledge_all(name, true);
	direct_say_ready(name);
	direct_stay(direct_sleeps);
}

static void direct_deaf(const char *name)
{
	gic_set_mask(0);
	if (gic_version() == 2) {
		mmio_write32(comm_region->gicc_base + GICC_BPR, 7);
		mmio_write32(comm_region->gicc_base + GICC_CTLR, 0);
	} else {
		sysreg_write(ICC_IGRPEN1_EL1, 0);
		isb();
	}
	direct_say_ready(name);
	direct_stay(direct_sleeps);
}

/*
 * It could be woken when it went to sleep for the first time; from then on its sleeps are its own.
 * The timer ends the first one, not before it has begun: then a WFI need not trap.
 */
static void direct_lost(const char *name)
{
	u32 ack;

	gic_set_priority(TIMER_IRQ, GIC_PRIORITY_DEFAULT);
	gic_enable(TIMER_IRQ);
	timer_set(timer_now() + timer_from_us(20000));
	asm volatile("wfi" : : : "memory");
	ack = direct_wait_ack();
	gic_disable(TIMER_IRQ);
	gic_eoi(ack);
	direct_deaf(name);
}

static void direct_crash(const char *name)
{
	direct_acknowledge_all(name, false);
	direct_say_ready(name);
	/* An address without memory ends the cell. */
	mmio_read32(0x40000000);
}

static const struct direct_mode {
	const char *name;
	void (*run)(const char *name);
} direct_modes[] = {
	{ "tick", direct_tick },	/* interrupted a thousand times a second, else asleep */
	{ "spin", direct_spin },	/* everything masked */
	{ "wfi", direct_wfi },
	{ "wfe", direct_wfe },
	{ "active", direct_active },	/* amidst an SPI, the timer, an SGI and the doorbell */
	{ "split", direct_split },	/* the same, but their priorities are dropped */
	{ "deaf", direct_deaf },	/* nothing gets through the CPU interface */
	{ "lost", direct_lost },	/* the same, after it could be woken once */
	{ "crash", direct_crash },	/* all CPUs in "active", the last of them fails */
};

static void direct_secondary(void *arg)
{
	const struct direct_mode *mode = arg;

	gic_cpu_init();
	(mode->run == direct_crash ? direct_active : mode->run)(mode->name);
}

static bool direct_wait(const u64 *counter, u64 value)
{
	u64 end = timer_now() + timer_from_us(DIRECT_TIMEOUT_US);

	while (READ_ONCE(*counter) < value && timer_now() < end)
		cpu_relax();
	return READ_ONCE(*counter) >= value;
}

static void direct_run(const struct direct_mode *mode)
{
	u64 mpidrs[INMATE_MAX_CPUS];
	u32 count = smp_discover(mpidrs, INMATE_MAX_CPUS - 1);

	gic_init();
	gic_handle(TIMER_IRQ, direct_on_tick, NULL);
	for (u32 n = 0; n < count; n++) {
		if (smp_start(mpidrs[n], direct_secondary, (void *)mode) >= 0)
			direct_wait(&direct_ready, n + 1);
	}
	mode->run(mode->name);
}

/* --- what is left of those before --- */

static u64 direct_gicc(u32 reg)
{
	return comm_region->gicc_base + reg;
}

static u32 direct_odd_priorities(void)
{
	u32 odd = gic_get_priority(TIMER_IRQ) != GIC_PRIORITY_DEFAULT;

	for (u32 sgi = 0; sgi < DIRECT_NUM_SGIS; sgi++)
		odd += sgi != DIRECT_DOORBELL && gic_get_priority(sgi) != GIC_PRIORITY_DEFAULT;
	return odd;
}

static void direct_check_reset(u32 cpu)
{
	/* On GICv3 the CPU interface is virtual then. */
	if (gic_version() == 2) {
		tap_eq(mmio_read32(direct_gicc(GICC_CTLR)) & GICC_CTLR_SPLIT, 0,
		       "CPU %u: the interface is disabled at first", cpu);
		tap_eq(mmio_read32(direct_gicc(GICC_PMR)), 0, "CPU %u: everything is masked", cpu);
		tap_eq(mmio_read32(direct_gicc(GICC_BPR)) >> 2, 0,
		       "CPU %u: the binary point is small", cpu);
	}
	(cpu ? gic_cpu_init : gic_init)();
	tap_eq(gic_running_priority(), 0xff, "CPU %u: nothing is being handled", cpu);
	tap_eq(mmio_read32(gic_reg(GICD_ISACTIVER, 0, 1)), 0, "CPU %u: nothing is active", cpu);
	tap_eq(mmio_read32(gic_reg(GICD_ISPENDR, 0, 1)), 0, "CPU %u: nothing is pending", cpu);
	tap_eq(mmio_read32(gic_reg(GICD_ISENABLER, 0, 1)) >> DIRECT_NUM_SGIS, 0,
	       "CPU %u: no PPI is enabled", cpu);
	tap_eq(direct_odd_priorities(), 0, "CPU %u: priorities are the default", cpu);
}

static void direct_count(u32 intid, void *arg)
{
	(void)intid;
	atomic_inc(arg);
}

static void direct_check_ticks(u32 cpu)
{
	gic_enable(TIMER_IRQ);
	WRITE_ONCE(direct_handled[cpu], 0);
	timer_set(timer_now());
	irq_enable();
	tap_ok(direct_wait(&direct_handled[cpu], DIRECT_TICKS), "CPU %u: its timer ticks", cpu);
	irq_disable();
	timer_stop();
	gic_disable(TIMER_IRQ);
}

static void direct_check_sgis(u32 cpu)
{
	u64 count = 0;

	for (u32 sgi = 0; sgi < DIRECT_NUM_SGIS; sgi++) {
		gic_handle(sgi, direct_count, &count);
		gic_set_priority(sgi, GIC_PRIORITY_DEFAULT);
		gic_enable(sgi);
	}
	irq_enable();
	for (u32 sgi = 0; sgi < DIRECT_NUM_SGIS; sgi++) {
		gic_send_sgi_self(sgi);
		direct_wait(&count, sgi + 1);
	}
	timer_delay_us(DIRECT_GRACE_US);
	irq_disable();
	tap_eq(count, DIRECT_NUM_SGIS, "CPU %u: each SGI to itself arrives once", cpu);
}

/* As guests do that know no other critical sections: by the priority mask. GICv2 only. */
static void direct_check_mask(u32 cpu)
{
	u64 count = 0;

	gic_handle(1, direct_count, &count);
	gic_set_mask(0x80);
	tap_eq(gic_get_mask(), 0x80, "CPU %u: the priority mask is its own", cpu);
	gic_send_sgi_self(1);
	irq_enable();
	timer_delay_us(DIRECT_GRACE_US);
	tap_eq(READ_ONCE(count), 0, "CPU %u: and holds an SGI back", cpu);
	gic_set_mask(0xf0);
	tap_ok(direct_wait(&count, 1), "CPU %u: until it opens", cpu);
	irq_disable();
}

static void direct_check_cpu(void *arg)
{
	u32 cpu = smp_cpu_index();

	(void)arg;
	direct_check_reset(cpu);
	direct_check_ticks(cpu);
	direct_check_sgis(cpu);
	if (gic_version() == 2)
		direct_check_mask(cpu);
	atomic_inc(&direct_ready);
}

static void direct_check_spi(void)
{
	u32 spi = direct_find_spi();
	u64 count = 0;

	if (!spi)
		return;
	tap_ok(!gic_is_active(spi), "SPI %u is not active", spi);
	gic_handle(spi, direct_count, &count);
	gic_set_target_self(spi);
	gic_set_priority(spi, GIC_PRIORITY_DEFAULT);
	gic_set_edge(spi, true);
	gic_enable(spi);
	irq_enable();
	gic_set_pending(spi);
	tap_ok(direct_wait(&count, 1), "SPI %u arrives", spi);
	irq_disable();
	gic_disable(spi);
}

static void direct_check(void)
{
	u64 mpidrs[INMATE_MAX_CPUS];
	u32 count = smp_discover(mpidrs, INMATE_MAX_CPUS - 1);

	tap_start("direct");
	gic_handle(TIMER_IRQ, direct_on_tick, NULL);
	direct_check_cpu(NULL);
	direct_check_spi();
	for (u32 n = 0; n < count; n++) {
		tap_ok(smp_start(mpidrs[n], direct_check_cpu, NULL) >= 0 &&
		       direct_wait(&direct_ready, n + 2), "CPU %u was there", n + 1);
	}
	tap_end();
}

void inmate_main(void)
{
	direct_sleeps = cmdline_bool("sleep", false);
	for (u32 n = 0; n < ARRAY_SIZE(direct_modes); n++) {
		if (cmdline_is("mode", direct_modes[n].name))
			direct_run(&direct_modes[n]);
	}
	direct_check();
}
