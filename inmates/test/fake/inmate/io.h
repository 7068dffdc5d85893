/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Accesses and barriers go to the fake machine.
 */
#ifndef FAKE_INMATE_IO_H
#define FAKE_INMATE_IO_H

#include_next <inmate/io.h>
#include "fake/fake.h"

#define mmio_read8			fake_read8
#define mmio_read16			fake_read16
#define mmio_read32			fake_read32
#define mmio_read64			fake_read64
#define mmio_write8(address, value)	fake_write(address, 8, (u8)(value))
#define mmio_write16(address, value)	fake_write(address, 16, (u16)(value))
#define mmio_write32(address, value)	fake_write(address, 32, (u32)(value))
#define mmio_write64(address, value)	fake_write(address, 64, value)
#define isb()				fake_note("isb\n")
#define dsb_sy()			fake_note("dsb sy\n")
#define dsb_ish()			fake_note("dsb ish\n")
#define dmb_ish()			fake_note("dmb ish\n")
#define tlb_flush()			fake_tlb_flush()
#define cpu_relax()			fake_note("relax\n")
#define wfi()				fake_sleep()

#endif
