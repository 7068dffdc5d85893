// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * arch/arm64/firmware/smccc.c, whose only instruction, "smc", is a call of the test: the registers
 * that it names are variables here.
 */
#include <asm/psci.h>
#include <asm/sip.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <firmware/smccc_table.h>
#include <hv/cell.h>
#include <hv/cpu.h>

void fake64_smc(u64 *const registers[8]);

/* "register u64 x0 asm("x0")", and "asm volatile("smc #0" : ...)" */
#define asm(name)
#define volatile(...) \
	(""); fake64_smc((u64 *const[]){ &x0, &x1, &x2, &x3, &x4, &x5, &x6, &x7 })
#define register
#include <arch/arm64/firmware/smccc.c>
