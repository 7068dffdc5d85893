// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

static int is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_name_char(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

int config_field_name(const char *name, __u32 object, __u32 index, struct jh_error *err)
{
	__u32 i = 0;

	if (!is_letter(name[0]))
		return refuse(err, JH_ERR_NAME, object, index);
	while (i < JH_NAME_LEN && is_name_char(name[i]))
		i++;
	if (i == JH_NAME_LEN)
		return refuse(err, JH_ERR_NAME, object, index);
	for (; i < JH_NAME_LEN; i++)
		if (name[i])
			return refuse(err, JH_ERR_NAME, object, index);
	return 0;
}

int config_same_name(const char *a, const char *b)
{
	__u32 i;

	for (i = 0; i < JH_NAME_LEN; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

int config_field_flags(__u32 flags, __u32 known, __u32 object, __u32 index, struct jh_error *err)
{
	if (flags & ~known)
		return refuse_value(err, JH_ERR_FLAGS, object, index, flags & ~known, known);
	return 0;
}

int config_field_zero(__u32 value, __u32 object, __u32 index, struct jh_error *err)
{
	return value ? refuse_value(err, JH_ERR_RESERVED, object, index, value, 0) : 0;
}

int config_field_irq(__u32 irq, __u32 object, __u32 index, struct jh_error *err)
{
	if (irq >= INTID_SPI && irq <= CONFIG_LAST_SPI)
		return 0;
	return refuse_value(err, JH_ERR_IRQ_NUMBER, object, index, irq, CONFIG_LAST_SPI);
}

int config_field_range(__u64 start, __u64 size, __u64 unit, __u32 object, __u32 index,
		       struct jh_error *err)
{
	if (!range_aligned(start, unit))
		return refuse_value(err, JH_ERR_ALIGN, object, index, start, unit);
	if (!range_aligned(size, unit))
		return refuse_value(err, JH_ERR_ALIGN, object, index, size, unit);
	if (!size)
		return refuse(err, JH_ERR_SIZE, object, index);
	if (!range_fits(start, size, JH_CONFIG_ADDRESS_LIMIT))
		return refuse_value(err, JH_ERR_END, object, index, start,
				    JH_CONFIG_ADDRESS_LIMIT);
	return 0;
}

int config_field_console(const struct jh_console *console, __u32 types, __u32 flags,
			 struct jh_error *err)
{
	int ret;

	if (console->type >= JH_CONSOLE_CELL_TYPES || !(types & 1U << console->type))
		return refuse_value(err, JH_ERR_CONSOLE_TYPE, JH_OBJ_CONSOLE, 0, console->type,
				    console->type);
	ret = config_field_flags(console->flags, flags, JH_OBJ_CONSOLE, 0, err);
	if (ret)
		return ret;
	if (!(console->flags & JH_CONSOLE_MMIO))
		return refuse(err, JH_ERR_CONSOLE_PORTS, JH_OBJ_CONSOLE, 0);
	if (!console->address || !console->size)
		return refuse(err, JH_ERR_CONSOLE_EMPTY, JH_OBJ_CONSOLE, 0);
	if (!range_aligned(console->address | console->clock_reg, 4))
		return refuse_value(err, JH_ERR_ALIGN, JH_OBJ_CONSOLE, 0,
				    range_aligned(console->address, 4) ? console->clock_reg :
				    console->address, 4);
	if (!range_fits(console->address, console->size, JH_CONFIG_ADDRESS_LIMIT))
		return refuse_value(err, JH_ERR_END, JH_OBJ_CONSOLE, 0, console->address,
				    JH_CONFIG_ADDRESS_LIMIT);
	if (!range_fits(console->clock_reg, 4, JH_CONFIG_ADDRESS_LIMIT))
		return refuse_value(err, JH_ERR_END, JH_OBJ_CONSOLE, 0, console->clock_reg,
				    JH_CONFIG_ADDRESS_LIMIT);
	if (console->gate_nr > 31)
		return refuse_value(err, JH_ERR_CONSOLE_GATE, JH_OBJ_CONSOLE, 0, console->gate_nr,
				    31);
	return 0;
}
