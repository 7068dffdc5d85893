// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Linked before and (state_last.c) after the code under test: its variables lie between these.
 */
#include "state.h"

char state_first_data[64] = { 1 };
char state_first_bss[64];
