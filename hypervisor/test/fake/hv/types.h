/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The real header, but stores into translation tables go through the model of the TLBs.
 */
#ifndef FAKE_HV_TYPES_H
#define FAKE_HV_TYPES_H

#include_next <hv/types.h>

void fake_store_entry(u64 *slot, u64 value);

#undef WRITE_ONCE
#define WRITE_ONCE(x, v)	fake_store_entry(&(x), (v))

#endif
