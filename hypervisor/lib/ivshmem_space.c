// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <lib/config.h>
#include <lib/ivshmem_space.h>
#include <jh/ivshmem.h>
#include <jh/link.h>

#define COMMANDS	(JH_PCI_COMMAND_MEMORY | JH_PCI_COMMAND_MASTER | JH_PCI_COMMAND_NO_INTX)

__u32 ivshmem_space_read(const struct ivshmem_space *space, __u32 offset)
{
	switch (offset) {
	case JH_PCI_ID:
	case JH_PCI_SUBSYSTEM:
		return JH_IVSHMEM_ID;
	case JH_PCI_COMMAND:
		return JH_PCI_STATUS_CAPABILITIES << 16 | space->words.command;
	case JH_PCI_CLASS:
		return JH_PCI_CLASS_OTHER | (__u32)space->protocol << 8;
	case JH_PCI_BAR_0:
		return space->words.bar;
	case JH_PCI_CAPABILITIES:
		return JH_IVSHMEM_CAPABILITY;
	case JH_PCI_INTERRUPT:
		return (space->pin + 1U) << 8;
	case JH_IVSHMEM_HEAD:
		return JH_IVSHMEM_HEAD_VALUE | space->words.head;
	case JH_IVSHMEM_TABLE_SIZE:
		return (__u32)config_link_section(space->link, 0).size;
	case JH_IVSHMEM_COMMON_SIZE:
		return (__u32)config_link_section(space->link, 1).size;
	case JH_IVSHMEM_OUTPUT_SIZE:
		return (__u32)space->link->output;
	case JH_IVSHMEM_ADDRESS:
		return (__u32)space->address;
	case JH_IVSHMEM_ADDRESS + 4:
		return (__u32)(space->address >> 32);
	}
	/* A link has less than 4 GiB: upper halves of sizes are 0. */
	return 0;
}

__u32 *ivshmem_space_word(struct ivshmem_words *words, __u32 offset, __u32 *bits)
{
	switch (offset) {
	case JH_PCI_COMMAND:
		*bits = COMMANDS;
		return &words->command;
	case JH_PCI_BAR_0:
		*bits = ~(JH_LINK_SIZE - 1U);
		return &words->bar;
	case JH_IVSHMEM_HEAD:
		*bits = JH_IVSHMEM_ONE_SHOT;
		return &words->head;
	}
	return (void *)0;
}
