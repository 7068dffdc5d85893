// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Entry into EL2 and exit from it, on all CPUs at once, in stop_machine(): no CPU may be inside an
 * interrupt handler when the hypervisor changes how interrupts are routed.
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

#define KVM_ANSWER		(-1L)	/* KVM's code in EL2, with no guest: unknown call */
#define GICC_CTLR_EOIMODE	BIT(9)	/* GICv2, non-secure view */
#define ICC_CTLR_EOIMODE	BIT(1)

/* One rendezvous of all CPUs inside stop_machine(). */
struct rendezvous {
	struct jh_system *system;
	atomic_t arrived;
	atomic_t refusal;		/* JH_ERR_* of the first CPU that objects */
	atomic_t result;		/* the first result that is not 0 */
	u64 began;			/* jh_arch_now() of the first CPU, before entry */
	u64 ended;			/* and after it */
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
 * Linux sets EOImode (separate priority drop and deactivation) only where all CPUs booted at EL2.
 * It is the only sign that can be read without an HVC, which is undefined where there is no EL2.
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
	/*
	 * KVM has guests, even if no process has a descriptor: it may be on its way to another one.
	 */
	if (*answer == KVM_ANSWER && compat_kvm_code_is_for_guests())
		return JH_ERR_KVM_GUESTS;
	return 0;
}

/**
 * jh_arch_probe() - check that this kernel can give up EL2
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
 * Every CPU waits here for all others. Inside stop_machine() interrupts are off and the set of
 * online CPUs cannot change, so every one of them arrives.
 */
static void wait_for_all(struct rendezvous *r, unsigned int round)
{
	atomic_inc(&r->arrived);
	while (atomic_read(&r->arrived) < num_online_cpus() * round)
		cpu_relax();
}

/* The first online CPU does what must be done once. */
static bool first_of_all(unsigned int cpu)
{
	return cpu == cpumask_first(cpu_online_mask);
}

/* PSTATE.PAN is not kept across the exception return from EL2; this kernel may use it. */
static void restore_pan(void)
{
	asm volatile(ALTERNATIVE("nop", SET_PSTATE_PAN(1), ARM64_HAS_PAN));
}

static void note_result(struct rendezvous *r, long result)
{
	if (result)
		atomic_cmpxchg(&r->result, 0, result);
}

/* KVM assumes that its code still is in EL2; its CPU PM notifier installs it again. */
static void revive_kvm(void)
{
	if (!cpu_pm_enter())
		cpu_pm_exit();
}

/* Conditions that were checked before stop_machine() and may have changed since. */
static u32 check_again(struct rendezvous *r, unsigned int cpu)
{
	struct jh_system *system = r->system;
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

/* It lies in the hypervisor's memory, which no stage 2 hides from Linux yet. */
static struct jh_boot_info *boot_info(const struct jh_system *system)
{
	return system->base + system->image.memory_size;
}

static int enter_cpu(void *argument)
{
	struct rendezvous *r = argument;
	struct jh_system *system = r->system;
	unsigned int cpu = smp_processor_id();
	long result;
	u32 reason;

	if (first_of_all(cpu))
		r->began = jh_arch_now();
	reason = check_again(r, cpu);
	if (reason)
		atomic_cmpxchg(&r->refusal, 0, reason);
	wait_for_all(r, 1);
	if (atomic_read(&r->refusal))
		return 0;

	result = jh_enter_el2(system->hv.address + system->image.entry,
			      system->hv.address + system->image.memory_size, cpu);
	note_result(r, result);
	/* CPUs that did enter EL2 wait there for this one: release them. */
	if (result == JH_ENTER_REFUSED)
		smp_store_release(&boot_info(system)->turned_away, 1);
	restore_pan();
	wait_for_all(r, 2);
	if (!atomic_read(&r->result)) {
		if (first_of_all(cpu)) {
			WRITE_ONCE(system->active, true);
			r->ended = jh_arch_now();
		}
	} else if (READ_ONCE(system->kvm_in_el2)) {
		revive_kvm();
	}
	return 0;
}

static int leave_cpu(void *argument)
{
	struct rendezvous *r = argument;

	note_result(r, jh_enter_leave());
	restore_pan();
	wait_for_all(r, 1);
	if (atomic_read(&r->result))
		return 0;
	if (r->system->kvm_in_el2)
		revive_kvm();
	if (first_of_all(smp_processor_id()))
		WRITE_ONCE(r->system->active, false);
	return 0;
}

/**
 * jh_arch_leave() - remove the hypervisor from all CPUs
 *
 * Return: 0, or a negative errno after which the hypervisor is still there on every CPU.
 */
int jh_arch_leave(struct jh_system *system, struct jh_error *err)
{
	int code, tries = 100;

	/* -EAGAIN: an MSI is pending, and Linux's handler must get it first. */
	do {
		struct rendezvous r = { .system = system };

		code = stop_machine(leave_cpu, &r, cpu_online_mask);
		if (!code)
			code = atomic_read(&r.result);
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
	struct rendezvous r = { .system = system };
	int code = stop_machine(enter_cpu, &r, cpu_online_mask);
	u32 reason = atomic_read(&r.refusal);

	if (code)
		return code;
	if (reason == JH_ERR_CPU_COUNT)
		return refuse_value(err, reason, JH_OBJ_MACHINE, 0, num_online_cpus(),
				       hweight64(system->cpu_mask));
	if (reason)
		return refuse(err, reason, JH_OBJ_MACHINE, 0);
	if (atomic_read(&r.result))
		return entry_refused(system, atomic_read(&r.result), err);
	if (!jh_report_is_sound(system->report, system->image.report_size)) {
		jh_arch_leave(system, err);
		return refuse(err, JH_ERR_IMAGE_FORMAT, JH_OBJ_IMAGE, 0);
	}
	jh_ticks_enabled(r.ended - r.began);
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
