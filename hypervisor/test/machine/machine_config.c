// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The configuration of a system with the interrupt controller of tests.
 */
#include <stdlib.h>

#include "../blob.h"
#include "machine_gic.h"

void *machine_config(u32 version, u32 *length)
{
	struct blob_parts *parts = calloc(1, sizeof(*parts));
	void *blob;

	if (!parts)
		abort();
	blob_system(parts);
	parts->num_consoles = 0;
	blob_gic(parts, MACHINE_GICD, MACHINE_MAINTENANCE);
	if (version == 3) {
		blob_add_unit(parts, JH_UNIT_GICR, MACHINE_GICR, MACHINE_CPUS * 0x20000);
	} else {
		blob_add_unit(parts, JH_UNIT_GICC, MACHINE_GICC, 0x2000);
		blob_add_unit(parts, JH_UNIT_GICH, MACHINE_GICH, 0x1000);
		blob_add_unit(parts, JH_UNIT_GICV, MACHINE_GICV, 0x2000);
	}
	blob = blob_pack(parts, length);
	free(parts);
	return blob;
}
