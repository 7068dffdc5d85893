/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * All that differs between the kernels that jh builds for, from 6.1 on.
 */
#ifndef DRIVER_COMPAT_H
#define DRIVER_COMPAT_H

#include <linux/version.h>

/* 6.2 made the kobject of struct kset_uevent_ops constant. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_UEVENT_CONST	const
#else
#define COMPAT_UEVENT_CONST
#endif

/* 6.8 rebuilt the list of a directory's entries. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define compat_for_each_entry(child, parent) \
	hlist_for_each_entry(child, &(parent)->d_children, d_sib)
#else
#define compat_for_each_entry(child, parent) \
	list_for_each_entry(child, &(parent)->d_subdirs, d_child)
#endif

#endif
