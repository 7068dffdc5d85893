/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Checks, from user space, of all that jh needs of a machine, the most basic ones first. They
 * change nothing.
 */
#ifndef CHECKUP_H
#define CHECKUP_H

#include <stddef.h>

/** enum verdict - how a check ended */
enum verdict {
	VERDICT_GOOD,
	VERDICT_UNKNOWN,	/* user space cannot find out */
	VERDICT_WARNING,	/* works, but is probably not as intended */
	VERDICT_BAD,		/* jh cannot work */
};

/**
 * struct finding - result of a check
 * @text:	in a few words, to be freed
 * @advice:	the next step for the user, NULL if there is none; never freed
 */
struct finding {
	enum verdict verdict;
	char *text;
	const char *advice;
};

/** struct checkup - a check; @look fills in all of the finding */
struct checkup {
	const char *name;
	void (*look)(struct finding *finding);
};

extern const struct checkup checkups[];
extern const size_t num_checkups;

#endif
