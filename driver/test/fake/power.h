/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For power.c: notifiers of CPUs, restart, sleep and panic.
 */
#ifndef FAKE_POWER_H
#define FAKE_POWER_H

#include <linux/types.h>

#define NOTIFY_DONE			0
#define notifier_from_errno(code)	(0x8000 | (1 - (code)))
#define PM_HIBERNATION_PREPARE		1UL
#define PM_POST_HIBERNATION		2UL
#define PM_SUSPEND_PREPARE		3UL
#define PM_POST_SUSPEND			4UL
#define PM_RESTORE_PREPARE		5UL
#define CPUHP_BP_PREPARE_DYN		10
#define CPUHP_AP_ONLINE_DYN		20

struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long event, void *data);
};

struct atomic_notifier_head {
	struct notifier_block *block;
};

extern struct atomic_notifier_head panic_notifier_list;

int register_reboot_notifier(struct notifier_block *block);
int unregister_reboot_notifier(struct notifier_block *block);
int register_pm_notifier(struct notifier_block *block);
int unregister_pm_notifier(struct notifier_block *block);
int atomic_notifier_chain_register(struct atomic_notifier_head *head,
				   struct notifier_block *block);
int atomic_notifier_chain_unregister(struct atomic_notifier_head *head,
				     struct notifier_block *block);
int cpuhp_setup_state_nocalls(int state, const char *name, int (*startup)(unsigned int cpu),
			      int (*teardown)(unsigned int cpu));
void cpuhp_remove_state_nocalls(int state);

#endif
