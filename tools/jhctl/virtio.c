// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "virtio.h"

#include <stdlib.h>
#include <string.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "text.h"

/* As a configuration calls them */
static const char *const kinds[] = {
	[JH_VIRTIO_NET] = "net",
	[JH_VIRTIO_BLOCK] = "block",
	[JH_VIRTIO_CONSOLE] = "console",
	[JH_VIRTIO_ENTROPY] = "entropy",
};

static const char *kind_of(const struct jh_link_report *side)
{
	return side->virtio <= JH_VIRTIO_ENTROPY && kinds[side->virtio] ? kinds[side->virtio] :
									  "of an unknown kind";
}

static bool works(const struct jh_link_report *side)
{
	return side->state & JH_VIRTIO_S_DRIVER_OK;
}

/* Root's side of the same link: somebody has set its state. */
static bool is_served(const struct report *report, const struct jh_link_report *side)
{
	__u32 i;

	for (i = 0; i < report->head->num_links; i++) {
		const struct jh_link_report *other = &report->link[i];

		if (!other->cell && other->peer == side->cell && other->state &&
		    !strncmp(other->name, side->name, JH_NAME_LEN))
			return true;
	}
	return false;
}

char *virtio_text(const struct report *report, const struct jh_link_report *side)
{
	if (!side->virtio)
		return NULL;
	return text_format("virtio %s, %s, %s", kind_of(side),
			   works(side) ? "driver ok" : "no driver",
			   is_served(report, side) ? "served" : "nobody at the other end");
}

void virtio_json(struct json *json, const struct report *report,
		 const struct jh_link_report *side)
{
	if (!side->virtio) {
		json_string(json, "virtio", NULL);
		return;
	}
	json_open(json, "virtio", '{');
	json_string(json, "kind", kind_of(side));
	json_bool(json, "driver_ok", works(side));
	json_bool(json, "served", is_served(report, side));
	json_number(json, "resets", side->state >> 8);
	json_close(json, '}');
}

void virtio_list(const struct report *report)
{
	__u32 i;

	for (i = 0; i < report->head->num_links; i++) {
		const struct jh_link_report *side = &report->link[i];
		char *text = side->name[0] ? virtio_text(report, side) : NULL, *cell;

		cell = text ? report_side(report, side->cell) : NULL;
		if (cell)
			printf("%s: %.*s: %s\n", cell, JH_NAME_LEN, side->name, text);
		free(cell);
		free(text);
	}
}
