// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Rules for the PCI host of a cell and the ivshmem devices on it. Each stands on a link, which has
 * its memory, its interrupt, and the place where its registers are until the guest moves them.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

#define HIGHEST		0xffffffffULL	/* address that a BAR of 32 bits can hold */

int config_ivshmem_on(const void *blob, __u32 link)
{
	__u32 i, count;
	const struct jh_config_ivshmem *devices = config_ivshmems(blob, &count);

	for (i = 0; i < count; i++)
		if (devices[i].link == link)
			return 1;
	return 0;
}

static int check_shown(const void *blob, const struct jh_config_ivshmem *devices, __u32 index,
			 struct jh_error *err)
{
	__u32 i, num_links, num_virtio, number = devices[index].link;
	const struct jh_config_link *links = config_links(blob, &num_links);
	const struct jh_config_virtio *virtio = config_virtios(blob, &num_virtio);

	if (number >= num_links)
		return refuse_value(err, JH_ERR_IVSHMEM_LINK, JH_OBJ_IVSHMEM, index, number,
				    num_links);
	if (links[number].flags & JH_LINK_RPMSG)
		return refuse_other(err, JH_ERR_IVSHMEM_RPMSG, JH_OBJ_IVSHMEM, index, JH_OBJ_LINK,
				    number);
	for (i = 0; i < num_virtio; i++)
		if (virtio[i].link == number)
			return refuse_other(err, JH_ERR_IVSHMEM_TWICE, JH_OBJ_IVSHMEM, index,
					    JH_OBJ_VIRTIO, i);
	for (i = 0; i < index; i++)
		if (devices[i].link == number)
			return refuse_other(err, JH_ERR_IVSHMEM_TWICE, JH_OBJ_IVSHMEM, index,
					    JH_OBJ_IVSHMEM, i);
	return 0;
}

static int check_slot(const struct jh_config_ivshmem *devices, __u32 index, struct jh_error *err)
{
	__u32 i, slot = devices[index].slot;

	if (slot >= CONFIG_ECAM_SLOTS)
		return refuse_value(err, JH_ERR_IVSHMEM_SLOT, JH_OBJ_IVSHMEM, index, slot,
				    CONFIG_ECAM_SLOTS - 1);
	for (i = 0; i < index; i++)
		if (devices[i].slot == slot)
			return refuse_other(err, JH_ERR_IVSHMEM_SLOTS, JH_OBJ_IVSHMEM, index,
					    JH_OBJ_IVSHMEM, i);
	return 0;
}

/* The guest finds its device at once, and may use it without moving anything. */
static int check_registers(const struct jh_config_pci *pci, const struct jh_config_link *link,
			   __u32 index, struct jh_error *err)
{
	if (!range_inside(link->registers, JH_CONFIG_PAGE_SIZE, pci->window, pci->window_size))
		return refuse_value(err, JH_ERR_IVSHMEM_OUTSIDE, JH_OBJ_IVSHMEM, index,
				    link->registers, 0);
	return 0;
}

/* A part of the host against everything else of the cell; devices' registers lie in the window. */
static int check_part(const void *blob, __u64 start, __u64 size, struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_link *links = config_links(blob, &count);
	int ret = config_link_place(blob, JH_OBJ_PCI, 0, start, size, err);

	for (i = 0; !ret && i < count; i++)
		if (range_overlaps(start, size, links[i].address, links[i].size) ||
		    (range_overlaps(start, size, links[i].registers, JH_CONFIG_PAGE_SIZE) &&
		     !config_ivshmem_on(blob, i)))
			ret = refuse_other(err, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_LINK, i);
	return ret;
}

static int check_host(const struct jh_config_pci *pci, struct jh_error *err)
{
	int ret = config_field_range(pci->ecam, CONFIG_ECAM_SIZE, CONFIG_ECAM_SIZE, JH_OBJ_PCI, 0,
				     err);

	if (!ret)
		ret = config_field_range(pci->window, pci->window_size, JH_CONFIG_PAGE_SIZE,
					 JH_OBJ_PCI, 0, err);
	if (ret)
		return ret;
	if (!range_fits(pci->window, pci->window_size, HIGHEST + 1))
		return refuse_value(err, JH_ERR_PCI_HIGH, JH_OBJ_PCI, 0, pci->window, HIGHEST);
	if (range_overlaps(pci->ecam, CONFIG_ECAM_SIZE, pci->window, pci->window_size))
		return refuse_other(err, JH_ERR_OVERLAP_VIRT, JH_OBJ_PCI, 0, JH_OBJ_PCI, 0);
	return 0;
}

int config_ivshmem_check(const void *blob, struct jh_error *err)
{
	const struct jh_config_pci *pci = config_pci(blob);
	__u32 i, count, num_links;
	const struct jh_config_ivshmem *devices = config_ivshmems(blob, &count);
	const struct jh_config_link *links = config_links(blob, &num_links);
	int ret;

	if (pci && !count)
		return refuse(err, JH_ERR_PCI_ALONE, JH_OBJ_PCI, 0);
	if (count && !pci)
		return refuse(err, JH_ERR_PCI_ABSENT, JH_OBJ_IVSHMEM, 0);
	if (!pci)
		return 0;
	ret = check_host(pci, err);
	for (i = 0; !ret && i < count; i++) {
		ret = check_shown(blob, devices, i, err);
		if (!ret)
			ret = check_slot(devices, i, err);
		if (!ret)
			ret = check_registers(pci, &links[devices[i].link], i, err);
	}
	if (!ret)
		ret = check_part(blob, pci->ecam, CONFIG_ECAM_SIZE, err);
	return ret ? ret : check_part(blob, pci->window, pci->window_size, err);
}
