// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Accesses that find nothing of the cell's are counted, and where the last one went is told; those
 * that have an effect are not, nor is what drivers do to all interrupts that there may be. GICv2
 * and GICv3.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gic/gicd.h>
#include <gic/vgic.h>
#include <gic/vsgi.h>
#include "fake64/fake64.h"

#define CPU0	6	/* the guest's CPUs are 6, 4, 7, 5 */
#define OWN	40	/* an interrupt of the cell, */
#define VIRQ	43	/* a virtual one in its word, */
#define FOREIGN	41	/* one of root in its word, */
#define ALONE	75	/* and one in a word of which the cell owns none */

static struct jh_input input;

/* Where the registers are; once, as the machine does not move them. */
static int build(void **state)
{
	u32 length;
	void *config = machine_config(JH_GIC, &length);

	(void)state;
	vgic_build(config);
	free(config);
	return 0;
}

static void begin(void)
{
	u32 i;

	fake64_reset();
	for (i = 1; i < 32; i++)
		root_cell.plain_irqs[i] = root_cell.irqs[i] = ~0U;
	for (i = 4; i < 8; i++)
		cpus[i].state = CPU_RUNNING;
	fake64_number(0);
	fake64_become(0);
	arch_irq_claim(&fake64_cell, OWN, false);
	virq_add(&fake64_cell.virqs, VIRQ_UART, VIRQ);
	fake64_cell.vuart.input = &input;
	fake64_cell.plain_irqs[1] = fake64_cell.irqs[1];
	fake64_become(CPU0);
}

static const struct jh_cpu_report *told(void)
{
	return cpus[CPU0].report;
}

/* The value of a load; the stage 2 fault of the access says where it was. */
static u64 access_at(u64 address, u32 size, u64 value, bool write)
{
	const struct mmio_region *region = mmio_find(address);
	u32 offset;

	assert_non_null(region);
	offset = (u32)(address - region->start);
	fake64_set_sysreg("hpfar_el2", address >> 12 << 4);
	fake64_set_sysreg("far_el2", 0xffff800000000000 | (address & 0xfff));
	if (size == 4 && write)
		vgic_write32(offset, value, region);
	else if (size == 4)
		return vgic_read32(offset, region);
	else if (write)
		vgic_write(offset, size, value, region);
	else
		return vgic_read(offset, size, region);
	return 0;
}

/* Is an access counted as ignored? If so, the report holds its address. */
static void expect(bool ignored, u64 address, u32 size, u64 value, bool write)
{
	u64 before = told()->stats[JH_STAT_IGNORED];

	cpus[CPU0].report->ignored = 0;
	access_at(address, size, value, write);
	if (told()->stats[JH_STAT_IGNORED] != before + ignored)
		fail_msg("%s of %u bytes at %lx (%lx): counted %lu times", write ? "store" : "load",
			 size, address, value, told()->stats[JH_STAT_IGNORED] - before);
	assert_int_equal(told()->ignored, ignored ? address : 0);
}

#define GICD(offset)		(MACHINE_GICD + (offset))
#define WORD(reg, intid)	GICD((reg) + (intid) / 32 * 4)
#define BIT_OF(intid)		BIT((intid) % 32)

/* What the configuration has of the controller is reached through the hypervisor alone. */
static void all_of_its_frames(void **state)
{
	static const u32 kinds[] = {
#if JH_GIC == 2
		JH_UNIT_GICD, JH_UNIT_GICC, JH_UNIT_GICH, JH_UNIT_GICV,
#else
		JH_UNIT_GICD, JH_UNIT_GICR,
#endif
	};
	const struct jh_config_unit *unit;
	u32 length, i;
	void *config = machine_config(JH_GIC, &length);

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		unit = config_unit(config, kinds[i], 0);
		assert_non_null(unit);
		assert_non_null(mmio_find(unit->address));
		assert_non_null(mmio_find(unit->address + unit->size - 1));
	}
	free(config);
}

static void making_a_foreign_interrupt_come(void **state)
{
	static const u32 sets[] = { GICD_ISENABLER, GICD_ISPENDR, GICD_ISACTIVER };
	u32 i;

	(void)state;
	for (i = 0; i < 3; i++) {
		begin();
		expect(true, WORD(sets[i], FOREIGN), 4, BIT_OF(FOREIGN), true);
		expect(true, WORD(sets[i], ALONE), 4, BIT_OF(ALONE), true);
		expect(false, WORD(sets[i], OWN), 4, BIT_OF(OWN), true);
		expect(false, WORD(sets[i], VIRQ), 4, BIT_OF(VIRQ), true);
		expect(false, WORD(sets[i], ALONE), 4, 0, true);
		expect(false, WORD(sets[i], ALONE), 4, 0, false);
	}
	/* Without a virtual one in the word the way is another. */
	begin();
	fake64_cell.virqs.exist = 0;
	expect(true, WORD(GICD_ISENABLER, FOREIGN), 4, BIT_OF(FOREIGN), true);
	expect(false, WORD(GICD_ISENABLER, OWN), 4, BIT_OF(OWN), true);
}

static void drivers_writes_to_all_interrupts_do_not_count(void **state)
{
	static const u32 clears[] = { GICD_ICENABLER, GICD_ICPENDR, GICD_ICACTIVER, GICD_IGROUPR };
	u32 word, intid, i;

	(void)state;
	begin();
	for (word = 0; word < 32; word++) {
		for (i = 0; i < 4; i++) {
			expect(false, GICD(clears[i] + 4 * word), 4, ~0U, true);
			expect(false, GICD(clears[i] + 4 * word), 4, 0, false);
		}
		expect(false, GICD(GICD_ICFGR + 8 * word), 4, 0xaaaaaaaa, true);
	}
	for (intid = 32; intid < 1020; intid += 4) {
		expect(false, GICD(GICD_IPRIORITYR + intid), 4, 0xa0a0a0a0, true);
		expect(false, GICD(GICD_IPRIORITYR + intid), 1, 0xa0, true);
	}
	expect(false, GICD(GICD_CTLR), 4, 0x13, true);
	expect(false, GICD(GICD_TYPER), 4, 0, false);
}

static void registers_that_are_not_there(void **state)
{
	(void)state;
	begin();
	/* Reserved in each version; a message that would become an SPI. */
	expect(true, GICD(0xe00), 4, 1, true);
	expect(true, GICD(0xe00), 4, 0, false);
	expect(false, GICD(0xe00), 4, 0, true);
	expect(true, GICD(0x40), 4, OWN, true);
}

static void only_the_cpu_that_did_it_counts(void **state)
{
	(void)state;
	begin();
	expect(true, WORD(GICD_ISENABLER, ALONE), 4, BIT_OF(ALONE), true);
	assert_int_equal(told()->stats[JH_STAT_IGNORED], 1);
	/* Others' reports are their own. */
	assert_int_equal(cpus[4].report->stats[JH_STAT_IGNORED], 0);
}

#if JH_GIC == 2

static void targets_outside_of_the_cell(void **state)
{
	(void)state;
	begin();
	/* Interfaces 0 to 3 are the cell's. */
	expect(false, GICD(GICD_ITARGETSR + OWN), 4, 0x01010101, true);
	expect(true, GICD(GICD_ITARGETSR + OWN), 1, 0x10, true);
	expect(false, GICD(GICD_ITARGETSR + OWN), 1, 0, true);
	expect(false, GICD(GICD_ITARGETSR + ALONE), 1, 0x10, true);
	expect(false, GICD(GICD_ITARGETSR), 4, 0, false);
}

static void sgis_to_others(void **state)
{
	u32 off;

	(void)state;
	begin();
	expect(true, GICD(GICD_SGIR), 4, 0x10 << 16, true);
	expect(false, GICD(GICD_SGIR), 4, 0x02 << 16, true);
	expect(false, GICD(GICD_SGIR), 4, 0x01 << 16, true);
	expect(false, GICD(GICD_SGIR), 4, 1 << 24, true);
	expect(false, GICD(GICD_SGIR), 4, 0, true);
	/* One of the cell's that is off is no mistake, nor is it if all others are. */
	fake64_cell.arch.sgi_targets[0] = 1;
	for (off = 1; off < 4; off++)
		expect(false, GICD(GICD_SGIR), 4, BIT(16 + off), true);
	expect(false, GICD(GICD_SGIR), 4, 1 << 24, true);
}

static void frames_that_are_not_there(void **state)
{
	(void)state;
	begin();
	expect(true, MACHINE_GICH, 4, 0, false);
	expect(true, MACHINE_GICH + 0x100, 4, 5, true);
	expect(true, GICD(GICD_ISENABLER), 4, BIT(25), true);	/* the maintenance interrupt */
	expect(false, GICD(GICD_ISENABLER), 4, BIT(27) | BIT(25), true);
	expect(false, GICD(GICD_ISENABLER), 4, 0xffff, true);
	expect(false, GICD(GICD_ICENABLER), 4, ~0U, true);
}

#else

#define GICR(n, offset)	(MACHINE_GICR + (n) * 0x20000 + (offset))
#define SGI_FRAME	0x10000

static void targets_outside_of_the_cell(void **state)
{
	(void)state;
	begin();
	/* Affinities 0 to 3 are the cell's. */
	expect(false, GICD(GICD_IROUTER + 8 * OWN), 8, 3, true);
	expect(true, GICD(GICD_IROUTER + 8 * OWN), 8, 4, true);
	expect(true, GICD(GICD_IROUTER + 8 * OWN), 8, 0x100, true);
	expect(false, GICD(GICD_IROUTER + 8 * ALONE), 8, 4, true);
	/* Of GICv2 alone. */
	expect(true, GICD(GICD_ITARGETSR + OWN), 4, 0x01010101, true);
}

static void expect_sgi(bool ignored, u64 value)
{
	u64 before = told()->stats[JH_STAT_IGNORED];

	cpus[CPU0].report->ignored = 0;
	vsgi_sgi1r(value);
	if (told()->stats[JH_STAT_IGNORED] != before + ignored)
		fail_msg("SGI %lx", value);
	assert_true(told()->ignored == (ignored ? JH_IGNORED_IPI : 0));
}

static void sgis_to_others(void **state)
{
	(void)state;
	begin();
	expect_sgi(false, 1);			/* to itself */
	expect_sgi(false, 2);
	expect_sgi(false, 0xf);
	expect_sgi(false, BIT(40));		/* to all others */
	expect_sgi(true, 0x10);
	expect_sgi(true, 0x12);
	expect_sgi(true, 1 << 16 | 1);
	expect_sgi(true, 1UL << 44 | 1);
	expect_sgi(true, 1UL << 32 | 1);
	/* One of the cell's that is off is no mistake. */
	fake64_cell.arch.sgi_targets[0] = 1;
	expect_sgi(false, 4);
	fake64_become(CPU0);
	fake64_number(JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT);
	fake64_become(CPU0);
	expect_sgi(false, 2);
	expect_sgi(true, 0x10);
	/* By the machine's numbers CPU 4 is the cell's, and CPU 0 root's. */
	fake64_number(JH_CELL_PHYSICAL_IDS);
	fake64_become(CPU0);
	expect_sgi(false, 0x10);
	expect_sgi(true, 1);
}

static void frames_that_are_not_there(void **state)
{
	u64 own = GICR(0, SGI_FRAME);

	(void)state;
	begin();
	expect(true, own + GICD_ISENABLER, 4, BIT(25), true);	/* the maintenance interrupt */
	expect(false, own + GICD_ISENABLER, 4, BIT(27) | BIT(25), true);
	expect(false, own + GICD_ISENABLER, 4, 0xffff, true);
	expect(false, own + GICD_ICENABLER, 4, ~0U, true);
	/* Its driver wakes it; LPIs there are none. */
	expect(false, GICR(0, 0x14), 4, 2, true);
	expect(true, GICR(0, 0x70), 8, 0x80000000, true);
	expect(false, GICR(0, 0x08), 8, 0, false);
	/* Of one of the cell's that is off. */
	cpus[4].state = CPU_PARKED;
	expect(true, GICR(1, SGI_FRAME + GICD_ISENABLER), 4, 1, true);
	expect(false, GICR(1, SGI_FRAME + GICD_ISENABLER), 4, 0, false);
	/* There are four. */
	expect(true, GICR(4, 0x08), 8, 0, false);
	expect(true, GICR(4, SGI_FRAME + GICD_ISENABLER), 4, 1, true);
	expect(true, GICR(5, SGI_FRAME + GICD_ISENABLER), 4, 0, false);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_its_frames),
		cmocka_unit_test(making_a_foreign_interrupt_come),
		cmocka_unit_test(drivers_writes_to_all_interrupts_do_not_count),
		cmocka_unit_test(registers_that_are_not_there),
		cmocka_unit_test(only_the_cpu_that_did_it_counts),
		cmocka_unit_test(targets_outside_of_the_cell),
		cmocka_unit_test(sgis_to_others),
		cmocka_unit_test(frames_that_are_not_there),
	};

	return cmocka_run_group_tests(tests, build, NULL);
}
