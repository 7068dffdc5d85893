// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/psci.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <gic/irqchip.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>

#define FUNCTIONS	0x13	/* SYSTEM_RESET2 is the last that is answered */
#define IN_32		0x1	/* has an SMC32 identifier */
#define IN_64		0x2	/* has an SMC64 identifier */

/* With SMC32 the upper halves of the arguments are not looked at. */
static u64 arg(u32 id, u64 value)
{
	return id & SMCCC_64 ? value : (u32)value;
}

static struct cpu *cpu_of(const struct cell *cell, u64 affinity)
{
	u64 left = cell->cpu_mask;

	while (left) {
		struct cpu *cpu = &cpus[cpu_mask_next(&left)];

		if (cpu->arch.mpidr == affinity)
			return cpu;
	}
	return NULL;
}

static s64 version(struct cell *cell, u32 id, const u64 *args)
{
	(void)cell, (void)id, (void)args;
	return PSCI_VERSION_1_1;
}

/*
 * Always standby: from a power-down state the CPU would wake in firmware and come back at EL2
 * past the hypervisor. The state is kept, so returning as after a wake-up is correct.
 */
static s64 cpu_suspend(struct cell *cell, u32 id, const u64 *args)
{
	(void)cell, (void)id, (void)args;
	irqchip->standby();
	return PSCI_SUCCESS;
}

static s64 cpu_off(struct cell *cell, u32 id, const u64 *args)
{
	(void)cell, (void)id, (void)args;
	cpu_park();
}

/*
 * A CPU that has asked firmware to turn it off has left the hypervisor once firmware says that it
 * is off: it executes nothing of it any more. Whoever finds that out says so, also if a disable
 * that has turned CPUs off is refused in the end.
 */
static bool is_absent(struct cpu *cpu)
{
	if (load_acquire(&cpu->state) == CPU_DYING &&
	    smccc_firmware(PSCI_AFFINITY_INFO_64, cpu->arch.mpidr, 0, 0) == PSCI_AFFINITY_OFF &&
	    compare_exchange(&cpu->state, CPU_DYING, CPU_UNMANAGED))
		cpu->report->state = JH_CPUREP_ABSENT;
	return load_acquire(&cpu->state) == CPU_UNMANAGED;
}

static s64 cpu_on(struct cell *cell, u32 id, const u64 *args)
{
	u64 entry = arg(id, args[1]), context = arg(id, args[2]);
	struct cpu *target = cpu_of(cell, arg(id, args[0]));
	u32 request = CPU_REQ_START;

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	if (cell->id == CELL_ROOT && cell_count() == 1) {
		/* Without cells root gets a CPU as from firmware, at EL2: kexec needs that. */
		if (is_absent(target))
			return smccc_firmware(PSCI_CPU_ON_64, target->arch.mpidr, entry, context);
		request = CPU_REQ_START_UNMANAGED;
	} else if (is_absent(target)) {
		return PSCI_DENIED;
	}
	switch (cpu_turn_on(target, entry, context, request)) {
	case 0:
		return PSCI_SUCCESS;
	case -EBUSY:
		return PSCI_ON_PENDING;
	}
	return PSCI_ALREADY_ON;
}

static s64 affinity_info(struct cell *cell, u32 id, const u64 *args)
{
	const struct cpu *target = cpu_of(cell, arg(id, args[0]));

	if (!target || arg(id, args[1]))
		return PSCI_INVALID_PARAMETERS;
	switch (load_acquire(&target->state)) {
	case CPU_RUNNING:
		return PSCI_AFFINITY_ON;
	case CPU_STARTING:
		return PSCI_AFFINITY_ON_PENDING;
	case CPU_PARKED:
		return PSCI_AFFINITY_OFF;
	}
	return smccc_firmware(PSCI_AFFINITY_INFO_64, target->arch.mpidr, 0, 0);
}

static s64 migrate_info_type(struct cell *cell, u32 id, const u64 *args)
{
	(void)cell, (void)id, (void)args;
	return 2;	/* no trusted OS that needs migration */
}

/* Root's calls are about the machine, a cell's about the cell. */
static s64 system_end(struct cell *cell, u32 id, const u64 *args)
{
	if (cell->id != CELL_ROOT)
		cell_end(JH_CELL_STOPPED);
	return smccc_firmware(id, args[0], args[1], 0);
}

static s64 features(struct cell *cell, u32 id, const u64 *args);

static const struct psci_entry {
	s64 (*call)(struct cell *cell, u32 id, const u64 *args);
	u32 forms;
} functions[FUNCTIONS] = {
	[0x00] = { version, IN_32 },
	[0x01] = { cpu_suspend, IN_32 | IN_64 },
	[0x02] = { cpu_off, IN_32 },
	[0x03] = { cpu_on, IN_32 | IN_64 },
	[0x04] = { affinity_info, IN_32 | IN_64 },
	[0x06] = { migrate_info_type, IN_32 },
	[0x08] = { system_end, IN_32 },
	[0x09] = { system_end, IN_32 },
	[0x0a] = { features, IN_32 },
	[0x12] = { system_end, IN_32 | IN_64 },	/* SYSTEM_RESET2 */
	/* 0x0e, SYSTEM_SUSPEND, is left out: it would come back at EL2. */
};

static bool is_supported(u32 id)
{
	u32 n = SMCCC_FUNCTION(id);

	return SMCCC_OWNER(id) == SMCCC_OWNER_STANDARD && id & SMCCC_FAST && n < FUNCTIONS &&
	       functions[n].forms & (id & SMCCC_64 ? IN_64 : IN_32);
}

static s64 features(struct cell *cell, u32 id, const u64 *args)
{
	u32 asked = (u32)args[0];

	(void)cell, (void)id;
	return is_supported(asked) || asked == SMCCC_VERSION ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

s64 psci_call(u32 id, const u64 *args)
{
	if (!is_supported(id))
		return PSCI_NOT_SUPPORTED;
	return functions[SMCCC_FUNCTION(id)].call(this_cell(), id, args);
}

void arch_cpu_die(void)
{
	this_percpu->cell = &root_cell;
	irqchip->cpu_reset(&root_cell);
	irqchip->cpu_release();
	store_release(&cpu_self()->state, CPU_DYING);
	smccc_firmware(PSCI_CPU_OFF, 0, 0, 0);
	/* It stays: the interface is as root had it, in which the doorbell would not be heard. */
	irqchip->cpu_reset(&root_cell);
}

int arch_cpu_kill(struct cpu *cpu)
{
	u64 deadline = arch_deadline(100000);

	if (load_acquire(&cpu->state) == CPU_PARKED)
		cpu_request(BIT(cpu - cpus), CPU_REQ_DIE);
	while (!is_absent(cpu)) {
		if (arch_expired(deadline)) {
			/* One that has not even heard must not go off when nobody expects it. */
			fetch_and(&cpu->requests, ~CPU_REQ_DIE);
			return -EIO;
		}
		arch_relax();
	}
	return 0;
}
