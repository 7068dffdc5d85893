/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Instructions of arm64 that the code under test contains assemble to nothing.
 */
#ifndef FAKE64_ASM_HOST_H
#define FAKE64_ASM_HOST_H

asm(".ifndef fake64_host\n"
    ".set fake64_host, 1\n"
    ".macro yield\n.endm\n"
#ifdef FAKE64_WFI_LEAVES
    ".macro wfi\ncall fake64_wfi\n.endm\n"		/* a function of the test, which leaves */
#else
    ".macro wfi\nincq fake64_sleeps(%rip)\n.endm\n"	/* number of sleeps */
#endif
    ".macro isb\n.endm\n"
    ".macro dsb domain\n.endm\n"
    ".macro dmb domain\n.endm\n"
    ".macro hint number\n.endm\n"
    ".macro at operation:req, address:vararg\n"	/* as EL0, or as EL1 */
    ".ifc \\operation, s1e0w\nincq fake64_at_el0(%rip)\n.endif\n"
    ".ifc \\operation, s1e0r\nincq fake64_at_el0(%rip)\n.endif\n.endm\n"
    ".macro ic operation:vararg\n.endm\n"
    ".macro msr operation:vararg\n.endm\n"
    ".macro sev\n.endm\n"
    ".macro dc operation:req, address:req\n"		/* test_cache.c counts them */
    "incq cache_count(%rip)\nmovq \\address, cache_last(%rip)\n.endm\n"
    ".macro tlbi operation:vararg\n.endm\n"
    ".endif\n");

#endif
