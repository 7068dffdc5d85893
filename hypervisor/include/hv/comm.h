/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_COMM_H
#define HV_COMM_H

#include <hv/cell.h>

/** comm_state() - the state that the guest wrote to its communication region: any value */
u32 comm_state(const struct cell *cell);

#endif
