// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * In place of config_link.c in an image without links: a cell that has links is refused.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/refuse.h>

int config_link_check(const void *blob, struct jh_error *err)
{
	__u32 count;

	config_links(blob, &count);
	return count ? refuse(err, JH_ERR_NO_LINK, JH_OBJ_LINK, 0) : 0;
}
