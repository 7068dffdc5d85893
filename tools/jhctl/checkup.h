/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What a machine needs for jh, looked at from user space: one check each, in the order in which
 * they matter. Nothing is changed by looking.
 */
#ifndef CHECKUP_H
#define CHECKUP_H

#include <stddef.h>

/** enum verdict - how a check ended */
enum verdict {
	VERDICT_GOOD,
	VERDICT_UNKNOWN,	/* cannot be seen from here */
	VERDICT_WARNING,	/* works, but is probably not as it is meant to be */
	VERDICT_BAD,		/* jh cannot work like that */
};

/**
 * struct finding - what a check saw
 * @text:	in a few words, to be freed
 * @advice:	the next step, NULL if there is none to take; never freed
 */
struct finding {
	enum verdict verdict;
	char *text;
	const char *advice;
};

/** struct checkup - one thing to look at; @look fills in all of the finding */
struct checkup {
	const char *name;
	void (*look)(struct finding *finding);
};

extern const struct checkup checkups[];
extern const size_t num_checkups;

#endif
