// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Orders in which CPUs take turns: random ones, repeatable by a seed, or all of them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fake.h"

static u64 state = 1;

void fake_seed(u64 seed)
{
	state = seed * 0x9e3779b97f4a7c15UL + 1;
}

u32 fake_random(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)((state >> 16) % below);
}

/* Some mistakes need many interruptions, others few: each run has its own frequency. */
static u32 once_in;

static bool interrupt_by_chance(void)
{
	return fake_random(once_in) == 0;
}

void fake_schedule_random(void)
{
	once_in = 2 + fake_random(14);
	fake_schedule = (struct fake_schedule){ fake_random, interrupt_by_chance };
}

/*
 * All schedules, depth first: the path holds which way was taken at each fork; the next run takes
 * the next way at the last fork that has one left.
 */
#define MAX_FORKS	4096

static struct {
	u8 way, ways;
} path[MAX_FORKS];
static u32 depth, at, interruptions_left;

static u32 fork_of(u32 ways)
{
	if (at == MAX_FORKS) {
		fprintf(stderr, "fake_explore: a schedule has more than %d forks\n", MAX_FORKS);
		abort();
	}
	if (at == depth) {
		path[depth].way = 0;
		path[depth++].ways = (u8)ways;
	}
	return path[at++].way;
}

static bool interrupt_as_planned(void)
{
	if (!interruptions_left || !fork_of(2))
		return false;
	interruptions_left--;
	return true;
}

static bool next_path(void)
{
	while (depth && path[depth - 1].way + 1 == path[depth - 1].ways)
		depth--;
	if (!depth)
		return false;
	path[depth - 1].way++;
	return true;
}

u64 fake_explore(void (*body)(void), u32 interruptions, u64 limit)
{
	u64 runs = 0;

	depth = 0;
	do {
		at = 0;
		interruptions_left = interruptions;
		body();
		fake_schedule = (struct fake_schedule){ 0 };
		runs++;
	} while (runs < limit && next_path());
	return runs;
}

void fake_explore_here(void)
{
	fake_schedule = (struct fake_schedule){ fork_of, interrupt_as_planned };
}
