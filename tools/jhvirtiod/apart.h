/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A process for each device, so that none waits for another one's disk. The first process is the
 * one that was started: all others end when it does, and it ends when one of them does.
 */
#ifndef APART_H
#define APART_H

#include <stdbool.h>

/**
 * apart_begin - become as many processes as there are devices
 * @count:	1 or more, WINDOWS at most
 * @mine:	the number of the device that this process serves; 0 in the first one
 *
 * Nothing may have been printed that is still in a buffer. Returns an exit code, has said why.
 */
int apart_begin(unsigned int count, unsigned int *mine);

/** apart_ready - this device is there; the first process waits for all. Returns false: not so */
bool apart_ready(void);

/** apart_watched - descriptor @n by whose end another process says that it is over; -1: no more */
int apart_watched(unsigned int n);

/**
 * apart_end - the first process: end the others, and wait for them; any other one: end
 *
 * Returns the number of a device whose process has not called this: it was killed; 0: none.
 */
unsigned int apart_end(void);

#endif
