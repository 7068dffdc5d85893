// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The state in which a CPU changes its owner: whenever it enters a guest, bare root or firmware,
 * and whenever an interrupt has been claimed or released, all of it is the reset state.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <config.h>
#include <gic/gicd.h>
#include <gic/vgic.h>
#include "machine/machine.h"
#include "owner.h"

struct life life;

static void __attribute__((format(printf, 2, 3), noreturn)) left(u32 cpu, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	machine_fail("seed %llu, GICv%u, CPU %u enters %s: %s", (unsigned long long)life.seed,
		     JH_GIC, cpu, life.event, text);
}

static void check_ppi(u32 cpu, u32 intid, bool enabled, u8 priority)
{
	const struct machine_irq *irq = machine_irq(cpu, intid);

	if (irq->active)
		left(cpu, "PPI %u is active", intid);
	if (irq->pending)
		left(cpu, "PPI %u is pending", intid);
	if (irq->enabled != enabled)
		left(cpu, "PPI %u is %s", intid, irq->enabled ? "enabled" : "disabled");
	if (irq->priority != priority)
		left(cpu, "PPI %u has priority 0x%x", intid, irq->priority);
	if (irq->edge || !irq->group1)
		left(cpu, "PPI %u has another trigger or group", intid);
}

/* The doorbell is EL2's, which may have rung it since. */
static void check_sgi(u32 cpu, u32 intid)
{
	const struct machine_irq *irq = machine_irq(cpu, intid);

	if (irq->active)
		left(cpu, "SGI %u is active", intid);
	if (intid != DOORBELL_SGI && (irq->pending || irq->sources))
		left(cpu, "SGI %u is pending", intid);
	if (!irq->group1)
		left(cpu, "SGI %u is in another group", intid);
}

static void check_virtual_interface(u32 cpu, u32 hcr)
{
	const struct machine_virtual *v = &machine_gic.virtual[cpu];
	const struct vgic *vgic = &fake64_percpu[cpu].vgic;
	u32 n;

	for (n = 0; n < MACHINE_LRS; n++) {
		if (v->lr[n])
			left(cpu, "list register %u is 0x%llx", n, (unsigned long long)v->lr[n]);
	}
	if (v->active || v->control || v->hcr != hcr)
		left(cpu, "virtual interface: active 0x%x, control 0x%llx, HCR 0x%x", v->active,
		     (unsigned long long)v->control, v->hcr);
	for (n = 0; n < ARRAY_SIZE(vgic->queued); n++) {
		if (vgic->queued[n])
			left(cpu, "interrupts of word %u wait: 0x%x", n, vgic->queued[n]);
	}
	if (vgic->num_queued || vgic->num_lpis)
		left(cpu, "%u interrupts and %u LPIs wait", vgic->num_queued, vgic->num_lpis);
}

static void check_noted(u32 cpu)
{
	const struct arch_cpu *arch = &cpus[cpu].arch;
	u32 i;

	if (arch->sgi_pending)
		left(cpu, "SGIs 0x%x are noted", arch->sgi_pending);
	for (i = 0; i < 16 && JH_GIC == 2; i++) {
		if (arch->sgi_sources[i])
			left(cpu, "SGI %u is noted from 0x%x", i, arch->sgi_sources[i]);
	}
}

static void check_physical_interface(u32 cpu, bool enabled, bool split, u8 mask)
{
	const struct machine_interface *p = &machine_gic.physical[cpu];

	if (p->active)
		left(cpu, "priorities 0x%x are active", p->active);
	if (p->enabled != enabled || p->split != split || p->mask != mask || p->binary_point)
		left(cpu, "interface: enabled %u, EOImode %u, PMR 0x%x, BPR %u", p->enabled,
		     p->split, p->mask, p->binary_point);
}

static void check_registers(u32 cpu)
{
	const char *name = machine_find_sysreg(GARBAGE);

	if (name)
		left(cpu, "%s is its last owner's", name);
}

/* Both are of one table: a walk takes the levels from the one and the root from the other. */
static void check_stage2(u32 cpu, const struct cell *cell)
{
	u64 vtcr = read_sysreg(vtcr_el2), vttbr = read_sysreg(vttbr_el2);

	if (vtcr != tlb_vtcr(&cell->pt) || vttbr != tlb_vttbr(&cell->pt))
		left(cpu, "VTCR_EL2 0x%llx with VTTBR_EL2 0x%llx", (unsigned long long)vtcr,
		     (unsigned long long)vttbr);
}

/* The guest's number of the CPU, in its MPIDR and elsewhere. */
u64 owner_affinity(u32 cpu, const struct cell *cell)
{
	return cell_numbers_cpus(cell) ? cpus[cpu].place : machine_mpidr(cpu);
}

static void check_name(u32 cpu, const struct cell *cell)
{
	const struct percpu *p = &fake64_percpu[cpu];
	u64 affinity = owner_affinity(cpu, cell), vmpidr = read_sysreg(vmpidr_el2);
	u32 number = JH_GIC == 2 && !cell_numbers_cpus(cell) ? cpu : affinity & 0xf;

	if (vmpidr != (BIT(31) | affinity) || cpus[cpu].arch.vmpidr != affinity)
		left(cpu, "its MPIDR is 0x%llx, not 0x%llx", (unsigned long long)vmpidr,
		     (unsigned long long)affinity);
	if (p->number != number || p->cluster_bit != 1U << number ||
	    cell->arch.clusters[p->cluster].cpu[number] != cpu || p->senders != cell->arch.senders)
		left(cpu, "it is number %u of cluster %u", p->number, p->cluster);
}

static bool is_target(u32 cpu, const struct cell *cell)
{
	const struct percpu *self = &fake64_percpu[cpu];

	return cell->arch.sgi_targets[self->cluster] & self->cluster_bit;
}

/* A guest has sent an SGI, or reached for a redistributor. */
void owner_note_reached(const struct cell *cell)
{
	u32 i;

	for (i = 0; i < MACHINE_CPUS; i++) {
		if (machine_mode[i] == MACHINE_EL2 && cpus[i].cell == cell && is_target(i, cell))
			life.reached[i] = true;
	}
}

/*
 * What other CPUs of the same owner do to one that starts, once it was reset, is no matter of
 * ownership; those that did it may have parked again.
 */
static bool others_reach(u32 cpu, const struct cell *cell)
{
	bool reached = life.reached[cpu];
	u32 i;

	life.reached[cpu] = false;
	if (reached)
		return cell->id != CELL_ROOT;
	for (i = 0; i < MACHINE_CPUS; i++) {
		if (i != cpu && cpus[i].cell == cell && cpus[i].state == CPU_RUNNING)
			return cell->id != CELL_ROOT;
	}
	return false;
}

static void check_priorities(u32 cpu, bool direct)
{
	u32 i;

	for (i = 0; i < 16; i++) {
		if (direct && i != DOORBELL_SGI &&
		    machine_irq(cpu, i)->priority != PRIORITY_DEFAULT)
			left(cpu, "SGI %u has priority 0x%x", i, machine_irq(cpu, i)->priority);
		if (!direct && cpus[cpu].arch.sgi_priority[i] != PRIORITY_DEFAULT)
			left(cpu, "SGI %u has priority 0x%x", i, cpus[cpu].arch.sgi_priority[i]);
	}
}

/* By the configuration; as it was found, where it is root's again. */
static bool expected_edge(u32 intid, const struct cell *owner)
{
	const struct jh_config_irq *irqs;
	u32 i, count;

	if (owner->id == CELL_ROOT)
		return life.edge[intid];
	irqs = config_irqs(owner->config, &count);
	for (i = 0; i < count && irqs[i].intid != intid; i++)
		;
	return i < count && irqs[i].flags & JH_IRQ_EDGE;
}

/* The target is the owner's first CPU. */
static void check_way(u32 cpu, u32 intid, const struct cell *owner)
{
	u32 first = owner->id == CELL_ROOT ? 0 : owner->order[0];
	const struct machine_irq *irq = machine_irq(0, intid);

	if (irq->edge != expected_edge(intid, owner))
		left(cpu, "SPI %u has another trigger", intid);
	if (irq->route != (JH_GIC == 2 ? 1UL << first : machine_mpidr(first)))
		left(cpu, "SPI %u goes to 0x%llx", intid, (unsigned long long)irq->route);
}

void owner_check_spis(u32 cpu, const u32 *owned, const struct cell *owner)
{
	u32 intid;

	for (intid = FIRST_SPI; intid < FIRST_SPI + SPIS; intid++) {
		const struct machine_irq *irq = machine_irq(0, intid);

		if (!(owned[intid / 32] >> intid % 32 & 1))
			continue;
		if (irq->enabled || irq->pending || irq->active || !irq->group1 ||
		    irq->priority != PRIORITY_DEFAULT)
			left(cpu, "SPI %u: enabled %u, pending %u, active %u, group %u, "
			     "priority 0x%x", intid, irq->enabled, irq->pending, irq->active,
			     irq->group1, irq->priority);
		check_way(cpu, intid, owner);
	}
}

/* SGIs of its siblings go nowhere: a parked CPU is among the cell's targets no more. */
static void check_targets(u32 cpu, const struct cell *cell)
{
	u32 n, bit;

	for (n = 0; n < ARRAY_SIZE(cell->arch.sgi_targets); n++) {
		for (bit = 0; cell->arch.sgi_targets[n] >> bit; bit++) {
			u32 target = cell->arch.clusters[n].cpu[bit];

			if (cell->arch.sgi_targets[n] >> bit & 1 && cpus[target].cell == cell &&
			    cpus[target].state == CPU_PARKED)
				left(cpu, "parked CPU %u is a target of SGIs", target);
		}
	}
}

/* Once in each life of a cell: from then on they are its own, to do with as it likes. */
static void check_spis_of(u32 cpu, const struct cell *cell)
{
	if (life.starts[cell->id] == cell->report->starts)
		return;
	life.starts[cell->id] = cell->report->starts;
	owner_check_spis(cpu, cell->irqs, cell);
}

void test_enters_guest(u32 cpu, const struct cell *cell)
{
	bool direct = cell_is_direct(cell);
	u32 i;

	life.event = cell->id == CELL_ROOT ? "root's guest" : direct ? "a direct guest" : "a guest";
	check_registers(cpu);
	check_stage2(cpu, cell);
	check_name(cpu, cell);
	check_targets(cpu, cell);
	if (cell->id != CELL_ROOT)
		check_spis_of(cpu, cell);
	if (others_reach(cpu, cell))
		return;
	for (i = 0; i < 16; i++)
		check_sgi(cpu, i);
	for (i = 16; i < 32; i++) {
		bool ours = i == MACHINE_MAINTENANCE;

		check_ppi(cpu, i, ours && !direct, ours ? PRIORITY_EL2 : PRIORITY_DEFAULT);
	}
	check_priorities(cpu, direct);
	check_noted(cpu);
	check_virtual_interface(cpu, direct ? 0 : 1);
	if (!direct)
		check_physical_interface(cpu, true, true, PRIORITY_ALL & 0xf8);
	else if (JH_GIC == 3)
		check_physical_interface(cpu, true, false, PRIORITY_ALL & 0xf8);
	else
		check_physical_interface(cpu, false, false, 0);
}

/* As after a reset, which is what whoever comes next takes it for. */
static void check_released(u32 cpu)
{
	u32 i;

	for (i = 0; i < 16; i++)
		check_sgi(cpu, i);
	for (i = 16; i < 32; i++)
		check_ppi(cpu, i, false, PRIORITY_DEFAULT);
	check_noted(cpu);
	check_virtual_interface(cpu, 0);
	check_physical_interface(cpu, false, false, 0);
	check_registers(cpu);
}

void test_enters_bare(u32 cpu)
{
	life.event = "bare root";
	life.bare |= BIT(cpu);
	check_released(cpu);
}

void test_enters_firmware(u32 cpu)
{
	life.event = "firmware";
	check_released(cpu);
}
