// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void samples_add(struct samples *samples, uint64_t value)
{
	if (samples->count < SAMPLES_MAX)
		samples->value[samples->count++] = value;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

uint64_t samples_median(struct samples *samples)
{
	unsigned int n = samples->count;

	qsort(samples->value, n, sizeof(*samples->value), compare);
	samples->count = 0;
	return n ? samples->value[n / 2] : 0;
}

void samples_print(struct samples *samples, const char *id)
{
	const uint64_t *v = samples->value;
	unsigned int n = samples->count;

	if (!n)
		return;
	qsort(samples->value, n, sizeof(*v), compare);
	printf("bench: id=%s n=%u min=%" PRIu64 " median=%" PRIu64 " p99=%" PRIu64
	       " max=%" PRIu64 "\n", id, n, v[0], v[n / 2], v[(n - 1) * 99 / 100], v[n - 1]);
	fflush(stdout);
	samples->count = 0;
}
