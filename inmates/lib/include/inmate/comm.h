/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The communication region: the hypervisor's information at start, and messages.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_COMM_H
#define INMATE_COMM_H

#include <inmate/types.h>
#include <jh/comm.h>

/* Where the region lies; the hypervisor's default, and fixed for inmates of this library. */
#define comm_region	((struct jh_comm_region *)0x80000000UL)

/** comm_is_valid() - does the region carry the signature and a revision that is known? */
bool comm_is_valid(void);

/** comm_set_state() - reports the inmate's state, JH_COMM_*, to the host */
void comm_set_state(u32 cell_state);

/**
 * comm_poll() - answers the message of the host, if there is one
 *
 * A shutdown request is approved, other known messages are confirmed as received, unknown ones are
 * answered with JH_REPLY_UNKNOWN.
 *
 * Return: true once the inmate has been asked to shut down; it should clean up and exit.
 */
bool comm_poll(void);

#endif
