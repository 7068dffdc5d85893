// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for the virtio devices of a cell. Each stands on a link to root, which has its memory, its
 * registers' place, its interrupt and its bells.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/refuse.h>

static int check_link_of(const struct jh_config_virtio *devices, __u32 index,
			 const struct jh_config_link *links, __u32 num_links, struct jh_error *err)
{
	__u32 i, number = devices[index].link;

	if (number >= num_links)
		return refuse_value(err, JH_ERR_VIRTIO_LINK, JH_OBJ_VIRTIO, index, number,
				    num_links);
	if (!config_link_is_to_root(&links[number]))
		return refuse_other(err, JH_ERR_VIRTIO_ROOT, JH_OBJ_VIRTIO, index, JH_OBJ_LINK,
				    number);
	if (links[number].flags & JH_LINK_RPMSG)
		return refuse_other(err, JH_ERR_VIRTIO_RPMSG, JH_OBJ_VIRTIO, index, JH_OBJ_LINK,
				    number);
	for (i = 0; i < index; i++)
		if (devices[i].link == number)
			return refuse_other(err, JH_ERR_VIRTIO_TWICE, JH_OBJ_VIRTIO, index,
					    JH_OBJ_VIRTIO, i);
	return 0;
}

static int check_queues(const struct jh_config_virtio *device, __u32 index,
			const struct jh_config_link *link, struct jh_error *err)
{
	__u32 size = device->queue_size;

	if (device->kind < JH_VIRTIO_NET || device->kind > JH_VIRTIO_ENTROPY)
		return refuse_value(err, JH_ERR_VIRTIO_KIND, JH_OBJ_VIRTIO, index, device->kind, 0);
	if (!device->queues || device->queues > CONFIG_VIRTIO_QUEUES)
		return refuse_value(err, JH_ERR_VIRTIO_QUEUES, JH_OBJ_VIRTIO, index, device->queues,
				    CONFIG_VIRTIO_QUEUES);
	if (!size || size > CONFIG_VIRTIO_SIZE || size & (size - 1))
		return refuse_value(err, JH_ERR_VIRTIO_SIZE, JH_OBJ_VIRTIO, index, size,
				    CONFIG_VIRTIO_SIZE);
	/* Bell 0 tells of the device's state. */
	if (link->bells <= device->queues)
		return refuse_value(err, JH_ERR_VIRTIO_BELLS, JH_OBJ_VIRTIO, index, link->bells,
				    device->queues + 1);
	return 0;
}

int config_virtio_check(const void *blob, struct jh_error *err)
{
	__u32 i, count, num_links;
	const struct jh_config_virtio *devices = config_virtios(blob, &count);
	const struct jh_config_link *links = config_links(blob, &num_links);
	int ret = 0;

	for (i = 0; !ret && i < count; i++) {
		ret = check_link_of(devices, i, links, num_links, err);
		if (!ret)
			ret = check_queues(&devices[i], i, &links[devices[i].link], err);
	}
	return ret;
}
