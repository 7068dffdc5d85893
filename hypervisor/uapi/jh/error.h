/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * Errors, in a form that every level passes on unchanged and that jhctl puts into words.
 */
#ifndef JH_ERROR_H
#define JH_ERROR_H

#include <jh/types.h>

/**
 * struct jh_error - one refusal
 * @reason:	JH_ERR_* of jh/reasons.h, 0 if nothing is wrong
 * @object:	JH_OBJ_*: the kind of object at fault
 * @index:	index in its section of the configuration, or number of a CPU, interrupt or cell
 * @other_object: the second party (an overlap, an owner), JH_OBJ_NONE if there is none
 * @other_index: index or number of the second party, as @index
 * @cell:	the cell that the second party belongs to; JH_ERROR_SAME_FILE: that of @object
 * @value:	the offending value (an address, a size, a number), 0 if there is none
 * @limit:	the value that @value was compared with, 0 if there is none
 */
struct jh_error {
	__u32 reason;
	__u32 object;
	__u32 index;
	__u32 other_object;
	__u32 other_index;
	__u32 cell;
	__u64 value;
	__u64 limit;
};

#define JH_ERROR_SAME_FILE	0xffffffffu

/*
 * The index of JH_OBJ_UNIT names the unit for readers without the configuration. Kind 0: the index
 * is that of a row whose kind is unknown.
 */
#define JH_ERROR_UNIT(kind, index)	((kind) << 8 | (index))
#define JH_ERROR_UNIT_KIND(value)	((value) >> 8)
#define JH_ERROR_UNIT_INDEX(value)	((value) & 0xff)

/* The kinds of objects; the names are those of the TOML sources. */
#define JH_OBJ_NONE		0
#define JH_OBJ_FILE		1	/* header, length, checksum */
#define JH_OBJ_SECTION		2	/* entry of the section table */
#define JH_OBJ_SYSTEM		3
#define JH_OBJ_CONSOLE		4
#define JH_OBJ_CELL		5
#define JH_OBJ_CPU		6
#define JH_OBJ_MEMORY		7
#define JH_OBJ_IRQ		8
#define JH_OBJ_DEVICE		9
#define JH_OBJ_POOL		10
#define JH_OBJ_ASSIGNABLE	11
#define JH_OBJ_UNIT		12	/* index: JH_ERROR_UNIT() */
#define JH_OBJ_IMAGE		13	/* what is loaded into a cell, or the hypervisor */
#define JH_OBJ_MACHINE		14	/* CPU, firmware, kernel: no config could change it */
#define JH_OBJ_HYPERVISOR	15	/* its memory */
#define JH_OBJ_LINK		16
#define JH_OBJ_VIRTIO		17
#define JH_OBJ_PCI		18
#define JH_OBJ_IVSHMEM		19
#define JH_OBJ_KINDS		20

#endif
