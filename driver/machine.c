// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Checks of this machine and this Linux, before anything is changed.
 */
#include "jh.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>

/* A CPU that is off now would start later at EL2, and not under the hypervisor. */
static int machine_check_cpus(struct jh_system *system, struct jh_error *err)
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

/* An assignable range over RAM would let a cell have what Linux runs in. */
static int check_assignable(const void *config, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_assignable *assignable = config_assignable(config, &count);

	for (i = 0; i < count; i++)
		if (region_intersects(assignable[i].address, assignable[i].size,
				      IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT)
			return refuse(err, JH_ERR_MEM_IS_RAM, JH_OBJ_ASSIGNABLE, i);
	return 0;
}

/* Linux would lose RAM above max_address, the end of root's stage 2. */
static int check_highest(const struct jh_config_system *config, struct jh_error *err)
{
	u64 highest = jh_iomem_highest(IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY);

	if (!config->max_address || config->max_address >= highest)
		return 0;
	return refuse_value(err, JH_ERR_ROOT_HIGHEST, JH_OBJ_SYSTEM, 0, config->max_address,
			    highest);
}

/**
 * jh_machine_check() - check that this is the configuration's machine, and that jh can run on it
 * @system: config is set; cpu_mask is set here
 *
 * Return: 0 or the negative errno of the reason.
 */
int jh_machine_check(struct jh_system *system, struct jh_error *err)
{
	int code = jh_arch_probe(err);

	if (!code)
		code = jh_kvm_check(err);
	if (!code)
		code = machine_check_cpus(system, err);
	if (!code)
		code = jh_arch_machine_check(system, err);
	if (!code)
		code = config_check_width(system->config, jh_arch_last_address(), err);
	if (!code)
		code = jh_devtree_check_console(config_console(system->config), err);
	if (!code)
		code = check_assignable(system->config, err);
	if (!code)
		code = check_highest(config_system(system->config), err);
	return code;
}
