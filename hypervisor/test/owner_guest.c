// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Attacks of guests on each other, and root without the hypervisor on its CPUs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <asm/psci.h>
#include <asm/sysreg.h>
#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <gic/vsgi.h>
#include <hv/hypercall.h>
#include <jh/hypercall.h>
#include "machine/machine.h"
#include "owner.h"

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
	/* Root keeps a record of the CPUs that it has turned off. */
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
	owner_note_reached(this_cell());
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
			      machine_random(2) ? owner_affinity(sibling(), this_cell()) :
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
	u64 affinity = owner_affinity(target, this_cell());

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
	owner_note_reached(this_cell());
}

static void write_registers(void)
{
	write_sysreg(GARBAGE, ttbr0_el1);
	write_sysreg(GARBAGE, vbar_el1);
	write_sysreg(GARBAGE, tpidr_el1);
	write_sysreg(GARBAGE, cntv_cval_el0);
	write_sysreg(GARBAGE, mdscr_el1);
}

/* Acknowledges interrupts, and does not always end them. */
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

void owner_psci(u32 id, u64 target)
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
		owner_psci(PSCI_CPU_OFF, 0);
}

static void change_cpus(void)
{
	u32 target = sibling();

	if (this_cell()->id != CELL_ROOT && machine_random(3))
		owner_psci(PSCI_CPU_ON_64, owner_affinity(target, this_cell()));
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

void (*owner_management)(void);

s64 owner_call(u64 code, u64 arg1, u64 arg2)
{
	u64 args[4] = { arg1, arg2 };

	return hypercall(code, args);
}

void test_guest(u32 cpu)
{
	void (*what)(void) = owner_management;

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
		if (owner_call(JH_HC_DISABLE, 0, 0) >= 0)
			machine_fail("CPU %u: disable succeeds", cpu);
		life.asks[cpu] = false;
	} else if (life.disabling && this_cell()->id == CELL_ROOT) {
		owner_call(JH_HC_DISABLE, 0, 0);
	} else if (cpu == 0 && what) {
		owner_management = NULL;
		what();
	} else {
		act(cpu);
	}
	machine_mode[cpu] = MACHINE_GUEST;
}
