/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The library has its own functions, and the host keeps those of the host.
 */
#ifndef FAKE_INMATE_STRING_H
#define FAKE_INMATE_STRING_H

#define memcpy	own_memcpy
#define memmove	own_memmove
#define memset	own_memset
#define memcmp	own_memcmp
#define strlen	own_strlen
#define strcmp	own_strcmp
#define strncmp	own_strncmp
#define strchr	own_strchr
#include_next <inmate/string.h>

#endif
