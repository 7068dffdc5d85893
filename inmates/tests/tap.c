// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test results in the Test Anything Protocol.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/print.h>

#include "tap.h"

static u32 tap_passed;
static u32 tap_failed;

void tap_start(const char *name)
{
	printf("TAP version 13\n# start %s\n", name);
}

static void tap_line(bool pass, const char *what, va_list *args)
{
	if (pass)
		tap_passed++;
	else
		tap_failed++;
	printf("%sok %u - ", pass ? "" : "not ", tap_passed + tap_failed);
	vprintf(what, args);
	printf("\n");
}

bool tap_ok(bool pass, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	tap_line(pass, what, &args);
	va_end(args);
	return pass;
}

bool tap_eq(u64 got, u64 want, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	tap_line(got == want, what, &args);
	va_end(args);
	if (got != want)
		printf("# got 0x%lx, expected 0x%lx\n", got, want);
	return got == want;
}

void tap_skip(const char *what, const char *why)
{
	tap_passed++;
	printf("ok %u - %s # SKIP %s\n", tap_passed + tap_failed, what, why);
}

bool tap_end(void)
{
	printf("1..%u\n# end pass=%u fail=%u\n", tap_passed + tap_failed, tap_passed, tap_failed);
	return tap_failed == 0;
}
