// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In each test program: results leave it line by line, so that a program which is ended because
 * it hangs has said where it came to.
 */
#include <stdio.h>

static void __attribute__((constructor)) by_line(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}
