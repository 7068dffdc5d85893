/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Filling struct jh_error. Every refusal goes through one of these, so that the errno always
 * belongs to the reason.
 */
#ifndef LIB_REFUSE_H
#define LIB_REFUSE_H

#include <jh/error.h>
#include <jh/reasons.h>

/** refuse_clear() - zero @err: nothing is wrong */
void refuse_clear(struct jh_error *err);

/**
 * refuse() - a reason and the object at fault
 * @err:    filled; all other fields become 0, cell becomes JH_ERROR_SAME_FILE
 * @reason: JH_ERR_*
 * @object: JH_OBJ_*
 * @index:  of the object
 *
 * Return: the negative errno of the reason.
 */
int refuse(struct jh_error *err, __u32 reason, __u32 object, __u32 index);

/** refuse_value() - refuse() with the offending value, and the limit it was compared with */
int refuse_value(struct jh_error *err, __u32 reason, __u32 object, __u32 index, __u64 value,
		 __u64 limit);

/** refuse_other() - refuse() with a second party in the same file, or of the cell @err->cell */
int refuse_other(struct jh_error *err, __u32 reason, __u32 object, __u32 index,
		 __u32 other_object, __u32 other_index);

/** refuse_errno() - the (positive) errno that belongs to a JH_ERR_*; EIO for an unknown one */
int refuse_errno(__u32 reason);

#endif
