// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Direct interrupts on GICv2: SGIs stay within the cell, the CPU interface is handed over and comes
 * back as it must be, and no sleep begins that the doorbell would not end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <gic/gicd.h>
#include <gic/gicv2.h>
#include <asm/errata.h>
#include "fake64/fake64.h"

#define CPU		4
#define OWN		(1U << CPU)
#define TARGETS		0xf0U
#define TO(targets)	((u32)(targets) << 16)
#define LINUX_CTLR	0x1e0U
#define EOIMODE_ENABLE	0x201U

static u32 *gicd(u32 offset)
{
	return &fake64_gicv2[(FAKE64_GICD_V2 + offset) / 4];
}

static void begin(void)
{
	u32 cpu;

	fake64_reset();
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++)
		cpus[cpu].arch.affinity = cpu;
	fake64_become(CPU);
	fake64_cell.flags = JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT;
	fake64_cell.arch.sgi_targets[0] = TARGETS;
	this_percpu->cluster_bit = OWN;
	/* As while another cell's guest had it: all list registers are empty. */
	*fake64_gich(GICH_ELRSR0) = (u32)this_percpu->vgic.lr_all;
	cpus[CPU].arch.sgi_enabled = 0xffff;
}

static void sgis_are_physical_and_stay_within_the_cell(void **state)
{
	static const struct {
		u32 written, sent;
	} rows[] = {
		{ TO(0xff) | 5, TO(TARGETS) | 5 },
		{ TO(0x0f) | 6, TO(0) | 6 },
		{ TO(0x21) | 7, TO(0x20) | 7 },
		{ TO(OWN) | 1, TO(OWN) | 1 },
		{ 1U << 24 | TO(0x01) | 2, TO(TARGETS & ~OWN) | 2 },
		{ 2U << 24 | TO(0x01) | 3, TO(OWN) | 3 },
	};
	u32 i;

	(void)state;
	begin();
	gicv2_give_interface();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		gicv2_send_sgi(rows[i].written);
		assert_int_equal(*gicd(GICD_SGIR), rows[i].sent);
		assert_int_equal(*fake64_gich(GICH_LR), 0);
	}
	/* A filter that does not exist sends to nobody. */
	*gicd(GICD_SGIR) = 0;
	gicv2_send_sgi(3U << 24 | TO(0xff) | 4);
	assert_int_equal(*gicd(GICD_SGIR) & ~0xfU, 0);
}

#define PENDING(o, s, w, v) \
	gicv2_access_pending_direct((struct mmio_access){ (v), (o), (s), (w) })

static void pending_sgis_are_of_the_cells_senders(void **state)
{
	(void)state;
	begin();
	PENDING(GICD_SPENDSGIR + 4, 4, true, 0xffffffff);
	assert_int_equal(*gicd(GICD_SPENDSGIR + 4), 0xf0f0f0f0);
	PENDING(GICD_SPENDSGIR + 9, 1, true, 0x7f);
	assert_int_equal(*gicd(GICD_SPENDSGIR + 8), 0x7000);
	PENDING(GICD_CPENDSGIR, 4, true, 0x01011010);
	assert_int_equal(*gicd(GICD_CPENDSGIR), 0x00001010);
	assert_int_equal(PENDING(GICD_SPENDSGIR + 4, 4, false, 0), 0xf0f0f0f0);
	assert_int_equal(PENDING(GICD_SPENDSGIR + 9, 1, false, 0), 0x70);
	PENDING(GICD_SPENDSGIR, 8, true, ~0ULL);
	PENDING(GICD_SPENDSGIR, 2, true, 0xffff);
	assert_int_equal(*gicd(GICD_SPENDSGIR), 0);
}

/* One CPU's may be everybody's. */
static void triggers_of_ppis_stay(void **state)
{
	u32 size;

	(void)state;
	begin();
	*gicd(GICD_ICFGR + 4) = 0x08a0a0a0;
	for (size = 1; size <= 4; size *= 2)
		gicv2_access_other((struct mmio_access){ ~0ULL, GICD_ICFGR + 4, (u8)size, true });
	gicv2_access_other((struct mmio_access){ 0, GICD_ICFGR + 4, 4, true });
	assert_int_equal(*gicd(GICD_ICFGR + 4), 0x08a0a0a0);
}

static void given_as_after_a_reset(void **state)
{
	u32 i;

	(void)state;
	begin();
	*fake64_gicc(GICC_CTLR) = LINUX_CTLR | EOIMODE_ENABLE;
	*fake64_gicc(GICC_PMR) = 0xff;
	*fake64_gich(GICH_HCR) = 1;
	gicv2_give_interface();
	assert_int_equal(*fake64_gicc(GICC_CTLR), LINUX_CTLR);
	assert_int_equal(*fake64_gicc(GICC_PMR), 0);
	assert_int_equal(*fake64_gich(GICH_HCR), 0);
	assert_int_equal(*gicd(GICD_ICENABLER), 1U << 25);
	assert_int_equal(*gicd(GICD_ISENABLER), 0xffff);
	/* The doorbell's is not touched. */
	for (i = 0; i < 16; i += 4)
		assert_int_equal(*gicd(GICD_IPRIORITYR + i),
				 i == 4 ? 0x00a0a0a0 : 0xa0a0a0a0);
}

static void taken_with_nothing_active(void **state)
{
	u32 i;

	(void)state;
	begin();
	*fake64_gicc(GICC_CTLR) = 0x1f;
	*fake64_gicc(GICC_RPR) = 0xff;
	for (i = 0; i < 16; i += 4)
		*fake64_gicc(GICC_APR + i) = *fake64_gicc(GICC_NSAPR + i) = ~0U;
	gicv2_take_interface();
	assert_int_equal(*fake64_gicc(GICC_CTLR), LINUX_CTLR | EOIMODE_ENABLE);
	for (i = 0; i < 16; i += 4) {
		assert_int_equal(*fake64_gicc(GICC_APR + i), 0);
		assert_int_equal(*fake64_gicc(GICC_NSAPR + i), 0);
	}
	assert_int_equal(*gicd(GICD_ICACTIVER), 0xffff);
	assert_int_equal(*gicd(GICD_CPENDSGIR + 4), 0xff000000);
	/* Nothing ends that was not begun. */
	assert_int_equal(*fake64_gicc(GICC_EOIR), 0);
	*fake64_gicc(GICC_RPR) = 0x40;
	gicv2_take_interface();
	assert_int_equal(*fake64_gicc(GICC_EOIR), 25);
}

static void no_sleep_that_the_doorbell_would_not_end(void **state)
{
	(void)state;
	begin();
	*fake64_gicc(GICC_CTLR) = 1;
	*fake64_gicc(GICC_PMR) = 0x10;
	*fake64_gicc(GICC_RPR) = 0xff;
	*gicd(GICD_ISACTIVER) = ~(1U << 7);
	assert_true(gicv2_hears());
	*fake64_gicc(GICC_CTLR) = 0x200;
	assert_false(gicv2_hears());
	*fake64_gicc(GICC_CTLR) = 1;
	*fake64_gicc(GICC_PMR) = 0;
	assert_false(gicv2_hears());
	*fake64_gicc(GICC_PMR) = 0x10;
	*fake64_gicc(GICC_RPR) = 0;
	assert_false(gicv2_hears());
	*fake64_gicc(GICC_RPR) = 0xff;
	*gicd(GICD_ISACTIVER) = 1U << 7;
	assert_false(gicv2_hears());
}

/* NuttX writes 0x01010101, whatever CPUs it has: an interrupt without a target would be lost. */
static void an_interrupt_keeps_a_target(void **state)
{
	u32 *targets = gicd(GICD_ITARGETSR + 64);

	(void)state;
	begin();
	fake64_cell.irqs[2] = 0x7;
	*targets = 0x01402010;
	gicv2_access_other((struct mmio_access){ 0x01010101, GICD_ITARGETSR + 64, 4, true });
	assert_int_equal(*targets, 0x01402010);
	gicv2_access_other((struct mmio_access){ 0xff8100ff, GICD_ITARGETSR + 64, 4, true });
	assert_int_equal(*targets, 0x018020f0);
	/* A CPU that is off may be a target: it may be turned on later. */
	fake64_cell.arch.sgi_targets[0] = OWN;
	gicv2_access_other((struct mmio_access){ 0x40, GICD_ITARGETSR + 64, 1, true });
	assert_int_equal(*targets, 0x01802040);
}

/*
 * QEMU's GICv2: the maintenance interrupt's line makes it look at levels. Nothing is delivered for
 * it that nobody waits for.
 */
static void the_line_moves_where_levels_are_forgotten(void **state)
{
	u32 enabled = 1U << gicv2.maintenance;

	(void)state;
	begin();
	assert_int_equal(errata_of_gicv2(0x0002043b), GIC_ERRATUM_FORGETS_LEVELS);
	assert_int_equal(errata_of_gicv2(0x0202043b), 0);	/* GIC-400 */
	gicv2.forgets = true;
	*fake64_gich(GICH_VTR) = 3;
	*fake64_gich(GICH_ELRSR0) = 0x7;
	irqchip = &irqchip_gicv2;
	irqchip->cpu_reset(&root_cell);
	irqchip->cpu_park();
	/* The last list register is in use for ever and nobody else's. */
	assert_int_equal(this_percpu->vgic.lr_all, 0x7);
	assert_int_equal(*fake64_gich(GICH_LR + 12), 1U << 29 | 1023);
	irqchip->lr_underflow(false);
	assert_int_equal(*fake64_gich(GICH_HCR), GICH_HCR_EN | GICH_HCR_UIE);
	assert_int_equal(*gicd(GICD_ICENABLER), enabled);
	*gicd(GICD_ISENABLER) = 0;
	irqchip->lr_underflow(true);
	assert_int_equal(*gicd(GICD_ISENABLER), enabled);
	/* Another sender's SGI waits for the end of this one. */
	*fake64_gich(GICH_LR) = GICH_LR_PENDING | GICH_LR_EOI | 3;
	*fake64_gich(GICH_ELRSR0) = 0x6;
	*gicd(GICD_ISENABLER) = 0;
	irqchip->lr_underflow(false);
	assert_int_equal(*gicd(GICD_ISENABLER), enabled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sgis_are_physical_and_stay_within_the_cell),
		cmocka_unit_test(pending_sgis_are_of_the_cells_senders),
		cmocka_unit_test(triggers_of_ppis_stay),
		cmocka_unit_test(given_as_after_a_reset),
		cmocka_unit_test(taken_with_nothing_active),
		cmocka_unit_test(no_sleep_that_the_doorbell_would_not_end),
		cmocka_unit_test(an_interrupt_keeps_a_target),
		cmocka_unit_test(the_line_moves_where_levels_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
