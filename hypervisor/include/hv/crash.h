/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_CRASH_H
#define HV_CRASH_H

#include <hv/cell.h>

/** crash_log() - log one line that says why a CPU of the cell was parked */
void crash_log(const struct cell *cell, const struct jh_crash *crash);

#endif
