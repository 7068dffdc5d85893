/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_ROOT_H
#define HV_ROOT_H

/** root_init() - all CPUs of the machine are root's */
void root_init(void);

struct jh_error;

/** root_map() - build root's address space, once it is known what is filtered. 0 or -errno. */
int root_map(struct jh_error *error);

#endif
