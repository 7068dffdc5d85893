// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Units: register frames that are neither RAM nor a device for cells. All rules come from the one
 * table of kinds, JH_UNIT_KINDS.
 */
#include <lib/config.h>
#include <lib/config_fields.h>
#include <lib/range.h>
#include <lib/refuse.h>

#define LAST_PPI	(INTID_SPI - 1)
#define ANY_GIC		(JH_KIND_GICV2 | JH_KIND_GICV3)

struct kind {
	__u32 least;	/* bytes */
	__u32 limit;	/* bytes, 0: none */
	__u32 step;	/* address and size are multiples of it; 0: there is no such kind */
	__u16 most;	/* rows */
	__u16 flags;	/* JH_KIND_* */
};

#define KIND_RULE(name, number, key, least, limit, step, most, flags) \
	[number] = { least, limit, step, most, flags },
#define KIND_FITS(name, number, key, least, limit, step, most, flags) \
	_Static_assert((most) <= JH_ERROR_UNIT_INDEX(~0u) + 1, #name); \
	_Static_assert(!((step) % JH_CONFIG_PAGE_SIZE) && !((step) & ((step) - 1)), #name);

static const struct kind kinds[JH_UNIT_TYPES] = {
	JH_UNIT_KINDS(KIND_RULE)
};
JH_UNIT_KINDS(KIND_FITS)

static const struct kind *kind_of(__u32 number)
{
	return number < JH_UNIT_TYPES && kinds[number].step ? &kinds[number] : (void *)0;
}

__u32 config_kind_flags(__u32 number)
{
	const struct kind *kind = kind_of(number);

	return kind ? kind->flags : 0;
}

const struct jh_config_unit *config_unit(const void *blob, __u32 kind, __u32 index)
{
	__u32 i, count;
	const struct jh_config_unit *units = config_units(blob, &count);

	for (i = 0; i < count; i++)
		if (units[i].kind == kind && units[i].index == index)
			return &units[i];
	return (void *)0;
}

__u32 config_unit_index(const struct jh_config_unit *unit)
{
	return JH_ERROR_UNIT(unit->kind, unit->index);
}

const struct jh_config_unit *config_unit_touched(const void *blob, __u64 start, __u64 size,
						 __u32 flags)
{
	__u32 i, count;
	const struct jh_config_unit *units = config_units(blob, &count);

	for (i = 0; i < count; i++)
		if ((config_kind_flags(units[i].kind) & flags) == flags &&
		    range_overlaps(start, size, units[i].address, units[i].size))
			return &units[i];
	return (void *)0;
}

/* A kind that only one version needs says which version it is. */
__u32 config_gic_version(const void *blob)
{
	__u32 i, count;
	const struct jh_config_unit *units = config_units(blob, &count);

	for (i = 0; i < count; i++) {
		switch (config_kind_flags(units[i].kind) & (ANY_GIC | JH_KIND_NEEDED)) {
		case JH_KIND_GICV2 | JH_KIND_NEEDED:
			return 2;
		case JH_KIND_GICV3 | JH_KIND_NEEDED:
			return 3;
		}
	}
	return 0;
}

/* Kinds ascend, and rows of a kind are numbered from 0, so that no unit is there twice. */
static int in_order(const struct jh_config_unit *units, __u32 row)
{
	if (row && units[row].kind == units[row - 1].kind)
		return units[row].index == units[row - 1].index + 1;
	return !units[row].index && (!row || units[row].kind > units[row - 1].kind);
}

static int check_frame(const struct jh_config_unit *unit, const struct kind *kind,
		       struct jh_error *err)
{
	__u32 index = config_unit_index(unit);

	if (unit->index >= kind->most)
		return refuse_value(err, JH_ERR_TOO_MANY, JH_OBJ_UNIT, index, unit->index + 1,
				    kind->most);
	if (kind->limit && unit->size > kind->limit)
		return refuse_value(err, JH_ERR_UNIT_SIZE, JH_OBJ_UNIT, index, unit->size,
				    kind->limit);
	if (!unit->address || unit->size < kind->least ||
	    !range_aligned(unit->address | unit->size, kind->step) ||
	    !range_fits(unit->address, unit->size, JH_CONFIG_ADDRESS_LIMIT))
		return refuse_value(err, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, index, unit->address,
				    unit->size);
	if (unit->argument && !(kind->flags & JH_KIND_ARGUMENT))
		return refuse_value(err, JH_ERR_RESERVED, JH_OBJ_UNIT, index, unit->argument, 0);
	return 0;
}

static int check_row(const struct jh_config_unit *units, __u32 row, struct jh_error *err)
{
	const struct jh_config_unit *unit = &units[row];
	const struct kind *kind = kind_of(unit->kind);
	__u32 i;
	int ret;

	if (!kind)
		return refuse_value(err, JH_ERR_UNIT_KIND, JH_OBJ_UNIT, JH_ERROR_UNIT(0, row),
				    unit->kind, 0);
	if (!in_order(units, row))
		return refuse(err, JH_ERR_UNIT_ORDER, JH_OBJ_UNIT, JH_ERROR_UNIT(0, row));
	ret = check_frame(unit, kind, err);
	for (i = 0; !ret && i < row; i++)
		if (range_overlaps(unit->address, unit->size, units[i].address, units[i].size))
			ret = refuse_other(err, JH_ERR_OVERLAP_PHYS, JH_OBJ_UNIT,
					   config_unit_index(unit), JH_OBJ_UNIT,
					   config_unit_index(&units[i]));
	return ret;
}

/* No unit of the other version, and all that this version needs. */
static int check_parts(const void *blob, __u32 version, struct jh_error *err)
{
	__u32 mine = version == 2 ? JH_KIND_GICV2 : JH_KIND_GICV3;
	__u32 i, count;
	const struct jh_config_unit *units = config_units(blob, &count);

	for (i = 0; i < count; i++)
		if ((config_kind_flags(units[i].kind) & ANY_GIC) &&
		    !(config_kind_flags(units[i].kind) & mine))
			return refuse_value(err, JH_ERR_UNIT_GIC, JH_OBJ_UNIT,
					    config_unit_index(&units[i]), 0, version);
	for (i = 0; i < JH_UNIT_TYPES; i++)
		if ((kinds[i].flags & JH_KIND_NEEDED) && (kinds[i].flags & mine) &&
		    !config_unit(blob, i, 0))
			return refuse_value(err, JH_ERR_UNIT_MISSING, JH_OBJ_SYSTEM, 0, i, version);
	return 0;
}

static int check_gic(const void *blob, struct jh_error *err)
{
	const struct jh_config_unit *gicd;
	__u32 version = config_gic_version(blob);
	int ret;

	if (!version)
		return refuse(err, JH_ERR_GIC_VERSION, JH_OBJ_SYSTEM, 0);
	ret = check_parts(blob, version, err);
	if (ret)
		return ret;
	gicd = config_unit(blob, JH_UNIT_GICD, 0);
	if (gicd->argument < INTID_PPI || gicd->argument > LAST_PPI)
		return refuse_value(err, JH_ERR_GIC_MAINTENANCE, JH_OBJ_UNIT,
				    config_unit_index(gicd), gicd->argument, 0);
	return 0;
}

int config_unit_check(const void *blob, struct jh_error *err)
{
	__u32 i, count;
	const struct jh_config_unit *units = config_units(blob, &count);
	int ret = 0;

	for (i = 0; !ret && i < count; i++)
		ret = check_row(units, i, err);
	return ret ? ret : check_gic(blob, err);
}
