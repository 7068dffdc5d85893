/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_DISABLE_H
#define HV_DISABLE_H

/**
 * disable_cpu() - give up control; called by every CPU that runs root
 *
 * Does not return if it succeeds.
 *
 * Return: -EBUSY if cells exist; else the same on all CPUs: -EAGAIN if an interrupt must be
 * delivered first, -EIO if firmware does not turn off a parked CPU, -ETIMEDOUT if a CPU does not
 * come.
 */
int disable_cpu(void);

#endif
