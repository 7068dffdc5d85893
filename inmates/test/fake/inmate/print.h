/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The library's output is separate from the test's.
 */
#ifndef FAKE_INMATE_PRINT_H
#define FAKE_INMATE_PRINT_H

#define printf	own_printf
#define vprintf	own_vprintf
#include_next <inmate/print.h>

#endif
