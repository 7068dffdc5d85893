/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * struct jh_error in words. Used by jhctl, by the driver (dmesg) and by the check tool.
 */
#ifndef LIB_ERRTEXT_H
#define LIB_ERRTEXT_H

#include <jh/error.h>
#include <jh/reasons.h>

#define ERRTEXT_SIZE	512	/* bytes that are enough for every message */

/**
 * struct errtext_context - what is known besides the error; every field is optional
 * @file:	the user's name of the configuration at fault: the message starts with it
 * @blob:	that configuration, 8-aligned, checked or not: ranges and names are taken from it
 * @length:	bytes at @blob
 * @system:	the system's configuration, if @blob is a cell's
 * @system_length: bytes at @system
 * @other_name:	name of the cell with the number err->cell
 * @who:	the driver, device or interrupt handler of Linux that is in the way, by name
 */
struct errtext_context {
	const char *file;
	const void *blob;
	__u64 length;
	const void *system;
	__u64 system_length;
	const char *other_name;
	const char *who;
};

/**
 * errtext_sentence() - what is wrong: "rtos.cell: memory[4] (0x0-0xffff) overlaps memory[2] ..."
 * @buffer:  filled and zero-terminated, cut if too small
 * @size:    bytes at @buffer, at least 1
 * @context: may be NULL
 * @err:     the error; an unknown reason is named by its number
 *
 * Return: bytes of text without the zero.
 */
__u32 errtext_sentence(char *buffer, __u32 size, const struct errtext_context *context,
		       const struct jh_error *err);

/** errtext_next() - what to do about it; parameters as above */
__u32 errtext_next(char *buffer, __u32 size, const struct errtext_context *context,
		   const struct jh_error *err);

/** errtext_format() - the sentence, "; " and the next step, in one line without a newline */
__u32 errtext_format(char *buffer, __u32 size, const struct errtext_context *context,
		     const struct jh_error *err);

/** errtext_reason() - the reason's name without its prefix ("OVERLAP_PHYS"), "" if unknown */
const char *errtext_reason(__u32 reason);

#endif
