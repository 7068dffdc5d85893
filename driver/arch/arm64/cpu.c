// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Properties of the CPUs, and the features of theirs that this kernel uses.
 */
#include "../../jh.h"
#include "arm64.h"

#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

/**
 * jh_arch_last_address() - the last byte that each CPU can address
 *
 * A device tree may name higher addresses: by mistake, or for a larger chip of the family.
 */
u64 jh_arch_last_address(void)
{
	/* ID_AA64MMFR0_EL1.PARange, the least of all CPUs. jh uses 48 bits at most. */
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);

	return BIT_ULL(bits[min_t(u64, mmfr0 & 0xf, ARRAY_SIZE(bits) - 1)]) - 1;
}

/**
 * jh_arch_page_sizes() - sizes of pages, in KiB, that all CPUs can translate with: 4, 16, 64, or'ed
 *
 * ID_AA64MMFR0_EL1.TGran*. jhctl cannot read them: Linux hides these fields from programs.
 */
u32 jh_arch_page_sizes(void)
{
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);

	return ((mmfr0 >> 28 & 0xf) != 0xf ? 4 : 0) | (mmfr0 >> 20 & 0xf ? 16 : 0) |
	       ((mmfr0 >> 24 & 0xf) != 0xf ? 64 : 0);
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

/** jh_arch_uses() - JH_BOOT_USES_*: what this kernel does with its CPUs on this machine */
u64 jh_arch_uses(void)
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

/*
 * Firmware must have set CNTFRQ_EL0: cells read it. Linux may have the frequency from the device
 * tree instead.
 */
static int check_counter(struct jh_error *err)
{
	return read_sysreg(cntfrq_el0) ? 0 :
	       refuse_value(err, JH_ERR_COUNTER, JH_OBJ_MACHINE, 0, raw_smp_processor_id(), 0);
}

/** jh_arch_machine_check() - check counter, firmware and interrupt controller; 0 or -errno */
int jh_arch_machine_check(const struct jh_system *system, struct jh_error *err)
{
	int code = check_counter(err);

	if (!code)
		code = jh_psci_check(err);
	if (!code)
		code = jh_gic_check(system->config, err);
	return code;
}
