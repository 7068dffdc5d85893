// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Notifiers of CPUs that come online and of the machine's end: their actions and refusals while jh
 * is enabled, and that they do nothing while it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "power.h"

struct atomic_notifier_head panic_notifier_list;

static struct notifier_block *reboot, *sleep_block;
static int (*online)(unsigned int cpu);
static int (*prepare)(unsigned int cpu);
static int fails;			/* the n-th registration from now on; 0: none */
static struct jh_system the_system;
static struct jh_error err;
static u32 ends, late, flushes, rprocs_end;
static int late_result;
static bool behind;			/* jh_call_possible() */
static bool any_cell;

static bool fails_now(void)
{
	return fails && !--fails;
}

int register_reboot_notifier(struct notifier_block *block)
{
	if (fails_now())
		return -ENOMEM;
	reboot = block;
	return 0;
}

int unregister_reboot_notifier(struct notifier_block *block)
{
	assert_ptr_equal(block, reboot);
	reboot = NULL;
	return 0;
}

int register_pm_notifier(struct notifier_block *block)
{
	if (fails_now())
		return -ENOMEM;
	sleep_block = block;
	return 0;
}

int unregister_pm_notifier(struct notifier_block *block)
{
	assert_ptr_equal(block, sleep_block);
	sleep_block = NULL;
	return 0;
}

int atomic_notifier_chain_register(struct atomic_notifier_head *head,
				   struct notifier_block *block)
{
	head->block = block;
	return 0;
}

int atomic_notifier_chain_unregister(struct atomic_notifier_head *head,
				     struct notifier_block *block)
{
	assert_ptr_equal(head->block, block);
	head->block = NULL;
	return 0;
}

int cpuhp_setup_state_nocalls(int state, const char *name, int (*startup)(unsigned int cpu),
			      int (*teardown)(unsigned int cpu))
{
	if (fails_now())
		return -ENOSPC;
	if (state == CPUHP_AP_ONLINE_DYN)
		online = startup;
	else
		prepare = startup;
	return state;
}

void cpuhp_remove_state_nocalls(int state)
{
	if (state == CPUHP_AP_ONLINE_DYN)
		online = NULL;
	else if (state == CPUHP_BP_PREPARE_DYN)
		prepare = NULL;
	else
		fail_msg("state %d was never set up", state);
}

bool jh_call_possible(const struct jh_system *system, unsigned int cpu)
{
	return behind;
}

long jh_call(u64 code, u64 a, u64 b, u64 c, u64 d)
{
	assert_int_equal(a | b | c | d, 0);
	flushes += code == JH_HC_LOG_FLUSH;
	return 0;
}

int jh_arch_enter_late(struct jh_system *system, unsigned int cpu)
{
	late++;
	return late_result;
}

bool jh_report_any_cell(void)
{
	return any_cell;
}

void jh_rproc_end(void)
{
	assert_int_equal(jh_lock.held, 0);
	rprocs_end++;
}

void jh_enable_end(void)
{
	assert_int_equal(jh_lock.held, 1);
	ends++;
	jh_system = NULL;
}

static int setup(void **state)
{
	fake_reset();
	fails = 0;
	ends = late = flushes = rprocs_end = 0;
	late_result = 0;
	behind = any_cell = false;
	memset(&err, 0, sizeof(err));
	the_system = (struct jh_system){ .active = true, .cpu_mask = 0xf };
	assert_int_equal(jh_power_init(), 0);
	assert_int_equal(jh_power_start(&the_system, &err), 0);
	jh_system = &the_system;
	return 0;
}

static int teardown(void **state)
{
	jh_power_stop(&the_system);
	jh_power_exit();
	assert_null(reboot);
	assert_null(sleep_block);
	assert_null(online);
	assert_null(prepare);
	assert_null(panic_notifier_list.block);
	return 0;
}

static void a_cpu_that_starts_at_el2_is_entered(void **state)
{
	assert_int_equal(online(2), 0);
	assert_int_equal(late, 1);
	late_result = -EIO;
	assert_int_equal(online(2), -EIO);
	assert_int_equal(late, 2);
	/* It was started by the hypervisor. */
	behind = true;
	assert_int_equal(online(2), 0);
	assert_int_equal(late, 2);
}

static void a_cpu_that_was_not_there_stays_offline(void **state)
{
	assert_int_equal(online(4), -EPERM);
	assert_int_equal(late, 0);
	assert_non_null(strstr(fake_printed, "CPU 4"));
}

static void callbacks_do_nothing_while_disabled(void **state)
{
	the_system.active = false;
	assert_int_equal(online(4), 0);
	jh_system = NULL;
	assert_int_equal(online(4), 0);
	assert_int_equal(prepare(4), 0);
	assert_int_equal(late, 0);
}

static void linux_does_not_start_what_it_could_not_use(void **state)
{
	fake_cap = any_cell = true;
	assert_int_equal(prepare(2), -EBUSY);
	assert_non_null(strstr(fake_printed, "CPU 2"));
	any_cell = false;
	assert_int_equal(prepare(2), 0);
	any_cell = true;
	fake_cap = false;
	assert_int_equal(prepare(2), 0);
	fake_cap = true;
	the_system.active = false;
	assert_int_equal(prepare(2), 0);
	jh_system = NULL;
	assert_int_equal(prepare(2), 0);
	assert_int_equal(late, 0);
}

static int sleeps(unsigned long event)
{
	return sleep_block->notifier_call(sleep_block, event, NULL);
}

static void no_sleep_while_enabled(void **state)
{
	static const unsigned long begins[] = { PM_SUSPEND_PREPARE, PM_HIBERNATION_PREPARE,
						PM_RESTORE_PREPARE };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(begins); i++)
		assert_int_equal(sleeps(begins[i]), notifier_from_errno(-EBUSY));
	assert_int_equal(sleeps(PM_POST_HIBERNATION), NOTIFY_DONE);
	/* A refused suspend does not block a later enable. */
	assert_int_equal(sleeps(PM_SUSPEND_PREPARE), notifier_from_errno(-EBUSY));
	jh_power_stop(&the_system);
	assert_int_equal(jh_power_start(&the_system, &err), 0);
}

static void no_enable_while_it_falls_asleep(void **state)
{
	jh_power_stop(&the_system);
	jh_system = NULL;
	assert_int_equal(sleeps(PM_SUSPEND_PREPARE), NOTIFY_DONE);
	assert_true(jh_power_start(&the_system, &err) < 0);
	assert_int_equal(err.reason, JH_ERR_SLEEPING);
	assert_null(online);
	assert_int_equal(sleeps(PM_POST_SUSPEND), NOTIFY_DONE);
	assert_int_equal(jh_power_start(&the_system, &err), 0);
}

static void a_panic_lets_the_log_out(void **state)
{
	panic_notifier_list.block->notifier_call(NULL, 0, NULL);
	assert_int_equal(flushes, 1);
	jh_system = NULL;
	panic_notifier_list.block->notifier_call(NULL, 0, NULL);
	assert_int_equal(flushes, 1);
}

static void all_notifiers_register_or_none(void **state)
{
	teardown(NULL);
	fails = 1;
	assert_true(jh_power_init() < 0);
	assert_null(reboot);
	fails = 2;
	assert_true(jh_power_init() < 0);
	assert_null(reboot);
	assert_int_equal(jh_power_init(), 0);
	fails = 1;
	assert_int_equal(jh_power_start(&the_system, &err), -ENOSPC);
	assert_null(online);
	fails = 2;
	assert_int_equal(jh_power_start(&the_system, &err), -ENOSPC);
	assert_null(online);
	assert_null(panic_notifier_list.block);
	assert_int_equal(jh_power_start(&the_system, &err), 0);
}

static void the_end_of_the_machine(void **state)
{
	reboot->notifier_call(reboot, 1, NULL);
	assert_int_equal(rprocs_end, 1);
	assert_int_equal(ends, 1);
	assert_int_equal(jh_lock.held, 0);
	jh_power_stop(&the_system);
	assert_true(jh_power_start(&the_system, &err) < 0);
	assert_int_equal(err.reason, JH_ERR_ENDING);
	assert_null(online);
	jiffies += 9000;
	assert_true(jh_power_start(&the_system, &err) < 0);
	/* It was called off. */
	jiffies += 1001;
	assert_int_equal(jh_power_start(&the_system, &err), 0);
	/* It was not: Linux says so itself. */
	jh_power_stop(&the_system);
	system_state = SYSTEM_HALT;
	assert_true(jh_power_start(&the_system, &err) < 0);
	assert_int_equal(err.reason, JH_ERR_ENDING);
	system_state = SYSTEM_RUNNING;
	assert_int_equal(jh_power_start(&the_system, &err), 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_cpu_that_starts_at_el2_is_entered),
		test(a_cpu_that_was_not_there_stays_offline),
		test(callbacks_do_nothing_while_disabled),
		test(linux_does_not_start_what_it_could_not_use),
		test(no_sleep_while_enabled),
		test(no_enable_while_it_falls_asleep),
		test(a_panic_lets_the_log_out),
		test(all_notifiers_register_or_none),
		test(the_end_of_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
