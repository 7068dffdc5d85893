/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Variables of the code under test that only a fresh image sets to their initial values.
 */
#ifndef FAKE_STATE_H
#define FAKE_STATE_H

extern char state_first_data[64], state_first_bss[64], state_last_data[64], state_last_bss[64];

/** state_reset() - as if the image had just been loaded */
void state_reset(void);

#endif
