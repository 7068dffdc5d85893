/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The life of an inmate: what it finds at entry, its main function, its end.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_START_H
#define INMATE_START_H

#include <inmate/types.h>

/**
 * struct start_regs - the first CPU's registers, as they were before the first instruction
 *
 * The layout is known to start.S.
 */
struct start_regs {
	u64 x[31];
	u64 sp;
	u64 sctlr;
	u64 daif;
	u64 current_el;
	u64 spsel;
	u64 vbar;
	u64 tcr;
	u64 ttbr0;
};

extern const struct start_regs start_regs;

/**
 * inmate_main() - the main function, which every inmate defines
 *
 * Runs on the first CPU with MMU, caches, vectors, console and command line ready, interrupts
 * masked. Returning from it is inmate_exit(JH_COMM_SHUT_DOWN).
 */
void inmate_main(void);

/**
 * inmate_exit() - ends the inmate for good
 * @cell_state: for the communication region: JH_COMM_SHUT_DOWN or JH_COMM_FAILED
 *
 * With "exit=psci" on the command line it then asks for PSCI SYSTEM_OFF. Otherwise it masks
 * interrupts and sleeps on this CPU; the caller must have stopped the inmate's other CPUs.
 */
void __noreturn inmate_exit(u32 cell_state);

#endif
