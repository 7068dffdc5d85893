/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_CREATE_H
#define HV_CREATE_H

#include <hv/cell.h>

/**
 * create_cell() - make a cell from a configuration in root's memory
 * @config:	physical address of the configuration; any value
 * @length:	bytes of the configuration; any value
 * @generation:	chosen by root, for the report
 *
 * Everything is checked and allocated first, which may fail and affects no other cell. Then CPUs,
 * memory and interrupts change their owner, which cannot fail.
 *
 * Return: the cell's number (> 0), or -errno with @error filled in.
 */
s64 create_cell(u64 config, u64 length, u32 generation, struct jh_error *error);

/** create_free() - free a cell that owns nothing any more, and its configuration */
void create_free(struct cell *cell);

#endif
