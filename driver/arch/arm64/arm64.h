/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Declarations that the files of arm64 share. The prefix of a function names its file.
 */
#ifndef DRIVER_ARM64_H
#define DRIVER_ARM64_H

#include <linux/types.h>

struct jh_config_system;
struct jh_error;

/* enter.S */
long jh_enter_el2(u64 entry, u64 boot_info, u64 cpu);
long jh_enter_leave(void);
long jh_enter_probe(void);

#define JH_ENTER_REFUSED	1	/* jh_enter_el2(): whoever holds EL2 did not branch */

/* gic.c: an interrupt specifier of the GIC is a type, a number and a trigger */
#define SPI_TYPE	0
#define SPI_CELLS	3

u32 jh_gic_version(void);
bool jh_gic_gicc(u64 *address);
int jh_gic_check(const void *config, struct jh_error *err);

/* psci.c */
int jh_psci_check(struct jh_error *err);

#endif
