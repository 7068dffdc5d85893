/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl doctor: the checks of checkup.h, with the next step for each that fails, and a bundle of
 * files for a bug report.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "jhctl.h"

extern const struct opt doctor_opts[];

int doctor_run(const struct args *args);

#endif
