// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Direct interrupts on GICv2: SGIs stay within the cell, the CPU interface is handed over and taken
 * back in its reset state, and the doorbell ends every sleep.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/errata.h>
#include <gic/gicv2.h>
#include <gic/lr.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <gic/vgicd.h>
#include <gic/vsgi_v2.h>
#include <lib/config.h>
#include <lib/refuse.h>
#include "fake64/fake64.h"

#define CPU		4
#define OWN		(1U << CPU)
#define TARGETS		0xf0U
#define TO(targets)	((u32)(targets) << 16)
#define LINUX_CTLR	0x1e0U		/* what EL2 does not decide */

static struct machine_irq *const irqs = machine_gic.local[CPU];
static struct machine_interface *const interface = &machine_gic.physical[CPU];

static void begin(void)
{
	u32 cpu;

	fake64_reset();
	gicv2.ctlr = LINUX_CTLR;
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++)
		machine_gic.physical[cpu].rest = LINUX_CTLR;
	fake64_become(CPU);
	fake64_number(JH_CELL_PHYSICAL_IDS | JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT);
	cpus[CPU].arch.sgi_enabled = 0xffff;
}

/* The CPUs at which an SGI of this one has arrived, which no other has. */
static u32 arrived(u32 intid)
{
	u32 mask = 0, cpu, i;

	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		for (i = 0; i < 16; i++) {
			u8 *sources = &machine_gic.local[cpu][i].sources;

			assert_int_equal(*sources, *sources && i == intid ? OWN : 0);
			mask |= *sources ? 1U << cpu : 0;
			*sources = 0;
		}
	}
	return mask;
}

static void sgis_are_physical_and_stay_within_the_cell(void **state)
{
	static const struct {
		u32 written, intid, targets;
	} rows[] = {
		{ TO(0xff) | 5, 5, TARGETS },
		{ TO(0x0f) | 6, 6, 0 },
		{ TO(0x21) | 7, 7, 0x20 },
		{ TO(OWN) | 1, 1, OWN },
		{ 1U << 24 | TO(0x01) | 2, 2, TARGETS & ~OWN },
		{ 2U << 24 | TO(0x01) | 3, 3, OWN },
		/* A filter that does not exist sends to nobody. */
		{ 3U << 24 | TO(0xff) | 4, 4, 0 },
	};
	u32 i;

	(void)state;
	begin();
	vgic_cpu_reset(&fake64_cell);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vsgi_v2_send(rows[i].written);
		assert_int_equal(arrived(rows[i].intid), rows[i].targets);
		assert_int_equal(fake64_lr(CPU, 0), 0);
	}
}

#define PENDING(o, s, w, v) \
	vsgi_v2_access_pending((struct mmio_access){ (v), (o), (s), (w) })

/* What is pending of four SGIs, a byte each. */
static u32 sources_of(u32 first)
{
	return (u32)irqs[first].sources | (u32)irqs[first + 1].sources << 8 |
	       (u32)irqs[first + 2].sources << 16 | (u32)irqs[first + 3].sources << 24;
}

static void pending_sgis_are_of_the_cells_senders(void **state)
{
	(void)state;
	begin();
	PENDING(GICD_SPENDSGIR + 4, 4, true, 0xffffffff);
	assert_int_equal(sources_of(4), 0xf0f0f0f0);
	PENDING(GICD_SPENDSGIR + 9, 1, true, 0x7f);
	assert_int_equal(sources_of(8), 0x7000);
	assert_int_equal(PENDING(GICD_SPENDSGIR + 4, 4, false, 0), 0xf0f0f0f0);
	assert_int_equal(PENDING(GICD_SPENDSGIR + 9, 1, false, 0), 0x70);
	irqs[4].sources = irqs[5].sources = 0xff;
	PENDING(GICD_CPENDSGIR + 4, 4, true, 0x0101ff3f);
	assert_int_equal(sources_of(4), 0xf0f00fcf);
	PENDING(GICD_SPENDSGIR, 8, true, ~0ULL);
	PENDING(GICD_SPENDSGIR, 2, true, 0xffff);
	assert_int_equal(sources_of(0), 0);
}

/* One CPU's may be everybody's. */
static void triggers_of_ppis_stay(void **state)
{
	struct machine_irq before[32];
	u32 size, i;

	(void)state;
	begin();
	for (i = 16; i < 32; i++)
		irqs[i].edge = i & 1;
	memcpy(before, irqs, sizeof(before));
	for (size = 1; size <= 4; size *= 2)
		vgicd_access_other((struct mmio_access){ ~0ULL, GICD_ICFGR + 4, (u8)size, true });
	vgicd_access_other((struct mmio_access){ 0, GICD_ICFGR + 4, 4, true });
	assert_memory_equal(before, irqs, sizeof(before));
}

static void given_as_after_a_reset(void **state)
{
	u32 i;

	(void)state;
	begin();
	irqs[MACHINE_MAINTENANCE].enabled = true;
	vgic_cpu_reset(&fake64_cell);
	assert_false(interface->enabled);
	assert_false(interface->split);
	assert_int_equal(interface->rest, LINUX_CTLR);
	assert_int_equal(interface->mask, 0);
	assert_int_equal(machine_gic.virtual[CPU].hcr, 0);
	assert_false(irqs[MACHINE_MAINTENANCE].enabled);
	for (i = 0; i < 16; i++) {
		assert_true(irqs[i].enabled);
		/* The doorbell's is EL2's. */
		assert_int_equal(irqs[i].priority, i == DOORBELL_SGI ? 0 : PRIORITY_DEFAULT);
	}
}

static void taken_with_nothing_active(void **state)
{
	u32 i;

	(void)state;
	begin();
	interface->enabled = interface->split = false;
	interface->rest = 0x1e;
	interface->mask = 0;
	interface->active = ~0U;
	memset(interface->more_active, 0xff, sizeof(interface->more_active));
	for (i = 0; i < 16; i++) {
		irqs[i].active = true;
		irqs[i].sources = 0xff;
	}
	gic_cpu_park(true);
	assert_true(interface->enabled);
	assert_true(interface->split);
	assert_int_equal(interface->rest, LINUX_CTLR);
	assert_int_equal(interface->mask, PRIORITY_ONLY_EL2);
	assert_int_equal(interface->active, 0);
	for (i = 0; i < ARRAY_SIZE(interface->more_active); i++)
		assert_int_equal(interface->more_active[i], 0);
	for (i = 0; i < 16; i++) {
		assert_false(irqs[i].active);
		assert_int_equal(irqs[i].sources, i == DOORBELL_SGI ? 0 : 0xff);
	}
	assert_true(irqs[MACHINE_MAINTENANCE].enabled);
	/* QEMU drops an active priority only when something ends. */
	interface->sticks = true;
	interface->active = 1U << 8;
	gic_cpu_park(true);
	assert_int_equal(interface->active, 0);
}

static void no_sleep_that_the_doorbell_would_not_end(void **state)
{
	(void)state;
	begin();
	interface->mask = 0x10;
	assert_true(gic_doorbell_wakes());
	interface->enabled = false;
	assert_false(gic_doorbell_wakes());
	interface->enabled = true;
	interface->mask = 0;
	assert_false(gic_doorbell_wakes());
	interface->mask = 0x10;
	interface->active = 1;
	assert_false(gic_doorbell_wakes());
	interface->active = 0;
	irqs[DOORBELL_SGI].active = true;
	assert_false(gic_doorbell_wakes());
}

/* NuttX writes 0x01010101, whatever CPUs it has: an interrupt without a target would be lost. */
static void an_interrupt_keeps_a_target(void **state)
{
	static const u8 before[] = { 0x10, 0x20, 0x40, 0x01 };
	static const u8 after[] = { 0xf0, 0x20, 0x80, 0x01 };
	struct machine_irq *spis = &machine_gic.spi[64];
	u32 i;

	(void)state;
	begin();
	fake64_cell.irqs[2] = 0x7;
	for (i = 0; i < 4; i++)
		spis[i].route = before[i];
	vgicd_access_other((struct mmio_access){ 0x01010101, GICD_ITARGETSR + 64, 4, true });
	for (i = 0; i < 4; i++)
		assert_int_equal(spis[i].route, before[i]);
	vgicd_access_other((struct mmio_access){ 0xff8100ff, GICD_ITARGETSR + 64, 4, true });
	for (i = 0; i < 4; i++)
		assert_int_equal(spis[i].route, after[i]);
	/* A CPU that is off may be a target: it may be turned on later. */
	fake64_cell.arch.sgi_targets[0] = OWN;
	vgicd_access_other((struct mmio_access){ 0x40, GICD_ITARGETSR + 64, 1, true });
	assert_int_equal(spis[0].route, 0x40);
}

/* Which page of the machine a guest finds at an address; each address is given once at most. */
static u64 page_at(u64 gpa)
{
	u64 pa = 0;
	u32 i;

	for (i = 0; i < fake64_num_pages; i++) {
		if (fake64_pages[i].gpa != gpa)
			continue;
		assert_int_equal(pa, 0);
		pa = fake64_pages[i].pa;
	}
	return pa;
}

/*
 * ZynqMP repeats each page sixteen times, and drivers differ in which they take: all of them lead
 * to the virtual interface, and nothing else lies between.
 */
static void each_page_of_the_interface(void **state)
{
	u32 direct, i;

	(void)state;
	for (direct = 0; direct < 2; direct++) {
		u64 pa = direct ? 0xf902f000 : 0xf906f000;

		begin();
		fake64_number(direct ? JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT : 0);
		gicv2.gicc_pa = 0xf902f000;
		gicv2.gicv_pa = 0xf906f000;
		gicv2.repeats = 16;
		assert_int_equal(vgic_map_cell(&fake64_cell), 0);
		assert_int_equal(fake64_num_pages, 32);
		for (i = 0; i < 16; i++) {
			assert_int_equal(page_at(0xf9020000 + 0x1000 * i), pa);
			assert_int_equal(page_at(0xf9030000 + 0x1000 * i), pa + 0x1000);
		}
		fake64_num_pages = 0;
		gicv2.repeats = 1;
		assert_int_equal(vgic_map_cell(&fake64_cell), 0);
		assert_int_equal(fake64_num_pages, 2);
		assert_int_equal(page_at(0xf902f000), pa);
		assert_int_equal(page_at(0xf9030000), pa + 0x1000);
	}
}

/* The cell's CPUs 6, 4, 7 and 5 have interfaces 0 to 3 for its guest. */
static void targets_by_the_guests_numbers(void **state)
{
	static const u8 after[] = { 1U << 6, 1U << 4, 1U << 6 | 1U << 4 | 1U << 7 | 1U << 5, 0x20 };
	struct machine_irq *spis = &machine_gic.spi[64];
	u32 i;

	(void)state;
	begin();
	fake64_number(0);
	fake64_become(4);
	fake64_cell.irqs[2] = 0xf;
	for (i = 0; i < 4; i++)
		spis[i].route = 0x20;
	vgicd_access_other((struct mmio_access){ 0xf0ff0201, GICD_ITARGETSR + 64, 4, true });
	for (i = 0; i < 4; i++)
		assert_int_equal(spis[i].route, after[i]);
	assert_int_equal(vgicd_access_other((struct mmio_access){ 0, GICD_ITARGETSR + 64, 4,
								   false }), 0x080f0201);
	assert_int_equal(vgicd_access_other((struct mmio_access){ 0, GICD_ITARGETSR + 67, 1,
								   false }), 8);
	/* Its own banked ones say which it is itself, and how many there are the distributor. */
	assert_int_equal(vgicd_access_other((struct mmio_access){ 0, GICD_ITARGETSR, 4, false }),
			 0x02020202);
	assert_int_equal(vgicd_read32(GICD_TYPER) >> 5 & 7, 3);
	assert_int_equal(vgicd_read32(GICD_TYPER) & ~0xe0U,
			 root_cell.arch.gicd_typer & ~0xe0U);
	fake64_become(0);
	assert_int_equal(vgicd_read32(GICD_TYPER), root_cell.arch.gicd_typer);
}

/* The erratum is that of an implementation: the hypervisor asks for it where it meets its GIC. */
static void controllers_that_forget_levels_are_known_by_iidr(void **state)
{
	static const struct { u32 iidr; bool forgets; } kinds[] = {
		{ 0x0202143b, false },	/* GIC-400 */
		{ 0x0002043b, true },	/* QEMU */
		{ 0x0102043b, false },	/* another product, or another revision, is not it */
		{ 0x0002143b, false },
	};
	struct jh_error error;
	u32 length, i;
	void *config = machine_config(JH_GIC, &length);

	(void)state;
	for (i = 0; i < 4; i++) {
		fake64_reset();
		machine_gic.iidr = kinds[i].iidr;
		assert_int_equal(gic_check(config, &error), 0);
		assert_int_equal(gicv2.forgets, kinds[i].forgets);
	}
	free(config);
	fake64_reset();
}

/* Each of the two interfaces needs its registers, where they are repeated too. */
static void other_controllers_are_no_gicv2(void **state)
{
	static const struct {
		u32 gicc, gicv;
		bool good;
	} rows[] = {
		{ 0x2000, 0x2000, true }, { 0x2000, 0x20000, true }, { 0x10000, 0x10000, true },
		{ 0x1000, 0x2000, false }, { 0x2000, 0x1000, false },
	};
	struct jh_error error;
	u32 length, i;
	void *config = machine_config(2, &length), *other = machine_config(3, &length);
	struct jh_config_unit *gicc = (void *)config_unit(config, JH_UNIT_GICC, 0);
	struct jh_config_unit *gicv = (void *)config_unit(config, JH_UNIT_GICV, 0);

	(void)state;
	fake64_reset();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		gicc->size = rows[i].gicc;
		gicv->size = rows[i].gicv;
		if (rows[i].good) {
			assert_int_equal(gic_check(config, &error), 0);
			assert_ptr_equal(gicv2.gicd, MACHINE_GICD);
			assert_ptr_equal(gicv2.gicc, MACHINE_GICC);
			assert_int_equal(gicv2.gicv_pa, gicv->address +
					 (rows[i].gicv == 0x20000 ? 0xf000 : 0));
			assert_int_equal(gicv2.gicc_pa, gicc->address);
			assert_int_equal(gicv2.repeats, 1);
			continue;
		}
		assert_int_equal(gic_check(config, &error), -refuse_errno(JH_ERR_UNIT_FRAME));
		assert_int_equal(error.reason, JH_ERR_UNIT_FRAME);
		assert_int_equal(error.object, JH_OBJ_UNIT);
		assert_int_equal(error.index, JH_ERROR_UNIT(JH_UNIT_GICC, 0));
		assert_int_equal(error.value, MACHINE_GICC);
		assert_int_equal(error.limit, 0);
	}
	/* The middle of mirrored frames is where nothing answers, on this machine. */
	gicc->size = gicv->size = 0x20000;
	assert_int_equal(gic_check(config, &error), -refuse_errno(JH_ERR_GIC_SILENT));
	assert_int_equal(error.reason, JH_ERR_GIC_SILENT);
	assert_int_equal(error.index, JH_ERROR_UNIT(JH_UNIT_GICD, 0));
	assert_int_equal(error.value, MACHINE_GICD);
	assert_ptr_equal(gicv2.gicc, MACHINE_GICC + 0xf000);
	assert_int_equal(gicv2.gicc_pa, gicc->address + 0xf000);
	assert_int_equal(gicv2.repeats, 16);
	assert_int_equal(gic_check(other, &error), -refuse_errno(JH_ERR_IMAGE_GIC));
	assert_int_equal(error.reason, JH_ERR_IMAGE_GIC);
	assert_int_equal(error.object, JH_OBJ_IMAGE);
	assert_int_equal(error.index, 0);
	assert_int_equal(error.value, 3);
	assert_int_equal(error.limit, 2);
	free(config);
	free(other);
	fake64_reset();
}

/* Root goes on with the interface as its virtual one was. */
static void root_gets_its_interface_back(void **state)
{
	u32 on;

	(void)state;
	for (on = 0; on < 4; on++) {
		begin();
		machine_gic.virtual[CPU].control = (on & 1 ? GICH_VMCR_ENABLE : 0) |
			(on & 2 ? GICH_VMCR_EOIMODE : 0) | 5U << GICH_VMCR_BPR_SHIFT |
			0x16U << GICH_VMCR_PMR_SHIFT;
		interface->enabled = interface->split = !(on & 1);
		gic_cpu_release();
		assert_int_equal(interface->enabled, on & 1);
		assert_int_equal(interface->split, on >> 1);
		assert_int_equal(interface->rest, LINUX_CTLR);
		assert_int_equal(interface->binary_point, 5);
		assert_int_equal(interface->mask, 0xb0);
		assert_int_equal(machine_gic.virtual[CPU].hcr, 0);
	}
}

/*
 * QEMU's GICv2: the maintenance interrupt's line makes it look at levels. Nothing is delivered for
 * it that nobody waits for.
 */
static void the_line_moves_where_levels_are_forgotten(void **state)
{
	struct machine_virtual *virtual = &machine_gic.virtual[CPU];
	bool *enabled = &irqs[MACHINE_MAINTENANCE].enabled;

	(void)state;
	begin();
	fake64_cell.flags = JH_CELL_PHYSICAL_IDS;
	assert_int_equal(errata_of_gicv2(0x0002043b), GIC_ERRATUM_FORGETS_LEVELS);
	assert_int_equal(errata_of_gicv2(0x0202043b), 0);	/* GIC-400 */
	gicv2.forgets = true;
	vgic_cpu_park();
	vgic_cpu_reset(&fake64_cell);
	/* The last list register is in use for ever and nobody else's. */
	assert_int_equal(this_percpu->vgic.lr_all, 0x7);
	assert_int_equal(virtual->lr[3], LR_ACTIVE | 1023);
	*enabled = true;
	gic_lr_underflow(false);
	assert_int_equal(virtual->hcr, GICH_HCR_EN | GICH_HCR_UIE);
	assert_false(*enabled);
	gic_lr_underflow(true);
	assert_true(*enabled);
	/* Another sender's SGI waits for the end of this one. */
	virtual->lr[0] = lr_virtual(3, 0) | LR_EOI;
	*enabled = false;
	gic_lr_underflow(false);
	assert_true(*enabled);
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
		cmocka_unit_test(targets_by_the_guests_numbers),
		cmocka_unit_test(each_page_of_the_interface),
		cmocka_unit_test(controllers_that_forget_levels_are_known_by_iidr),
		cmocka_unit_test(other_controllers_are_no_gicv2),
		cmocka_unit_test(root_gets_its_interface_back),
		cmocka_unit_test(the_line_moves_where_levels_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
