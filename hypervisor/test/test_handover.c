// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Interrupts that change their owner while they are in flight: the old one's CPUs keep nothing of
 * them, whoever acknowledged them, and nobody is disturbed who has none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/gicv2.h>
#include <gic/gicv3.h>
#include <gic/vgic.h>
#include "fake64/fake64.h"

#define SPI		70
#define HOLDER		1

static void begin(void)
{
	u32 cpu, i;

	fake64_reset();
	affinity_num_clusters = 0;
	memset(affinity_clusters, 0, sizeof(affinity_clusters));
	memset(affinity_by_aff1, 0, sizeof(affinity_by_aff1));
	gicd_init(FAKE64_GICD, 3);
	gicr_init(FAKE64_GICR, FAKE64_GICR_SIZE, 1U << 25);
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++)
		affinity_add(cpu, cpus[cpu].arch.mpidr);
	for (i = 1; i < 32; i++)
		root_cell.irqs[i] = ~0U;
	fake64_gic.spi[SPI] = (struct fake64_irq){ .enabled = true, .priority = 0x80,
						   .route = HOLDER };
	fake64_answers = true;
}

/* CPU @cpu of root has acknowledged the interrupt. */
static void acknowledged_by(u32 cpu)
{
	fake64_gic.spi[SPI].active = true;
	fake64_become(cpu);
	vgic_hw(SPI, 0x80);
	fake64_become(0);
}

static void fill_list_registers(u32 cpu)
{
	u32 n;

	for (n = 0; n < FAKE64_LRS; n++)
		fake64_lrs[cpu][n] = vgic_lr(n, 0xa0);
}

static u64 claim(void)
{
	fake64_become(0);
	return arch_irq_claim(&fake64_cell, SPI, false);
}

static void check_claimed(void)
{
	assert_false(fake64_gic.spi[SPI].active);
	assert_false(fake64_gic.spi[SPI].pending);
	assert_false(fake64_gic.spi[SPI].enabled);
	assert_true(cell_owns_irq(&fake64_cell, SPI));
	assert_false(cell_owns_irq(&root_cell, SPI));
}

/* --- who has it, and who is asked --- */

static void nobody_is_asked_for_what_is_not_in_flight(void **state)
{
	(void)state;
	begin();
	fake64_gic.spi[SPI].pending = true;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.requests, 0);
	check_claimed();
}

static void one_that_waits_to_be_taken_is_gone(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.request_mask, 1U << HOLDER);
	assert_int_equal(fake64_lrs[HOLDER][0], 0);
	check_claimed();
}

/* The guest goes on with its handler, and what it does at the end reaches nothing of the cell's. */
static void one_that_is_handled_ends_virtually(void **state)
{
	u64 lr;

	(void)state;
	begin();
	acknowledged_by(HOLDER);
	fake64_lrs[HOLDER][0] = (fake64_lrs[HOLDER][0] & ~LR_PENDING) | LR_ACTIVE;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.request_mask, 1U << HOLDER);
	lr = fake64_lrs[HOLDER][0];
	assert_int_equal(lr >> 62, LR_ACTIVE >> 62);
	assert_int_equal(LR_VINTID(lr), SPI);
	assert_int_equal(LR_PRIORITY(lr), 0x80);
	/* Neither the physical interrupt nor, in the same bits, a maintenance interrupt. */
	assert_int_equal(lr & (LR_HW | LR_PINTID_MASK), 0);
	check_claimed();
}

static void one_that_waits_for_a_list_register_is_gone(void **state)
{
	(void)state;
	begin();
	fake64_become(HOLDER);
	fill_list_registers(HOLDER);
	acknowledged_by(HOLDER);
	assert_int_equal(fake64_percpu[HOLDER].vgic.num_queued, 1);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_percpu[HOLDER].vgic.num_queued, 0);
	assert_int_equal(fake64_percpu[HOLDER].vgic.queued[SPI / 32], 0);
	check_claimed();
}

static void the_claimant_may_have_it_itself(void **state)
{
	(void)state;
	begin();
	fake64_gic.spi[SPI].route = 0;
	acknowledged_by(0);
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.requests, 0);
	assert_int_equal(fake64_lrs[0][0], 0);
	check_claimed();
}

static void one_that_was_routed_elsewhere_since_is_found(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	fake64_gic.spi[SPI].route = 2;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_lrs[HOLDER][0], 0);
	/* Root's CPUs, and only those. */
	assert_int_equal(fake64_asked.request_mask & ~0xfUL, 0);
	check_claimed();
}

static void a_cpu_that_is_off_has_nothing(void **state)
{
	(void)state;
	begin();
	fake64_gic.spi[SPI].active = true;
	cpus[HOLDER].state = CPU_PARKED;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.request_mask & 1U << HOLDER, 0);
	check_claimed();
}

static void one_who_does_not_answer_is_named(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	fake64_answers = false;
	assert_int_equal(claim(), 1U << HOLDER);
	assert_true(cell_owns_irq(&root_cell, SPI));
	assert_false(cell_owns_irq(&fake64_cell, SPI));
	assert_false(fake64_gic.spi[SPI].enabled);
	/* It comes late, and finds nothing that is not its own. */
	fake64_become(HOLDER);
	arch_irq_resync();
	fake64_answers = true;
	assert_int_equal(claim(), 0);
	check_claimed();
}

/* At the start of a cell its interrupts are its own: what is active was left by its last life. */
static void a_start_asks_nobody(void **state)
{
	(void)state;
	begin();
	assert_int_equal(claim(), 0);
	fake64_gic.spi[SPI].active = true;
	assert_int_equal(claim(), 0);
	assert_int_equal(fake64_asked.requests, 0);
	check_claimed();
}

/* Deactivated by the guest behind its own back, it does not look as if it were in flight. */
static void what_the_guest_deactivates_itself_is_let_go(void **state)
{
	(void)state;
	begin();
	acknowledged_by(HOLDER);
	fake64_lrs[HOLDER][0] = (fake64_lrs[HOLDER][0] & ~LR_PENDING) | LR_ACTIVE;
	gicd_access((struct mmio_access){ 1U << SPI % 32, GICD_ICACTIVER + SPI / 32 * 4, 4, true });
	assert_false(fake64_gic.spi[SPI].active);
	assert_int_equal(fake64_lrs[HOLDER][0] >> 62, LR_ACTIVE >> 62);
	assert_int_equal(fake64_lrs[HOLDER][0] & LR_HW, 0);
	/* The same for one that waits for a list register. */
	begin();
	fill_list_registers(0);
	acknowledged_by(0);
	gicd_access((struct mmio_access){ 1U << SPI % 32, GICD_ICACTIVER + SPI / 32 * 4, 4, true });
	memset(fake64_lrs, 0, sizeof(fake64_lrs));
	vgic_refill();
	assert_int_equal(LR_VINTID(fake64_lrs[0][0]), SPI);
	assert_int_equal(fake64_lrs[0][0] & LR_HW, 0);
}

/* An edge of root's that goes back to the distributor does not become pending for the cell. */
static void a_cpu_that_goes_off_leaves_nothing_behind(void **state)
{
	(void)state;
	begin();
	fake64_gic.spi[SPI].edge = true;
	acknowledged_by(HOLDER);
	root_cell.irqs[SPI / 32] &= ~(1U << SPI % 32);
	fake64_become(HOLDER);
	vgic_drain(true);
	assert_false(fake64_gic.spi[SPI].pending);
	assert_false(fake64_gic.spi[SPI].active);
}

/* --- acknowledged when it had been claimed already --- */

static void gicv3_takes(u32 intid)
{
	irqchip = &irqchip_gicv3;
	fake64_set_sysreg("ich_elrsr_el2", this_percpu->vgic.lr_all);
	fake64_set_sysreg("ich_lr0_el2", 0);
	fake64_set_sysreg("icc_dir_el1", 0);
	fake64_set_sysreg("icc_iar1_el1", intid);
	fake64_set_sysreg("icc_rpr_el1", 0x80);
	gicv3_irq();
}

static void gicv3_delivers_to_owners_only(void **state)
{
	(void)state;
	begin();
	gicv3_takes(SPI);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), vgic_lr_hw(SPI, 0x80));
	gicv3_takes(27);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), vgic_lr_hw(27, 0x80));
	root_cell.irqs[SPI / 32] &= ~(1U << SPI % 32);
	gicv3_takes(SPI);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), 0);
	/* Its priority is dropped, and it is not active any more. */
	assert_int_equal(fake64_sysreg("icc_eoir1_el1"), SPI);
	assert_int_equal(fake64_sysreg("icc_dir_el1"), SPI);
	gicv3_takes(SPI + 1);
	assert_int_equal(fake64_sysreg("ich_lr0_el2"), vgic_lr_hw(SPI + 1, 0x80));
}

static void gicv2_takes(u32 intid)
{
	irqchip = &irqchip_gicv2;
	gicv2.gicd = FAKE64_GICD;
	*fake64_gich(GICH_ELRSR0) = (u32)this_percpu->vgic.lr_all;
	*fake64_gich(GICH_LR) = 0;
	*fake64_gicc(GICC_DIR) = 0;
	*fake64_gicc(GICC_IAR) = intid;
	*fake64_gicc(GICC_RPR) = 0x80;
	gicv2_irq();
}

static void gicv2_delivers_to_owners_only(void **state)
{
	(void)state;
	begin();
	gicv2_takes(SPI);
	assert_int_equal(*fake64_gich(GICH_LR) & 0x3ff, SPI);
	gicv2_takes(27);
	assert_int_equal(*fake64_gich(GICH_LR) & 0x3ff, 27);
	root_cell.irqs[SPI / 32] &= ~(1U << SPI % 32);
	gicv2_takes(SPI);
	assert_int_equal(*fake64_gich(GICH_LR), 0);
	assert_int_equal(*fake64_gicc(GICC_EOIR), SPI);
	assert_int_equal(*fake64_gicc(GICC_DIR), SPI);
}

static void routes_become_cpus(void **state)
{
	(void)state;
	begin();
	assert_int_equal(irqchip_gicv3.irq_cpus(SPI), 1U << HOLDER);
	fake64_gic.spi[SPI].route = 0x101;
	assert_int_equal(irqchip_gicv3.irq_cpus(SPI), 1U << 7);
	fake64_gic.spi[SPI].route = 0x102;
	assert_int_equal(irqchip_gicv3.irq_cpus(SPI), 0);
	fake64_gic.spi[SPI].route = 0x555;
	assert_int_equal(irqchip_gicv3.irq_cpus(SPI), 0);
	fake64_gic.spi[SPI].route = GICD_IROUTER_ANY | 1;
	assert_int_equal(irqchip_gicv3.irq_cpus(SPI), ~0UL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_asked_for_what_is_not_in_flight),
		cmocka_unit_test(one_that_waits_to_be_taken_is_gone),
		cmocka_unit_test(one_that_is_handled_ends_virtually),
		cmocka_unit_test(one_that_waits_for_a_list_register_is_gone),
		cmocka_unit_test(the_claimant_may_have_it_itself),
		cmocka_unit_test(one_that_was_routed_elsewhere_since_is_found),
		cmocka_unit_test(a_cpu_that_is_off_has_nothing),
		cmocka_unit_test(one_who_does_not_answer_is_named),
		cmocka_unit_test(a_start_asks_nobody),
		cmocka_unit_test(what_the_guest_deactivates_itself_is_let_go),
		cmocka_unit_test(a_cpu_that_goes_off_leaves_nothing_behind),
		cmocka_unit_test(gicv3_delivers_to_owners_only),
		cmocka_unit_test(gicv2_delivers_to_owners_only),
		cmocka_unit_test(routes_become_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
