// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Notifiers: CPUs that come online while jh is enabled, restart and kexec, suspend, panic.
 */
#include "jh.h"
#include "compat.h"

#include <linux/cpuhotplug.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

/*
 * After the reboot notifiers the machine counts as going down for this long. Linux changes
 * system_state only once all of them have returned, and no notifier tells of a restart that was
 * called off.
 */
#define ENDING_PERIOD	msecs_to_jiffies(10000)

static bool power_ending;	/* the reboot notifiers were called; under jh_lock */
static unsigned long power_ending_until;	/* in jiffies; under jh_lock */
static bool power_sleeping;	/* the machine is going to sleep, or asleep */
static int power_state;		/* CPU hotplug state of came_online() */
static int power_prepare_state;	/* of before_online() */

/*
 * Runs on the CPU itself, before any task but its per-CPU threads. A CPU that the hypervisor did
 * not start came up at EL2: the hypervisor is put under it here.
 */
static int came_online(unsigned int cpu)
{
	struct jh_system *system = READ_ONCE(jh_system);
	int code;

	if (!system || !READ_ONCE(system->active) || jh_call_possible(system, cpu))
		return 0;
	code = system->cpu_mask & BIT_ULL(cpu) ? jh_arch_enter_late(system, cpu) : -EPERM;
	if (code)
		pr_err_ratelimited("CPU %u cannot be put behind the hypervisor (%d): it stays "
				   "offline until jhctl disable\n", cpu, code);
	return code;
}

/* Runs on another CPU, before Linux starts @cpu. */
static int before_online(unsigned int cpu)
{
	const struct jh_system *system = READ_ONCE(jh_system);

	if (!compat_needs_el2_starts() || !system || !READ_ONCE(system->active) ||
	    !jh_report_any_cell())
		return 0;
	pr_err_ratelimited("CPU %u stays offline while there are cells: destroy them first\n",
			   cpu);
	return -EBUSY;
}

/* Restart, power-off and kexec get the CPUs back as they were before enable. */
static int before_end(struct notifier_block *block, unsigned long event, void *data)
{
	jh_rproc_end();
	mutex_lock(&jh_lock);
	power_ending = true;
	power_ending_until = jiffies + ENDING_PERIOD;
	jh_enable_end();
	mutex_unlock(&jh_lock);
	return NOTIFY_DONE;
}

/* Is the machine going down? A restart that was called off is forgotten after ENDING_PERIOD. */
static bool is_ending(void)
{
	if (power_ending && time_after(jiffies, power_ending_until))
		power_ending = false;
	return power_ending || system_state > SYSTEM_RUNNING;
}

/*
 * The hypervisor and its cells would be gone after resume. Until Linux has frozen user space an
 * enable may run or begin. Either this sees its jh_system, or jh_power_start(), which runs after
 * jh_system is published, sees power_sleeping.
 */
static int refuse_sleep(void)
{
	smp_store_mb(power_sleeping, true);
	if (!READ_ONCE(jh_system))
		return NOTIFY_DONE;
	WRITE_ONCE(power_sleeping, false);
	pr_err_ratelimited("the machine cannot sleep while jh is enabled: jhctl disable\n");
	return notifier_from_errno(-EBUSY);
}

static int on_sleep(struct notifier_block *block, unsigned long event, void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		return refuse_sleep();
	}
	WRITE_ONCE(power_sleeping, false);
	return NOTIFY_DONE;
}

/* Linux dies and the cells continue. The hypervisor's log may tell why. */
static int on_panic(struct notifier_block *block, unsigned long event, void *data)
{
	if (jh_system)
		jh_call(JH_HC_LOG_FLUSH, 0, 0, 0, 0);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = { .notifier_call = before_end };
static struct notifier_block sleep_block = { .notifier_call = on_sleep };
static struct notifier_block panic_block = { .notifier_call = on_panic };

/** jh_power_init() - register for restart and suspend, until jh_power_exit(); 0 or -errno */
int jh_power_init(void)
{
	int code = register_reboot_notifier(&reboot_block);

	if (code)
		return code;
	code = register_pm_notifier(&sleep_block);
	if (code)
		unregister_reboot_notifier(&reboot_block);
	return code;
}

void jh_power_exit(void)
{
	unregister_pm_notifier(&sleep_block);
	unregister_reboot_notifier(&reboot_block);
}

/** jh_power_start() - register for CPUs that come online and for panics; 0 or -errno */
int jh_power_start(struct jh_system *system, struct jh_error *err)
{
	int state;

	if (is_ending())
		return refuse(err, JH_ERR_ENDING, JH_OBJ_MACHINE, 0);
	/* Pairs with smp_store_mb() in refuse_sleep(): jh_system is published before this read. */
	smp_mb();
	if (READ_ONCE(power_sleeping))
		return refuse(err, JH_ERR_SLEEPING, JH_OBJ_MACHINE, 0);
	state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "jh:online", came_online, NULL);
	if (state < 0)
		return state;
	power_state = state;
	state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "jh:prepare", before_online, NULL);
	if (state < 0) {
		cpuhp_remove_state_nocalls(power_state);
		return state;
	}
	power_prepare_state = state;
	atomic_notifier_chain_register(&panic_notifier_list, &panic_block);
	return 0;
}

void jh_power_stop(struct jh_system *system)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_block);
	cpuhp_remove_state_nocalls(power_prepare_state);
	cpuhp_remove_state_nocalls(power_state);
}
