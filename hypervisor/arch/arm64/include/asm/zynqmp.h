/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Calls of the platform management firmware of Zynq UltraScale+ (EEMI; AMD UG1200).
 */
#ifndef ASM_ZYNQMP_H
#define ASM_ZYNQMP_H

#define EEMI_NO_ACCESS		2002	/* what firmware itself answers: PM_RET_ERROR_ACCESS */
#define EEMI_RESET_BASE		1000	/* resets are numbered from here */
#define EEMI_PASS_THROUGH	0xfff	/* any call, which is in the first argument */
#define EEMI_MODULE		2	/* power management, in such a call; also 0 */

#endif
