/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Shared by the files of the configuration checker. Not for others: they use lib/config.h.
 */
#ifndef LIB_CONFIG_FIELDS_H
#define LIB_CONFIG_FIELDS_H

#include <lib/config.h>

#define CONFIG_LAST_SPI	(INTID_SPECIAL - 1)

/* Those that return int check something: 0, or -errno with @err filled in. */

/** config_system_check() - check the elements of a system configuration whose frame was checked */
int config_system_check(const void *blob, struct jh_error *err);

/** config_field_name() - JH_ERR_NAME unless @name is a well-formed name */
int config_field_name(const char *name, __u32 object, __u32 index, struct jh_error *err);

/** config_link_check() - check the links of a cell, and what stands on them, after all else */
int config_link_check(const void *blob, struct jh_error *err);

/** config_link_is_to_root() - is root the other side of a link whose names were checked? */
int config_link_is_to_root(const struct jh_config_link *link);

/** config_link_place() - refuse a range that overlaps what a cell has besides its links */
int config_link_place(const void *blob, __u32 object, __u32 index, __u64 start, __u64 size,
		      struct jh_error *err);

/** config_virtio_check() - check the virtio devices of a cell, after its links */
int config_virtio_check(const void *blob, struct jh_error *err);

/** config_ivshmem_check() - check the PCI host of a cell and its devices, after all else */
int config_ivshmem_check(const void *blob, struct jh_error *err);

/** config_ivshmem_on() - is a link the one of a PCI device, where its registers are? */
int config_ivshmem_on(const void *blob, __u32 link);

/** config_same_name() - are two checked names of JH_NAME_LEN bytes equal? */
int config_same_name(const char *a, const char *b);

/** config_field_flags() - JH_ERR_FLAGS if @flags has a bit outside of @known */
int config_field_flags(__u32 flags, __u32 known, __u32 object, __u32 index, struct jh_error *err);

/** config_field_zero() - JH_ERR_RESERVED unless @value is 0 */
int config_field_zero(__u32 value, __u32 object, __u32 index, struct jh_error *err);

/** config_field_irq() - JH_ERR_IRQ_NUMBER unless a cell can have, or be sent, the interrupt */
int config_field_irq(__u32 irq, __u32 object, __u32 index, struct jh_error *err);

/** config_field_range() - a range is not empty, aligned to @unit, and ends below the limit */
int config_field_range(__u64 start, __u64 size, __u64 unit, __u32 object, __u32 index,
		       struct jh_error *err);

/**
 * config_field_console() - check the fields of a console
 * @types: the permitted types: bit n is JH_CONSOLE_* n
 * @flags: the permitted JH_CONSOLE_* flags
 */
int config_field_console(const struct jh_console *console, __u32 types, __u32 flags,
			 struct jh_error *err);

/**
 * config_uart_check() - check a console that is a virtual UART, against the rest of the cell
 *
 * Optional: an image without the unit refuses every one.
 */
int config_uart_check(const void *blob, const struct jh_console *console, struct jh_error *err);

/** config_unit_check() - check all units of a system: each by itself, and the GIC that they make */
int config_unit_check(const void *blob, struct jh_error *err);

/** config_unit_index() - how errors call a unit that was checked: JH_ERROR_UNIT() */
__u32 config_unit_index(const struct jh_config_unit *unit);

/** config_unit_touched() - the first unit with all of @flags that the range touches, or NULL */
const struct jh_config_unit *config_unit_touched(const void *blob, __u64 start, __u64 size,
						 __u32 flags);

#endif
