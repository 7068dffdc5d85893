/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 */
#ifndef FAKELINK_H
#define FAKELINK_H

/** fakelink_call - as device_call(), of JH_LINK_IOC_* */
int fakelink_call(unsigned long request, void *argument);

#endif
