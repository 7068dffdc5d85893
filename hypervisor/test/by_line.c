// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In each test program: output is line-buffered, so that a program that is killed because it hangs
 * has printed how far it came.
 */
#include <stdio.h>

static void __attribute__((constructor)) by_line(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
