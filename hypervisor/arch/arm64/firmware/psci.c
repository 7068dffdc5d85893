// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/context.h>
#include <asm/psci.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <gic/vcpuid.h>
#include <gic/vgic_cpu.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>

/* The functions. Those that may leave the guest come last. */
enum function {
	NOT_THERE, FEATURES, AFFINITY_INFO, CPU_ON, MIGRATE_INFO_TYPE, VERSION,
	CPU_SUSPEND, CPU_OFF, SYSTEM_END,
	MAY_LEAVE = CPU_SUSPEND
};

/* Out of line: only one caller has to save the registers that firmware may change. */
static __noinline s64 ask_firmware(u32 id, u64 arg1, u64 arg2, u64 arg3)
{
	return smccc_firmware(id, arg1, arg2, arg3);
}

/* With SMC32 the upper halves of the arguments are not looked at. */
static u64 arg(u32 id, u64 value)
{
	return id & SMCCC_64 ? value : (u32)value;
}

/*
 * Where the number of a CPU may be found: a hash of its MPIDR. On most machines (Aff0 up to 15 in
 * four clusters, up to 7 in eight) no two CPUs have the same hash.
 */
static inline u8 *hint_of(u64 mpidr)
{
	u32 n = (u32)(mpidr ^ mpidr >> 4 ^ mpidr >> 7 ^ mpidr >> 16) % JH_MAX_CPUS;

	return &cpus[n].arch.hint;
}

void psci_cpu_init(u32 cpu)
{
	*hint_of(cpus[cpu].arch.mpidr) = (u8)cpu;
}

static __noinline struct cpu *search(const struct cell *cell, u64 affinity)
{
	u64 left = cell->cpu_mask;

	while (left) {
		struct cpu *cpu = &cpus[cpu_mask_next(&left)];

		if (cpu->arch.mpidr == affinity)
			return cpu;
	}
	return NULL;
}

static inline struct cpu *cpu_of(const struct cell *cell, u64 affinity)
{
	u32 n;

	if (likely(cell_numbers_cpus(cell)))
		return vcpuid_find(cell, affinity);
	n = *hint_of(affinity);
	if (likely(cpus[n].arch.mpidr == affinity && cell->cpu_mask >> n & 1))
		return &cpus[n];
	return search(cell, affinity);
}

/*
 * Always a standby state: from a power-down state the CPU would wake up in firmware and come back
 * at EL2 without the hypervisor. The registers are kept, so returning as after a wake-up is
 * correct.
 */
static s64 cpu_suspend(void)
{
	vgic_cpu_standby();
	return PSCI_SUCCESS;
}

/*
 * A CPU that has asked firmware to turn it off executes code of the hypervisor until firmware says
 * that it is off. Whoever finds it off stores that, also if the disable for which CPUs were turned
 * off is refused in the end.
 */
static __noinline __cold bool is_dead(struct cpu *cpu)
{
	if (ask_firmware(PSCI_AFFINITY_INFO_64, cpu->arch.mpidr, 0, 0) == PSCI_AFFINITY_OFF &&
	    compare_exchange(&cpu->state, CPU_DYING, CPU_UNMANAGED))
		cpu->report->state = JH_CPUREP_ABSENT;
	return load_acquire(&cpu->state) == CPU_UNMANAGED;
}

static inline bool is_absent(struct cpu *cpu)
{
	u32 state = load_acquire(&cpu->state);

	return unlikely(state == CPU_DYING) ? is_dead(cpu) : state == CPU_UNMANAGED;
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
			return ask_firmware(PSCI_CPU_ON_64, target->arch.mpidr, entry, context);
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
	u64 affinity = arg(id, args[0]), level = arg(id, args[1]);
	const struct cpu *target;

	/* A CPU that asks about itself is on. */
	if (affinity == this_percpu->self->arch.vmpidr && !level)
		return PSCI_AFFINITY_ON;
	target = cpu_of(cell, affinity);
	if (!target || level)
		return PSCI_INVALID_PARAMETERS;
	switch (load_acquire(&target->state)) {
	case CPU_RUNNING:
		return PSCI_AFFINITY_ON;
	case CPU_STARTING:
		return PSCI_AFFINITY_ON_PENDING;
	case CPU_PARKED:
		return PSCI_AFFINITY_OFF;
	}
	return ask_firmware(PSCI_AFFINITY_INFO_64, target->arch.mpidr, 0, 0);
}

/* A call of root is about the machine, that of a cell about the cell. */
static __cold s64 system_end(const struct cell *cell, u32 id, const u64 *args)
{
	if (cell->id != CELL_ROOT)
		cell_end((id & ~SMCCC_HINTS) != PSCI_SYSTEM_OFF);
	return ask_firmware(id, args[0], args[1], 0);
}

/* By number and form: SMC32, SMC64; the other two columns, not fast calls, are empty. */
static const u8 functions[PSCI_FUNCTIONS][4] = {
	[0x00] = { VERSION },
	[0x01] = { CPU_SUSPEND, CPU_SUSPEND },
	[0x02] = { CPU_OFF },
	[0x03] = { CPU_ON, CPU_ON },
	[0x04] = { AFFINITY_INFO, AFFINITY_INFO },
	[0x06] = { MIGRATE_INFO_TYPE },
	[0x08] = { SYSTEM_END },			/* SYSTEM_OFF */
	[0x09] = { SYSTEM_END },			/* SYSTEM_RESET */
	[0x0a] = { FEATURES },
	[0x12] = { SYSTEM_END, SYSTEM_END },		/* SYSTEM_RESET2 */
	/* 0x0e, SYSTEM_SUSPEND, is left out: it would come back at EL2. */
};

/* @key: less than PSCI_KEYS */
static inline enum function function_of(u32 key)
{
	return (&functions[0][0])[key];
}

static inline bool is_there(u32 id)
{
	u32 key = psci_key(id);

	return key < PSCI_KEYS && function_of(key) != NOT_THERE;
}

static s64 features(u32 asked)
{
	asked &= ~SMCCC_HINTS;
	return is_there(asked) || asked == SMCCC_VERSION ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

/* A switch instead of function pointers: indirect branches are expensive (asm/branches.h). */
static __noinline s64 psci_perform(u32 id, const u64 *args, enum function function)
{
	struct cell *cell = this_cell();

	switch (function) {
	case NOT_THERE:
		break;
	case FEATURES:
		return features((u32)args[0]);
	case AFFINITY_INFO:
		return affinity_info(cell, id, args);
	case CPU_ON:
		return cpu_on(cell, id, args);
	case MIGRATE_INFO_TYPE:
		return 2;	/* no trusted OS that needs migration */
	case VERSION:
		return PSCI_VERSION_1_1;
	case CPU_SUSPEND:
		return cpu_suspend();
	case CPU_OFF:
		cpu_park();
	case SYSTEM_END:
		return system_end(cell, id, args);
	}
	return PSCI_NOT_SUPPORTED;
}

s64 psci_call(u32 id, const u64 *args)
{
	u32 key = psci_key(id & ~SMCCC_HINTS);

	return psci_perform(id, args, key < PSCI_KEYS ? function_of(key) : NOT_THERE);
}

static __noinline u32 simple(u64 *x, enum function function)
{
	if (function == NOT_THERE || function >= MAY_LEAVE)
		return 0;
	x[0] = (u64)psci_perform((u32)x[0], &x[1], function);
	return JH_STAT_POWER;
}

u32 psci_simple(u64 *x, u32 key)
{
	enum function function = function_of(key);

	/* The answer of PSCI_FEATURES for functions that exist. */
	if (function == FEATURES && is_there((u32)x[1])) {
		x[0] = PSCI_SUCCESS;
		return JH_STAT_POWER;
	}
	return simple(x, function);
}

void arch_cpu_die(void)
{
	this_percpu->cell = &root_cell;
	context_see(&root_cell);
	vgic_cpu_reset(&root_cell);
	vgic_cpu_release();
	store_release(&cpu_self()->state, CPU_DYING);
	ask_firmware(PSCI_CPU_OFF, 0, 0, 0);
	/*
	 * Firmware refused. The interface is in root's state, in which the doorbell has no effect.
	 */
	vgic_cpu_reset(&root_cell);
}

int arch_cpu_kill(struct cpu *cpu)
{
	u64 deadline = arch_deadline(CPU_WAIT_MICROSECONDS);

	if (load_acquire(&cpu->state) == CPU_PARKED)
		cpu_request(BIT(cpu - cpus), CPU_REQ_DIE);
	while (!is_absent(cpu)) {
		if (arch_expired(deadline)) {
			/* A CPU that has not seen the request yet must not die later. */
			fetch_and(&cpu->requests, ~CPU_REQ_DIE);
			return -EIO;
		}
		arch_relax();
	}
	return 0;
}
