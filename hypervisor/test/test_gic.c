// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Every access that a guest can make to the distributor and the redistributors, at every offset, in
 * every width: it neither changes nor shows interrupts that are not the guest's.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/lr.h>
#include <gic/vgicd.h>
#include <gic/vgicr.h>
#include <hv/errno.h>
#include <jh/reasons.h>
#include <lib/refuse.h>
#include "fake64/fake64.h"

#define HIDDEN		(1U << MACHINE_MAINTENANCE | 1U << 26 | 1U << 28)

/* Accesses go either way, and it makes no difference. */
static bool fast;

static u64 gicd(struct mmio_access a)
{
	if (!fast)
		return vgicd_access(a);
	if (!a.write)
		return a.size == 4 ? vgicd_read32(a.offset) : vgicd_read(a.offset, a.size);
	if (a.size == 4)
		vgicd_write32(a.offset, (u32)a.value);
	else
		vgicd_write(a.offset, a.size, a.value);
	return 0;
}

static u64 gicr(struct mmio_access a)
{
	if (!fast || (a.write && a.size != 4))
		return vgicr_access(a);
	if (!a.write)
		return a.size == 4 ? vgicr_read32(a.offset) : vgicr_read(a.offset, a.size);
	vgicr_write32(a.offset, (u32)a.value);
	return 0;
}

static void seed_interrupts(void)
{
	u32 cpu, i;

	srand(7);
	for (i = 32; i < 1020; i++)
		machine_gic.spi[i] = (struct machine_irq){
			.enabled = rand() & 1, .pending = rand() & 1, .edge = rand() & 1,
			.group1 = true, .priority = (u8)(rand() & 0xf0),
			.route = ((u64)rand() << 32 | (u64)rand()) & 0xff00000003,
		};
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		for (i = 0; i < 32; i++)
			machine_gic.local[cpu][i] = (struct machine_irq){
				.enabled = rand() & 1, .pending = rand() & 1,
				.priority = (u8)(rand() & 0xf0), .group1 = true,
			};
	}
}

static void begin(void)
{
	u32 i;

	fake64_reset();
	seed_interrupts();
	/* The cell's: all patterns of bits within a word, and none; root's: the others. */
	for (i = 1; i < 32; i++) {
		static const u32 words[] = { 0, 0xffffffff, 0x1, 0x80000000, 0x5a5a1234, 0xff00 };

		fake64_cell.irqs[i] = words[i % 6];
		root_cell.irqs[i] = ~fake64_cell.irqs[i];
		fake64_cell.plain_irqs[i] = fake64_cell.irqs[i];
		root_cell.plain_irqs[i] = root_cell.irqs[i];
	}
}

static bool own_spi(u32 intid)
{
	return cell_owns_irq(this_cell(), intid);
}

static void compare(const struct machine_gic *before, u32 offset, u32 size)
{
	u32 i, cpu;

	if (!memcmp(before, &machine_gic, sizeof(*before)))
		return;
	for (i = 0; i < 1024; i++) {
		if (!own_spi(i) &&
		    memcmp(&before->spi[i], &machine_gic.spi[i], sizeof(before->spi[i])))
			fail_msg("%u bytes at %x change interrupt %u", size, offset, i);
	}
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		for (i = 0; i < 32; i++) {
			bool own = cpus[cpu].cell == this_cell() && i >= 16 &&
				   !(HIDDEN >> i & 1);

			if (!own && memcmp(&before->local[cpu][i], &machine_gic.local[cpu][i],
					   sizeof(before->local[cpu][i])))
				fail_msg("%u bytes at %x change interrupt %u of CPU %u", size,
					 offset, i, cpu);
		}
	}
}

/* The interrupt that bit or byte number @bit of a register belongs to; -1: to none. */
static int intid_of(u32 offset, u32 bit)
{
	if (offset >= 0x100 && offset < 0x400)
		return (int)(offset % 0x80 * 8 + bit);
	if (offset >= 0x400 && offset < 0x800)
		return (int)(offset - 0x400 + bit / 8);
	if (offset >= 0xc00 && offset < 0xd00)
		return (int)((offset - 0xc00) * 4 + bit / 2);
	if (offset >= 0x6000 && offset < 0x6000 + 1020 * 8)
		return (int)((offset - 0x6000) / 8);
	return -1;
}

static u64 width_mask(u32 size)
{
	return ~0ULL >> (64 - 8 * size);
}

static void check_read(u32 offset, u32 size)
{
	u64 value = gicd((struct mmio_access){ 0, offset, (u8)size, false });
	u32 bit;

	if (value & ~width_mask(size))
		fail_msg("a load of %u bytes at %x gives %llx", size, offset, value);
	for (bit = 0; bit < 8 * size; bit++) {
		int intid = intid_of(offset, bit);

		if (value >> bit & 1 && intid >= 0 && !own_spi((u32)intid))
			fail_msg("%u bytes at %x show interrupt %d", size, offset, intid);
	}
}

static void every_access_to_the_distributor(u32 cpu)
{
	static const u64 values[] = { ~0ULL, 0, 0xa5a5a5a5a5a5a5a5, 5 };
	static struct machine_gic before;
	u32 offset, size, v;

	begin();
	fake64_become(cpu);
	for (offset = 0; offset < 0x10000; offset++) {
		for (size = 1; size <= 8; size *= 2) {
			if (offset % size)
				continue;
			before = machine_gic;
			check_read(offset, size);
			for (v = 0; v < 4; v++)
				gicd((struct mmio_access){ values[v], offset, (u8)size,
								  true });
			compare(&before, offset, size);
			/* Where nothing is registered, comparing once in a while is enough. */
			if (offset >= 0x1000 && offset < 0x6000)
				offset |= 0x3f;
			if (offset >= 0x8000 && offset < 0xff00)
				offset |= 0x3f;
		}
	}
}

static void a_cell_at_the_distributor(void **state)
{
	(void)state;
	every_access_to_the_distributor(4);
}

static void root_at_the_distributor(void **state)
{
	(void)state;
	every_access_to_the_distributor(0);
}

/* And what is the guest's it can do: the registers do what they are for. */
static void registers_do_their_work(void **state)
{
	u32 intid;

	(void)state;
	begin();
	fake64_become(4);
	for (intid = 32; intid < FAKE64_INTIDS; intid++) {
		struct machine_irq *irq = &machine_gic.spi[intid];
		u32 word = intid / 32 * 4, bit = 1U << intid % 32;
		u64 other = rand();

		if (!own_spi(intid))
			continue;
#define WRITE(o, s, v)	gicd((struct mmio_access){ (v), (o), (s), true })
#define READ(o, s)	gicd((struct mmio_access){ 0, (o), (s), false })
		/* What lies above the access in the register is not looked at. */
		WRITE(GICD_ISENABLER + word, 4, bit | other << 32);
		assert_true(irq->enabled);
		assert_true(READ(GICD_ISENABLER + word, 4) & bit);
		WRITE(GICD_ICENABLER + word, 4, bit | other << 32);
		assert_false(irq->enabled);
		WRITE(GICD_ISPENDR + word, 4, bit);
		assert_true(irq->pending);
		WRITE(GICD_ICPENDR + word, 4, bit);
		assert_false(irq->pending);
		WRITE(GICD_IPRIORITYR + intid, 1, 0x70 | other << 8);
		assert_int_equal(irq->priority, 0x70);
		assert_int_equal(READ(GICD_IPRIORITYR + intid, 1), 0x70);
		WRITE(GICD_IPRIORITYR + intid / 4 * 4, 4, 0x50505050 | other << 32);
		assert_int_equal(irq->priority, 0x50);
		WRITE(GICD_ICFGR + intid / 16 * 4, 4, 2U << intid % 16 * 2);
		assert_true(irq->edge);
		WRITE(GICD_ICFGR + intid / 16 * 4, 4, 0);
		assert_false(irq->edge);
		/* Routed to CPUs of the cell: by MPIDR, whole or by halves. */
		WRITE(GICD_IROUTER + 8 * intid, 8, 5);
		assert_int_equal(irq->route, 5);
		WRITE(GICD_IROUTER + 8 * intid, 8, 0x101);
		assert_int_equal(irq->route, 0x101);
		WRITE(GICD_IROUTER + 8 * intid, 4, 4 | other << 32);
		assert_int_equal(irq->route, 4);
		WRITE(GICD_IROUTER + 8 * intid + 4, 4, 0);
		assert_int_equal(irq->route, 4);
		/* Not to others, not to CPUs that are not there, not to any at all. */
		WRITE(GICD_IROUTER + 8 * intid, 8, 0);
		WRITE(GICD_IROUTER + 8 * intid, 8, 3);
		WRITE(GICD_IROUTER + 8 * intid, 8, 8);
		WRITE(GICD_IROUTER + 8 * intid, 8, 0x204);
		WRITE(GICD_IROUTER + 8 * intid, 8, 0x14);
		WRITE(GICD_IROUTER + 8 * intid, 8, 0x100000004);
		assert_int_equal(irq->route, 4);
		WRITE(GICD_IROUTER + 8 * intid, 8, BIT(31) | 5);
		assert_int_equal(irq->route, 5);
		assert_int_equal(READ(GICD_IROUTER + 8 * intid, 8), 5);
	}
}

static void identification_registers_of_the_distributor(void **state)
{
	(void)state;
	begin();
	fake64_become(4);
	assert_int_equal(READ(GICD_TYPER, 4), FAKE64_INTIDS / 32 - 1);
	assert_int_equal(READ(GICD_PIDR2, 4), 0x3b);
	assert_int_equal(READ(GICD_CTLR, 4), 0x50);
}

static void interrupts_that_a_cell_can_own(void **state)
{
	(void)state;
	begin();
	assert_int_equal(arch_irq_refusal(32), 0);
	assert_int_equal(arch_irq_refusal(31), JH_ERR_IRQ_ABSENT);
	assert_int_equal(arch_irq_refusal(FAKE64_INTIDS - 1), 0);
	assert_int_equal(arch_irq_refusal(FAKE64_INTIDS), JH_ERR_IRQ_ABSENT);
	/* Whatever priority root gave it, it keeps it. */
	machine_gic.spi[40].priority = 0;
	assert_int_equal(arch_irq_refusal(40), 0);
	assert_int_equal(machine_gic.spi[40].priority, 0);
	machine_gic.spi[41] = (struct machine_irq){ .secure = true };
	assert_int_equal(arch_irq_refusal(41), JH_ERR_IRQ_SECURE);
}

/* --- redistributors --- */

/* The CPU of the guest's nth redistributor, or of none. */
static u32 cpu_of(u32 n)
{
	if (!cell_numbers_cpus(this_cell()))
		return n;
	return n < this_cell()->num_cpus ? this_cell()->order[n] : 0;
}

static void check_redistributor(u32 offset, u32 size)
{
	u32 cpu = cpu_of(offset / 0x20000), at = offset % 0x20000, bit;
	u64 value = gicr((struct mmio_access){ 0, offset, (u8)size, false });
	bool own = cpus[cpu].cell == this_cell();

	if (!own && value && cell_numbers_cpus(this_cell()))
		fail_msg("%u bytes at %x, behind the last redistributor, give %llx", size, offset,
			 value);

	if (value & ~width_mask(size))
		fail_msg("a load of %u bytes at %x gives %llx", size, offset, value);
	if (at < 0x10000 || (at >= 0x10080 && at < 0x10084))
		return;
	for (bit = 0; bit < 8 * size; bit++) {
		int intid = intid_of(at & 0xffff, bit);

		if (value >> bit & 1 && (!own || intid < 0 || intid > 31 || HIDDEN >> intid & 1))
			fail_msg("%u bytes at %x show %llx", size, offset, value);
	}
}

/* A parked sibling's SGI frame, every register of it; the other frame describes the machine. */
static void the_interrupts_of_a_cpu_that_is_off_are_not_there(void **state)
{
	static const u32 states[] = { CPU_PARKED, CPU_STARTING, CPU_UNMANAGED, CPU_DYING };
	static struct machine_gic before;
	struct arch_cpu arch;
	u32 i, offset, size;

	(void)state;
	for (i = 0; i < 8; i++) {
		begin();
		if (i >= 4)
			fake64_cell.flags = JH_CELL_PHYSICAL_IDS | JH_CELL_IRQ_DIRECT;
		cpus[5].state = states[i % 4];
		before = machine_gic;
		arch = cpus[5].arch;
		fake64_become(4);
		for (offset = 5 * 0x20000 + 0x10000; offset < 6 * 0x20000; offset++) {
			for (size = 1; size <= 8; size *= 2) {
				if (offset % size)
					continue;
				gicr((struct mmio_access){ ~0UL, offset, (u8)size, true });
				assert_int_equal(gicr((struct mmio_access){ 0, offset, (u8)size,
									    false }), 0);
			}
		}
		assert_memory_equal(&before, &machine_gic, sizeof(before));
		assert_memory_equal(&arch, &cpus[5].arch, sizeof(arch));
		assert_int_equal(fake64_asked.request_mask, 0);
		/* Its own number can still be read. */
		assert_int_equal(gicr((struct mmio_access){ 0, 5 * 0x20000 + GICR_TYPER, 8,
							    false }) >> 32, 5);
	}
}

static void a_direct_cell_leaves_the_doorbell_alone(void **state)
{
	static const u32 registers[] = { GICD_ICENABLER, GICD_ICPENDR, GICD_ISACTIVER };
	struct machine_irq *irqs = machine_gic.local[5];
	u32 i;

	(void)state;
	begin();
	fake64_cell.flags = JH_CELL_PHYSICAL_IDS | JH_CELL_IRQ_DIRECT;
	fake64_become(4);
	for (i = 0; i < 16; i++)
		irqs[i] = (struct machine_irq){ .enabled = true, .pending = true };
	for (i = 0; i < 3; i++)
		gicr((struct mmio_access){ ~0UL, 5 * 0x20000 + 0x10000 + registers[i], 4, true });
	for (i = 0; i < 16; i++) {
		assert_int_equal(irqs[i].enabled, i == DOORBELL_SGI);
		assert_int_equal(irqs[i].pending, i == DOORBELL_SGI);
		assert_int_equal(irqs[i].active, i != DOORBELL_SGI);
	}
}

static void every_access_to_the_redistributors(u32 cpu, u32 flags)
{
	static const u64 values[] = { ~0ULL, 0, 0xa5a5a5a5a5a5a5a5 };
	static struct machine_gic before;
	u32 offset, size, v;
	u64 own_writes = 0;

	begin();
	fake64_number(flags);
	fake64_become(cpu);
	for (offset = 0; offset < MACHINE_CPUS * 0x20000 + 0x20000; offset++) {
		for (size = 1; size <= 8; size *= 2) {
			if (offset % size)
				continue;
			before = machine_gic;
			if (offset < MACHINE_CPUS * 0x20000)
				check_redistributor(offset, size);
			for (v = 0; v < 3; v++)
				gicr((struct mmio_access){ values[v], offset, (u8)size,
								  true });
			compare(&before, offset, size);
			own_writes += machine_gic.rd_writes != before.rd_writes;
			if (machine_gic.rd_writes != before.rd_writes &&
			    (this_cell() != &root_cell ||
			     cpus[offset / 0x20000].cell != this_cell() ||
			     offset % 0x20000 == GICR_WAKER))
				fail_msg("%u bytes at %x reach a redistributor", size, offset);
		}
		/* Beyond the registers of interrupts, once in a while. */
		if ((offset & 0xffff) >= 0x1000 && (offset & 0xffff) < 0xff00)
			offset |= 0x7f;
	}
	assert_int_equal(!!own_writes, this_cell() == &root_cell);
}

static void a_cell_at_the_redistributors(void **state)
{
	(void)state;
	every_access_to_the_redistributors(4, JH_CELL_PHYSICAL_IDS);
	every_access_to_the_redistributors(4, 0);
}

static u64 gicr_read(u32 offset, u32 size)
{
	return gicr((struct mmio_access){ 0, offset, (u8)size, false });
}

/* The cell's CPUs 6, 4, 7 and 5 stand in a row, and it is the last one that says so. */
static void redistributors_in_a_row(void **state)
{
	static const u64 typers[] = { 0x000000000, 0x100000100, 0x200000200, 0x300000310 };
	u32 n, cpu, intid;

	(void)state;
	begin();
	fake64_number(0);
	fake64_become(4);
	for (n = 0; n < 4; n++) {
		u32 base = n * 0x20000;

		cpu = fake64_cell.order[n];
		intid = 16 + n;
		assert_int_equal(gicr_read(base + GICR_TYPER, 8), typers[n]);
		assert_int_equal(gicr_read(base + GICR_TYPER, 4), (u32)typers[n]);
		assert_int_equal(gicr_read(base + GICR_TYPER + 4, 4), typers[n] >> 32);
		assert_int_equal(gicr_read(base + GICR_PIDR2, 4), 0x3b);
		/* What is written arrives at that CPU. */
		machine_gic.local[cpu][intid].enabled = false;
		gicr((struct mmio_access){ 1U << intid, base + 0x10000 + GICD_ISENABLER, 4, true });
		assert_true(machine_gic.local[cpu][intid].enabled);
	}
	assert_int_equal(gicr_read(4 * 0x20000 + GICR_TYPER, 8), 0);
	/* The distributor has no LPIs, nor one of many targets. */
	assert_int_equal(gicd((struct mmio_access){ 0, GICD_TYPER, 4, false }),
			 (FAKE64_INTIDS / 32 - 1) | 9U << 19 | 1U << 25);
}

static void routes_by_the_guests_numbers(void **state)
{
	static const u64 mpidrs[] = { 0x100, 4, 0x101, 5 };
	struct machine_irq *irq = &machine_gic.spi[40];
	u32 offset = GICD_IROUTER + 8 * 40, n;

	(void)state;
	begin();
	fake64_number(0);
	fake64_become(4);
	fake64_cell.irqs[1] = 1U << 8;
	for (n = 0; n < 4; n++) {
		gicd((struct mmio_access){ n | BIT(31), offset, 8, true });
		assert_int_equal(irq->route, mpidrs[n]);
		assert_int_equal(gicd((struct mmio_access){ 0, offset, 8, false }), n);
		assert_int_equal(gicd((struct mmio_access){ 0, offset, 4, false }), n);
		assert_int_equal(gicd((struct mmio_access){ 0, offset + 4, 4, false }), 0);
	}
	gicd((struct mmio_access){ 1, offset, 4, true });
	assert_int_equal(irq->route, 4);
	gicd((struct mmio_access){ 1, offset + 4, 4, true });
	gicd((struct mmio_access){ 4, offset, 8, true });
	gicd((struct mmio_access){ 0x100, offset, 8, true });
	assert_int_equal(irq->route, 4);
}

static void root_at_the_redistributors(void **state)
{
	(void)state;
	every_access_to_the_redistributors(0, JH_CELL_PHYSICAL_IDS);
}

#define RWRITE(cpu, o, s, v) \
	gicr((struct mmio_access){ (v), (cpu) * 0x20000 + 0x10000 + (o), (s), true })
#define RREAD(cpu, o, s) \
	gicr((struct mmio_access){ 0, (cpu) * 0x20000 + 0x10000 + (o), (s), false })

static void sgis_are_emulated_and_ppis_the_hardwares(void **state)
{
	u32 i;

	(void)state;
	begin();
	fake64_become(4);
	RWRITE(4, GICD_ICENABLER, 4, 0xffffffff);
	assert_int_equal(cpus[4].arch.sgi_enabled, 0);
	RWRITE(4, GICD_ISENABLER, 4, 0xffffffff);
	assert_int_equal(cpus[4].arch.sgi_enabled, 0xffff);
	assert_int_equal(RREAD(4, GICD_ISENABLER, 4), 0xffffffff & ~HIDDEN);
	for (i = 16; i < 32; i++)
		assert_true(machine_gic.local[4][i].enabled || HIDDEN >> i & 1);
	RWRITE(4, GICD_ISPENDR, 4, 0x10008);
	assert_true(machine_gic.local[4][16].pending);
	/* Set pending: it is in a list register now. */
	assert_int_equal(cpus[4].arch.sgi_pending & 8, 0);
	assert_int_equal(LR_VINTID(fake64_lr(4, 0)), 3);
	for (i = 0; i < 32; i++)
		RWRITE(4, GICD_IPRIORITYR + i, 1, 8 * i);
	for (i = 0; i < 16; i++)
		assert_int_equal(cpus[4].arch.sgi_priority[i], 8 * i);
	assert_int_equal(LR_PRIORITY(fake64_lr(4, 0)), 8 * 3);
	assert_int_equal(RREAD(4, GICD_IPRIORITYR + 4, 4), 0x38302820);
	assert_int_equal(RREAD(4, GICD_IPRIORITYR + 16, 4), 0x98908880);
	assert_int_equal(RREAD(4, GICD_IPRIORITYR + 24, 4), 0xd80000c0);
	/* The triggers of PPIs are nobody's but root's, which has them on its own CPUs. */
	for (i = 1; i <= 4; i *= 2)
		RWRITE(4, (GICD_ICFGR + 4), i, 0xffffffff);
	for (i = 16; i < 32; i++)
		assert_false(machine_gic.local[4][i].edge);
	fake64_become(0);
	RWRITE(0, (GICD_ICFGR + 4), 4, 0x2);
	assert_true(machine_gic.local[0][16].edge);
	RWRITE(4, (GICD_ICFGR + 4), 4, 0x2);
	assert_false(machine_gic.local[4][16].edge);
	fake64_become(4);
	/* A sibling's registers are the cell's too; it is told. */
	RWRITE(5, GICD_ISENABLER, 4, 0x2);
	assert_int_equal(cpus[5].arch.sgi_enabled, 0x2);
	assert_int_equal(fake64_asked.request_mask, 1U << 5);
	/* Others' are not. */
	RWRITE(0, GICD_ISENABLER, 4, 0x2);
	assert_int_equal(cpus[0].arch.sgi_enabled, 0);
	assert_int_equal(RREAD(0, GICD_ISENABLER, 4), 0);
}

/* --- ownership --- */

static void claimed_interrupts_are_quiet_and_routed(void **state)
{
	struct machine_irq *irq = &machine_gic.spi[70];

	(void)state;
	begin();
	fake64_cell.irqs[2] = 0;
	root_cell.irqs[2] = ~0U;
	*irq = (struct machine_irq){ .enabled = true, .pending = true, .active = true,
				    .priority = 0x20, .route = 2 };
	fake64_answers = true;
	arch_irq_claim(&fake64_cell, 70, true);
	assert_false(irq->enabled);
	assert_false(irq->pending);
	assert_false(irq->active);
	assert_true(irq->edge);
	assert_true(irq->group1);
	assert_int_equal(irq->priority, PRIORITY_DEFAULT);
	assert_int_equal(irq->route, 0x100);
	assert_true(cell_owns_irq(&fake64_cell, 70));
	assert_false(cell_owns_irq(&root_cell, 70));
	irq->enabled = irq->pending = irq->active = true;
	arch_irq_release(&fake64_cell, 70);
	assert_false(irq->enabled);
	assert_false(irq->pending);
	assert_false(irq->active);
	assert_int_equal(irq->route, 0);
	assert_false(irq->edge);
	assert_false(cell_owns_irq(&fake64_cell, 70));
	assert_true(cell_owns_irq(&root_cell, 70));
	/* Root gets its own trigger back, whatever the cell made of it, in several lives. */
	irq->edge = true;
	arch_irq_claim(&fake64_cell, 70, false);
	assert_false(irq->edge);
	irq->edge = true;
	arch_irq_claim(&fake64_cell, 70, false);
	arch_irq_release(&fake64_cell, 70);
	assert_true(irq->edge);
	/* The neighbours stay as they were. */
	assert_int_equal(root_cell.irqs[2], ~0U);
}

/* --- affinities --- */

static void affinities_become_cpus(void **state)
{
	u32 n;

	(void)state;
	begin();
	assert_int_equal(affinity_num_clusters, 2);
	assert_int_equal(affinity_add(9, 0x10), -EINVAL);
	n = affinity_find(affinity_key(0x100));
	assert_true(n < affinity_num_clusters);
	assert_int_equal(affinity_clusters[n].present, 0x3);
	assert_int_equal(affinity_clusters[n].cpu[1], 7);
	assert_int_equal(fake64_cell.arch.sgi_targets[n], 0x3);
	assert_int_equal(root_cell.arch.sgi_targets[n], 0);
	n = affinity_find(affinity_key(0));
	assert_int_equal(fake64_cell.arch.sgi_targets[n], 0x30);
	assert_int_equal(root_cell.arch.sgi_targets[n], 0xf);
	assert_true(affinity_find(affinity_key(0x200)) >= affinity_num_clusters);
	assert_true(affinity_find(affinity_key(0x10000)) >= affinity_num_clusters);
	assert_true(affinity_find(affinity_key(0x100000000)) >= affinity_num_clusters);
	/* Aff1 alike, Aff2 not. */
	assert_int_equal(affinity_add(8, 0x10100), 0);
	assert_int_equal(affinity_find(affinity_key(0x100)),
			 affinity_find(affinity_key(0x101)));
	assert_true(affinity_find(affinity_key(0x10100)) != affinity_find(affinity_key(0x100)));
}

/* Root's CPUs that are not under the hypervisor take SGIs themselves. */
static void unmanaged_cpus_are_no_targets(void **state)
{
	u32 n;

	(void)state;
	begin();
	n = affinity_find(affinity_key(0));
	affinity_set_unmanaged(2, true);
	assert_int_equal(affinity_clusters[n].unmanaged, 1U << 2);
	assert_int_equal(root_cell.arch.sgi_targets[n], 0xb);
	affinity_set_unmanaged(1, true);
	affinity_set_unmanaged(2, false);
	assert_int_equal(affinity_clusters[n].unmanaged, 1U << 1);
	assert_int_equal(root_cell.arch.sgi_targets[n], 0xd);
	affinity_set_unmanaged(1, false);
	assert_int_equal(affinity_clusters[n].unmanaged, 0);
	assert_int_equal(root_cell.arch.sgi_targets[n], 0xf);
}

/* The error names the frame that does not answer, or the image that is meant for another. */
static void other_controllers_are_no_gicv3(void **state)
{
	struct jh_error error;
	u32 length;
	void *config = machine_config(3, &length), *other = machine_config(2, &length);

	(void)state;
	begin();
	assert_int_equal(gic_check(config, &error), 0);
	fake64_set_sysreg("id_aa64pfr0_el1", 0);
	assert_int_equal(gic_check(config, &error), -refuse_errno(JH_ERR_GIC_SILENT));
	assert_int_equal(error.reason, JH_ERR_GIC_SILENT);
	assert_int_equal(error.object, JH_OBJ_UNIT);
	assert_int_equal(error.index, JH_ERROR_UNIT(JH_UNIT_GICD, 0));
	assert_int_equal(error.value, MACHINE_GICD);
	assert_int_equal(error.limit, 0);
	assert_int_equal(gic_check(other, &error), -refuse_errno(JH_ERR_IMAGE_GIC));
	assert_int_equal(error.reason, JH_ERR_IMAGE_GIC);
	assert_int_equal(error.object, JH_OBJ_IMAGE);
	assert_int_equal(error.index, 0);
	assert_int_equal(error.value, 2);
	assert_int_equal(error.limit, 3);
	free(config);
	free(other);
}

static void redistributors_are_found_by_affinity(void **state)
{
	(void)state;
	begin();
	assert_null(gicr_find(0, 0x55));
	gicr_init((void *)MACHINE_GICR, 3 * 0x20000);
	assert_null(gicr_find(4, 4));
	assert_non_null(gicr_find(2, 2));
	/* In whichever order. */
	assert_ptr_equal(gicr_find(1, 1), (void *)(MACHINE_GICR + 0x20000));
	assert_ptr_equal(gicr_find(0, 0), (void *)MACHINE_GICR);
	assert_null(gicr_find(4, 4));
	/* A CPU's number need not be its place. */
	assert_ptr_equal(gicr_find(0, 1), (void *)(MACHINE_GICR + 0x20000));
	assert_ptr_equal(gicr_find(2, 0), (void *)MACHINE_GICR);
	assert_ptr_equal(gicr_find(63, 2), (void *)(MACHINE_GICR + 0x40000));
	/* Another machine: nothing of the search before counts. */
	gicr_init((void *)MACHINE_GICR, 1 * 0x20000);
	assert_null(gicr_find(1, 1));
	assert_ptr_equal(gicr_find(0, 0), (void *)MACHINE_GICR);
	assert_null(gicr_find(1, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_at_the_distributor),
		cmocka_unit_test(root_at_the_distributor),
		cmocka_unit_test(registers_do_their_work),
		cmocka_unit_test(identification_registers_of_the_distributor),
		cmocka_unit_test(interrupts_that_a_cell_can_own),
		cmocka_unit_test(the_interrupts_of_a_cpu_that_is_off_are_not_there),
		cmocka_unit_test(a_direct_cell_leaves_the_doorbell_alone),
		cmocka_unit_test(a_cell_at_the_redistributors),
		cmocka_unit_test(root_at_the_redistributors),
		cmocka_unit_test(redistributors_in_a_row),
		cmocka_unit_test(routes_by_the_guests_numbers),
		cmocka_unit_test(sgis_are_emulated_and_ppis_the_hardwares),
		cmocka_unit_test(claimed_interrupts_are_quiet_and_routed),
		cmocka_unit_test(affinities_become_cpus),
		cmocka_unit_test(unmanaged_cpus_are_no_targets),
		cmocka_unit_test(other_controllers_are_no_gicv3),
		cmocka_unit_test(redistributors_are_found_by_affinity),
	};

	int failed = cmocka_run_group_tests_name("whatever comes", tests, NULL, NULL);

	fast = true;
	return failed + cmocka_run_group_tests_name("what is fast", tests, NULL, NULL);
}
