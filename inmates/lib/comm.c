// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The communication region.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/io.h>
#include <inmate/string.h>

bool comm_is_valid(void)
{
	return memcmp(comm_region->signature, JH_COMM_SIGNATURE, 6) == 0 &&
	       comm_region->revision == JH_COMM_REVISION;
}

void comm_set_state(u32 cell_state)
{
	/* A reader that sees the state must also see the inmate's earlier stores. */
	dmb_ish();
	comm_region->cell_state = cell_state;
	dsb_sy();
}

static void comm_reply(u32 reply)
{
	/* The message is withdrawn first: the host takes the reply as the end of the exchange. */
	comm_region->msg_to_cell = JH_MSG_NONE;
	dmb_ish();
	comm_region->reply_from_cell = reply;
	dsb_sy();
}

bool comm_poll(void)
{
	switch (comm_region->msg_to_cell) {
	case JH_MSG_NONE:
		return false;
	case JH_MSG_SHUTDOWN_REQUEST:
		comm_reply(JH_REPLY_APPROVED);
		return true;
	case JH_MSG_RECONFIG_COMPLETED:
		comm_reply(JH_REPLY_RECEIVED);
		return false;
	default:
		comm_reply(JH_REPLY_UNKNOWN);
		return false;
	}
}
