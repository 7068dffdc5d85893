// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * An SGI whose sender saw the target run, and whose store comes after the target has parked: the
 * target's next owner, root or another cell, does not get it.
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
#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/vgic.h>
#include <gic/vsgi.h>
#include <hv/hypercall.h>
#include <jh/hypercall.h>
#include "blob.h"
#include "machine/machine.h"

#define ROOTS_OWN	2	/* CPUs 0 and 1 stay root's */
#define SENDER		2
#define TARGET		3
#define INTID		5
#define PATIENCE	40000	/* turns */

static struct blob_parts parts;
static void (*management)(void);	/* what CPU 0 is to do next */
static bool begun;
static bool waiting;	/* the sender, for the target to be off */
static bool sent;
static u32 entered;	/* guests of cells and bare root, on the target, after that */

/* --- who comes next on the target --- */

static void check(u32 cpu)
{
	const struct machine_irq *irq = machine_irq(cpu, INTID);

	if (cpu != TARGET || !sent)
		return;
	entered++;
	if (irq->pending || irq->sources || cpus[cpu].arch.sgi_pending)
		machine_fail("GICv%u, CPU %u: an SGI of its last owner's is pending", JH_GIC, cpu);
}

void test_enters_guest(u32 cpu, const struct cell *cell)
{
	(void)cell;
	check(cpu);
}

void test_enters_bare(u32 cpu)
{
	check(cpu);
}

void test_enters_firmware(u32 cpu)
{
	check(cpu);
}

/* --- guests --- */

static void psci(u32 id, u64 target)
{
	u64 args[4] = { target };

	psci_call(id, args);
}

static void wait_for_the_target(void)
{
	machine_before_send = NULL;
	for (waiting = true; cpus[TARGET].state != CPU_PARKED; )
		arch_relax();
	waiting = false;
	sent = true;
}

static void send_sgi(void)
{
	u64 affinity = machine_mpidr(TARGET);
	const struct mmio_region *r = mmio_find(MACHINE_GICD + GICD_SGIR);

	if (JH_GIC == 2)
		vgic_write(GICD_SGIR, 4, 1U << TARGET << 16 | INTID, r);
	else
		vsgi_sgi1r((u64)INTID << 24 | affinity_key(affinity) | 1UL << (affinity & 0xf));
}

static void act(u32 cpu)
{
	if (this_cell()->id == CELL_ROOT) {
		if (cpu >= ROOTS_OWN)
			psci(PSCI_CPU_OFF, 0);
	} else if (cpu == TARGET && waiting) {
		psci(PSCI_CPU_OFF, 0);
	} else if (cpu == SENDER && cpus[TARGET].state == CPU_PARKED && !sent) {
		psci(PSCI_CPU_ON_64, machine_mpidr(TARGET));
	} else if (cpu == SENDER && cpus[TARGET].state == CPU_RUNNING && !sent) {
		machine_before_send = wait_for_the_target;
		send_sgi();
		machine_before_send = NULL;
	}
}

void test_guest(u32 cpu)
{
	void (*what)(void) = management;

	if (machine_mode[cpu] == MACHINE_BARE || !begun)
		return;
	if (this_cell()->is_revoked) {
		machine_mode[cpu] = MACHINE_EL2;
		cpu_handle_requests();
	}
	if (!cell_is_direct(this_cell()))
		machine_handle();
	machine_mode[cpu] = MACHINE_EL2;
	if (cpu == 0 && what) {
		management = NULL;
		what();
	} else {
		act(cpu);
	}
	machine_mode[cpu] = MACHINE_GUEST;
}

/* --- root --- */

static s64 call(u64 code, u64 arg1, u64 arg2)
{
	u64 args[4] = { arg1, arg2 };

	return hypercall(code, args);
}

static void must(s64 result)
{
	if (result < 0)
		machine_fail("a call of root's: %lld", (long long)result);
}

static void run(void)
{
	u64 args[4] = { 1, 0, machine_put("", 1), 1 };
	u32 length;
	void *blob = blob_pack(&parts, &length);
	s64 left;

	must(call(JH_HC_CELL_CREATE, machine_put(blob, length), length));
	free(blob);
	do
		left = call(JH_HC_CELL_CLEAN, 1, 0);
	while (left > 0);
	must(left);
	must(hypercall(JH_HC_CELL_WRITE, args));
	must(call(JH_HC_CELL_LOADED, 1, 0));
	must(call(JH_HC_CELL_START, 1, 0));
}

static void destroy(void)
{
	s64 left;

	do
		left = call(JH_HC_CELL_SCRUB, 1, 0);
	while (left > 0);
	must(left);
	must(call(JH_HC_CELL_DESTROY, 1, 0));
}

static void turn_on(void)
{
	psci(PSCI_CPU_ON_64, cpus[TARGET].arch.mpidr);
}

static bool until(bool (*is_so)(void))
{
	u32 turns;

	for (turns = 0; turns < PATIENCE; turns++) {
		if (is_so())
			return true;
		machine_step();
	}
	return false;
}

static bool is_managed(void)
{
	return !management && machine_mode[0] != MACHINE_EL2;
}

static void manage(void (*what)(void))
{
	management = what;
	assert_true(until(is_managed));
}

static bool are_parked(void)
{
	u32 cpu;

	for (cpu = ROOTS_OWN; cpu < MACHINE_CPUS && cpus[cpu].state == CPU_PARKED; cpu++)
		;
	return cpu == MACHINE_CPUS;
}

static bool is_sent(void)
{
	return sent;
}

static bool has_entered(void)
{
	return entered;
}

static void describe_cell(u32 flags, u32 first, u32 count)
{
	memset(&parts, 0, sizeof(parts));
	parts.kind = JH_CONFIG_CELL;
	parts.num_cells = parts.num_memories = 1;
	parts.cell.comm_address = 0x80000000;
	parts.cell.flags = JH_CELL_PHYSICAL_IDS | flags;
	strcpy(parts.cell.name, "late");
	parts.memories[0] = (struct jh_config_memory){
		.size = 0x10000, .flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE |
					  JH_MEM_LOADABLE | JH_MEM_AUTO,
	};
	for (; count; count--)
		parts.cpus[parts.num_cpus++].cpu = first++;
}

/* The cell is gone, and its SGI was stored when its target was off. */
static void send_late(u32 flags)
{
	begun = sent = false;
	entered = 0;
	machine_boot(JH_GIC, 1);
	begun = true;
	assert_true(until(are_parked));
	describe_cell(flags, SENDER, 2);
	manage(run);
	assert_true(until(is_sent));
	manage(destroy);
}

static const u32 kinds[] = { 0, JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT };

static void root_gets_no_late_sgi(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		send_late(kinds[i]);
		manage(turn_on);
		assert_true(until(has_entered));
	}
}

static void another_cell_gets_no_late_sgi(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		send_late(kinds[i / 2]);
		describe_cell(kinds[i % 2], TARGET, 1);
		manage(run);
		assert_true(until(has_entered));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_gets_no_late_sgi),
		cmocka_unit_test(another_cell_gets_no_late_sgi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
