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
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <jh/hypercall.h>
#include "blob.h"
#include "machine/machine.h"
#include "owner.h"

#define CELLS		3
#define LIVES		400	/* by seed, from OWNER_SEED or 1 on; OWNER_LIVES: so many */
#define PATIENCE	40000	/* turns after which a CPU that was asked for something is lost */

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
	owner_call(JH_HC_CELL_CREATE, machine_put(blob, length), length);
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
		left = owner_call(JH_HC_CELL_CLEAN, id, 0);
	while (left > 0);
	must(left, "clean", id);
	must(hypercall(JH_HC_CELL_WRITE, args), "load", id);
	must(owner_call(JH_HC_CELL_LOADED, id, 0), "loaded", id);
	must(owner_call(JH_HC_CELL_START, id, 0), "start", id);
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
		must(owner_call(JH_HC_CELL_STOP, cell->id, 0), "stop", cell->id);
}

static void destroy_cell(struct cell *cell)
{
	u32 id = cell->id, irqs[ARRAY_SIZE(cell->irqs)];
	s64 pages;

	do {
		pages = owner_call(JH_HC_CELL_SCRUB, id, 0);
		must(pages, "scrub", id);
	} while (pages);
	memcpy(irqs, cell->irqs, sizeof(irqs));
	life.starts[id] = 0;
	life.releases = true;
	must(owner_call(JH_HC_CELL_DESTROY, id, 0), "destroy", id);
	life.event = "root, by what it gets back";
	owner_check_spis(fake64_cpu, irqs, &root_cell);
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
		owner_psci(PSCI_CPU_ON_64, cpus[cpu].arch.mpidr);
}

static void nothing(void)
{
}

/* Until CPU 0 has done it. */
static void manage(void (*what)(void))
{
	u32 turns;

	owner_management = what;
	for (turns = 0; owner_management || machine_mode[0] == MACHINE_EL2; turns++) {
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
	for (i = FIRST_SPI; i < FIRST_SPI + SPIS; i++)
		life.edge[i] = machine_irq(0, i)->edge = machine_random(2);
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
	s64 id = owner_call(JH_HC_CELL_CREATE, machine_put(blob, length), length);

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
	owner_psci(PSCI_CPU_ON_64, cpus[ROOTS_OWN].arch.mpidr);
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
