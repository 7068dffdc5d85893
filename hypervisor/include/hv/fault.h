/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_FAULT_H
#define HV_FAULT_H

#include <hv/cell.h>

/** fault_log() - one line that says in words why a cell's CPU was parked */
void fault_log(const struct cell *cell, const struct jh_crash *crash);

#endif
