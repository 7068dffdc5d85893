/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Verbs that make something and wait: SIGINT, SIGTERM and SIGHUP end them in order.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

/** From now on the signals are noted, and system calls that wait end with EINTR. */
void interrupt_watch(void);

/** The signal that came; 0: none. */
int interrupt_came(void);

/** Further signals are ignored from here on, while a verb takes down what it made. */
void interrupt_ignore(void);

/** End as the signal that came would have done (a shell sees 128 + its number); none: return. */
void interrupt_end(void);

/** In a child: the signals end it, as they do everybody. */
void interrupt_forget(void);

#endif
