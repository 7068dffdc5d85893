/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A full-screen text that is redrawn, and the keys of a terminal. It uses sequences of ECMA-48 and
 * xterm that all usual terminals know, so that no terminfo is needed.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

/**
 * screen_open - set the terminal up: keys come one by one and are not echoed
 *
 * It is restored at the end of the program, also after SIGINT, SIGTERM, SIGHUP and SIGQUIT. Returns
 * 0 or errno.
 */
int screen_open(void);

/** screen_draw - show @text, whose lines end in newlines, cut to the terminal's size */
void screen_draw(const char *text);

/**
 * screen_key - wait for a key
 *
 * Returns the key; 0 after @milliseconds, or if the terminal's size changes; -1 if a signal came.
 */
int screen_key(int milliseconds);

/** screen_close - restore the terminal */
void screen_close(void);

#endif
