// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * What can be judged about this machine and this Linux before anything is changed.
 */
#include "jh.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

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

/* A window over RAM would let a cell have what Linux runs in. */
static int check_windows(const void *config, struct jh_error *err)
{
	u32 i, count;
	const struct jh_config_window *windows = config_windows(config, &count);

	for (i = 0; i < count; i++)
		if (region_intersects(windows[i].address, windows[i].size, IORESOURCE_SYSTEM_RAM,
				      IORES_DESC_NONE) != REGION_DISJOINT)
			return refuse(err, JH_ERR_MEM_IS_RAM, JH_OBJ_WINDOW, i);
	return 0;
}

static int note_highest(struct resource *res, void *argument)
{
	u64 *highest = argument;

	*highest = max_t(u64, *highest, res->end);
	return 0;
}

/* Linux would lose the RAM above the end of root's map. */
static int check_highest(const struct jh_config_system *config, struct jh_error *err)
{
	u64 highest = 0;

	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1,
			    &highest, note_highest);
	if (!config->max_address || config->max_address >= highest)
		return 0;
	return refuse_value(err, JH_ERR_ROOT_HIGHEST, JH_OBJ_SYSTEM, 0, config->max_address,
			    highest);
}

/**
 * jh_machine_last_address() - the last byte that each CPU can address
 *
 * A device tree may name more, by mistake or because a larger sibling has it.
 */
u64 jh_machine_last_address(void)
{
	/* ID_AA64MMFR0_EL1.PARange, the least of all CPUs; more than 48 bits are not used. */
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);

	return BIT_ULL(bits[min_t(u64, mmfr0 & 0xf, ARRAY_SIZE(bits) - 1)]) - 1;
}

static bool has_trace_units(void)
{
	static const struct of_device_id ids[] = {
		{ .compatible = "arm,embedded-trace-extension" },
		{ .compatible = "arm,coresight-etm4x-sysreg" },
		{ }
	};
	struct device_node *np = of_find_matching_node(NULL, ids);

	of_node_put(np);
	return np;
}

/** jh_machine_uses() - JH_BOOT_USES_*: what this kernel does with its CPUs on this machine */
u64 jh_machine_uses(void)
{
	u64 used = 0;

#ifdef ARM64_MPAM	/* since 6.13 */
	if (cpus_have_cap(ARM64_MPAM))
		used |= JH_BOOT_USES_MPAM;
#endif
	if (IS_ENABLED(CONFIG_CORESIGHT_SOURCE_ETM4X) && has_trace_units())
		used |= JH_BOOT_USES_TRACE;
	return used;
}

/* Firmware sets it; Linux may have got the frequency from the device tree instead. */
static int check_counter(struct jh_error *err)
{
	return read_sysreg(cntfrq_el0) ? 0 :
	       refuse_value(err, JH_ERR_COUNTER, JH_OBJ_MACHINE, 0, raw_smp_processor_id(), 0);
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
		code = check_counter(err);
	if (!code)
		code = config_check_width(system->config, jh_machine_last_address(), err);
	if (!code)
		code = jh_devtree_check(system, err);
	if (!code)
		code = check_windows(system->config, err);
	if (!code)
		code = check_highest(config_system(system->config), err);
	return code;
}
