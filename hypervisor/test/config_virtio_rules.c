// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The rules of a cell's virtio devices by themselves.
 */
#include <stddef.h>
#include <string.h>

#include <lib/config.h>
#include "blob.h"
#include "config_rules.h"

RULE(d_ok, blob_add_link(&c, "disk", "root"); blob_add_link(&c, "net", "root");
     blob_add_virtio(&c, JH_VIRTIO_BLOCK, 1); blob_add_virtio(&c, JH_VIRTIO_NET, 0))
RULE(d_no_link, d_ok(); c.virtios[1].link = 2)
RULE(d_link_wrap, d_ok(); c.virtios[1].link = 0xffffffff)
RULE(d_links_none, d_ok(); c.num_links = 0)
RULE(d_cell, d_ok(); memcpy(c.links[0].peer, "roof\0", 6))
RULE(d_rpmsg, d_ok(); c.links[0].flags = JH_LINK_RPMSG; c.links[0].size = 0x1a000;
     c.links[0].output = 0; c.links[1].address += 0x20000)
RULE(d_twice, d_ok(); c.virtios[1].link = 1)
RULE(d_kind_0, d_ok(); c.virtios[1].kind = 0)
RULE(d_kind_4, d_ok(); c.virtios[1].kind = JH_VIRTIO_ENTROPY)
RULE(d_kind_5, d_ok(); c.virtios[1].kind = 5)
RULE(d_queues_0, d_ok(); c.virtios[1].queues = 0)
RULE(d_queues_3, d_ok(); c.virtios[1].queues = 3)
RULE(d_queues_4, d_ok(); c.virtios[1].queues = 4; c.links[0].bells = 5)
RULE(d_queues_5, d_ok(); c.virtios[1].queues = 5; c.links[0].bells = 16)
RULE(d_bells, d_ok(); c.links[0].bells = 2)
RULE(d_size_0, d_ok(); c.virtios[1].queue_size = 0)
RULE(d_size_1, d_ok(); c.virtios[1].queue_size = 1)
RULE(d_size_12, d_ok(); c.virtios[1].queue_size = 12)
RULE(d_size_1024, d_ok(); c.virtios[1].queue_size = 1024)
RULE(d_size_2048, d_ok(); c.virtios[1].queue_size = 2048)

const struct rule virtio_rules[] = {
	{ "two devices", d_ok, 0, 0, 0, 0, 0, 0, 0 },
	{ "on a link that is not there", d_no_link, JH_ERR_VIRTIO_LINK, JH_OBJ_VIRTIO, 1, 0, 0, 2,
	  2 },
	{ "on one that could not be", d_link_wrap, JH_ERR_VIRTIO_LINK, JH_OBJ_VIRTIO, 1, 0, 0,
	  0xffffffff, 2 },
	{ "without links", d_links_none, JH_ERR_VIRTIO_LINK, JH_OBJ_VIRTIO, 0, 0, 0, 1, 0 },
	{ "on a link to a cell", d_cell, JH_ERR_VIRTIO_ROOT, JH_OBJ_VIRTIO, 1, JH_OBJ_LINK, 0, 0,
	  0 },
	{ "beside rpmsg", d_rpmsg, JH_ERR_VIRTIO_RPMSG, JH_OBJ_VIRTIO, 1, JH_OBJ_LINK, 0, 0, 0 },
	{ "two on one link", d_twice, JH_ERR_VIRTIO_TWICE, JH_OBJ_VIRTIO, 1, JH_OBJ_VIRTIO, 0, 0,
	  0 },
	{ "of no kind", d_kind_0, JH_ERR_VIRTIO_KIND, JH_OBJ_VIRTIO, 1, 0, 0, 0, 0 },
	{ "of the last kind", d_kind_4, 0, 0, 0, 0, 0, 0, 0 },
	{ "of another kind", d_kind_5, JH_ERR_VIRTIO_KIND, JH_OBJ_VIRTIO, 1, 0, 0, 5, 0 },
	{ "without queues", d_queues_0, JH_ERR_VIRTIO_QUEUES, JH_OBJ_VIRTIO, 1, 0, 0, 0, 4 },
	{ "3 queues, 4 bells", d_queues_3, 0, 0, 0, 0, 0, 0, 0 },
	{ "4 queues, 5 bells", d_queues_4, 0, 0, 0, 0, 0, 0, 0 },
	{ "5 queues", d_queues_5, JH_ERR_VIRTIO_QUEUES, JH_OBJ_VIRTIO, 1, 0, 0, 5, 4 },
	{ "a bell too few", d_bells, JH_ERR_VIRTIO_BELLS, JH_OBJ_VIRTIO, 1, 0, 0, 2, 3 },
	{ "empty queues", d_size_0, JH_ERR_VIRTIO_SIZE, JH_OBJ_VIRTIO, 1, 0, 0, 0, 1024 },
	{ "queues of one", d_size_1, 0, 0, 0, 0, 0, 0, 0 },
	{ "queues of twelve", d_size_12, JH_ERR_VIRTIO_SIZE, JH_OBJ_VIRTIO, 1, 0, 0, 12, 1024 },
	{ "the longest queues", d_size_1024, 0, 0, 0, 0, 0, 0, 0 },
	{ "longer ones", d_size_2048, JH_ERR_VIRTIO_SIZE, JH_OBJ_VIRTIO, 1, 0, 0, 2048, 1024 },
};

const size_t num_virtio_rules = sizeof(virtio_rules) / sizeof(virtio_rules[0]);
