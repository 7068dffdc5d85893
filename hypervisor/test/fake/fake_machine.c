// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The rest of hv/arch.h, and power-on of the machine.
 */
#include <stdlib.h>
#include <string.h>

#include <config.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/mmio.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <jh/reasons.h>
#include "../blob.h"
#include "coroutine.h"
#include "fake.h"
#include "state.h"

const struct fake_options fake_defaults = {
	.cpus = 4, .pool_pages = 192, .max_address = FAKE_MAX_ADDRESS,
};

struct fake_options fake_options;
struct jh_boot_info fake_info;

/* The interrupt controller's, by source. */
static struct source {
	u32 owner;
	bool edge;
} sources[FAKE_IRQS];

/* --- bring-up --- */

static int step(int err, struct jh_error *error, u32 object)
{
	if (err)
		*error = (struct jh_error){ .reason = JH_ERR_GIC_VERSION, .object = object };
	return err;
}

static int check(const void *config, struct jh_error *error)
{
	fake_check(config_gic_version(config) == (fake_options.gicv2 ? 2 : 3));
	return step(fake_options.fail_check, error, JH_OBJ_UNIT);
}

static u64 no_access(struct mmio_access access, void *context)
{
	(void)access, (void)context;
	return 0;
}

static void filter(const struct jh_config_unit *unit, struct mmio_region *region)
{
	if (!unit)
		return;
	*region = (struct mmio_region){ unit->address, unit->size, no_access, NULL, NULL, 0 };
	mmio_add(region);
}

static int build(const void *config, struct jh_error *error)
{
	static struct mmio_region regions[2];

	filter(config_unit(config, JH_UNIT_GICD, 0), &regions[0]);
	filter(config_unit(config, JH_UNIT_GICR, 0), &regions[1]);
	return step(fake_options.fail_build, error, JH_OBJ_UNIT);
}

u32 arch_address_bits(void)
{
	return fake_options.narrow_bits && fake_self == fake_options.narrow_cpu ?
	       fake_options.narrow_bits : 48;
}

int arch_cpu_prepare(u32 cpu, struct jh_error *error)
{
	fake_check(cpu == fake_self && !fake_cpus[cpu].pt);
	return cpu == fake_options.fail_cpu ? step(fake_options.fail_prepare, error, JH_OBJ_CPU) :
					      0;
}

void arch_cpu_commit(u32 cpu)
{
	fake_check(cpu == fake_self);
	fake_tlb_flush(cpu, root_cell.pt.id);
	fake_cpus[cpu].pt = &root_cell.pt;
	fake_cpus[cpu].cell = &root_cell;
}

bool arch_cpu_may_release(void)
{
	return !fake_cpus[fake_self].busy || !fake_cpus[fake_self].busy--;
}

void arch_cpu_release(u32 cpu)
{
	fake_check(cpu == fake_self);
	fake_cpus[cpu].pt = NULL;
	fake_cpus[cpu].cell = NULL;
	coroutine_leave(FAKE_BARE);
}

void arch_cpu_die(void)
{
	store_release(&cpu_self()->state, CPU_DYING);
	if (fake_options.kept_cpus >> fake_self & 1)
		return;
	fake_cpus[fake_self].pt = NULL;
	fake_cpus[fake_self].cell = NULL;
	store_release(&cpu_self()->state, CPU_UNMANAGED);
	coroutine_leave(FAKE_OFF);
}

int arch_cpu_kill(struct cpu *cpu)
{
	u64 deadline = arch_deadline(100000);

	cpu_request(BIT(cpu - cpus), CPU_REQ_DIE);
	while (load_acquire(&cpu->state) != CPU_UNMANAGED) {
		if (arch_expired(deadline))
			return -EIO;
		arch_relax();
	}
	return 0;
}

/* --- cells --- */

int (*fake_unit_prepare)(struct cell *cell, struct jh_error *error);

static int cell_prepare(struct cell *cell, struct jh_error *error)
{
	fake_check(cell->id && cell->cpu_mask && cell->pt.root && !cell->arch.initialised);
	cell->arch.initialised = 1;
	if (fake_options.fail_cell)
		return step(fake_options.fail_cell, error, JH_OBJ_CELL);
	return fake_unit_prepare ? fake_unit_prepare(cell, error) : 0;
}

static int cell_map(struct cell *cell)
{
	fake_check(cell->pt.root);
	return 0;
}

const struct unit unit_arch = { .cell_prepare = cell_prepare };
const struct unit unit_irqchip = {
	.check = check, .build = build, .cell_map = cell_map,
};
const struct unit unit_firmware = { };

static struct source *source_of(u32 irq)
{
	return &sources[fake_irq_source(irq)];
}

u32 fake_irq_owner(u32 irq)
{
	return source_of(irq)->owner;
}

bool fake_irq_edge(u32 irq)
{
	return source_of(irq)->edge;
}

u32 arch_irq_refusal(u32 irq)
{
	if (irq < 32 || irq >= FAKE_IRQS)
		return JH_ERR_IRQ_ABSENT;
	return irq == fake_options.secure_irq ? JH_ERR_IRQ_SECURE : 0;
}

u64 arch_irq_claim(struct cell *cell, u32 irq, bool edge)
{
	fake_check(!arch_irq_refusal(irq));
	fake_check(source_of(irq)->owner == CELL_ROOT || source_of(irq)->owner == cell->id);
	if (irq == fake_options.held_irq)
		return BIT(fake_self);
	source_of(irq)->owner = cell->id;
	source_of(irq)->edge = edge;
	fetch_or(&cell->irqs[irq / 32], 1U << irq % 32);
	return 0;
}

void arch_irq_release(struct cell *cell, u32 irq)
{
	fake_check(source_of(irq)->owner == cell->id);
	source_of(irq)->owner = CELL_ROOT;
	fetch_and(&cell->irqs[irq / 32], ~(1U << irq % 32));
}

void arch_irq_resync(void)
{
	fake_cpus[fake_self].resyncs++;
}

u32 fake_virqs[JH_MAX_CELLS];
bool fake_virq_raised[JH_MAX_CELLS];

#define UART_TX	0x20

bool arch_virq_exists(u32 irq)
{
	return irq >= 32 && irq < FAKE_IRQS;
}

void arch_virq_reset(struct cell *cell, u32 n)
{
	cell->virqs.state &= ~(VIRQ_ENABLED(n) | VIRQ_PENDING(n));
	fake_virq_raised[cell->id] = false;
}

void arch_virq_changed(struct cell *cell)
{
	fake_check(cell_get(cell->id) == cell);
	if (!(cell->virqs.exist & 1U << VIRQ_UART))
		return;
	fake_virqs[cell->id]++;
	/* The holder is not switched to here: it releases the lock some time later. */
	fake_virq_raised[cell->id] = cell->vuart.sent && cell->vuart.imsc & UART_TX;
}

void arch_virq_raise(struct cell *cell, u32 n)
{
	fake_check(cell_get(cell->id) == cell && cell->virqs.exist >> n & 1);
	fetch_or(&cell->virqs.state, VIRQ_PENDING(n));
}

void arch_virq_sync(void)
{
	fake_cpus[fake_self].virq_syncs++;
}

u32 fake_pended[FAKE_IRQS];

void arch_irq_pend(u32 irq)
{
	fake_check(!arch_irq_refusal(irq) && source_of(irq)->owner == CELL_ROOT);
	fake_pended[irq]++;
}

void arch_comm_fill(struct jh_comm_region *comm)
{
	comm->gic_version = 3;
}

/* --- CPUs --- */

struct cell *fake_this_cell(void)
{
	fake_check(fake_cpus[fake_self].cell);
	return fake_cpus[fake_self].cell;
}

struct cpu *arch_cpu_self(void)
{
	return &cpus[fake_self];
}

u64 *fake_this_stats(void)
{
	return cpus[fake_self].report->stats;
}

void arch_kick(u64 cpu_mask)
{
	while (cpu_mask) {
		u32 cpu = cpu_mask_next(&cpu_mask);

		fake_check(cpu < fake_options.cpus);
		/* Their Linux, or firmware, would get an interrupt that it knows nothing of. */
		fake_check(fake_cpus[cpu].mode != FAKE_BARE && fake_cpus[cpu].mode != FAKE_OFF);
		coroutine_ring(cpu);
	}
}

void arch_wait(void)
{
	coroutine_wait();
}

u64 arch_guest_pc(void)
{
	return fake_cpus[fake_self].pc;
}

void arch_trace(struct jh_trace_ring *ring)
{
	fake_cpus[fake_self].trace = ring;
}

void arch_cpu_park(void)
{
	fake_memory_nothing_borrowed();
	fake_cpus[fake_self].pt = &root_cell.pt;
	fake_cpus[fake_self].cell = NULL;
	fake_tlb_flush(fake_self, root_cell.pt.id);
}

/* Checks a cell before the first of its CPUs executes. */
static void check_start(struct cell *cell)
{
	u32 i;

	fake_check(cell->arch.initialised && cell_get(cell->id) == cell);
	fake_check(!fake_memory_is_dirty(cell->comm, JH_COMM_SIZE));
	if (cell->arch.starts == cell->report->starts)
		return;
	cell->arch.starts = cell->report->starts;
	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];
		const struct cell *other = owner_other_side(cell, m);

		/* Memory that another running cell uses may be in its cache. */
		if (m->flags & JH_MEM_IO || (other && other != &root_cell))
			continue;
		if (!fake_memory_coherent(m->pa, m->size) || fake_memory_is_dirty(m->pa, m->size))
			fake_fail("cell %u starts, its memory %u being in a cache", cell->id, i);
		if (fake_memory_code_pending(m->pa, m->size))
			fake_fail("cell %u starts with stale instructions", cell->id);
	}
}

void arch_cpu_reset(struct cell *cell)
{
	struct fake_cpu *self = &fake_cpus[fake_self];

	/* A CPU must be reset before it is reported as running. */
	fake_check(cell == cpus[fake_self].cell && cpus[fake_self].state == CPU_STARTING);
	if (cell != &root_cell)
		check_start(cell);
	self->pt = &cell->pt;
	self->cell = cell;
}

void arch_cpu_enter(u64 entry, u64 argument)
{
	struct fake_cpu *self = &fake_cpus[fake_self];
	const struct cell *cell = self->cell;

	fake_check(cpus[fake_self].state == CPU_RUNNING);
	self->entry = entry;
	self->pc = entry;
	self->argument = argument;
	self->starts++;
	fake_tlb_flush(fake_self, cell->pt.id);
	coroutine_leave(FAKE_GUEST);
}

void arch_root_enter_unmanaged(u64 entry, u64 argument)
{
	struct fake_cpu *self = &fake_cpus[fake_self];

	/* Root never executes at EL2 while a cell exists. */
	fake_check(cell_count() == 1 && cpus[fake_self].cell == &root_cell);
	self->pt = NULL;
	self->cell = NULL;
	self->entry = entry;
	self->argument = argument;
	coroutine_leave(FAKE_BARE);
}

u64 arch_deadline(u64 microseconds)
{
	return fake_now + microseconds;
}

bool arch_expired(u64 deadline)
{
	return fake_now > deadline;
}

/* --- the machine --- */

void fake_reset(void)
{
	coroutine_reset();
	state_reset();
	memory_reset();
	pool_reset();
	tlb_reset();
	memset(sources, 0, sizeof(sources));
	memset(&fake_info, 0, sizeof(fake_info));
}

static void enter(u32 cpu)
{
	while (fake_now < cpu * fake_options.gap)
		fake_relax();
	fake_cpus[cpu].enabled = enable_cpu(cpu, &fake_info);
	fake_cpus[cpu].mode = fake_cpus[cpu].enabled ? FAKE_BARE : FAKE_GUEST;
}

static void set_gicv2(struct blob_parts *parts)
{
	parts->num_units = 1;
	blob_add_unit(parts, JH_UNIT_GICC, FAKE_GICC, FAKE_GIC_SIZE);
	blob_add_unit(parts, JH_UNIT_GICH, FAKE_GICH, FAKE_GIC_SIZE);
	blob_add_unit(parts, JH_UNIT_GICV, FAKE_GICV, FAKE_GIC_SIZE);
}

static u32 place_config(void)
{
	struct blob_parts *parts = calloc(1, sizeof(*parts));
	u32 length;
	u8 *blob;

	if (!parts)
		abort();
	blob_system(parts);
	parts->assignable[1] = (struct jh_config_assignable){ FAKE_DEVICE2, FAKE_DEVICE2_SIZE };
	parts->num_assignable = 2;
	parts->num_consoles = 0;
	if (fake_options.gicv2)
		set_gicv2(parts);
	else
		blob_add_unit(parts, JH_UNIT_ITS, FAKE_ITS, FAKE_ITS_SIZE);
	if (fake_options.listed || fake_options.learning) {
		parts->system.flags = JH_SYSTEM_ROOT_LISTED |
				      (fake_options.learning ? JH_SYSTEM_ROOT_LEARN : 0);
		parts->memories[0] = (struct jh_config_memory){
			.phys = FAKE_RAM, .virt = FAKE_RAM, .size = FAKE_RAM_SIZE,
			.flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE,
		};
		parts->num_memories = 1;
	}
	blob = blob_pack(parts, &length);
	memcpy(fake_hv_config, blob, length);
	if (fake_options.bad_config)
		fake_hv_config[length - 1] ^= 1;
	free(blob);
	free(parts);
	return length;
}

int fake_boot(const struct fake_options *options)
{
	u32 cpu;

	fake_reset();
	fake_options = *options;
	fake_info = (struct jh_boot_info){
		.hv_address = FAKE_HV_START, .max_address = options->max_address,
		.cpu_mask = BIT(options->cpus) - 1, .num_pools = 2,
		.pools = { { FAKE_POOL0, FAKE_POOL0_SIZE }, { FAKE_POOL1, FAKE_POOL1_SIZE } },
		.config_size = place_config(),
		.config_offset = fake_pa(fake_hv_config) - FAKE_HV_START,
		.pool_offset = fake_pa(fake_hv_pool) - FAKE_HV_START,
	};
	fake_info.hv_size = fake_info.pool_offset + options->pool_pages * PAGE_SIZE;
	fake_info.doors = options->doors;
	fake_info.turned_away = options->turned_away;
	for (cpu = 0; cpu < options->cpus - options->missing; cpu++)
		coroutine_start(cpu, enter);
	fake_run();
	for (cpu = 1; cpu < options->cpus - options->missing; cpu++)
		fake_check(fake_cpus[cpu].enabled == fake_cpus[0].enabled);
	return fake_cpus[0].enabled;
}
