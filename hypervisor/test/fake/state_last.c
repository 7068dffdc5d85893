// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include "state.h"

char state_last_data[64] = { 1 };
char state_last_bss[64];
