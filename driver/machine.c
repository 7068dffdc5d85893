// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What can be judged about this machine and this Linux before anything is changed.
 */
#include "jh.h"

#include <linux/cpumask.h>
#include <linux/errno.h>

/* A CPU that is offline in firmware would come up later at EL2, beside the hypervisor. */
static int check_cpus(struct jh_system *system, struct jh_error *err)
{
	unsigned int cpu;

	system->cpu_mask = 0;
	for_each_present_cpu(cpu) {
		if (cpu >= JH_MAX_CPUS)
			return refuse_value(err, JH_ERR_CPU_SPACE, JH_OBJ_MACHINE, 0, cpu,
					    JH_MAX_CPUS - 1);
		if (!cpu_online(cpu))
			return refuse_value(err, JH_ERR_CPU_OFFLINE, JH_OBJ_MACHINE, 0, cpu, 0);
		system->cpu_mask |= BIT_ULL(cpu);
	}
	return 0;
}

/**
 * jh_machine_check() - is this the machine of the configuration, and can it be partitioned?
 * @system: config is set; cpu_mask is set here
 *
 * Return: 0 or the negative errno of the reason.
 */
int jh_machine_check(struct jh_system *system, struct jh_error *err)
{
	int code = 0;

	if (!jh_devtree_present())
		code = refuse(err, JH_ERR_NO_DEVICE_TREE, JH_OBJ_MACHINE, 0);
	if (!code)
		code = jh_takeover_probe(err);
	if (!code)
		code = jh_kvm_check(err);
	if (!code)
		code = check_cpus(system, err);
	if (!code)
		code = jh_devtree_check(system, err);
	return code;
}
