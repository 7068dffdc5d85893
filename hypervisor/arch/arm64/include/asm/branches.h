/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Indirect branches of EL2. A guest may have trained the branch history before it exits
 * (Spectre-BHB), which only steers indirect branches. So each one goes through branch_x<n> in
 * vectors.S, which clears the history first; exits without an indirect branch pay nothing.
 *
 * Included ahead of every C file (arch.mk), where the compiler's br and blr become macros. They may
 * use x16 and x17, which no call preserves; there are no jump tables.
 */
#ifndef ASM_BRANCHES_H
#define ASM_BRANCHES_H

#ifndef __ASSEMBLER__
asm(".macro br target\n\tb branch_\\target\n\t.endm\n"
    ".macro blr target\n\tbl branch_\\target\n\t.endm");
#endif

#endif
