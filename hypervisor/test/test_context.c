// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A CPU's entry into the hypervisor, changes of its owner, and exit: the controls that are written,
 * their order, and that Linux' values come back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <asm/boot.h>
#include <asm/context.h>
#include <asm/controls.h>
#include <asm/errata.h>
#include <asm/psci.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <gic/affinity.h>
#include <gic/gic.h>
#include <gic/vgic_cpu.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/unit.h>
#include "blob.h"
#include "fake64/registers.h"

#define BASE		0x7c000000UL
#define USED		0x5aUL
#define DIRECT_HCR	(HCR_IMO)
#define VALUE(n)	(0x1111000000000000UL + (n))

u32 fake64_cpu;
struct percpu fake64_percpu[FAKE64_CPUS];
struct regs fake64_regs[FAKE64_CPUS];
u64 fake64_private_table[512];
struct cpu cpus[JH_MAX_CPUS];
struct cell root_cell;
u64 fake64_sleeps, cache_count, cache_last;
const char image_start[0x1000], exit_unmanaged[1], vectors[1], vectors_mitigating[1];
const u64 gic_direct_hcr = DIRECT_HCR;

static char story[1024];		/* what was done, in order */
static struct cell cell = { .id = 3, .flags = 0x40, .pt = { .id = 3 } };
static struct jh_cpu_report reports[2];
static struct jh_boot_info info = { .used = USED };
static struct jh_error err;
static struct boot_exit out;
static struct regs left_with;
static jmp_buf left;
static u32 features;			/* of the CPU */
static int enable_result, check_result, vgic_result;
static u32 controls_made;
static bool trusted;
static void __attribute__((format(printf, 1, 2))) tell(const char *format, ...)
{
	size_t used = strlen(story);
	va_list args;

	va_start(args, format);
	vsnprintf(story + used, sizeof(story) - used, format, args);
	va_end(args);
}

static void tell_of(const char *name)
{
	tell("%s ", name);
}

void fake64_barrier(const char *name)
{
	tell("%s ", name);
}

void machine_yield(void)
{
}

void *machine_va(u64 pa)
{
	assert_int_equal(pa, BASE + 0x5000);
	return &info;
}

u64 machine_pa(const void *va)
{
	return (u64)(uintptr_t)va;
}

/* --- other files of the architecture --- */

u64 tlb_vttbr(const struct pgtable *pt)
{
	return pt == &root_cell.pt ? VALUE(1) : VALUE(3);
}

u64 tlb_vtcr(const struct pgtable *pt)
{
	return pt == &root_cell.pt ? VALUE(2) : VALUE(4);
}

void tlb_stop_walks(void)
{
	tell("stop_walks ");
}

void serror_drain(void)
{
	tell("drain ");
}

void errata_init(bool trust_guests)
{
	trusted = trust_guests;
}

void errata_detect(void)
{
	tell("errata ");
}

u64 errata_vectors(void)
{
	return VALUE(9);
}

void cpu_ids_read(struct cpu_ids *ids)
{
	ids->reg[0] = VALUE(7);
}

u32 cpu_features_again(const struct cpu_ids *ids, u64 used)
{
	assert_int_equal(ids->reg[0], VALUE(7));
	assert_int_equal(used, USED);
	return features;
}

void controls_read(struct el2_controls *controls, u32 of_cpu)
{
	assert_int_equal(of_cpu, features);
	controls->mdcr = VALUE(20);
}

void controls_write(const struct el2_controls *controls, u32 of_cpu)
{
	assert_int_equal(of_cpu, features);
	tell("controls(%s) ", controls == &this_percpu->host_el2.controls ? "host" : "cell");
}

struct el2_controls controls_of_cell(u32 of_cpu, u32 flags, const struct el2_controls *host)
{
	assert_int_equal(of_cpu, features);
	assert_ptr_equal(host, &this_percpu->host_el2.controls);
	controls_made++;
	return (struct el2_controls){ .hcr = HCR_GUEST | HCR_IMO | HCR_TWI | (u64)flags << 40 };
}

void scrub_buffers(u32 of_cpu)
{
	assert_int_equal(of_cpu, features);
	tell("buffers ");
}

void scrub_registers(u32 of_cpu, const struct el2_controls *host)
{
	assert_int_equal(of_cpu, features);
	assert_ptr_equal(host, &this_percpu->host_el2.controls);
	tell("scrub ");
}

void context_zero_simd(void)
{
	tell("simd ");
}

void context_zero_sve(void)
{
	tell("sve ");
}

void context_zero_keys(void)
{
	tell("keys ");
}

void context_zero_debug(u64 breakpoints, u64 watchpoints)
{
	tell("debug(%lu,%lu) ", (unsigned long)breakpoints, (unsigned long)watchpoints);
}

void context_zero_pmu(u64 counters)
{
	tell("pmu(%lu) ", (unsigned long)counters);
}

int cpucheck(u32 cpu, struct jh_error *error)
{
	assert_ptr_equal(error, &err);
	tell("check(%u) ", cpu);
	return check_result;
}

void psci_cpu_init(u32 cpu)
{
	assert_int_equal(cpus[cpu].arch.mpidr, 0x200000102UL);
	tell("psci(%u) ", cpu);
}

int vgic_cpu_prepare(u32 cpu, struct jh_error *error)
{
	assert_ptr_equal(error, &err);
	tell("vgic(%u) ", cpu);
	return vgic_result;
}

void vgic_cpu_commit(void)
{
	tell("vgic_commit ");
}

void vgic_cpu_release(void)
{
	tell("vgic_release ");
}

void vgic_cpu_park(void)
{
	tell("vgic_park ");
}

void vgic_cpu_see(const struct cell *to)
{
	tell("see(%u) ", to->id);
	/* As gic/vcpuid.c has it, for a cell that numbers its CPUs. */
	this_percpu->self->arch.vmpidr = 5;
}

void vgic_cpu_reset(struct cell *to)
{
	tell("vgic_reset(%u) ", to->id);
}

void gic_describe(struct jh_comm_region *comm)
{
	comm->gic_version = 3;
}

void affinity_leave(struct cell *from)
{
	tell("leave(%u) ", from->id);
}

void affinity_join(struct cell *to)
{
	tell("join(%u) ", to->id);
}

void affinity_set_unmanaged(u32 cpu, bool unmanaged)
{
	tell("unmanaged(%u,%d) ", cpu, unmanaged);
}

int enable_cpu(u32 cpu, const struct jh_boot_info *of_boot)
{
	assert_ptr_equal(of_boot, &info);
	tell("enable(%u) ", cpu);
	return enable_result;
}

void __noreturn boot_exit(struct regs *regs, const struct boot_exit *exit)
{
	out = *exit;
	left_with = *regs;
	tell("exit");
	longjmp(left, 1);
}

void __noreturn guest_start(u64 argument)
{
	tell("start(%lx)", (unsigned long)argument);
	longjmp(left, 2);
}

/* --- */

static int setup(void **state)
{
	struct percpu *percpu = &fake64_percpu[1];

	(void)state;
	fake64_cpu = 1;
	fake64_clear_registers();
	fake64_wrote = tell_of;
	memset(story, 0, sizeof(story));
	memset(&err, 0, sizeof(err));
	memset(fake64_regs, 0, sizeof(fake64_regs));
	memset(&root_cell, 0, sizeof(root_cell));
	memset(cpus, 0, sizeof(cpus));
	memset(reports, 0, sizeof(reports));
	root_cell.arch.hcr = HCR_GUEST;
	cell.arch.vttbr = VALUE(3);
	cell.arch.vtcr = VALUE(4);
	cell.flags = 0x40;
	cpus[1].report = &reports[1];
	features = 0;
	*percpu = (struct percpu){ .cell = &cell, .cpu = 1, .self = &cpus[1],
		.cell_flags = NO_CELL_FLAGS, .host_el2 = { .vbar = VALUE(10), .sctlr = VALUE(11),
		.tcr = VALUE(12), .mair = VALUE(13), .ttbr0 = VALUE(14), .vtcr = VALUE(15),
		.tpidr = VALUE(16), .controls = { .hcr = HCR_API | HCR_APK | HCR_RW } } };
	enable_result = check_result = vgic_result = 0;
	controls_made = 0;
	hv_base = BASE;
	boot_info = &info;
	return 0;
}

/* As Linux had it, and nothing of jh's */
static void assert_left(u64 entry, u64 spsr)
{
	assert_int_equal(out.vbar, VALUE(10));
	assert_int_equal(out.sctlr, VALUE(11));
	assert_int_equal(out.tcr, VALUE(12));
	assert_int_equal(out.mair, VALUE(13));
	assert_int_equal(out.ttbr0, VALUE(14));
	assert_int_equal(out.hcr, HCR_API | HCR_APK | HCR_RW);
	assert_int_equal(out.elr, entry);
	assert_int_equal(out.spsr, spsr);
	assert_int_equal(out.code, BASE + (u64)(exit_unmanaged - image_start));
	assert_int_equal(*fake64_register("vtcr_el2"), VALUE(15));
	assert_int_equal(*fake64_register("tpidr_el2"), VALUE(16));
}

/* --- entry --- */

static int enter(void)
{
	struct regs *regs = &fake64_regs[1];
	int way, i;

	for (i = 0; i < 31; i++)
		regs->x[i] = VALUE(100 + i);
	regs->x[0] = BASE + 0x5000;
	regs->x[1] = 0xffff800080001000UL;
	regs->x[2] = 1;
	for (i = 3; i < 11; i++)
		regs->x[i] = (const u64[]){ VALUE(10), HCR_API | HCR_APK | HCR_RW, VALUE(11),
			VALUE(12), VALUE(13), VALUE(14), BASE, VALUE(16) }[i - 3];
	*fake64_register("vtcr_el2") = VALUE(15);
	memset(&fake64_percpu[1], 0, sizeof(fake64_percpu[1]));
	features = HAS_PMU;
	way = setjmp(left);
	if (!way)
		boot_enter(regs);
	return way;
}

static void a_cpu_enters(void **state)
{
	const struct el2_state *host = &fake64_percpu[1].host_el2;
	int i;

	(void)state;
	hv_base = 0;
	boot_info = NULL;
	assert_int_equal(enter(), 0);
	assert_int_equal(hv_base, BASE);
	assert_ptr_equal(boot_info, &info);
	assert_int_equal(fake64_percpu[1].cpu, 1);
	assert_ptr_equal(fake64_percpu[1].self, &cpus[1]);
	assert_int_equal(fake64_percpu[1].features, HAS_PMU);
	assert_int_equal(fake64_percpu[1].cell_flags, NO_CELL_FLAGS);
	assert_int_equal(host->vbar, VALUE(10));
	assert_int_equal(host->controls.hcr, HCR_API | HCR_APK | HCR_RW);
	assert_int_equal(host->controls.mdcr, VALUE(20));
	assert_int_equal(host->sctlr, VALUE(11));
	assert_int_equal(host->tcr, VALUE(12));
	assert_int_equal(host->mair, VALUE(13));
	assert_int_equal(host->ttbr0, VALUE(14));
	assert_int_equal(host->vtcr, VALUE(15));
	assert_int_equal(host->tpidr, VALUE(16));
	assert_string_equal(story, "enable(1) elr_el2 spsr_el2 ");
	assert_int_equal(*fake64_register("elr_el2"), 0xffff800080001000UL);
	assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED);
	/* Nothing of EL2 in registers that Linux will see; what a call keeps is kept. */
	for (i = 0; i < 18; i++)
		assert_int_equal(fake64_regs[1].x[i], 0);
	for (; i < 31; i++)
		assert_int_equal(fake64_regs[1].x[i], VALUE(100 + i));
}

static void a_cpu_that_may_not_enter(void **state)
{
	int i;

	(void)state;
	enable_result = -22;
	assert_int_equal(enter(), 1);
	assert_string_equal(story, "enable(1) vtcr_el2 tpidr_el2 controls(host) exit");
	assert_left(0xffff800080001000UL, SPSR_EL1H_MASKED);
	assert_int_equal((s64)left_with.x[0], -22);
	for (i = 1; i < 18; i++)
		assert_int_equal(left_with.x[i], 0);
	assert_int_equal(left_with.x[18], VALUE(118));
}

static void features_of_a_cpu_are_read(void **state)
{
	(void)state;
	*fake64_register("mpidr_el1") = 0x200000102UL | 1UL << 31 | 1UL << 30 | 1UL << 24;
	fake64_percpu[1].cell = NULL;
	assert_int_equal(arch_cpu_prepare(1, &err), 0);
	assert_string_equal(story, "psci(1) errata check(1) vgic(1) ");
	assert_int_equal(reports[1].hardware_id, 0x200000102UL);
	assert_ptr_equal(fake64_percpu[1].stats, reports[1].stats);
	assert_ptr_equal(fake64_percpu[1].cell, &root_cell);
	check_result = -19;
	story[0] = 0;
	assert_int_equal(arch_cpu_prepare(1, &err), -19);
	assert_string_equal(story, "psci(1) errata check(1) ");
	check_result = 0;
	vgic_result = -5;
	assert_int_equal(arch_cpu_prepare(1, &err), -5);
}

static void root_runs_under_it(void **state)
{
	(void)state;
	arch_cpu_commit(1);
	/* The form of the table before the table; no translation of before them. */
	assert_string_equal(story, "vtcr_el2 vttbr_el2 hcr_el2 controls(host) isb vgic_commit "
			    "vbar_el2 isb ");
	assert_int_equal(*fake64_register("vtcr_el2"), VALUE(2));
	assert_int_equal(*fake64_register("vttbr_el2"), VALUE(1));
	assert_int_equal(*fake64_register("hcr_el2"), HCR_GUEST | HCR_API | HCR_APK | HCR_RW);
	assert_int_equal(*fake64_register("vbar_el2"), VALUE(9));
}

/* --- exit --- */

static void a_cpu_leaves(void **state)
{
	(void)state;
	*fake64_register("elr_el2") = 0x1234;
	*fake64_register("spsr_el2") = 0x3c5;
	fake64_regs[1].x[0] = 5;
	fake64_regs[1].x[19] = 6;
	if (!setjmp(left))
		arch_cpu_release(1);
	assert_string_equal(story, "vgic_release vtcr_el2 tpidr_el2 controls(host) exit");
	assert_left(0x1234, 0x3c5);
	assert_int_equal(left_with.x[0], 0);
	assert_int_equal(left_with.x[19], 6);
}

static void root_goes_on_without_it(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 31; i++)
		fake64_regs[1].x[i] = 7;
	if (!setjmp(left))
		arch_root_enter_unmanaged(0x48000000, 0x99);
	assert_string_equal(story, "see(0) vgic_reset(0) unmanaged(1,1) vgic_release vtcr_el2 "
			    "tpidr_el2 controls(host) exit");
	assert_left(0x48000000, SPSR_EL2H_MASKED);
	assert_int_equal(left_with.x[0], 0x99);
	for (i = 1; i < 31; i++)
		assert_int_equal(left_with.x[i], 0);
	assert_ptr_equal(fake64_percpu[1].cell, &root_cell);
}

/* --- from owner to owner --- */

static void scrub_resets_each_register(void **state)
{
	(void)state;
	*fake64_register("id_aa64dfr0_el1") = 5UL << 12 | 3UL << 20 | 0xfUL << 16 | 0xfUL << 8 |
					      0xfUL << 24;
	*fake64_register("pmcr_el0") = 6UL << 11 | 0xffff07ffUL;
	context_scrub();
	assert_string_equal(story, "scrub debug(6,4) simd isb ");
	features = fake64_percpu[1].features = HAS_PMU | HAS_SVE | HAS_PAUTH;
	story[0] = 0;
	*fake64_register("pmcr_el0") = 6UL << 11 | 0x7ff;
	context_scrub();
	assert_string_equal(story, "scrub pmu(6) debug(6,4) simd sve keys isb ");
	/* EL2 itself would trap. */
	fake64_percpu[1].host_el2.controls.cptr = CPTR_TZ;
	story[0] = 0;
	context_scrub();
	assert_string_equal(story, "scrub pmu(6) debug(6,4) simd keys isb ");
}

static void a_cpu_is_parked(void **state)
{
	(void)state;
	arch_cpu_park();
	assert_string_equal(story, "buffers leave(3) vgic_park stop_walks drain vtcr_el2 vttbr_el2 "
			    "hcr_el2 controls(host) isb scrub debug(1,1) simd isb ");
	assert_int_equal(*fake64_register("vttbr_el2"), VALUE(1));
	assert_ptr_equal(fake64_percpu[1].cell, &root_cell);
}

static void a_cpu_gets_a_cell(void **state)
{
	(void)state;
	*fake64_register("tpidr_el2") = 1;
	fake64_percpu[1].cell = &root_cell;
	arch_cpu_reset(&cell);
	assert_string_equal(story, "tpidr_el2 see(3) vtcr_el2 vttbr_el2 hcr_el2 controls(cell) isb "
			    "vgic_reset(3) join(3) ");
	assert_int_equal(*fake64_register("tpidr_el2"), 0);
	assert_int_equal(*fake64_register("vtcr_el2"), VALUE(4));
	assert_int_equal(*fake64_register("vttbr_el2"), VALUE(3));
	assert_int_equal(*fake64_register("hcr_el2"), HCR_GUEST | HCR_IMO | HCR_TWI | 0x40UL << 40);
	assert_ptr_equal(fake64_percpu[1].cell, &cell);
	assert_int_equal(controls_made, 1);
	/* The same again costs nothing; another kind of cell has others. */
	arch_cpu_reset(&cell);
	assert_int_equal(controls_made, 1);
	cell.flags = JH_CELL_IRQ_DIRECT;
	arch_cpu_reset(&cell);
	assert_int_equal(controls_made, 2);
	/* Its interrupts go straight to it. */
	assert_int_equal(*fake64_register("hcr_el2"),
			 (HCR_GUEST | HCR_TWI | (u64)cell.flags << 40) &
			 ~DIRECT_HCR);
}

static void a_cpu_goes_back_to_root(void **state)
{
	(void)state;
	arch_cpu_reset(&root_cell);
	assert_string_equal(story, "tpidr_el2 see(0) vtcr_el2 vttbr_el2 hcr_el2 controls(host) isb "
			    "vgic_reset(0) join(0) ");
	assert_int_equal(*fake64_register("vttbr_el2"), VALUE(1));
	assert_ptr_equal(fake64_percpu[1].cell, &root_cell);
}

static void a_guest_starts(void **state)
{
	(void)state;
	if (!setjmp(left))
		arch_cpu_enter(0x1000, 0x77);
	assert_string_equal(story, "elr_el2 spsr_el2 start(77)");
	assert_int_equal(*fake64_register("elr_el2"), 0x1000);
	assert_int_equal(*fake64_register("spsr_el2"), SPSR_EL1H_MASKED);
}

/* --- the unit --- */

static void unit_arch_has_its_hooks(void **state)
{
	struct jh_comm_region comm = { 0 };
	struct blob_parts parts;
	void *config;
	u32 length;

	(void)state;
	blob_system(&parts);
	config = blob_pack(&parts, &length);
	trusted = true;
	root_cell.arch.hcr = 0;
	assert_int_equal(unit_arch.build(config, &err), 0);
	assert_false(trusted);
	assert_int_equal(root_cell.arch.hcr, HCR_GUEST | HCR_IMO);
	free(config);
	parts.system.flags |= JH_SYSTEM_TRUST_GUESTS;
	config = blob_pack(&parts, &length);
	assert_int_equal(unit_arch.build(config, &err), 0);
	assert_true(trusted);
	free(config);
	cell.arch.vttbr = cell.arch.vtcr = 0;
	assert_int_equal(unit_arch.cell_prepare(&cell, &err), 0);
	assert_int_equal(cell.arch.vttbr, VALUE(3));
	assert_int_equal(cell.arch.vtcr, VALUE(4));
	arch_comm_fill(&comm);
	assert_int_equal(comm.gic_version, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cpu_enters, setup),
		cmocka_unit_test_setup(a_cpu_that_may_not_enter, setup),
		cmocka_unit_test_setup(features_of_a_cpu_are_read, setup),
		cmocka_unit_test_setup(root_runs_under_it, setup),
		cmocka_unit_test_setup(a_cpu_leaves, setup),
		cmocka_unit_test_setup(root_goes_on_without_it, setup),
		cmocka_unit_test_setup(scrub_resets_each_register, setup),
		cmocka_unit_test_setup(a_cpu_is_parked, setup),
		cmocka_unit_test_setup(a_cpu_gets_a_cell, setup),
		cmocka_unit_test_setup(a_cpu_goes_back_to_root, setup),
		cmocka_unit_test_setup(a_guest_starts, setup),
		cmocka_unit_test_setup(unit_arch_has_its_hooks, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
