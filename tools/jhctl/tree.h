/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The device tree of this machine, as firmware gave it to Linux.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>

#include <libfdt.h>
#include <linux/types.h>

#define TREE_PATH_LEN	256

/** tree_load - read and check the flattened tree; to be freed. NULL with errno if there is none */
void *tree_load(void);

/**
 * tree_reg - CPU address of entry @index of a node's reg
 *
 * Returns false if there is no such entry, or if a bus above does not map it to CPUs.
 */
bool tree_reg(const void *fdt, int node, int index, __u64 *address, __u64 *size);

/** Whether neither the node nor one above it is disabled. */
bool tree_enabled(const void *fdt, int node);

/** The node's name without its unit address, in @name of TREE_PATH_LEN bytes. */
void tree_base_name(const void *fdt, int node, char *name);

/** Whether one of the node's compatible strings matches @pattern (fnmatch(3)). */
bool tree_compatible(const void *fdt, int node, const char *pattern);

/** The node that the phandle in cell number @index of @property names; negative if none. */
int tree_reference(const void *fdt, int node, const char *property, int index);

/**
 * tree_device_path - path of the node of a device of Linux
 * @directory: the device's in sysfs
 *
 * Returns a string to be freed, NULL if the device does not come from the tree.
 */
char *tree_device_path(const char *directory);

#endif
