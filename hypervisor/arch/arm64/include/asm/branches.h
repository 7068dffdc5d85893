/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Indirect branches of EL2. A guest may have trained the predictors of branch history before it
 * came here (Spectre-BHB), and what these steer are indirect branches alone. So each goes by way of
 * branch_x<n> in vectors.S, which makes the CPU forget first, and exits that have none pay nothing.
 *
 * Included ahead of every C file (arch.mk): the compiler's br and blr are macros there. x16 and x17
 * are anybody's between a caller and who is called; there are no jump tables.
 */
#ifndef ASM_BRANCHES_H
#define ASM_BRANCHES_H

#ifndef __ASSEMBLER__
asm(".macro br target\n\tb branch_\\target\n\t.endm\n"
    ".macro blr target\n\tbl branch_\\target\n\t.endm");
#endif

#endif
