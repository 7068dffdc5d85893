/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_CREATE_H
#define HV_CREATE_H

#include <hv/cell.h>

/**
 * create_cell() - make a cell from a configuration in root's memory
 * @config:	physical address of the configuration
 * @length:	its bytes
 * @generation:	chosen by root, for the report
 *
 * First everything is checked and allocated, which may fail and touches nothing of anybody else;
 * then CPUs, memory and interrupts change their owner, which cannot fail.
 *
 * Return: the cell's number (> 0), or -errno with @error filled in.
 */
s64 create_cell(u64 config, u64 length, u32 generation, struct jh_error *error);

/** create_free() - the cell itself and its configuration; it has no property any more */
void create_free(struct cell *cell);

#endif
