// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <stdio.h>
#include <stdlib.h>

#include "state.h"

/* gcov's, in a build for ci/coverage: what it has counted lies among the variables. */
__attribute__((weak)) void __gcov_dump(void);
__attribute__((weak)) void __gcov_reset(void);

static char *first_values;

/* Not instrumented: between the variables lie the sanitizer's red zones. */
__attribute__((no_sanitize("address"), noinline))
static void copy(volatile char *to, const volatile char *from, const volatile char *end)
{
	while (from < end)
		*to++ = *from++;
}

__attribute__((no_sanitize("address"), noinline))
static void clear(volatile char *at, const volatile char *end)
{
	while (at < end)
		*at++ = 0;
}

void state_reset(void)
{
	if (&state_last_data[0] < &state_first_data[0] ||
	    &state_last_bss[0] < &state_first_bss[0]) {
		fprintf(stderr, "state: the linker has put the variables in another order\n");
		abort();
	}
	if (!first_values) {
		first_values = malloc((size_t)(state_last_data - state_first_data));
		if (!first_values)
			abort();
		copy(first_values, state_first_data, state_last_data);
	}
	if (__gcov_dump) {
		__gcov_dump();
		__gcov_reset();
	}
	copy(state_first_data, first_values,
	     first_values + (state_last_data - state_first_data));
	clear(state_first_bss, state_last_bss);
}
