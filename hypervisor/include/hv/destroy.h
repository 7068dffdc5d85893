/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_DESTROY_H
#define HV_DESTROY_H

#include <hv/cell.h>

/** destroy_cell() - give back what a stopped and scrubbed cell owns, to root and the pools */
void destroy_cell(struct cell *cell);

#endif
