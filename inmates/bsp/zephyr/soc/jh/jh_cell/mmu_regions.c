// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What Zephyr maps before its drivers: the interrupt controller, of either version.
 *
 * Copyright (c) The jh authors
 */
#include <zephyr/arch/arm64/arm_mmu.h>
#include <zephyr/devicetree.h>
#include <zephyr/sys/util.h>

#define GIC		DT_INST(0, arm_gic)
#define FRAME(index)	MMU_REGION_FLAT_ENTRY("GIC", DT_REG_ADDR_BY_IDX(GIC, index), \
					      DT_REG_SIZE_BY_IDX(GIC, index), \
					      MT_DEVICE_nGnRnE | MT_P_RW_U_NA | MT_NS)

static const struct arm_mmu_region mmu_regions[] = { FRAME(0), FRAME(1) };

const struct arm_mmu_config mmu_config = {
	.num_regions = ARRAY_SIZE(mmu_regions),
	.mmu_regions = mmu_regions,
};
