/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test results in the Test Anything Protocol, on the console.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_TAP_H
#define INMATE_TAP_H

#include <inmate/types.h>

/** tap_start() - the first line; @name is that of the test */
void tap_start(const char *name);

/** tap_ok() - one result; returns @pass */
bool __printf(2, 3) tap_ok(bool pass, const char *what, ...);

/** tap_eq() - passes if @got is @want, else says what they are */
bool __printf(3, 4) tap_eq(u64 got, u64 want, const char *what, ...);

/** tap_skip() - a test that does not apply here */
void tap_skip(const char *what, const char *why);

/**
 * tap_end() - the plan and the line "# end pass=N fail=N"
 *
 * Return: true if nothing failed.
 */
bool tap_end(void);

#endif
