/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A terminal as one picture that is drawn again and again, and its keys. The four sequences that it
 * takes are those of ECMA-48 that every terminal of Linux has, the serial console's as well: root
 * file systems on which jhctl runs need not have terminfo.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

/**
 * screen_open - take the terminal: keys come one by one and are not shown
 *
 * It is as before at the end of the program, also after SIGINT, SIGTERM, SIGHUP and SIGQUIT.
 * Returns 0 or errno.
 */
int screen_open(void);

/** screen_draw - show @text, whose lines end in newlines, cut where the terminal ends */
void screen_draw(const char *text);

/**
 * screen_key - wait for a key
 *
 * Returns it; 0 after @milliseconds, or once the terminal has another size; -1 if a signal came.
 */
int screen_key(int milliseconds);

/** screen_close - the terminal is as before */
void screen_close(void);

#endif
