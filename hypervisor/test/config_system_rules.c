// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for a system alone.
 */
#include <stddef.h>
#include <string.h>

#include <lib/config.h>
#include "blob.h"
#include "config_rules.h"

RULE(s_name, s.system.name[0] = 0)
RULE(s_flags, s.system.flags = 2)
RULE(s_flags_8, s.system.flags = 8)
RULE(s_learn, s.system.flags = JH_SYSTEM_ROOT_LEARN | JH_SYSTEM_TRUST_GUESTS)
RULE(s_trust, s.system.flags = JH_SYSTEM_TRUST_GUESTS)
RULE(s_firmware, s.system.firmware = 3)
RULE(s_zynqmp, s.system.firmware = JH_FIRMWARE_ZYNQMP)
RULE(s_spare, s.system.spare = 1)
RULE(s_optional, s.system.optional = JH_OPTIONAL_ALL + 1)
RULE(s_base, s.system.optional = 0)
RULE(s_imx8m, s.system.firmware = JH_FIRMWARE_IMX8M)
RULE(s_hv_align, s.system.hv_address = 0x800)
RULE(s_hv_size, s.system.hv_size = 0x3f000)
RULE(s_hv_gic, s.system.hv_address = 0x08000000)
RULE(s_hv_end, s.system.hv_address = 0x50000000; s.system.max_address = 0x4fffffff)
RULE(s_hv_last, s.system.hv_address = 0x4ff00000; s.system.max_address = 0x4fffffff)
RULE(s_max, s.system.max_address = JH_CONFIG_ADDRESS_LIMIT)
RULE(s_unit_0, s.num_units = 0)
RULE(s_gic_gicd, s.num_units = 1)
RULE(s_gic_maint, s.units[0].argument = 32)
RULE(s_gic_maint15, s.units[0].argument = 15)
RULE(s_gicd_none, s.units[0] = s.units[1]; s.num_units = 1)
RULE(s_gicd_0, s.units[0].address = 0)
RULE(s_gicd_align, s.units[0].address = 0x08000800)
RULE(s_gicr_0, s.units[1].size = 0)
RULE(s_gicr_align, s.units[1].address = 0x080a1000)
RULE(s_gicr_over, s.units[1].address = 0x08000000)
RULE(s_gicr_end, s.units[1].address = -0x10000LL)
RULE(s_gicr_arg, s.units[1].argument = 1)
RULE(s_gicc_extra, blob_add_unit(&s, JH_UNIT_GICC, 0x08010000, 0x10000))
RULE(s_v2_gich, s.num_units = 1; s_gicc_extra();
     blob_add_unit(&s, JH_UNIT_GICV, 0x08040000, 0x10000))
SHARED_RULE(s_v2, s.num_units = 1; s_gicc_extra();
     blob_add_unit(&s, JH_UNIT_GICH, 0x08030000, 0x10000);
     blob_add_unit(&s, JH_UNIT_GICV, 0x08040000, 0x10000))
RULE(s_v2_its, s_v2(); blob_add_unit(&s, JH_UNIT_ITS, 0x08080000, 0x20000))
SHARED_RULE(s_its, blob_add_unit(&s, JH_UNIT_ITS, 0x08080000, 0x20000))
RULE(s_its_two, s_its(); blob_add_unit(&s, JH_UNIT_ITS, 0x09100000, 0x20000))
RULE(s_its_over, s_its(); blob_add_unit(&s, JH_UNIT_ITS, 0x08070000, 0x20000))
RULE(s_its_gap, s_its_two(); s.units[3].index = 2)
RULE(s_its_twice, s_its_two(); s.units[3].index = 0)
RULE(s_its_late, s_its(); s.units[2].index = 1)
RULE(s_gicd_two, s.units[1] = s.units[0]; s.units[1].index = 1)
RULE(s_order, s.units[0] = s.units[1]; blob_add_unit(&s, JH_UNIT_GICD, 0x08000000, 0x10000);
     s.units[1] = s.units[2]; s.num_units = 2)
RULE(s_unknown, blob_add_unit(&s, JH_UNIT_TYPES, 0x09100000, 0x1000))
RULE(s_kind_0, s.units[0].kind = 0)
SHARED_RULE(s_con, s.num_consoles = 1; s.num_assignable = 0)
RULE(s_con_assignable, s.num_consoles = 1)
RULE(s_con_gic, s_con(); s.console.address = 0x08000000)
RULE(s_con_hv, s_con(); s.system.hv_address = 0x09000000)
RULE(s_pool_0, s.num_pools = 0)
RULE(s_pool_flags, s.pools[0].flags = 2)
RULE(s_pool_spare, s.pools[0].spare = 2)
RULE(s_pool_auto, s.pools[0].address = 0x40000000)
RULE(s_pool_align, s.pools[0].flags = 0; s.pools[0].address = 0x40100000)
RULE(s_pool_size, s.pools[0].size = 0x100000)
SHARED_RULE(s_pool_at0, s.pools[0].flags = 0)
RULE(s_pool_over, s.num_pools = 2; s.pools[0].flags = 0; s.pools[0].address = 0x40000000;
     s.pools[1] = s.pools[0]; s.pools[1].address = 0x43e00000)
RULE(s_pool_hv, s_pool_over(); s.pools[1].address = 0x50000000; s.system.hv_address = 0x40000000)
RULE(s_pool_gic, s_pool_at0(); s.pools[0].address = 0x08000000)
RULE(s_pool_con, s_con(); s_pool_at0(); s.pools[0].address = 0x09000000)
RULE(s_pool_end, s_pool_at0(); s.system.max_address = 0x03fffffe)
RULE(s_pool_last, s_pool_at0(); s.system.max_address = 0x03ffffff)
RULE(s_assign_align, s.assignable[0].address += 4)
RULE(s_assign_0, s.assignable[0].size = 0)
RULE(s_assign_gic, s.assignable[0].address = 0x08000000)
RULE(s_assign_pool, s_pool_at0(); s.assignable[0].address = 0x03000000)
RULE(s_assign_over, s.num_assignable = 2; s.assignable[1] = s.assignable[0])
RULE(s_list, s.num_memories = 1;
     s.memories[0] = ((struct jh_config_memory){ 0x40000000, 0x40000000, 0x40000000, 7, 0 }))
RULE(s_listed, s.system.flags = JH_SYSTEM_ROOT_LISTED)
RULE(s_listed_ok, s_list(); s_listed())
RULE(s_listed_virt, s_listed_ok(); s.memories[0].virt = 0)
RULE(s_listed_auto, s_listed_ok(); s.memories[0].flags |= JH_MEM_AUTO)
RULE(s_listed_flag, s_listed_ok(); s.memories[0].flags |= JH_MEM_LOADABLE)
RULE(s_listed_dev, s_listed_ok(); s.memories[0].device = 1)
RULE(s_listed_over, s_listed_ok(); s.num_memories = 2; s.memories[1] = s.memories[0])

RULE(s_listed_exec, s_listed_ok(); s.memories[0].flags |= JH_MEM_IO)
RULE(s_listed_none, s_listed_ok(); s.memories[0].flags = JH_MEM_DMA)
RULE(s_listed_align, s_listed_ok(); s.memories[0].size = 0x800)
RULE(s_con_type, s_con(); s.console.type = JH_CONSOLE_EFIFB)
RULE(s_con_imx, s_con(); s.console.type = JH_CONSOLE_IMX)
RULE(s_con_quirk, s_con(); s.console.flags |= JH_CONSOLE_MDR_QUIRK)
RULE(s_gic_with_hv, s.units[0].address = 0; s.system.hv_address = 0x50000000)
RULE(s_hv_least, s.system.hv_size = JH_CONFIG_MIN_HV_SIZE)
RULE(s_maint_16, s.units[0].argument = 16)
RULE(s_maint_31, s.units[0].argument = 31)
RULE(s_gicr_least, s.units[1].size = 0x20000)
RULE(s_gicr_less, s.units[1].size = 0x10000)
RULE(s_gicd_size, s.units[0].size = 0x90000)
RULE(s_gicc_size, s_v2(); s.units[1].size = 0x21000)
RULE(s_con_its, s_con(); s_its(); s.console.address = 0x08080000)
RULE(s_assign_its, s_its(); s.assignable[0].address = 0x0809f000)

/* Side by side, from below and from above. */
RULE(s_pool_above, s_pool_over(); s.pools[1].address = 0x44000000)
RULE(s_pool_below, s_pool_over(); s.pools[1].address = 0x3c000000)
RULE(s_pool_auto_low, s.num_pools = 2; s.pools[1] = s.pools[0]; s.pools[1].flags = 0;
     s.pools[1].address = 0x200000)
RULE(s_pool_limit, s_pool_at0(); s.pools[0].address = JH_CONFIG_ADDRESS_LIMIT - 0x200000)
RULE(s_pool_hv_above, s_pool_over(); s.pools[1].address = 0x50000000;
     s.system.hv_address = 0x54000000)
RULE(s_pool_hv_below, s_pool_over(); s.pools[1].address = 0x50000000;
     s.system.hv_address = 0x4ff00000)
RULE(s_hv_limit, s.system.hv_address = JH_CONFIG_ADDRESS_LIMIT - 0x1000)
RULE(s_hv_size_align, s.system.hv_size += 0x800)
RULE(s_con_hv_above, s_con(); s.system.hv_address = 0x09041000)
RULE(s_con_hv_below, s_con(); s.system.hv_address = 0x08f40000; s.units[1].size = 0x20000)
RULE(s_con_pool_above, s_con(); s_pool_at0(); s.pools[0].address = 0x09200000)
RULE(s_con_pool_below, s_con(); s_pool_at0(); s.console.address = 0x04000000)
RULE(s_assign_above, s.num_assignable = 2; s.assignable[1] = s.assignable[0];
     s.assignable[1].address += 0x1000)
RULE(s_assign_below, s.num_assignable = 2; s.assignable[1] = s.assignable[0];
     s.assignable[1].address -= 0x1000)
RULE(s_assign_pool_above, s_pool_at0(); s.assignable[0].address = 0x04000000)
RULE(s_assign_auto_low, s.assignable[0].address = 0x1000)
RULE(s_assign_con_above, s.num_consoles = 1; s.console.address += 0x1000)
RULE(s_assign_con_below, s.num_consoles = 1; s.console.address -= 0x1000)
RULE(s_assign_limit, s.assignable[0].address = JH_CONFIG_ADDRESS_LIMIT - 0x1000;
     s.assignable[0].size = 0x2000)
RULE(s_listed_above, s_listed_ok(); s.num_memories = 2; s.memories[1] = s.memories[0];
     s.memories[1].phys = s.memories[1].virt = 0x80000000)
RULE(s_listed_below, s_listed_ok(); s.num_memories = 2; s.memories[1] = s.memories[0];
     s.memories[1].phys = s.memories[1].virt = 0x3ffff000; s.memories[1].size = 0x1000)
RULE(s_listed_io, s_listed_ok(); s.memories[0].flags = JH_MEM_READ | JH_MEM_IO)
RULE(s_listed_write, s_listed_ok(); s.memories[0].flags = JH_MEM_WRITE)
RULE(s_listed_run, s_listed_ok(); s.memories[0].flags = JH_MEM_EXECUTE)
RULE(s_listed_start, s_listed_ok(); s.memories[0].phys = s.memories[0].virt = 0x40000800)
RULE(s_listed_limit, s_listed_ok();
     s.memories[0].phys = s.memories[0].virt = JH_CONFIG_ADDRESS_LIMIT - 0x1000)
RULE(s_learn_listed, s_listed_ok(); s.system.flags |= JH_SYSTEM_ROOT_LEARN)
RULE(s_gicr_beside, s.units[1].address = 0x08010000)
RULE(s_gicr_limit, s.units[1].address = JH_CONFIG_ADDRESS_LIMIT - 0x10000)
RULE(s_gicr_last, s.units[1].address = JH_CONFIG_ADDRESS_LIMIT - 0x20000;
     s.units[1].size = 0x20000)

const struct rule system_rules[] = {
	{ "valid", nothing, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, executable device", s_listed_exec, JH_ERR_MEM_IO_EXECUTE, JH_OBJ_MEMORY, 0, 0, 0,
	  0, 0 },
	{ "listed, no access", s_listed_none, JH_ERR_MEM_NO_ACCESS, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
	{ "listed, misaligned", s_listed_align, JH_ERR_ALIGN, JH_OBJ_MEMORY, 0, 0, 0, 0x800,
	  JH_CONFIG_PAGE_SIZE },
	{ "console of x86", s_con_type, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0, 1, 1 },
	{ "console of a guest's driver", s_con_imx, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, 0, 0, 8,
	  8 },
	{ "quirk of a guest's console", s_con_quirk, JH_ERR_FLAGS, JH_OBJ_CONSOLE, 0, 0, 0, 0x2000,
	  3 },
	{ "no distributor, fixed hypervisor", s_gic_with_hv, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0, 0, 0x10000 },
	{ "the smallest hypervisor", s_hv_least, 0, 0, 0, 0, 0, 0, 0 },
	{ "the first PPI", s_maint_16, 0, 0, 0, 0, 0, 0, 0 },
	{ "the last PPI", s_maint_31, 0, 0, 0, 0, 0, 0, 0 },
	{ "one redistributor", s_gicr_least, 0, 0, 0, 0, 0, 0, 0 },
	{ "half a redistributor", s_gicr_less, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0), 0, 0,
	  0x80a0000, 0x10000 },
	{ "distributor that swallows the ITS", s_gicd_size, JH_ERR_UNIT_SIZE, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0, 0x90000, 0x10000 },
	{ "CPU interface that is too large", s_gicc_size, JH_ERR_UNIT_SIZE, JH_OBJ_UNIT, UNIT(GICC,
	  0), 0, 0, 0x21000, 0x20000 },
	{ "name", s_name, JH_ERR_NAME, JH_OBJ_SYSTEM, 0, 0, 0, 0, 0 },
	{ "flags", s_flags, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0, 2, 0 },
	{ "unknown flag", s_flags_8, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0, 8, 7 },
	{ "learn without list", s_learn, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0, 6, 0 },
	{ "no mitigations", s_trust, 0, 0, 0, 0, 0, 0, 0 },
	{ "unknown firmware", s_firmware, JH_ERR_RESERVED, JH_OBJ_SYSTEM, 0, 0, 0, 1, 0 },
	{ "firmware of ZynqMP", s_zynqmp, 0, 0, 0, 0, 0, 0, 0 },
	{ "firmware of i.MX 8M", s_imx8m, 0, 0, 0, 0, 0, 0, 0 },
	{ "spare field", s_spare, JH_ERR_RESERVED, JH_OBJ_SYSTEM, 0, 0, 0, 1, 0 },
	{ "an optional unit that nobody knows", s_optional, JH_ERR_FLAGS, JH_OBJ_SYSTEM, 0, 0, 0, 4,
	  3 },
	{ "no optional units", s_base, 0, 0, 0, 0, 0, 0, 0 },
	{ "hypervisor misaligned", s_hv_align, JH_ERR_ALIGN, JH_OBJ_HYPERVISOR, 0, 0, 0, 0x800,
	  JH_CONFIG_PAGE_SIZE },
	{ "hypervisor too small", s_hv_size, JH_ERR_HV_SIZE, JH_OBJ_HYPERVISOR, 0, 0, 0, 0x3f000,
	  JH_CONFIG_MIN_HV_SIZE },
	{ "hypervisor in the GIC", s_hv_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_HYPERVISOR, 0, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "hypervisor beyond the end", s_hv_end, JH_ERR_MEM_BEYOND, JH_OBJ_HYPERVISOR, 0, 0, 0,
	  0x50000000, 0x4fffffff },
	{ "hypervisor at the end", s_hv_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "highest address", s_max, JH_ERR_END, JH_OBJ_SYSTEM, 0, 0, 0, JH_CONFIG_ADDRESS_LIMIT,
	  JH_CONFIG_ADDRESS_LIMIT },
	{ "no units", s_unit_0, JH_ERR_GIC_VERSION, JH_OBJ_SYSTEM, 0, 0, 0, 0, 0 },
	{ "a distributor alone", s_gic_gicd, JH_ERR_GIC_VERSION, JH_OBJ_SYSTEM, 0, 0, 0, 0, 0 },
	{ "no distributor", s_gicd_none, JH_ERR_UNIT_MISSING, JH_OBJ_SYSTEM, 0, 0, 0, 1, 3 },
	{ "maintenance SPI", s_gic_maint, JH_ERR_GIC_MAINTENANCE, JH_OBJ_UNIT, UNIT(GICD, 0), 0, 0,
	  32, 0 },
	{ "maintenance SGI", s_gic_maint15, JH_ERR_GIC_MAINTENANCE, JH_OBJ_UNIT, UNIT(GICD, 0), 0,
	  0, 15, 0 },
	{ "distributor at 0", s_gicd_0, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICD, 0), 0, 0, 0,
	  0x10000 },
	{ "distributor misaligned", s_gicd_align, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICD, 0), 0,
	  0, 0x8000800, 0x10000 },
	{ "empty redistributor", s_gicr_0, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0), 0, 0,
	  0x80a0000, 0 },
	{ "redistributor misaligned", s_gicr_align, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0),
	  0, 0, 0x80a1000, 0xf60000 },
	{ "frames overlap", s_gicr_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_UNIT, UNIT(GICR, 0),
	  JH_OBJ_UNIT, UNIT(GICD, 0), 0, 0 },
	{ "redistributor wraps", s_gicr_end, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, UNIT(GICR, 0), 0, 0,
	  0xffffffffffff0000, 0xf60000 },
	{ "argument that means nothing", s_gicr_arg, JH_ERR_RESERVED, JH_OBJ_UNIT, UNIT(GICR, 0), 0,
	  0, 1, 0 },
	{ "GICv3 with GICC", s_gicc_extra, JH_ERR_UNIT_GIC, JH_OBJ_UNIT, UNIT(GICC, 0), 0, 0, 0,
	  3 },
	{ "GICv2 without GICH", s_v2_gich, JH_ERR_UNIT_MISSING, JH_OBJ_SYSTEM, 0, 0, 0, 4, 2 },
	{ "GICv2 with ITS", s_v2_its, JH_ERR_UNIT_GIC, JH_OBJ_UNIT, UNIT(ITS, 0), 0, 0, 0, 2 },
	{ "ITS", s_its, 0, 0, 0, 0, 0, 0, 0 },
	{ "two ITSs", s_its_two, 0, 0, 0, 0, 0, 0, 0 },
	{ "ITSs overlap", s_its_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_UNIT, UNIT(ITS, 1), JH_OBJ_UNIT,
	  UNIT(ITS, 0), 0, 0 },
	{ "index left out", s_its_gap, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(3), 0, 0, 0, 0 },
	{ "index twice", s_its_twice, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(3), 0, 0, 0, 0 },
	{ "first index is not 0", s_its_late, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(2), 0, 0, 0, 0 },
	{ "kinds out of order", s_order, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, ROW(1), 0, 0, 0, 0 },
	{ "two distributors", s_gicd_two, JH_ERR_TOO_MANY, JH_OBJ_UNIT, UNIT(GICD, 1), 0, 0, 2, 1 },
	{ "kind of a later jh", s_unknown, JH_ERR_UNIT_KIND, JH_OBJ_UNIT, ROW(2), 0, 0, 7, 0 },
	{ "kind 0", s_kind_0, JH_ERR_UNIT_KIND, JH_OBJ_UNIT, ROW(0), 0, 0, 0, 0 },
	{ "console in the ITS", s_con_its, JH_ERR_OVERLAP_PHYS, JH_OBJ_CONSOLE, 0, JH_OBJ_UNIT,
	  UNIT(ITS, 0), 0, 0 },
	{ "assignable range in the ITS", s_assign_its, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 0,
	  JH_OBJ_UNIT, UNIT(ITS, 0), 0, 0 },
	{ "GICv2", s_v2, 0, 0, 0, 0, 0, 0, 0 },
	{ "console", s_con, 0, 0, 0, 0, 0, 0, 0 },
	{ "console in an assignable range", s_con_assignable, JH_ERR_OVERLAP_PHYS,
	  JH_OBJ_ASSIGNABLE, 0, JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "console in the GIC", s_con_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_CONSOLE, 0, JH_OBJ_UNIT,
	  UNIT(GICD, 0), 0, 0 },
	{ "console in the hypervisor", s_con_hv, JH_ERR_OVERLAP_PHYS, JH_OBJ_HYPERVISOR, 0,
	  JH_OBJ_CONSOLE, 0, 0, 0 },
	{ "no pool", s_pool_0, JH_ERR_MISSING, JH_OBJ_POOL, 0, 0, 0, 0, 0 },
	{ "pool flags", s_pool_flags, JH_ERR_FLAGS, JH_OBJ_POOL, 0, 0, 0, 2, 1 },
	{ "pool spare", s_pool_spare, JH_ERR_RESERVED, JH_OBJ_POOL, 0, 0, 0, 2, 0 },
	{ "auto pool with address", s_pool_auto, JH_ERR_POOL_AUTO, JH_OBJ_POOL, 0, 0, 0, 0x40000000,
	  0 },
	{ "pool misaligned", s_pool_align, JH_ERR_ALIGN, JH_OBJ_POOL, 0, 0, 0, 0x40100000,
	  JH_CONFIG_POOL_ALIGN },
	{ "pool size", s_pool_size, JH_ERR_ALIGN, JH_OBJ_POOL, 0, 0, 0, 0x100000,
	  JH_CONFIG_POOL_ALIGN },
	{ "pool at address 0", s_pool_at0, 0, 0, 0, 0, 0, 0, 0 },
	{ "pools overlap", s_pool_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 1, JH_OBJ_POOL, 0, 0, 0 },
	{ "pool over hypervisor", s_pool_hv, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 0, JH_OBJ_HYPERVISOR,
	  0, 0, 0 },
	{ "pool over GIC", s_pool_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 0, JH_OBJ_UNIT, UNIT(GICD,
	  0), 0, 0 },
	{ "pool over console", s_pool_con, JH_ERR_OVERLAP_PHYS, JH_OBJ_POOL, 0, JH_OBJ_CONSOLE, 0,
	  0, 0 },
	{ "pool beyond the end", s_pool_end, JH_ERR_MEM_BEYOND, JH_OBJ_POOL, 0, 0, 0, 0,
	  0x3fffffe },
	{ "pool at the end", s_pool_last, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range misaligned", s_assign_align, JH_ERR_ALIGN, JH_OBJ_ASSIGNABLE, 0, 0, 0,
	  0x9040004, JH_CONFIG_PAGE_SIZE },
	{ "empty assignable range", s_assign_0, JH_ERR_SIZE, JH_OBJ_ASSIGNABLE, 0, 0, 0, 0, 0 },
	{ "assignable range over GIC", s_assign_gic, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 0,
	  JH_OBJ_UNIT, UNIT(GICD, 0), 0, 0 },
	{ "assignable range over pool", s_assign_pool, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 0,
	  JH_OBJ_POOL, 0, 0, 0 },
	{ "assignable ranges overlap", s_assign_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_ASSIGNABLE, 1,
	  JH_OBJ_ASSIGNABLE, 0, 0, 0 },
	{ "list without listed root", s_list, JH_ERR_LISTED, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
	{ "listed root without list", s_listed, JH_ERR_ROOT_EMPTY, JH_OBJ_SYSTEM, 0, 0, 0, 0, 0 },
	{ "listed root", s_listed_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, virt", s_listed_virt, JH_ERR_ROOT_IDENTITY, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
	{ "listed, auto", s_listed_auto, JH_ERR_ROOT_AUTO, JH_OBJ_MEMORY, 0, 0, 0, 0, 0 },
	{ "listed, loadable", s_listed_flag, JH_ERR_FLAGS, JH_OBJ_MEMORY, 0, 0, 0, 32, 95 },
	{ "listed, device", s_listed_dev, JH_ERR_DEVICE_INDEX, JH_OBJ_MEMORY, 0, 0, 0, 1, 0 },
	{ "listed, overlap", s_listed_over, JH_ERR_OVERLAP_PHYS, JH_OBJ_MEMORY, 1, JH_OBJ_MEMORY, 0,
	  0, 0 },
	{ "pool above another", s_pool_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "pool below another", s_pool_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "pool where an automatic one has no address", s_pool_auto_low, 0, 0, 0, 0, 0, 0, 0 },
	{ "pool beyond all addresses", s_pool_limit, JH_ERR_END, JH_OBJ_POOL, 0, 0, 0,
	  0xffffffe00000, JH_CONFIG_ADDRESS_LIMIT },
	{ "hypervisor above a pool", s_pool_hv_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "hypervisor below a pool", s_pool_hv_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "hypervisor beyond all addresses", s_hv_limit, JH_ERR_END, JH_OBJ_HYPERVISOR, 0, 0, 0,
	  0xfffffffff000, JH_CONFIG_ADDRESS_LIMIT },
	{ "half a page of the hypervisor", s_hv_size_align, JH_ERR_ALIGN, JH_OBJ_HYPERVISOR, 0, 0,
	  0, 0x100800, JH_CONFIG_PAGE_SIZE },
	{ "hypervisor above the console", s_con_hv_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "hypervisor below the console", s_con_hv_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "pool above the console", s_con_pool_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "pool below the console", s_con_pool_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range above another", s_assign_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range below another", s_assign_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range above a pool", s_assign_pool_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range, automatic pool", s_assign_auto_low, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range below the console", s_assign_con_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range above the console", s_assign_con_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "assignable range beyond all addresses", s_assign_limit, JH_ERR_END, JH_OBJ_ASSIGNABLE,
	  0, 0, 0, 0xfffffffff000, JH_CONFIG_ADDRESS_LIMIT },
	{ "listed, above another", s_listed_above, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, below another", s_listed_below, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, a device to read", s_listed_io, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, to write alone", s_listed_write, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, to execute alone", s_listed_run, 0, 0, 0, 0, 0, 0, 0 },
	{ "listed, from half a page", s_listed_start, JH_ERR_ALIGN, JH_OBJ_MEMORY, 0, 0, 0,
	  0x40000800, JH_CONFIG_PAGE_SIZE },
	{ "listed, beyond all addresses", s_listed_limit, JH_ERR_END, JH_OBJ_MEMORY, 0, 0, 0,
	  0xfffffffff000, JH_CONFIG_ADDRESS_LIMIT },
	{ "a listed root that learns", s_learn_listed, 0, 0, 0, 0, 0, 0, 0 },
	{ "redistributors above the distributor", s_gicr_beside, 0, 0, 0, 0, 0, 0, 0 },
	{ "redistributors beyond all addresses", s_gicr_limit, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT,
	  UNIT(GICR, 0), 0, 0, 0xffffffff0000, 0xf60000 },
	{ "redistributors at the last", s_gicr_last, 0, 0, 0, 0, 0, 0, 0 },
};

const size_t num_system_rules = sizeof(system_rules) / sizeof(system_rules[0]);
