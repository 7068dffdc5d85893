// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Linked before the code under test, and state_last.c after it: its variables lie in between.
 */
#include "state.h"

char state_first_data[64] = { 1 };
char state_first_bss[64];
