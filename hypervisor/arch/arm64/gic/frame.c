// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <config.h>
#include <gic/frame.h>

__cold struct gic_frame gic_frame(const void *config, u32 kind)
{
	u32 count, i;
	const struct jh_config_unit *units = config_units(config, &count);
	struct gic_frame frame = { 0 };

	for (i = 0; i < count; i++) {
		if (units[i].kind == kind)
			frame = (struct gic_frame){
				.pa = units[i].address, .size = units[i].size,
				.va = (void *)boot_info->device_va[JH_BOOT_UNIT(i)],
				.argument = units[i].argument,
			};
	}
	return frame;
}
