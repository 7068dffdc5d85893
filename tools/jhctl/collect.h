/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl config collect: what jhconf wants to know of a machine, on any target without Python.
 *
 * Files of the archive have the names that they have on the machine, without the leading slash;
 * what is gathered from many files lies in jh/:
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
 * Returns an exit code, has said why.
 */
int collect_pack(FILE *out, bool whole);

int collect_run(const struct args *args);

#endif
