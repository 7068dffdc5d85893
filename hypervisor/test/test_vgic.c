// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Interrupts and list registers: none is in two places, lost or made up, whatever the guest does
 * meanwhile.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/sysreg.h>
#include <gic/gicd.h>
#include <gic/lr.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <gic/vgicd.h>
#include <gic/vgicr.h>
#include <gic/vlpi.h>
#include <gic/vsgi.h>
#include "fake64/fake64.h"

#define FIRST		40
#define SPIS		12	/* more than list registers */
#define LPI(n)		(8192 + (n))

static struct vgic *vgic(void)
{
	return &this_percpu->vgic;
}

static void begin(void)
{
	u32 i;

	fake64_reset();
	for (i = 1; i < 32; i++)
		root_cell.plain_irqs[i] = root_cell.irqs[i] = ~0U;
	for (i = 0; i < SPIS; i++)
		machine_gic.spi[FIRST + i] = (struct machine_irq){
			.enabled = true, .priority = 0xa0, .edge = i & 1,
		};
	cpus[0].arch.sgi_enabled = 0xffff;
}

static u64 *const lrs = machine_gic.virtual[0].lr;

static bool wants_underflow(void)
{
	return machine_gic.virtual[0].hcr & ICH_HCR_UIE;
}

static bool is_masked(void)
{
	return machine_gic.physical[0].mask == PRIORITY_ONLY_EL2;
}

static bool in_lr(u32 intid, u64 *lr)
{
	u32 n;

	for (n = 0; n < MACHINE_LRS; n++) {
		*lr = lrs[n];
		if (*lr >> 62 && LR_VINTID(*lr) == intid)
			return true;
	}
	return false;
}

static bool in_queue(u32 intid)
{
	return intid < 1024 && vgic()->queued[intid / 32] >> intid % 32 & 1;
}

/* --- rules --- */

static void check_lr(u32 n)
{
	u64 lr = lrs[n];
	u32 intid = LR_VINTID(lr), m;

	if (!(lr >> 62))
		return;
	assert_true(lr & LR_GROUP1);
	if (lr & LR_HW) {
		assert_true(intid >= 16 && intid < 1020);
		assert_int_equal(lr >> LR_PINTID_SHIFT & 0x3ff, intid);
	} else if (intid >= 16 && intid < 8192) {
		/* The guest has deactivated the physical one by ICACTIVER. */
		assert_false(machine_gic.spi[intid].active);
	}
	if (in_queue(intid))
		fail_msg("interrupt %u is in a list register and in the queue", intid);
	for (m = 0; m < n; m++) {
		if (lrs[m] >> 62 && LR_VINTID(lrs[m]) == intid)
			fail_msg("interrupt %u is in two list registers", intid);
	}
}

static void check_rules(void)
{
	u32 n, w, queued = 0;

	for (n = 0; n < MACHINE_LRS; n++)
		check_lr(n);
	for (w = 0; w < 32; w++)
		queued += (u32)__builtin_popcount(vgic()->queued[w]);
	assert_int_equal(queued, vgic()->num_queued);
	assert_int_equal(vgic()->queued[0], 0);
	/* What waits will be looked at when list registers run empty. */
	if (vgic()->num_queued || vgic()->num_lpis ||
	    (cpus[0].arch.sgi_pending & cpus[0].arch.sgi_enabled))
		assert_true(wants_underflow());
	assert_int_equal(is_masked(), vgic()->num_lpis == LPI_QUEUE);
}

/* --- what happens --- */

static void arrive(u32 intid)
{
	struct machine_irq *irq = &machine_gic.spi[intid];

	if (irq->active || !irq->enabled)
		return;
	irq->active = true;
	irq->pending = false;
	vgic_hw(intid, irq->priority);
}

static void guest_takes(u32 n)
{
	if (lrs[n] & LR_PENDING)
		lrs[n] = (lrs[n] & ~LR_PENDING) | LR_ACTIVE;
}

static void guest_ends(u32 n)
{
	u64 lr = lrs[n];

	if (!(lr & LR_ACTIVE))
		return;
	lrs[n] = lr & ~LR_ACTIVE;
	if (lr & LR_HW)
		machine_gic.spi[LR_VINTID(lr)].active = false;
}

/* The maintenance interrupt: no more than one list register is in use. */
static void maintenance(void)
{
	if (wants_underflow() && __builtin_popcount(machine_free_lrs(0)) >= MACHINE_LRS - 1)
		vgic_refill();
}

static void guest_writes(u32 reg, u32 intid)
{
	vgicd_access((struct mmio_access){ 1U << intid % 32, reg + intid / 32 * 4, 4, true });
}

static void send_sgi(u32 intid)
{
	cpus[0].arch.sgi_pending |= 1U << intid;
	vsgi_deliver();
}

static void serve_all(void)
{
	u32 round, n;

	for (round = 0; round < 200; round++) {
		for (n = 0; n < MACHINE_LRS; n++) {
			guest_takes(n);
			guest_ends(n);
		}
		maintenance();
	}
}

/* --- the tests --- */

static void an_interrupt_goes_to_a_list_register(void **state)
{
	u64 lr;

	(void)state;
	begin();
	arrive(FIRST);
	assert_true(in_lr(FIRST, &lr));
	assert_int_equal(lr, LR_PENDING | LR_HW | LR_GROUP1 | 0xa0UL << 48 |
			     (u64)FIRST << 32 | FIRST);
	assert_true(vgic_has_work());
	guest_takes(0);
	assert_false(vgic_has_work());
	guest_ends(0);
	assert_false(machine_gic.spi[FIRST].active);
}

static void what_finds_no_list_register_waits(void **state)
{
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < SPIS; i++) {
		arrive(FIRST + i);
		check_rules();
	}
	assert_int_equal(vgic()->num_queued, SPIS - MACHINE_LRS);
	serve_all();
	check_rules();
	assert_int_equal(vgic()->num_queued, 0);
	for (i = 0; i < SPIS; i++)
		assert_false(machine_gic.spi[FIRST + i].active);
	assert_false(wants_underflow());
}

/* The guest makes the distributor forget one that still waits, and it comes again. */
static void one_that_waits_comes_again(void **state)
{
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < MACHINE_LRS + 1; i++)
		arrive(FIRST + i);
	assert_true(in_queue(FIRST + MACHINE_LRS));
	guest_writes(GICD_ICACTIVER, FIRST + MACHINE_LRS);
	arrive(FIRST + MACHINE_LRS);
	check_rules();
	/* The same with a list register free. */
	guest_takes(0);
	guest_ends(0);
	guest_writes(GICD_ICACTIVER, FIRST + MACHINE_LRS);
	arrive(FIRST + MACHINE_LRS);
	check_rules();
	serve_all();
	check_rules();
}

static void a_disabled_one_is_taken_back(void **state)
{
	u64 lr;

	(void)state;
	begin();
	arrive(FIRST);		/* level */
	arrive(FIRST + 1);	/* edge */
	guest_writes(GICD_ICENABLER, FIRST);
	guest_writes(GICD_ICENABLER, FIRST + 1);
	assert_false(in_lr(FIRST, &lr));
	assert_false(in_lr(FIRST + 1, &lr));
	assert_false(machine_gic.spi[FIRST].active);
	assert_false(machine_gic.spi[FIRST + 1].active);
	/* A level comes again by itself, an edge would be lost. */
	assert_false(machine_gic.spi[FIRST].pending);
	assert_true(machine_gic.spi[FIRST + 1].pending);
	check_rules();
}

static void a_new_priority_reaches_one_in_flight(void **state)
{
	u64 lr;

	(void)state;
	begin();
	arrive(FIRST);
	vgicd_access((struct mmio_access){ 0x40, GICD_IPRIORITYR + FIRST, 1, true });
	assert_true(in_lr(FIRST, &lr));
	assert_int_equal(LR_PRIORITY(lr), 0x40);
}

static void sgis_merge_and_obey_their_mask(void **state)
{
	u64 lr;
	u32 i;

	(void)state;
	begin();
	cpus[0].arch.sgi_enabled = ~(1U << 5) & 0xffff;
	send_sgi(5);
	assert_false(in_lr(5, &lr));
	assert_false(vgic_has_work());
	cpus[0].arch.sgi_enabled = 0xffff;
	assert_true(vgic_has_work());
	vgic_resync();
	assert_true(in_lr(5, &lr));
	send_sgi(5);
	check_rules();
	/* Disabled again before it is taken: noted, not delivered. */
	cpus[0].arch.sgi_enabled = 0;
	vgic_resync();
	assert_false(in_lr(5, &lr));
	assert_true(cpus[0].arch.sgi_pending & 1U << 5);
	cpus[0].arch.sgi_enabled = 0xffff;
	for (i = 0; i < 16; i++)
		send_sgi(i);
	check_rules();
	serve_all();
	assert_int_equal(cpus[0].arch.sgi_pending, 0);
	check_rules();
}

static void lpis_wait_in_order_and_hold_back_what_is_too_many(void **state)
{
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < MACHINE_LRS + LPI_QUEUE; i++) {
		vlpi_deliver(LPI(i), 0xa0);
		vlpi_deliver(LPI(i), 0xa0);
		check_rules();
	}
	assert_true(is_masked());
	assert_false(arch_cpu_may_release());
	serve_all();
	check_rules();
	assert_true(arch_cpu_may_release());
	assert_false(is_masked());
}

/* --- leaving --- */

static void draining_keeps_what_is_the_owners(void **state)
{
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < SPIS; i++)
		arrive(FIRST + i);
	guest_takes(0);		/* being handled: the guest will end it */
	vgic_drain(true);
	for (i = 0; i < SPIS; i++) {
		const struct machine_irq *irq = &machine_gic.spi[FIRST + i];

		assert_int_equal(irq->active, i == 0);
		assert_int_equal(irq->pending, i && irq->edge);
	}
	check_rules();
	assert_int_equal(machine_free_lrs(0), BIT(MACHINE_LRS) - 1);
	begin();
	send_sgi(3);
	vgic_drain(true);
	assert_int_equal(cpus[0].arch.sgi_pending, 1U << 3);
}

static void draining_forgets_what_was_a_cells(void **state)
{
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < SPIS; i++)
		arrive(FIRST + i);
	guest_takes(0);
	vgic_drain(false);
	for (i = 0; i < SPIS; i++) {
		assert_false(machine_gic.spi[FIRST + i].active);
		assert_false(machine_gic.spi[FIRST + i].pending);
	}
	send_sgi(3);
	vgic_drain(false);
	assert_int_equal(cpus[0].arch.sgi_pending, 0);
	check_rules();
}

static void lpis_of_a_cpu_that_goes_find_another(void **state)
{
	u64 lr;
	u32 i, found = 0;

	(void)state;
	begin();
	for (i = 0; i < MACHINE_LRS + 3; i++)
		vlpi_deliver(LPI(i), 0xa0);
	vgic_drain(true);
	assert_int_equal(fake64_asked.request_bits, CPU_REQ_RESYNC);
	assert_int_equal(fake64_asked.request_mask & ~0xeUL, 0);
	fake64_become(1);
	arch_irq_resync();
	for (i = 0; i < MACHINE_LRS; i++) {
		lr = machine_gic.virtual[1].lr[i];
		found += LR_VINTID(lr) >= 8192 && lr & LR_PENDING;
	}
	assert_int_equal(found + fake64_percpu[1].vgic.num_lpis, MACHINE_LRS + 3);
	/* A cell's CPU does not take what is root's. */
	fake64_become(0);
	vlpi_deliver(LPI(9), 0xa0);
	vgic_drain(true);
	fake64_become(4);
	arch_irq_resync();
	for (i = 0; i < MACHINE_LRS; i++)
		assert_int_equal(machine_gic.virtual[4].lr[i], 0);
	fake64_become(1);
	arch_irq_resync();
}

/* Linux saves a CPU's interrupts before it sleeps: it clears what is active and sets it again. */
static void what_is_set_active_again_is_linked_again(void **state)
{
	const u32 own = 0x10000;
	u64 lr;

	(void)state;
	begin();
	machine_gic.local[0][27] = (struct machine_irq){ .enabled = true, .active = true };
	machine_gic.local[0][30] = (struct machine_irq){ .enabled = true, .active = true };
	vgic_hw(27, 0xa0);
	vgic_hw(30, 0xa0);
	vgicr_access((struct mmio_access){ ~0UL, own + GICD_ICACTIVER, 4, true });
	assert_true(in_lr(27, &lr));
	assert_false(lr & LR_HW);
	vgicr_access((struct mmio_access){ 1U << 27, own + GICD_ISACTIVER, 4, true });
	assert_true(in_lr(27, &lr));
	assert_int_equal(lr, lr_physical(27, 0xa0));
	assert_true(machine_gic.local[0][27].active);
	/* Not the other, and not by way of another CPU's frame. */
	assert_true(in_lr(30, &lr));
	assert_false(lr & LR_HW);
	vgicr_access((struct mmio_access){ 1U << 30, 0x20000 + own + GICD_ISACTIVER, 4, true });
	assert_true(in_lr(30, &lr));
	assert_false(lr & LR_HW);
}

/* The same of an SPI, whose word in the distributor is not the first. */
static void an_spi_that_is_set_active_again_is_linked_again(void **state)
{
	u64 lr;

	(void)state;
	begin();
	arrive(FIRST);
	guest_writes(GICD_ICACTIVER, FIRST);
	assert_true(in_lr(FIRST, &lr));
	assert_false(lr & LR_HW);
	guest_writes(GICD_ISACTIVER, FIRST);
	assert_true(in_lr(FIRST, &lr));
	assert_int_equal(lr, lr_physical(FIRST, 0xa0));
}

/* A sleep at EL2 changes the routing only where interrupts do not come here, and puts it back. */
static void standby_leaves_the_routing_as_it_was(void **state)
{
	(void)state;
	begin();
	fake64_set_sysreg("hcr_el2", HCR_IMO | HCR_FMO);
	machine_gic.physical[0].enabled = false;	/* not looked at */
	vgic_cpu_standby();
	assert_int_equal(fake64_sysreg("hcr_el2"), HCR_IMO | HCR_FMO);
	assert_int_equal(fake64_sleeps, 1);
	fake64_cell.flags = JH_CELL_PHYSICAL_IDS | JH_CELL_IRQ_DIRECT;
	fake64_become(4);
	fake64_set_sysreg("hcr_el2", HCR_FMO);
	vgic_cpu_standby();
	assert_int_equal(fake64_sysreg("hcr_el2"), HCR_FMO);
	assert_int_equal(fake64_sleeps, 2);
}

/*
 * The first sleep of a guest with direct interrupts traps, so that one which never turned its
 * interface on can be called back; when the doorbell would wake it, it sleeps by itself.
 */
static void a_direct_guest_sleeps_by_itself_once_the_doorbell_wakes(void **state)
{
	(void)state;
	begin();
	fake64_cell.flags = JH_CELL_PHYSICAL_IDS | JH_CELL_IRQ_DIRECT;
	fake64_become(4);
	fake64_set_sysreg("hcr_el2", HCR_FMO | HCR_TWI);
	machine_gic.physical[4].enabled = false;
	vgic_cpu_standby();
	assert_int_equal(fake64_sysreg("hcr_el2"), HCR_FMO | HCR_TWI);
	machine_gic.physical[4].enabled = true;
	vgic_cpu_standby();
	assert_int_equal(fake64_sysreg("hcr_el2"), HCR_FMO);
	fake64_cell.flags |= JH_CELL_WFI_TRAP;
	fake64_set_sysreg("hcr_el2", HCR_FMO | HCR_TWI);
	vgic_cpu_standby();
	assert_int_equal(fake64_sysreg("hcr_el2"), HCR_FMO | HCR_TWI);
}

/* --- everything at once --- */

static void random_step(void)
{
	u32 intid = FIRST + (u32)rand() % SPIS, n = (u32)rand() % MACHINE_LRS;

	switch (rand() % 14) {
	case 0:
	case 1:
	case 2:
	case 3:
		arrive(intid);
		break;
	case 4:
	case 5:
		guest_takes(n);
		break;
	case 6:
		guest_ends(n);
		break;
	case 7:
		guest_writes(GICD_ICACTIVER, intid);
		break;
	case 8:
		guest_writes(GICD_ICENABLER, intid);
		break;
	case 9:
		guest_writes(GICD_ISENABLER, intid);
		break;
	case 10:
		send_sgi((u32)rand() % 16);
		break;
	case 11:
		cpus[0].arch.sgi_enabled = (u32)rand() & 0xffff;
		vgic_resync();
		break;
	case 12:
		vlpi_deliver(LPI(rand() % 50), 0xa0);
		break;
	case 13:
		vgicd_access((struct mmio_access){ (u64)rand() & 0xf0, GICD_IPRIORITYR + intid, 1,
						  true });
		break;
	}
	maintenance();
}

static void no_interrupt_is_lost_or_made_up(void **state)
{
	u32 seed, i, n;
	u64 lr;

	(void)state;
	for (seed = 1; seed <= 300; seed++) {
		begin();
		srand(seed);
		for (i = 0; i < 200; i++) {
			random_step();
			check_rules();
			/* Active at the distributor: on its way, or nobody would ever end it. */
			for (n = FIRST; n < FIRST + SPIS; n++) {
				if (machine_gic.spi[n].active && !in_lr(n, &lr) && !in_queue(n))
					fail_msg("seed %u, step %u: interrupt %u is lost", seed, i,
						 n);
			}
		}
		cpus[0].arch.sgi_enabled = 0xffff;
		vgic_resync();
		serve_all();
		check_rules();
		assert_int_equal(cpus[0].arch.sgi_pending, 0);
		assert_true(arch_cpu_may_release());
		for (n = FIRST; n < FIRST + SPIS; n++)
			assert_false(machine_gic.spi[n].active);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interrupt_goes_to_a_list_register),
		cmocka_unit_test(what_finds_no_list_register_waits),
		cmocka_unit_test(one_that_waits_comes_again),
		cmocka_unit_test(a_disabled_one_is_taken_back),
		cmocka_unit_test(a_new_priority_reaches_one_in_flight),
		cmocka_unit_test(sgis_merge_and_obey_their_mask),
		cmocka_unit_test(lpis_wait_in_order_and_hold_back_what_is_too_many),
		cmocka_unit_test(draining_keeps_what_is_the_owners),
		cmocka_unit_test(draining_forgets_what_was_a_cells),
		cmocka_unit_test(lpis_of_a_cpu_that_goes_find_another),
		cmocka_unit_test(what_is_set_active_again_is_linked_again),
		cmocka_unit_test(an_spi_that_is_set_active_again_is_linked_again),
		cmocka_unit_test(standby_leaves_the_routing_as_it_was),
		cmocka_unit_test(a_direct_guest_sleeps_by_itself_once_the_doorbell_wakes),
		cmocka_unit_test(no_interrupt_is_lost_or_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
