/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The virtio devices of cells in words: who is at which end.
 */
#ifndef VIRTIO_H
#define VIRTIO_H

#include "json.h"
#include "report.h"

/** virtio_text - a link's device in words, to be freed; NULL: @side is not that of a device */
char *virtio_text(const struct report *report, const struct jh_link_report *side);

/** virtio_json - the same as the object "virtio", null if there is none */
void virtio_json(struct json *json, const struct report *report,
		 const struct jh_link_report *side);

/** virtio_list - a line for each device of each cell */
void virtio_list(const struct report *report);

#endif
