/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Orderly end of verbs that create something and wait: on SIGINT, SIGTERM and SIGHUP.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

/** From now on the signals are noted, and system calls that wait end with EINTR. */
void interrupt_watch(void);

/** The signal that came; 0: none. */
int interrupt_came(void);

/** Ignore further signals from here on, while a verb destroys what it created. */
void interrupt_ignore(void);

/** End the program by the signal that came (a shell sees 128 + its number); return if none came. */
void interrupt_end(void);

/** In a child: the signals end it, as by default. */
void interrupt_forget(void);

#endif
