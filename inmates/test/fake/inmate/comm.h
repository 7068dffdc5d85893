/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The communication region is a variable.
 */
#ifndef FAKE_INMATE_COMM_H
#define FAKE_INMATE_COMM_H

#include_next <inmate/comm.h>

#undef comm_region
#define comm_region	(&fake_comm)
extern struct jh_comm_region fake_comm;

#endif
