/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Changing stacks. swapcontext() asks the kernel for the signal mask each time, which is most of
 * what a change costs; AddressSanitizer would take a jump for the end of functions.
 */
#ifndef TEST_FIBER_H
#define TEST_FIBER_H

#include <setjmp.h>
#include <stdbool.h>
#include <ucontext.h>

struct fiber {
	ucontext_t context;	/* where it begins */
	jmp_buf jump;		/* where it was left */
	bool begun;
};

static inline void fiber_change(struct fiber *from, struct fiber *to)
{
#ifdef __SANITIZE_ADDRESS__
	swapcontext(&from->context, &to->context);
#else
	if (_setjmp(from->jump))
		return;
	from->begun = true;
	if (to->begun)
		_longjmp(to->jump, 1);
	to->begun = true;
	setcontext(&to->context);
#endif
}

#endif
