// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "orders.h"

bool orders_by_chance;

void orders_begin(void)
{
	if (orders_by_chance)
		fake_schedule_random();
	else
		fake_explore_here();
}

void orders_end(void)
{
	fake_run();
	fake_schedule = (struct fake_schedule){ 0 };
}

void orders_play(void (*scene)(void), u32 times)
{
	u32 seed;

	orders_by_chance = false;
	assert_true(fake_explore(scene, 2, 1000) > 10);
	orders_by_chance = true;
	for (seed = 0; seed < times; seed++) {
		fake_seed(seed);
		scene();
	}
}
