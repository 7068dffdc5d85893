/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Calls go to the fake firmware.
 */
#ifndef FAKE_INMATE_PSCI_H
#define FAKE_INMATE_PSCI_H

/* Register variables of arm64 are plain ones on the host. */
#define asm(name)
#include_next <inmate/psci.h>
#undef asm
#include "fake/fake.h"

#define psci_call(function, a, b, c)	fake_call32("smc", function, a, b, c)

#endif
