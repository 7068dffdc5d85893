// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <lib/refuse.h>

int refuse_errno(__u32 reason)
{
	switch (reason) {
#define REFUSE_ERRNO(name, number, errno_, sentence, next) case number: return JH_##errno_;
	JH_REASONS(REFUSE_ERRNO)
	default:
		return JH_EIO;
	}
}

void refuse_clear(struct jh_error *err)
{
	err->reason = JH_ERR_NONE;
	err->object = JH_OBJ_NONE;
	err->index = 0;
	err->other_object = JH_OBJ_NONE;
	err->other_index = 0;
	err->cell = 0;
	err->value = 0;
	err->limit = 0;
}

int refuse(struct jh_error *err, __u32 reason, __u32 object, __u32 index)
{
	refuse_clear(err);
	err->reason = reason;
	err->object = object;
	err->index = index;
	err->cell = JH_ERROR_SAME_FILE;
	return -refuse_errno(reason);
}

int refuse_value(struct jh_error *err, __u32 reason, __u32 object, __u32 index, __u64 value,
		 __u64 limit)
{
	int ret = refuse(err, reason, object, index);

	err->value = value;
	err->limit = limit;
	return ret;
}

int refuse_other(struct jh_error *err, __u32 reason, __u32 object, __u32 index,
		 __u32 other_object, __u32 other_index)
{
	int ret = refuse(err, reason, object, index);

	err->other_object = other_object;
	err->other_index = other_index;
	return ret;
}
