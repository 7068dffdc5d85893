/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Calls go to the fake hypervisor.
 */
#ifndef FAKE_INMATE_HYPERCALL_H
#define FAKE_INMATE_HYPERCALL_H

#define asm(name)
#include_next <inmate/hypercall.h>
#undef asm
#include "fake/fake.h"

#define hypercall1(code, a)		fake_call32("hvc", code, a, 0, 0)

#endif
