/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_DISABLE_H
#define HV_DISABLE_H

/**
 * disable_cpu() - give up control; called by every CPU that runs root
 *
 * Return: -errno, the same on all CPUs: -EBUSY if cells exist, -EAGAIN if an interrupt must be
 * delivered first. Does not return otherwise.
 */
int disable_cpu(void);

#endif
