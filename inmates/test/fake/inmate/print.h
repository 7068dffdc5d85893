/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What the library prints is not what the test prints.
 */
#ifndef FAKE_INMATE_PRINT_H
#define FAKE_INMATE_PRINT_H

#define printf	own_printf
#define vprintf	own_vprintf
#include_next <inmate/print.h>

#endif
