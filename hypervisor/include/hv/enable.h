/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Turns a machine that Linux has to itself into a root cell.
 */
#ifndef HV_ENABLE_H
#define HV_ENABLE_H

#include <hv/types.h>
#include <jh/image.h>

/*
 * The boot information and the checked configuration of the system (jh/config.h): written once,
 * before any unit is asked, and never moved.
 */
extern const struct jh_boot_info *system_info;
extern const void *system_config;

/**
 * enable_cpu() - take over the executing CPU
 * @cpu:	its number, one of info->cpu_mask
 *
 * All CPUs of the mask come here at the same time; later, a CPU that root ran without the
 * hypervisor comes alone.
 *
 * Return: 0 if the CPU is to go on as root under the hypervisor; or -errno, the same on all CPUs:
 * then nothing was changed, and the reason is in the report area.
 */
int enable_cpu(u32 cpu, const struct jh_boot_info *info);

#endif
