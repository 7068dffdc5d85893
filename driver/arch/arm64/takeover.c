// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The way into EL2 and back, on all CPUs at once, in stop_machine(): an interrupt handler must not
 * be under way on any CPU when the hypervisor changes how interrupts are routed.
 */
#include "../../jh.h"
#include "../../compat.h"
#include "arm64.h"

#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpu_pm.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <asm/alternative.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#define KVM_ANSWER		(-1L)	/* of KVM's idle code to a call that it does not know */
#define GICC_CTLR_EOIMODE	BIT(9)	/* GICv2, non-secure view */
#define ICC_CTLR_EOIMODE	BIT(1)

/* One gathering of all CPUs. */
struct gathering {
	struct jh_system *system;
	atomic_t arrived;
	atomic_t refusal;		/* JH_ERR_* of the first CPU that objects */
	atomic_t result;		/* the first result that is not 0 */
	u64 began;			/* on the first CPU: jh_arch_now() */
	u64 ended;
};

static bool gicv2_splits_eoi(void)
{
	void __iomem *gicc;
	u64 address;
	bool splits;

	if (!jh_gic_gicc(&address))
		return false;
	gicc = ioremap(address, 4);
	if (!gicc)
		return false;
	splits = readl_relaxed(gicc) & GICC_CTLR_EOIMODE;
	iounmap(gicc);
	return splits;
}

/*
 * Linux splits the end of an interrupt in two (EOImode) only where all CPUs came up at EL2. That is
 * the one sign that can be read without a hypercall, which might be undefined.
 */
static bool started_at_el2(void)
{
	if (jh_gic_version() == 3)
		return read_sysreg_s(SYS_ICC_CTLR_EL1) & ICC_CTLR_EOIMODE;
	return gicv2_splits_eoi();
}

static u32 probe_this_cpu(long *answer)
{
	if (read_sysreg(CurrentEL) != CurrentEL_EL1)
		return JH_ERR_VHE;
	*answer = jh_enter_probe();
	if (*answer != HVC_STUB_ERR && *answer != KVM_ANSWER)
		return JH_ERR_PKVM;
	/* Whoever has them: a descriptor may be on its way between two processes. */
	if (*answer == KVM_ANSWER && compat_kvm_code_is_for_guests())
		return JH_ERR_KVM_GUESTS;
	return 0;
}

/**
 * jh_arch_probe() - can this kernel give EL2 away?
 *
 * Return: 0, -ENODEV without EL2, -EOPNOTSUPP if it is in use.
 */
int jh_arch_probe(struct jh_error *err)
{
	u32 reason;
	long answer;

	if (!jh_gic_version())
		return refuse(err, JH_ERR_NO_DEVICE_TREE, JH_OBJ_MACHINE, 0);
	if (read_sysreg(CurrentEL) != CurrentEL_EL1)
		return refuse(err, JH_ERR_VHE, JH_OBJ_MACHINE, 0);
	if (!started_at_el2())
		return refuse(err, JH_ERR_NO_EL2, JH_OBJ_MACHINE, 0);
	if (compat_kvm_protected())
		return refuse(err, JH_ERR_PKVM, JH_OBJ_MACHINE, 0);
	reason = probe_this_cpu(&answer);
	return reason ? refuse(err, reason, JH_OBJ_MACHINE, 0) : 0;
}

/*
 * Every CPU waits here for all others. Inside of stop_machine() interrupts are off and the set of
 * online CPUs cannot change, so nobody stays away.
 */
static void wait_for_all(struct gathering *g, unsigned int round)
{
	atomic_inc(&g->arrived);
	while (atomic_read(&g->arrived) < num_online_cpus() * round)
		cpu_relax();
}

/* One CPU of the gathering does what must be done once. */
static bool first_of_all(unsigned int cpu)
{
	return cpu == cpumask_first(cpu_online_mask);
}

/* An exception return from EL2 cannot know PSTATE.PAN of a kernel that has it. */
static void restore_pan(void)
{
	asm volatile(ALTERNATIVE("nop", SET_PSTATE_PAN(1), ARM64_HAS_PAN));
}

static void note_result(struct gathering *g, long result)
{
	if (result)
		atomic_cmpxchg(&g->result, 0, result);
}

/* KVM believes that its code is in EL2; its power management hooks put it there again. */
static void revive_kvm(void)
{
	if (!cpu_pm_enter())
		cpu_pm_exit();
}

/* Conditions that were checked before the gathering and may have changed since. */
static u32 check_again(struct gathering *g, unsigned int cpu)
{
	struct jh_system *system = g->system;
	long answer = 0;
	u32 reason;

	reason = probe_this_cpu(&answer);
	if (answer == KVM_ANSWER)
		WRITE_ONCE(system->kvm_in_el2, true);
	if (!reason && first_of_all(cpu)) {
		if (system->cpu_mask != *(u64 *)cpumask_bits(cpu_online_mask))
			return JH_ERR_CPU_COUNT;
		if (jh_kvm_guests(true))
			return JH_ERR_KVM_GUESTS;
	}
	return reason;
}

/* In the hypervisor's memory, which no stage 2 hides yet. */
static struct jh_boot_info *boot_info(const struct jh_system *system)
{
	return system->base + system->image.memory_size;
}

static int enter_cpu(void *argument)
{
	struct gathering *g = argument;
	struct jh_system *system = g->system;
	unsigned int cpu = smp_processor_id();
	long result;
	u32 reason;

	if (first_of_all(cpu))
		g->began = jh_arch_now();
	reason = check_again(g, cpu);
	if (reason)
		atomic_cmpxchg(&g->refusal, 0, reason);
	wait_for_all(g, 1);
	if (atomic_read(&g->refusal))
		return 0;

	result = jh_enter_el2(system->hv.address + system->image.entry,
			      system->hv.address + system->image.memory_size, cpu);
	note_result(g, result);
	/* Those that are in wait for all others. */
	if (result == JH_ENTER_REFUSED)
		smp_store_release(&boot_info(system)->turned_away, 1);
	restore_pan();
	wait_for_all(g, 2);
	if (!atomic_read(&g->result)) {
		if (first_of_all(cpu)) {
			WRITE_ONCE(system->active, true);
			g->ended = jh_arch_now();
		}
	} else if (READ_ONCE(system->kvm_in_el2)) {
		revive_kvm();
	}
	return 0;
}

static int leave_cpu(void *argument)
{
	struct gathering *g = argument;

	note_result(g, jh_enter_leave());
	restore_pan();
	wait_for_all(g, 1);
	if (atomic_read(&g->result))
		return 0;
	if (g->system->kvm_in_el2)
		revive_kvm();
	if (first_of_all(smp_processor_id()))
		WRITE_ONCE(g->system->active, false);
	return 0;
}

/**
 * jh_arch_leave() - take the hypervisor away from under all CPUs
 *
 * Return: 0, or a negative errno after which the hypervisor is still there on every CPU.
 */
int jh_arch_leave(struct jh_system *system, struct jh_error *err)
{
	int code, tries = 100;

	/* -EAGAIN: an MSI is on its way, which must reach its handler first. */
	do {
		struct gathering g = { .system = system };

		code = stop_machine(leave_cpu, &g, cpu_online_mask);
		if (!code)
			code = atomic_read(&g.result);
		if (code == -EAGAIN)
			msleep(2);
	} while (code == -EAGAIN && --tries);
	if (code)
		*err = system->report->error;
	return code;
}

static int entry_refused(struct jh_system *system, int result, struct jh_error *err)
{
	if (result == JH_ENTER_REFUSED)
		return refuse(err, JH_ERR_PKVM, JH_OBJ_MACHINE, 0);
	*err = system->report->error;
	if (!err->reason)
		refuse_value(err, JH_ERR_HV_INTERNAL, JH_OBJ_HYPERVISOR, 0, -result, 0);
	return result;
}

/**
 * jh_arch_enter() - put the hypervisor under all CPUs
 * @system: laid out and cleaned to the point of coherency; @active and @kvm_in_el2 are set here
 *
 * Return: 0, or a negative errno after which every CPU is as it was.
 */
int jh_arch_enter(struct jh_system *system, struct jh_error *err)
{
	struct gathering g = { .system = system };
	int code = stop_machine(enter_cpu, &g, cpu_online_mask);
	u32 reason = atomic_read(&g.refusal);

	if (code)
		return code;
	if (reason == JH_ERR_CPU_COUNT)
		return refuse_value(err, reason, JH_OBJ_MACHINE, 0, num_online_cpus(),
				       hweight64(system->cpu_mask));
	if (reason)
		return refuse(err, reason, JH_OBJ_MACHINE, 0);
	if (atomic_read(&g.result))
		return entry_refused(system, atomic_read(&g.result), err);
	if (!jh_report_is_sound(system->report, system->image.report_size)) {
		jh_arch_leave(system, err);
		return refuse(err, JH_ERR_IMAGE_FORMAT, JH_OBJ_IMAGE, 0);
	}
	jh_ticks_enabled(g.ended - g.began);
	return 0;
}

/**
 * jh_arch_enter_late() - put the hypervisor under a CPU that came online at EL2
 * @cpu: the CPU that runs this, in a thread that is bound to it
 *
 * Return: 0 or a negative errno.
 */
int jh_arch_enter_late(struct jh_system *system, unsigned int cpu)
{
	long answer, result;

	if (probe_this_cpu(&answer))
		return -EOPNOTSUPP;
	if (answer == KVM_ANSWER)
		WRITE_ONCE(system->kvm_in_el2, true);
	result = jh_enter_el2(system->hv.address + system->image.entry,
			      system->hv.address + system->image.memory_size, cpu);
	restore_pan();
	return result == JH_ENTER_REFUSED ? -EOPNOTSUPP : result;
}
