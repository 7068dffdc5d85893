// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Firmware: CPUs are turned on and off by PSCI, with SMC as its conduit.
 */
#include "../../jh.h"
#include "arm64.h"

#include <linux/cpumask.h>
#include <linux/of.h>

static const struct of_device_id psci_ids[] = {
	{ .compatible = "arm,psci-1.0" },
	{ .compatible = "arm,psci-0.2" },
	{ .compatible = "arm,psci" },
	{ }
};

static bool uses_psci(unsigned int cpu)
{
	struct device_node *np = of_get_cpu_node(cpu, NULL);
	bool uses = np && of_property_match_string(np, "enable-method", "psci") >= 0;

	of_node_put(np);
	return uses;
}

/** jh_psci_check() - check that every CPU is turned on and off by PSCI over SMC; 0 or -errno */
int jh_psci_check(struct jh_error *err)
{
	struct device_node *psci = of_find_matching_node(NULL, psci_ids);
	bool smc = psci && of_property_match_string(psci, "method", "smc") >= 0;
	unsigned int cpu;

	of_node_put(psci);
	if (!smc)
		return refuse(err, JH_ERR_NO_PSCI, JH_OBJ_MACHINE, 0);
	for_each_present_cpu(cpu)
		if (num_present_cpus() > 1 && !uses_psci(cpu))
			return refuse(err, JH_ERR_NO_PSCI, JH_OBJ_MACHINE, cpu);
	return 0;
}
