/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_ROOT_H
#define HV_ROOT_H

struct jh_error;

/** root_init() - the root cell has all CPUs of the machine */
void root_init(void);

/**
 * root_map() - build root's address space; all filters of devices are known
 *
 * Return: 0 or -errno with the error filled in.
 */
int root_map(struct jh_error *error);

#endif
