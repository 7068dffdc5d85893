/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl config collect: an archive of all that jhconf needs of a machine, without Python on it.
 *
 * Files of the archive have their names on the machine, without the leading slash. Those that are
 * gathered from many files lie in jh/:
 *
 *	jh/version	"jhctl VERSION"
 *	jh/drivers	bus, device, driver and device-tree path of each device, by tabs; "-": none
 *	jh/streams	IOMMU group and device, by a tab
 *	jh/cpus		number, device-tree path and MIDR of each CPU, by tabs; "-": unknown
 */
#ifndef COLLECT_H
#define COLLECT_H

#include "jhctl.h"

/**
 * collect_pack - add the files above to an archive; the caller calls tar_finish()
 * @whole:	refuse if one is missing that jhconf needs
 *
 * Returns an exit code; the reason was printed.
 */
int collect_pack(FILE *out, bool whole);

int collect_run(const struct args *args);

#endif
