// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/log.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/boot.h>
#include <asm/context.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <gic/affinity.h>
#include <gic/gicd.h>
#include <gic/gicr.h>
#include <gic/lr.h>
#include <gic/ppi.h>
#include <gic/vcpuid.h>
#include <gic/vgic.h>
#include <gic/vgic_cpu.h>
#include <gic/vgicd.h>
#include <gic/vppi.h>
#include <gic/vspi.h>
#include <hv/learn.h>
#include <hv/link.h>
#include <hv/owner.h>
#include "fake64.h"

#define SYSREGS		192

u32 fake64_cpu;
u64 fake64_sleeps;
struct percpu fake64_percpu[FAKE64_CPUS];
struct regs fake64_regs[FAKE64_CPUS];
struct cell fake64_cell, root_cell;
struct cpu cpus[JH_MAX_CPUS];
struct fake64_asked fake64_asked;
s64 fake64_firmware_answer;
int fake64_turn_on_answer;
u32 fake64_cells, fake64_instruction, fake64_in_cache, fake64_num_pages;
struct fake64_page fake64_pages[FAKE64_PAGES];
jmp_buf fake64_left;
u64 hv_base;
const char vectors[1] = "", vectors_mitigating[1] = "";
const char vectors_tracing[1] = "", vectors_tracing_mitigating[1] = "";

static struct {
	const char *name;
	u64 value[FAKE64_CPUS];
} sysregs[SYSREGS];
static const struct jh_boot_info info = {
	.device_va = MACHINE_DEVICES(JH_GIC),
};
const struct jh_boot_info *boot_info = &info;
static struct jh_cpu_report reports[FAKE64_CPUS];
static struct jh_cell_report cell_reports[2];

/* --- system registers --- */

static u64 *sysreg(const char *name)
{
	u32 i;

	for (i = 0; i < SYSREGS; i++) {
		if (!sysregs[i].name)
			sysregs[i].name = name;
		if (!strcmp(sysregs[i].name, name))
			return &sysregs[i].value[fake64_cpu];
	}
	fprintf(stderr, "fake64: too many system registers\n");
	abort();
}

u64 fake64_read_sysreg(const char *name)
{
	u64 value;

	return frames_read_sysreg(name, &value) ? value : *sysreg(name);
}

void fake64_write_sysreg(const char *name, u64 value)
{
	if (!frames_write_sysreg(name, value))
		*sysreg(name) = value;
}

u64 fake64_sysreg(const char *name)
{
	return fake64_read_sysreg(name);
}

void fake64_set_sysreg(const char *name, u64 value)
{
	fake64_write_sysreg(name, value);
}

/* --- firmware and core --- */

s64 smccc_firmware(u32 id, u64 arg1, u64 arg2, u64 arg3)
{
	fake64_asked.firmware_calls++;
	fake64_asked.firmware_id = id;
	fake64_asked.firmware_args[0] = arg1;
	fake64_asked.firmware_args[1] = arg2;
	fake64_asked.firmware_args[2] = arg3;
	return fake64_firmware_answer;
}

struct cell *cell_get(u64 id)
{
	return id == 0 ? &root_cell : id == 1 ? &fake64_cell : NULL;
}

u32 cell_count(void)
{
	return fake64_cells;
}

bool fake64_answers;

static void answer(u32 request)
{
	if (request & CPU_REQ_RESYNC)
		arch_irq_resync();
	if (request & CPU_REQ_VIRQ)
		arch_virq_sync();
}

void cpu_request(u64 mask, u32 request)
{
	u32 self = fake64_cpu, cpu;

	fake64_asked.requests++;
	fake64_asked.request_mask |= mask;
	fake64_asked.request_bits |= request;
	for (cpu = 0; cpu < FAKE64_CPUS && fake64_answers; cpu++) {
		if (!(mask >> cpu & 1))
			continue;
		fake64_become(cpu);
		answer(request);
	}
	fake64_become(self);
}

/* A doorbell that is not core's: the request is in struct cpu. */
static void rung(u32 target)
{
	u32 self = fake64_cpu;

	if (!cpus[target].requests)
		return;
	fake64_asked.rung++;
	if (!fake64_answers)
		return;
	fake64_become(target);
	fake64_deliver();
	fake64_become(self);
}

void cpu_request_one(u32 cpu, u32 request)
{
	cpu_request(BIT(cpu), request);
}

void cpu_handle_requests(void)
{
	answer(__atomic_exchange_n(&cpus[fake64_cpu].requests, 0, __ATOMIC_SEQ_CST));
}

void cpu_park(void)
{
	fake64_asked.parked++;
	longjmp(fake64_left, 1);
}

void cell_end(bool reset)
{
	fake64_asked.ended++;
	fake64_asked.reset = reset;
	longjmp(fake64_left, 1);
}

void trap_park_cell(u32 cause, u64 address)
{
	fake64_asked.parked_cell = cause;
	fake64_asked.parked_address = address;
	longjmp(fake64_left, 1);
}

int cpu_turn_on(struct cpu *target, u64 entry, u64 argument, u32 request)
{
	fake64_asked.turned_on = target;
	fake64_asked.entry = entry;
	fake64_asked.argument = argument;
	fake64_asked.turn_request = request;
	return fake64_turn_on_answer;
}

void trap_sgi1r(u64 value)
{
	fake64_asked.sgis++;
	fake64_asked.sgi = value;
}

void inject_abort(u64 esr, u32 status)
{
	fake64_asked.injected = esr;
	fake64_asked.injected_status = status;
}

u64 link_access(struct mmio_access access, void *port)
{
	fake64_asked.link = port;
	fake64_asked.link_access = access;
	return FAKE64_LINK_VALUE;
}

bool link_bell(const struct link_port *port, u32 value)
{
	fake64_asked.bells_of = port;
	fake64_asked.bells++;
	fake64_asked.bell = value;
	return true;
}

bool link_bell_of_root(const struct link_port *port, u32 value)
{
	fake64_asked.root_bells++;
	return link_bell(port, value);
}

u64 fake64_at_el0;

struct link_root link_root_sides[LINK_ROOT_SIDES];
struct mmio_region link_root_region;

bool learn_access(u64 address, const char *kind)
{
	(void)address;
	return fake64_asked.learns && kind;
}

const void *arch_guest_map_ro(pa_t pa, u64 size)
{
	fake64_asked.mapped = pa.a;
	fake64_asked.borrowed++;
	if (size != 4)
		return NULL;
	return fake64_in_cache ? &fake64_in_cache : &fake64_instruction;
}

void arch_clean_to_memory(void *address, u64 size)
{
	if (address == &fake64_in_cache && size == 4)
		fake64_in_cache = fake64_instruction;
}

bool pgtable_is_mapped(const struct pgtable *pt, gpa_t gpa, u64 size)
{
	return pt == &root_cell.pt && gpa.a + size <= FAKE64_NOT_ROOTS;
}

void arch_guest_unmap_ro(void)
{
	fake64_asked.borrowed--;
}

int pgtable_prepare(struct pgtable *pt, gpa_t gpa, pa_t pa, u64 size, u64 attributes)
{
	(void)pt, (void)gpa, (void)pa, (void)size, (void)attributes;
	return 0;
}

void pgtable_map(struct pgtable *pt, gpa_t gpa, pa_t pa, u64 size, u32 flags)
{
	(void)pt, (void)flags;
	for (; size && fake64_num_pages < FAKE64_PAGES; size -= PAGE_SIZE) {
		fake64_pages[fake64_num_pages].gpa = gpa.a;
		fake64_pages[fake64_num_pages++].pa = pa.a;
		gpa.a += PAGE_SIZE;
		pa.a += PAGE_SIZE;
	}
}

u64 arch_deadline(u64 microseconds)
{
	return microseconds;
}

bool arch_expired(u64 deadline)
{
	static u64 now;

	return ++now % 100 == 0 && deadline;
}

/* --- the interrupt controller --- */

void machine_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	abort();
}

void machine_preempt(void)
{
}

u64 machine_mpidr(u32 cpu)
{
	return cpus[cpu].arch.mpidr;
}

void context_see_anew(const struct cell *cell, u32 key)
{
	(void)key;
	vgic_cpu_see(cell);
}

u32 frames_ack(void)
{
	return machine_ack(fake64_cpu);
}

void fake64_deliver(void)
{
	while (machine_signalled(fake64_cpu))
		vgic_irq();
}

u64 fake64_lr(u32 cpu, u32 n)
{
	u64 lr = machine_gic.virtual[cpu].lr[n];

	return lr & (LR_PENDING | LR_ACTIVE) ? lr | LR_GROUP1 : lr;
}

/* As root's CPUs have it when they came under the hypervisor: nothing is masked or waits. */
static void reset_gic(void)
{
	struct jh_error error;
	u32 cpu, length;
	void *config = machine_config(JH_GIC, &length);

	machine_gic_reset(JH_GIC, FAKE64_INTIDS);
	fake64_set_sysreg("id_aa64pfr0_el1", 1UL << 24);
	if (gic_check(config, &error))
		abort();
	gic_build();
	free(config);
	vppi_init(ppi_hidden());
	affinity_num_clusters = 0;
	memset(affinity_clusters, 0, sizeof(affinity_clusters));
	vcpuid_prepare(&root_cell);
	vgicd_init();
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		fake64_become(cpu);
		if (vgic_cpu_prepare(cpu, &error))
			abort();
		machine_gic.physical[cpu].mask = 0xff;
		machine_gic.physical[cpu].split = true;
		machine_gic.virtual[cpu].hcr = 1;
		this_percpu->vgic.lr_all = BIT(MACHINE_LRS) - 1;
	}
	fake64_number(JH_CELL_PHYSICAL_IDS);
}

void fake64_number(u32 flags)
{
	u32 cpu, self = fake64_cpu;

	fake64_cell.flags = flags;
	memset(&fake64_cell.arch, 0, sizeof(fake64_cell.arch));
	memset(root_cell.arch.sgi_targets, 0, sizeof(root_cell.arch.sgi_targets));
	vcpuid_prepare(&fake64_cell);
	vgicd_prepare(&fake64_cell);
	for (cpu = 0; cpu < FAKE64_CPUS; cpu++) {
		fake64_become(cpu);
		vgic_cpu_see(this_cell());
		affinity_join(this_cell());
	}
	fake64_become(self);
}

/* --- the machine --- */

static void reset_cpu(u32 cpu)
{
	struct cell *cell = cpu < 4 ? &root_cell : &fake64_cell;
	struct percpu *p = &fake64_percpu[cpu];

	cpus[cpu].cell = cell;
	cpus[cpu].state = CPU_RUNNING;
	cpus[cpu].report = &reports[cpu];
	cpus[cpu].arch.mpidr = cpu < 6 ? cpu : 0x100 + cpu - 6;
	p->cell = cell;
	p->cpu = cpu;
	p->self = &cpus[cpu];
	p->stats = reports[cpu].stats;
}

void fake64_become(u32 cpu)
{
	fake64_cpu = cpu;
}

void fake64_run_cell(u32 first, u32 spis)
{
	u32 i;

	for (i = 1; i < 32; i++)
		root_cell.plain_irqs[i] = root_cell.irqs[i] = ~0U;
	fake64_become(0);
	for (i = first; i < first + spis; i++) {
		arch_irq_claim(&fake64_cell, i, false);
		machine_gic.spi[i].enabled = true;
	}
	fake64_answers = true;
	for (i = 4; i < 8; i++) {
		fake64_become(i);
		gic_lr_underflow(false);
		machine_gic.physical[i].enabled = true;
		machine_gic.physical[i].mask = PRIORITY_ALL;
		machine_gic.physical[i].split = true;
		machine_gic.virtual[i].control = ~0UL;
		machine_gic.local[i][MACHINE_MAINTENANCE] = (struct machine_irq){
			.enabled = true, .priority = PRIORITY_EL2, .group1 = true,
		};
		vspi_join(&fake64_cell);
	}
}

void fake64_reset(void)
{
	u32 i;

	memset(fake64_percpu, 0, sizeof(fake64_percpu));
	memset(fake64_regs, 0, sizeof(fake64_regs));
	memset(&fake64_cell, 0, sizeof(fake64_cell));
	memset(&root_cell, 0, sizeof(root_cell));
	memset(cpus, 0, sizeof(cpus));
	memset(reports, 0, sizeof(reports));
	memset(&fake64_asked, 0, sizeof(fake64_asked));
	memset(sysregs, 0, sizeof(sysregs));
	fake64_sleeps = 0;
	fake64_answers = false;
	machine_after_send = rung;
	fake64_firmware_answer = 0;
	fake64_turn_on_answer = 0;
	fake64_cells = 2;
	fake64_in_cache = 0;
	fake64_num_pages = 0;
	fake64_cell.id = 1;
	fake64_cell.cpu_mask = 0xf0;
	/* Not in the order of the machine. */
	fake64_cell.num_cpus = 4;
	memcpy(fake64_cell.order, (u8[4]){ 6, 4, 7, 5 }, 4);
	for (i = 0; i < 4; i++)
		cpus[fake64_cell.order[i]].place = i;
	root_cell.flags = JH_CELL_PHYSICAL_IDS;
	fake64_cell.report = &cell_reports[1];
	root_cell.cpu_mask = 0x0f;
	root_cell.report = &cell_reports[0];
	for (i = 0; i < FAKE64_CPUS; i++)
		reset_cpu(i);
	reset_gic();
	fake64_become(0);
}

/* --- what a virtual UART sends --- */

void ring_put(struct jh_ring *ring, const char *text, u64 length)
{
	(void)ring;
	(void)text;
	(void)length;
}
