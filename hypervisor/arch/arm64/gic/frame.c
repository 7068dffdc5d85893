// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <config.h>
#include <gic/frame.h>

__cold struct gic_frame gic_frame(const void *config, u32 kind)
{
	u32 count;
	const struct jh_config_unit *units = config_units(config, &count);
	const struct jh_config_unit *unit = config_unit(config, kind, 0);

	if (!unit)
		return (struct gic_frame){ 0 };
	return (struct gic_frame){
		.pa = unit->address, .size = unit->size, .argument = unit->argument,
		.va = (void *)boot_info->device_va[JH_BOOT_UNIT(unit - units)],
	};
}
