/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * From a bare machine to a root cell, and back.
 */
#ifndef HV_ENABLE_H
#define HV_ENABLE_H

#include <hv/types.h>
#include <jh/image.h>

/**
 * enable_cpu() - take over the executing CPU
 * @cpu:	its number, one of info->cpu_mask
 *
 * All CPUs of the mask come here at the same time; later, a CPU that was given back to root
 * without us comes alone.
 *
 * Return: 0, the CPU is to go on as root behind our tables; or -errno, the same on all CPUs,
 * nothing was changed, and the reason is in the report area.
 */
int enable_cpu(u32 cpu, const struct jh_boot_info *info);

/**
 * enable_undo() - give up control; called by every CPU that runs root
 *
 * Return: -errno, the same on all CPUs: -EBUSY if cells exist, -EAGAIN if an interrupt must be
 * delivered first. Does not return otherwise.
 */
int enable_undo(void);

#endif
