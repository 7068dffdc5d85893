// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Nothing crosses a change of owner: random lives of cells whose CPUs do to each other what they
 * can, while CPUs and interrupts come and go. Whenever a CPU enters a guest, bare root or firmware,
 * and whenever an interrupt has been claimed or released, its whole state is the reset state.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/psci.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <gic/vsgi.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <jh/hypercall.h>
#include "blob.h"
#include "machine/machine.h"

#define ROOTS_OWN	2	/* CPUs 0 and 1 stay root's */
#define FIRST_SPI	40
#define SPIS		24
#define GARBAGE		0x6a756e6b6a756e6bUL	/* what guests write to registers */
#define CELLS		3
#define LIVES		400	/* by seed, from OWNER_SEED or 1 on; OWNER_LIVES: so many */
#define PATIENCE	40000	/* turns after which a CPU that was asked for something is lost */

/* --- the state in which a CPU changes its owner --- */

static struct {
	const char *event;	/* at which something was left */
	bool begun, quiet, disabling;
	bool releases;		/* root does not touch what it may just have got back */
	bool asks[MACHINE_CPUS];	/* once for the hypervisor's end, which is refused */
	bool sleeps;		/* that is all that guests of cells do */
	u64 bare;		/* CPUs that root has had without the hypervisor */
	u64 seed;
	u32 starts[JH_MAX_CELLS];	/* of each cell, when a CPU last entered it */
	bool reached[MACHINE_CPUS];	/* by a sibling, after it was reset and before it entered */
} life;

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

/* What the guest calls the CPU, in its MPIDR and where else it is told. */
static u64 affinity_of(u32 cpu, const struct cell *cell)
{
	return cell_numbers_cpus(cell) ? cpus[cpu].place : machine_mpidr(cpu);
}

static void check_name(u32 cpu, const struct cell *cell)
{
	const struct percpu *p = &fake64_percpu[cpu];
	u64 affinity = affinity_of(cpu, cell), vmpidr = read_sysreg(vmpidr_el2);
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
static void note_reached(const struct cell *cell)
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

static void check_spis(u32 cpu, const u32 *owned)
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
	}
}

/* Once in each life of a cell: from then on they are its own, to do with as it likes. */
static void check_spis_of(u32 cpu, const struct cell *cell)
{
	if (life.starts[cell->id] == cell->report->starts)
		return;
	life.starts[cell->id] = cell->report->starts;
	check_spis(cpu, cell->irqs);
}

void test_enters_guest(u32 cpu, const struct cell *cell)
{
	bool direct = cell_is_direct(cell);
	u32 i;

	life.event = cell->id == CELL_ROOT ? "root's guest" : direct ? "a direct guest" : "a guest";
	check_registers(cpu);
	check_stage2(cpu, cell);
	check_name(cpu, cell);
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

/* --- what guests do --- */

static u64 word(void)
{
	u64 value = (u64)machine_random(1U << 31) << 1 | machine_random(2);

	/* Few bits, all, and anything between. */
	return machine_random(3) ? value : machine_random(2) ? 0xffffffff : BIT(machine_random(32));
}

static void store(u64 address, u32 size, u64 value)
{
	const struct mmio_region *r = mmio_find(address);

	if (!r)
		return;
	if (size == 4 && machine_random(2))
		vgic_write32((u32)(address - r->start), (u32)value, r);
	else
		vgic_write((u32)(address - r->start), size, value, r);
}

/* A CPU of the executing guest's cell by chance, running or parked. */
static u32 sibling(void)
{
	u32 cpu;

	do
		cpu = machine_random(MACHINE_CPUS);
	while (!(this_cell()->cpu_mask >> cpu & 1));
	/* Root knows what it has turned off. */
	return this_cell()->id == CELL_ROOT ? fake64_cpu : cpu;
}

static u64 local_frame(u32 cpu)
{
	u32 n = cell_numbers_cpus(this_cell()) ? cpus[cpu].place : cpu;

	return JH_GIC == 2 ? MACHINE_GICD : MACHINE_GICR + n * 0x20000UL + 0x10000;
}

static void touch_local_interrupts(void)
{
	static const u32 bits[] = {
		GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR, GICD_ISACTIVER,
		GICD_ICACTIVER,
	};
	u64 frame = local_frame(sibling());
	u32 offset;

	switch (machine_random(5)) {
	case 0:
		store(frame + GICD_IPRIORITYR + machine_random(32), 1, word() & 0xff);
		break;
	case 1:
		store(frame + GICD_IPRIORITYR + 4 * machine_random(8), 4, word());
		break;
	case 2:
		/* The triggers are root's to set. */
		if (this_cell()->id == CELL_ROOT)
			break;
		offset = machine_random(2) ? GICD_IGROUPR : GICD_ICFGR + 4 * machine_random(2);
		store(frame + offset, 4, word());
		break;
	default:
		store(frame + bits[machine_random(ARRAY_SIZE(bits))], 4, word());
	}
	note_reached(this_cell());
}

static void touch_spis(void)
{
	static const u32 bits[] = {
		GICD_ISENABLER, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR,
		GICD_ISACTIVER, GICD_ICACTIVER,
	};
	u32 intid = FIRST_SPI + machine_random(SPIS);

	if (life.releases && this_cell()->id == CELL_ROOT)
		return;
	switch (machine_random(4)) {
	case 0:
		store(MACHINE_GICD + GICD_IPRIORITYR + intid, 1, word() & 0xff);
		break;
	case 1:
		if (JH_GIC == 2)
			store(MACHINE_GICD + GICD_ITARGETSR + intid, 1, word() & 0xff);
		else
			store(MACHINE_GICD + GICD_IROUTER + 8 * intid, 8,
			      machine_random(2) ? affinity_of(sibling(), this_cell()) :
			      machine_mpidr(machine_random(MACHINE_CPUS)));
		break;
	default:
		store(MACHINE_GICD + bits[machine_random(ARRAY_SIZE(bits))] + intid / 32 * 4, 4,
		      word());
	}
}

static void send_sgi(void)
{
	u32 intid = machine_random(16), target = sibling(), interface = target;
	u64 affinity = affinity_of(target, this_cell());

	if (cell_numbers_cpus(this_cell()))
		interface = cpus[target].place;
	if (JH_GIC == 2 && !machine_random(4))
		store(MACHINE_GICD + GICD_SPENDSGIR + machine_random(16), 1, word() & 0xff);
	else if (JH_GIC == 2 && this_cell()->id == CELL_ROOT)
		store(MACHINE_GICD + GICD_SGIR, 4, 1U << interface << 16 | intid);
	else if (JH_GIC == 2)
		store(MACHINE_GICD + GICD_SGIR, 4, machine_random(3) << 24 |
		      (machine_random(2) ? 0xff : 1U << interface) << 16 | intid);
	else
		vsgi_sgi1r((u64)intid << 24 | affinity_key(affinity) |
			       (machine_random(2) && this_cell()->id != CELL_ROOT ?
				(machine_random(2) ? 0xffff : 1UL << 40) :
				1UL << (affinity & 0xf)));
	note_reached(this_cell());
}

static void write_registers(void)
{
	write_sysreg(GARBAGE, ttbr0_el1);
	write_sysreg(GARBAGE, vbar_el1);
	write_sysreg(GARBAGE, tpidr_el1);
	write_sysreg(GARBAGE, cntv_cval_el0);
	write_sysreg(GARBAGE, mdscr_el1);
}

/* Takes what comes, and does not always end it. */
static void take_interrupts(u32 cpu)
{
	u32 n = machine_random(4), iar;

	machine_gic.virtual[cpu].control = JH_GIC == 2 ? 0x1fU << 27 | 1 : 0xffUL << 24 | 2;
	while (n--) {
		iar = machine_virtual_ack(cpu);
		if (iar < 1020 && machine_random(4))
			machine_virtual_end(cpu, iar);
	}
}

/* Where interrupts are direct, the physical interface is the guest's, but for what traps. */
static void take_direct(u32 cpu)
{
	struct machine_interface *p = &machine_gic.physical[cpu];
	u32 iar;

	switch (machine_random(6)) {
	case 0:
		p->enabled = machine_random(2);
		p->binary_point = (u8)machine_random(8);
		if (JH_GIC == 2) {
			p->mask = (u8)word() & 0xf8;
			p->split = machine_random(2);
		}
		break;
	case 1:
		p->active = (u32)word();
		break;
	default:
		iar = machine_ack(cpu) & 0x3ff;
		if (iar < 1020 && machine_random(4))
			machine_end(cpu, iar);
	}
}

static void psci(u32 id, u64 target)
{
	u64 args[4] = { target };

	psci_call(id, args);
}

/* Where nobody traps it, only what the interface signals ends it. */
static void sleep_till_interrupt(void)
{
	if (read_sysreg(hcr_el2) & HCR_TWI)
		vgic_cpu_standby();
	else
		machine_sleep();
}

static void turn_off(void)
{
	if (fake64_cpu >= ROOTS_OWN || this_cell()->id != CELL_ROOT)
		psci(PSCI_CPU_OFF, 0);
}

static void change_cpus(void)
{
	u32 target = sibling();

	if (this_cell()->id != CELL_ROOT && machine_random(3))
		psci(PSCI_CPU_ON_64, affinity_of(target, this_cell()));
	else
		turn_off();
}

static void end_cell(void)
{
	struct jh_crash crash = { .cause = JH_CRASH_TRAP, .cpu = fake64_cpu };

	if (this_cell()->id == CELL_ROOT)
		return;
	if (machine_random(2))
		cell_end(false);
	cell_fail(&crash);
}

static void act(u32 cpu)
{
	if (life.sleeps) {
		if (this_cell()->id == CELL_ROOT)
			turn_off();
		else
			sleep_till_interrupt();
		return;
	}
	switch (machine_random(this_cell()->id == CELL_ROOT ? 12 : 30)) {
	case 0 ... 3:
		touch_spis();
		break;
	case 4 ... 7:
	case 12 ... 18:
		touch_local_interrupts();
		break;
	case 8:
		write_registers();
		break;
	case 9:
		change_cpus();
		break;
	case 19 ... 26:
		send_sgi();
		break;
	case 10:
		/* One that has made its interface deaf, and is trusted, would sleep for ever. */
		if (this_cell()->id != CELL_ROOT &&
		    (read_sysreg(hcr_el2) & HCR_TWI || !cell_is_direct(this_cell())))
			sleep_till_interrupt();
		break;
	case 27:
		if (!machine_random(8))
			end_cell();
		break;
	default:
		if (cell_is_direct(this_cell()))
			take_direct(cpu);
		else
			take_interrupts(cpu);
	}
}

/* Linux on a CPU that runs without the hypervisor, and is handed over as its driver does. */
static void be_bare(u32 cpu)
{
	u32 i;

	for (i = 0; i < 8; i++)
		machine_irq(cpu, i)->enabled = true;
	machine_gic.physical[cpu] = (struct machine_interface){ .enabled = true, .mask = 0xf0 };
	if (!machine_random(4))
		machine_hand_over();
}

static void (*management)(void);	/* what CPU 0 is to do next */

static s64 call(u64 code, u64 arg1, u64 arg2)
{
	u64 args[4] = { arg1, arg2 };

	return hypercall(code, args);
}

void test_guest(u32 cpu)
{
	void (*what)(void) = management;

	if (machine_mode[cpu] == MACHINE_BARE) {
		if (!life.quiet)
			be_bare(cpu);
		return;
	}
	if (!life.begun || (life.quiet && !life.disabling))
		return;
	/* Its memory was taken away to call it back. */
	if (this_cell()->is_revoked) {
		machine_mode[cpu] = MACHINE_EL2;
		if (cpus[cpu].requests)
			cpu_handle_requests();
		cell_fail(&(struct jh_crash){ .cause = JH_CRASH_TRAP, .cpu = cpu });
	}
	if (!cell_is_direct(this_cell()))
		machine_handle();
	machine_mode[cpu] = MACHINE_EL2;
	if (life.asks[cpu]) {
		if (call(JH_HC_DISABLE, 0, 0) >= 0)
			machine_fail("CPU %u: disable succeeds", cpu);
		life.asks[cpu] = false;
	} else if (life.disabling && this_cell()->id == CELL_ROOT) {
		call(JH_HC_DISABLE, 0, 0);
	} else if (cpu == 0 && what) {
		management = NULL;
		what();
	} else {
		act(cpu);
	}
	machine_mode[cpu] = MACHINE_GUEST;
}

/* --- what root does --- */

static void must(s64 result, const char *what, u64 cell)
{
	if (result < 0)
		machine_fail("seed %llu, GICv%u: %s of cell %llu: %lld",
			     (unsigned long long)life.seed, JH_GIC, what, (unsigned long long)cell,
			     (long long)result);
}

static void describe_cell(struct blob_parts *parts)
{
	u64 taken = 0;
	u32 i, n;

	memset(parts, 0, sizeof(*parts));
	parts->kind = JH_CONFIG_CELL;
	parts->num_cells = parts->num_memories = 1;
	parts->cell.comm_address = 0x80000000;
	snprintf(parts->cell.name, sizeof(parts->cell.name), "cell%u", machine_random(1U << 20));
	if (!machine_random(3))
		parts->cell.flags = JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT | JH_CELL_WFI_TRAP;
	parts->memories[0] = (struct jh_config_memory){
		.size = 0x10000, .flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE |
					  JH_MEM_LOADABLE | JH_MEM_AUTO,
	};
	for (n = 1 + machine_random(4); n; n--) {
		i = ROOTS_OWN + machine_random(MACHINE_CPUS - ROOTS_OWN);
		taken |= BIT(i);
	}
	for (i = ROOTS_OWN; i < MACHINE_CPUS; i++) {
		if (taken >> i & 1)
			parts->cpus[parts->num_cpus++].cpu = i;
	}
	/* In any order, and any numbering. */
	i = machine_random(parts->num_cpus);
	n = parts->cpus[0].cpu;
	parts->cpus[0].cpu = parts->cpus[i].cpu;
	parts->cpus[i].cpu = n;
	parts->cell.flags |= machine_random(2) ? JH_CELL_PHYSICAL_IDS : 0;
	i = FIRST_SPI + machine_random(4);
	for (n = machine_random(4); n && i < FIRST_SPI + SPIS; n--) {
		parts->irqs[parts->num_irqs++] = (struct jh_config_irq){
			.intid = i, .flags = machine_random(2) ? JH_IRQ_EDGE : 0,
		};
		i += 1 + machine_random(8);
	}
}

static void create(void)
{
	struct blob_parts *parts = malloc(sizeof(*parts));
	u32 length;
	void *blob;

	if (!parts)
		abort();
	describe_cell(parts);
	blob = blob_pack(parts, &length);
	/* Not always: CPUs may not be off, interrupts may be another cell's. */
	call(JH_HC_CELL_CREATE, machine_put(blob, length), length);
	free(blob);
	free(parts);
}

static struct cell *any_cell(void)
{
	return cell_get(1 + machine_random(CELLS));
}

/* A life as the driver begins it. */
static void begin_life(u64 id)
{
	u64 args[4] = { id, 0, machine_put("", 1), 1 };
	s64 left;

	do
		left = call(JH_HC_CELL_CLEAN, id, 0);
	while (left > 0);
	must(left, "clean", id);
	must(hypercall(JH_HC_CELL_WRITE, args), "load", id);
	must(call(JH_HC_CELL_LOADED, id, 0), "loaded", id);
	must(call(JH_HC_CELL_START, id, 0), "start", id);
}

static void start(void)
{
	struct cell *cell = any_cell();

	if (cell && cell->state != JH_CELL_RUNNING && cell->state != JH_CELL_DYING)
		begin_life(cell->id);
}

static void stop(void)
{
	struct cell *cell = any_cell();

	if (cell && cell->state == JH_CELL_RUNNING)
		must(call(JH_HC_CELL_STOP, cell->id, 0), "stop", cell->id);
}

static void destroy_cell(struct cell *cell)
{
	u32 id = cell->id, irqs[ARRAY_SIZE(cell->irqs)];
	s64 pages;

	do {
		pages = call(JH_HC_CELL_SCRUB, id, 0);
		must(pages, "scrub", id);
	} while (pages);
	memcpy(irqs, cell->irqs, sizeof(irqs));
	life.starts[id] = 0;
	life.releases = true;
	must(call(JH_HC_CELL_DESTROY, id, 0), "destroy", id);
	life.event = "root, by what it gets back";
	check_spis(fake64_cpu, irqs);
	life.releases = false;
}

static void destroy(void)
{
	struct cell *cell = any_cell();

	if (cell)
		destroy_cell(cell);
}

static void destroy_all(void)
{
	u32 id;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		if (cell_get(id))
			destroy_cell(cell_get(id));
	}
}

/* Root turns on one of its CPUs, under the hypervisor or, while there are no cells, without it. */
static void turn_on(void)
{
	u32 cpu = ROOTS_OWN + machine_random(MACHINE_CPUS - ROOTS_OWN);

	if (cpus[cpu].cell == &root_cell)
		psci(PSCI_CPU_ON_64, cpus[cpu].arch.mpidr);
}

static void nothing(void)
{
}

/* Until CPU 0 has done it. */
static void manage(void (*what)(void))
{
	u32 turns;

	management = what;
	for (turns = 0; management || machine_mode[0] == MACHINE_EL2; turns++) {
		if (turns > 10 * PATIENCE)
			fail_msg("seed %llu: CPU 0 is lost", (unsigned long long)life.seed);
		machine_step();
	}
}

/* Every CPU that was told to start does, and nobody does anything more. */
static void settle(void)
{
	u32 turns, cpu, busy;

	life.quiet = true;
	for (turns = 0;; turns++) {
		for (cpu = busy = 0; cpu < MACHINE_CPUS; cpu++)
			busy += machine_mode[cpu] == MACHINE_EL2 && cpus[cpu].state != CPU_PARKED;
		if (!busy)
			return;
		if (turns > PATIENCE)
			fail_msg("seed %llu, GICv%u: a CPU does not start",
				 (unsigned long long)life.seed, JH_GIC);
		machine_step();
	}
}

/* Afterwards no CPU is in the hypervisor, whose memory goes back to Linux. */
static void disable(void)
{
	u32 turns, cpu, inside;

	settle();
	life.disabling = true;
	for (turns = 0;; turns++) {
		for (cpu = inside = 0; cpu < MACHINE_CPUS; cpu++)
			inside += machine_mode[cpu] == MACHINE_EL2 ||
				  machine_mode[cpu] == MACHINE_GUEST;
		if (!inside)
			return;
		if (turns > 10 * PATIENCE)
			fail_msg("seed %llu, GICv%u: disabled, and %u CPUs are still inside",
				 (unsigned long long)life.seed, JH_GIC, inside);
		machine_step();
	}
}

static void live(u64 seed, u32 steps)
{
	static void (*const acts[])(void) = {
		create, create, start, start, start, stop, destroy, turn_on, nothing, nothing,
	};
	u32 i;

	memset(&life, 0, sizeof(life));
	life.seed = seed;
	machine_boot(JH_GIC, seed);
	life.begun = true;
	for (i = 0; i < steps; i++) {
		manage(acts[machine_random(ARRAY_SIZE(acts))]);
		for (u32 turns = machine_random(40); turns; turns--)
			machine_step();
	}
	manage(destroy_all);
	for (i = machine_random(12); i; i--)
		manage(turn_on);
	disable();
}

static void nothing_crosses_a_change_of_owner(void **state)
{
	const char *lives = getenv("OWNER_LIVES"), *from = getenv("OWNER_SEED");
	u64 first = from ? strtoull(from, NULL, 0) : 1, seed;
	u64 end = first + (lives ? strtoull(lives, NULL, 0) : LIVES);

	(void)state;
	for (seed = first; seed < end; seed++)
		live(seed, 40);
}

/* --- a guest that means no harm --- */

static struct blob_parts harmless;

static void run_harmless(void)
{
	u32 length;
	void *blob = blob_pack(&harmless, &length);
	s64 id = call(JH_HC_CELL_CREATE, machine_put(blob, length), length);

	free(blob);
	must(id, "create", 1);
	begin_life(1);
}

/* It has not enabled its interface, perhaps never will, and waits for the end of the world. */
static void a_guest_that_sleeps_comes_back(void **state)
{
	static const u32 flags[] = {
		0, JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT,
		JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT | JH_CELL_WFI_TRAP,
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		memset(&life, 0, sizeof(life));
		machine_boot(JH_GIC, i);
		describe_cell(&harmless);
		harmless.cell.flags = flags[i];
		harmless.num_cpus = 1;
		life.sleeps = life.begun = true;
		for (u32 turns = 0; turns < 200; turns++)
			machine_step();
		manage(run_harmless);
		for (u32 turns = 0; turns < 200; turns++)
			machine_step();
		manage(destroy_all);
	}
}

/* --- firmware that does not do what it is asked for --- */

/* All CPUs but root's own are parked, and root has asked for the end, which was refused. */
static void have_disable_refused(void)
{
	u32 turns;

	memset(&life, 0, sizeof(life));
	machine_boot(JH_GIC, 1);
	life.sleeps = life.begun = true;
	for (turns = 0; turns < 400; turns++)
		machine_step();
	life.asks[0] = life.asks[1] = true;
	for (turns = 0; (life.asks[0] || life.asks[1]) && turns < 10 * PATIENCE; turns++) {
		machine_step();
		if (machine_mode[0] == MACHINE_BARE)
			break;
	}
}

static void disable_is_refused_while_a_cpu_is_inside(void **state)
{
	(void)state;
	machine_firmware_hangs = true;
	have_disable_refused();
	machine_firmware_hangs = false;
	/* Nothing has been undone. */
	assert_int_equal(machine_mode[0], MACHINE_GUEST);
	assert_int_equal(machine_mode[1], MACHINE_GUEST);
}

static void turn_the_first_on(void)
{
	psci(PSCI_CPU_ON_64, cpus[ROOTS_OWN].arch.mpidr);
}

/* That of a trusted OS, for one. It hears what root asks of it afterwards. */
static void a_cpu_that_firmware_keeps_can_be_used_again(void **state)
{
	u32 turns;

	(void)state;
	machine_firmware_refuses = true;
	have_disable_refused();
	machine_firmware_refuses = false;
	assert_int_equal(machine_mode[0], MACHINE_GUEST);
	assert_int_equal(cpus[ROOTS_OWN].state, CPU_PARKED);
	manage(turn_the_first_on);
	/* It may be handed over again, and be off again, in the same step. */
	for (turns = 0; !(life.bare & BIT(ROOTS_OWN)) && turns < PATIENCE; turns++)
		machine_step();
	assert_true(life.bare & BIT(ROOTS_OWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_that_sleeps_comes_back),
		cmocka_unit_test(disable_is_refused_while_a_cpu_is_inside),
		cmocka_unit_test(a_cpu_that_firmware_keeps_can_be_used_again),
		cmocka_unit_test(nothing_crosses_a_change_of_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
