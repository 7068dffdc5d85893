/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl doctor: everything that can be wrong, in order, with the next step, and a bundle of what
 * somebody else needs to look at it.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "jhctl.h"

extern const struct opt doctor_opts[];

int doctor_run(const struct args *args);

#endif
