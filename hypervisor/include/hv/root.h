/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_ROOT_H
#define HV_ROOT_H

#include <jh/image.h>

/**
 * root_init() - all CPUs of the machine are root's
 * @config:	the checked system configuration; both stay where they are
 */
void root_init(const struct jh_boot_info *info, const void *config);

struct jh_error;

/** root_map() - build root's address space, once it is known what is filtered. 0 or -errno. */
int root_map(struct jh_error *error);

#endif
