/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Scenes in which CPUs act at the same time, played in every order of their steps, and in random
 * ones.
 */
#ifndef TEST_ORDERS_H
#define TEST_ORDERS_H

#include "fake/fake.h"

/** orders_by_chance - scenes are played as fake_seed() says, not as fake_explore() has planned */
extern bool orders_by_chance;

/** orders_begin() - from here on a scene's order matters: what was posted before has run */
void orders_begin(void);

/** orders_end() - play what the scene has posted since, to the end */
void orders_end(void);

/** orders_play() - a scene with up to two interruptions at any place, then @times by chance */
void orders_play(void (*scene)(void), u32 times);

/** ORDERS_TEST() - the test of a scene: its name begins with test_ */
#define ORDERS_TEST(scene, times)						\
	static void test_##scene(void **state)					\
	{									\
		(void)state;							\
		orders_play(scene, times);					\
	}

#endif
