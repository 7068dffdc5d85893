/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A machine for the library of inmates, which logs each access, barrier and call as a line of text.
 */
#ifndef FAKE_FAKE_H
#define FAKE_FAKE_H

#include <setjmp.h>
#include <inmate/types.h>

extern u64 fake_mpidr;
extern u32 fake_cpu;
/* fake_sleep() ends the inmate by a jump here, */
extern jmp_buf fake_end;
/* unless this is set, which is called then and returns to the inmate. */
extern void (*fake_at_sleep)(void);
/* Called at each write of a register. */
extern void (*fake_at_write)(u64 address, u64 value);
/* Called at each read of a register, which it may change. */
extern void (*fake_at_read)(u64 address);
/* Called at each invalidation of translations. */
extern void (*fake_at_flush)(void);
/* The answer to a call; 0 without it. */
extern u64 (*fake_answer)(u64 function, u64 a, u64 b, u64 c);

u8 fake_read8(u64 address);
u16 fake_read16(u64 address);
u32 fake_read32(u64 address);
u64 fake_read64(u64 address);
void fake_write(u64 address, u32 bits, u64 value);
u64 fake_sysreg_read(const char *name);
void fake_sysreg_write(const char *name, u64 value);
u64 fake_irq_save(void);
void fake_tlb_flush(void);
/** fake_call32() - Return: the low 32 bits of the answer, with their sign */
s64 fake_call32(const char *by, u64 function, u64 a, u64 b, u64 c);
void __printf(1, 2) fake_note(const char *format, ...);
void fake_sleep(void);

/** fake_reset() - empty the log, and set all registers to 0 */
void fake_reset(void);

/** fake_set() - set the value of a register for reads; writes do not change it */
void fake_set(u64 address, u64 value);
void fake_set_sysreg(const char *name, u64 value);

/** fake_expect() - assert that exactly this was logged since the last call */
void fake_expect(const char *text);

#endif
