// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In each test program: a refusal names what it is about. What is at fault is of a kind that the
 * reason can have; else jhctl puts it into words that mislead. The linker hands every refusal of
 * another file than refuse.c to here.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jh/reasons.h>
#include <lib/refuse.h>

#define WEAK	__attribute__((weak))

int __real_refuse(struct jh_error *err, __u32 reason, __u32 object, __u32 index) WEAK;
int __real_refuse_value(struct jh_error *err, __u32 reason, __u32 object, __u32 index, __u64 value,
			__u64 limit) WEAK;
int __real_refuse_other(struct jh_error *err, __u32 reason, __u32 object, __u32 index,
			__u32 other_object, __u32 other_index) WEAK;
int __wrap_refuse(struct jh_error *err, __u32 reason, __u32 object, __u32 index);
int __wrap_refuse_value(struct jh_error *err, __u32 reason, __u32 object, __u32 index, __u64 value,
			__u64 limit);
int __wrap_refuse_other(struct jh_error *err, __u32 reason, __u32 object, __u32 index,
			__u32 other_object, __u32 other_index);

/* Of a program that makes all of them up, to see them put into words. */
extern const char refusals_made_up WEAK;

#define OBJ(name)	(1u << JH_OBJ_##name)
#define REFUSAL(name, objects)	{ JH_ERR_##name, objects },

static const struct {
	__u32 reason;
	__u32 objects;		/* 1 << JH_OBJ_* */
} known[] = {
#include "refusals.h"
};

static const char *sentence_of(__u32 reason)
{
	switch (reason) {
#define SENTENCE(name, number, errno_, sentence, next) case number: return sentence;
	JH_REASONS(SENTENCE)
	}
	return "";
}

static void look_at(const struct jh_error *err)
{
	__u32 i, objects = 0;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].reason == err->reason)
			objects |= known[i].objects;
	if (!&refusals_made_up && !(objects >> err->object & 1)) {
		fprintf(stderr, "refusal %u (%s) is about object %u: not in refusals.h\n",
			err->reason, sentence_of(err->reason), err->object);
		abort();
	}
}

int __wrap_refuse(struct jh_error *err, __u32 reason, __u32 object, __u32 index)
{
	int code = __real_refuse(err, reason, object, index);

	look_at(err);
	return code;
}

int __wrap_refuse_value(struct jh_error *err, __u32 reason, __u32 object, __u32 index, __u64 value,
			__u64 limit)
{
	int code = __real_refuse_value(err, reason, object, index, value, limit);

	look_at(err);
	return code;
}

int __wrap_refuse_other(struct jh_error *err, __u32 reason, __u32 object, __u32 index,
			__u32 other_object, __u32 other_index)
{
	int code = __real_refuse_other(err, reason, object, index, other_object, other_index);

	look_at(err);
	return code;
}
