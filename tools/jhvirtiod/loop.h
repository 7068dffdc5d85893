/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What wakes this program: bells, files of devices, signals, time.
 */
#ifndef LOOP_H
#define LOOP_H

#include "device.h"

/** loop_prepare - before the sandbox is entered; returns an exit code, has said why */
int loop_prepare(struct device *devices, unsigned int count);

/** loop_end_with - the loop ends when the other end of this pipe is closed; as loop_prepare() */
int loop_end_with(int fd);

/** loop_run - serve the devices until the cell is destroyed, or SIGTERM or SIGINT comes */
void loop_run(void);

#endif
