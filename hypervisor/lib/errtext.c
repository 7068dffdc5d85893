// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <lib/errtext.h>
#include <lib/config.h>

/* An output buffer, which is never overrun and always terminated. */
struct text {
	char *buffer;
	__u32 size;
	__u32 used;
};

struct reason_text {
	__u32 reason;
	const char *name;
	const char *sentence;
	const char *next;
};

#define REASON_TEXT(name, number, errno_, sentence, next) { number, #name, sentence, next },

static const struct reason_text reasons[] = {
	JH_REASONS(REASON_TEXT)
};

/* The names of objects in the TOML sources, and whether they have numbers. */
static const struct {
	const char *name;
	__u16 numbered;
	__u16 section;		/* where the element lies, 0 if it has none */
} objects[JH_OBJ_KINDS] = {
	[JH_OBJ_NONE] = { "jh", 0, 0 },
	[JH_OBJ_FILE] = { "the configuration", 0, 0 },
	[JH_OBJ_SECTION] = { "section", 1, 0 },
	[JH_OBJ_SYSTEM] = { "system", 0, JH_SECTION_SYSTEM },
	[JH_OBJ_CONSOLE] = { "console", 0, JH_SECTION_CONSOLE },
	[JH_OBJ_CELL] = { "cell", 0, JH_SECTION_CELL },
	[JH_OBJ_CPU] = { "cpus", 1, JH_SECTION_CPU },
	[JH_OBJ_MEMORY] = { "memory", 1, JH_SECTION_MEMORY },
	[JH_OBJ_IRQ] = { "irq", 1, JH_SECTION_IRQ },
	[JH_OBJ_DEVICE] = { "device", 1, JH_SECTION_DEVICE },
	[JH_OBJ_POOL] = { "pool", 1, JH_SECTION_POOL },
	[JH_OBJ_ASSIGNABLE] = { "assignable", 1, JH_SECTION_ASSIGNABLE },
	[JH_OBJ_UNIT] = { "unit", 1, JH_SECTION_UNIT },
	[JH_OBJ_IMAGE] = { "the image", 0, 0 },
	[JH_OBJ_MACHINE] = { "this machine", 0, 0 },
	[JH_OBJ_HYPERVISOR] = { "the hypervisor's memory", 0, JH_SECTION_SYSTEM },
	[JH_OBJ_LINK] = { "link", 1, JH_SECTION_LINK },
	[JH_OBJ_VIRTIO] = { "virtio", 1, JH_SECTION_VIRTIO },
	[JH_OBJ_PCI] = { "pci", 0, JH_SECTION_PCI },
	[JH_OBJ_IVSHMEM] = { "ivshmem", 1, JH_SECTION_IVSHMEM },
};

#define KIND_NAME(name, number, key, least, limit, step, most, flags) \
	[number] = { key, (most) > 1 },

/* The same for kinds of units; kind 0 is a row of an unknown kind. */
static const struct {
	const char *name;
	__u16 numbered;
} kinds[JH_UNIT_TYPES] = {
	[0] = { "unit", 1 },
	JH_UNIT_KINDS(KIND_NAME)
};

#define VALUE_NAME(value, name) { value, name },

static const struct value_name {
	__u64 value;
	const char *name;
} optional_units[] = {
	JH_OPTIONAL_NAMES(VALUE_NAME)
}, console_types[] = {
	JH_CONSOLE_NAMES(VALUE_NAME)
};

static void put_char(struct text *text, char c)
{
	if (text->used + 1 < text->size)
		text->buffer[text->used++] = c;
	text->buffer[text->used] = 0;
}

static void errtext_put(struct text *text, const char *string)
{
	while (*string)
		put_char(text, *string++);
}

/* A string from a file: bounded, and without control characters. */
static void put_field(struct text *text, const char *string, __u32 size)
{
	__u32 i;

	for (i = 0; i < size && string[i]; i++)
		put_char(text, string[i] >= ' ' && string[i] <= '~' ? string[i] : '?');
}

/* @base is 10 or 16; the latter gets its 0x. */
static void errtext_number(struct text *text, __u64 value, __u32 base)
{
	char digits[24];
	__u32 count = 0;

	if (base == 16)
		errtext_put(text, "0x");
	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		put_char(text, digits[--count]);
}

static void put_size(struct text *text, __u64 value)
{
	static const char *const units[] = { " bytes", " KiB", " MiB", " GiB", " TiB" };
	__u32 unit = 0;

	while (value && !(value & 1023) && unit < 4) {
		value >>= 10;
		unit++;
	}
	errtext_number(text, value, 10);
	errtext_put(text, units[unit]);
}

static void put_range(struct text *text, __u64 start, __u64 size)
{
	errtext_put(text, " (");
	errtext_number(text, start, 16);
	if (size) {
		put_char(text, '-');
		errtext_number(text, start + size - 1, 16);
	}
	put_char(text, ')');
}

static void put_memory(struct text *text, const struct jh_config_memory *mem, __u32 reason)
{
	int virt = reason == JH_ERR_OVERLAP_VIRT || reason == JH_ERR_OVERLAP_COMM ||
		   reason == JH_ERR_VIRT_UNIT;

	if (virt)
		put_range(text, mem->virt, mem->size);
	else if (!(mem->flags & JH_MEM_AUTO))
		put_range(text, mem->phys, mem->size);
}

static void put_pool(struct text *text, const struct jh_config_pool *pool)
{
	if (!(pool->flags & JH_POOL_AUTO)) {
		put_range(text, pool->address, pool->size);
		return;
	}
	errtext_put(text, " (");
	put_size(text, pool->size);
	errtext_put(text, ", automatic)");
}

/* The range or the name that goes with an object, if its configuration is at hand. */
static void put_detail(struct text *text, const void *element, __u32 object, __u32 reason)
{
	const struct jh_config_system *system = element;
	const struct jh_config_irq *irq = element;

	if (object == JH_OBJ_MEMORY) {
		put_memory(text, element, reason);
	} else if (object == JH_OBJ_POOL) {
		put_pool(text, element);
	} else if (object == JH_OBJ_UNIT) {
		put_range(text, ((const struct jh_config_unit *)element)->address,
			  ((const struct jh_config_unit *)element)->size);
	} else if (object == JH_OBJ_HYPERVISOR && system->hv_address) {
		put_range(text, system->hv_address, system->hv_size);
	} else if (object == JH_OBJ_ASSIGNABLE) {
		put_range(text, ((const struct jh_config_assignable *)element)->address,
			  ((const struct jh_config_assignable *)element)->size);
	} else if (object == JH_OBJ_CONSOLE) {
		put_range(text, ((const struct jh_console *)element)->address,
			  ((const struct jh_console *)element)->size);
	} else if (object == JH_OBJ_IRQ) {
		errtext_put(text, " (INTID ");
		errtext_number(text, irq->intid, 10);
		put_char(text, ')');
	} else if (object == JH_OBJ_DEVICE) {
		errtext_put(text, " (");
		put_field(text, ((const struct jh_config_device *)element)->path,
			  JH_CONFIG_PATH_LEN);
		put_char(text, ')');
	} else if (object == JH_OBJ_LINK) {
		put_char(text, ' ');
		put_field(text, ((const struct jh_config_link *)element)->name, JH_NAME_LEN);
	} else if (object == JH_OBJ_CELL) {
		put_char(text, ' ');
		put_field(text, ((const struct jh_config_cell *)element)->name, JH_NAME_LEN);
	}
}

/* The row of a unit that errors call @index: JH_ERROR_UNIT(). */
static const void *find_unit(const void *blob, __u64 length, __u32 index)
{
	const struct jh_config_unit *unit;
	__u32 row;

	if (!JH_ERROR_UNIT_KIND(index))
		return config_element(blob, length, JH_SECTION_UNIT, JH_ERROR_UNIT_INDEX(index));
	for (row = 0; row < JH_CONFIG_MAX_UNITS; row++) {
		unit = config_element(blob, length, JH_SECTION_UNIT, row);
		if (unit && JH_ERROR_UNIT(unit->kind, unit->index) == index)
			return unit;
	}
	return (void *)0;
}

static const void *find_in(const void *blob, __u64 length, __u32 object, __u32 index)
{
	if (object == JH_OBJ_UNIT)
		return find_unit(blob, length, index);
	return config_element(blob, length, objects[object].section,
			      objects[object].numbered ? index : 0);
}

static const void *find(const struct errtext_context *context, __u32 object, __u32 index)
{
	__u32 section = objects[object].section;
	const void *element = (void *)0;

	if (!context || !section)
		return element;
	if (context->blob)
		element = find_in(context->blob, context->length, object, index);
	if (!element && context->system && section != JH_SECTION_CELL)
		element = find_in(context->system, context->system_length, object, index);
	return element;
}

static void put_name(struct text *text, const char *name, int numbered, __u32 index)
{
	errtext_put(text, name);
	if (!numbered)
		return;
	put_char(text, '[');
	errtext_number(text, index, 10);
	put_char(text, ']');
}

/* A kind that a later jh may have is named by its number. */
static void put_kind(struct text *text, __u64 kind)
{
	if (kind < JH_UNIT_TYPES && kinds[kind].name) {
		errtext_put(text, kinds[kind].name);
		return;
	}
	errtext_put(text, "unit ");
	errtext_number(text, kind, 10);
}

/* Bits that a later jh may have are named by their number. */
static void put_optional(struct text *text, __u64 units)
{
	const char *comma = "";
	__u32 i;

	for (i = 0; i < sizeof(optional_units) / sizeof(optional_units[0]); i++) {
		if (!(units & optional_units[i].value))
			continue;
		errtext_put(text, comma);
		errtext_put(text, optional_units[i].name);
		units &= ~optional_units[i].value;
		comma = ", ";
	}
	if (units) {
		errtext_put(text, comma);
		errtext_number(text, units, 16);
	}
}

static void put_console_type(struct text *text, __u64 type)
{
	__u32 i;

	for (i = 0; i < sizeof(console_types) / sizeof(console_types[0]); i++) {
		if (console_types[i].value == type) {
			errtext_put(text, console_types[i].name);
			return;
		}
	}
	errtext_number(text, type, 10);
}

static void put_unit(struct text *text, __u32 index)
{
	__u32 kind = JH_ERROR_UNIT_KIND(index);

	put_kind(text, kind);
	if (kind >= JH_UNIT_TYPES || kinds[kind].numbered)
		put_name(text, "", 1, JH_ERROR_UNIT_INDEX(index));
}

static void put_object(struct text *text, const struct errtext_context *context, __u32 object,
		       __u32 index, __u32 reason)
{
	const void *element;

	if (object >= JH_OBJ_KINDS)
		object = JH_OBJ_NONE;
	if (object == JH_OBJ_FILE && context && context->file) {
		errtext_put(text, context->file);
		return;
	}
	/* An object that is missing has no index. */
	if (reason == JH_ERR_MISSING) {
		errtext_put(text, objects[object].name);
		return;
	}
	if (object == JH_OBJ_UNIT)
		put_unit(text, index);
	else
		put_name(text, objects[object].name, objects[object].numbered, index);
	element = find(context, object, index);
	if (element)
		put_detail(text, element, object, reason);
}

static void put_cell(struct text *text, const struct errtext_context *context, __u32 cell)
{
	if (!cell) {
		errtext_put(text, "the root cell");
		return;
	}
	errtext_put(text, "cell ");
	if (context && context->other_name)
		errtext_put(text, context->other_name);
	else
		errtext_number(text, cell, 10);
}

static void put_other(struct text *text, const struct errtext_context *context,
		      const struct jh_error *err)
{
	if (err->cell == JH_ERROR_SAME_FILE) {
		put_object(text, context, err->other_object, err->other_index, err->reason);
		return;
	}
	/* The configuration of the other cell is not available: its index must do. */
	if (err->other_object != JH_OBJ_CELL && err->other_object != JH_OBJ_NONE) {
		put_object(text, (void *)0, err->other_object, err->other_index, err->reason);
		errtext_put(text, " of ");
	}
	put_cell(text, context, err->cell);
}

static void put_who(struct text *text, const struct errtext_context *context)
{
	if (context && context->who && *context->who)
		put_field(text, context->who, ERRTEXT_SIZE);
	else
		errtext_put(text, "Linux");
}

static int matches(const char *at, const char *word)
{
	while (*word)
		if (*at++ != *word++)
			return 0;
	return 1;
}

/* One {placeholder}; returns where the text goes on. */
static const char *put_placeholder(struct text *text, const char *at,
				   const struct errtext_context *context,
				   const struct jh_error *err)
{
	if (matches(at, "{object}"))
		put_object(text, context, err->object, err->index, err->reason);
	else if (matches(at, "{other}"))
		put_other(text, context, err);
	else if (matches(at, "{who}"))
		put_who(text, context);
	else if (matches(at, "{value}"))
		errtext_number(text, err->value, 16);
	else if (matches(at, "{limit}"))
		errtext_number(text, err->limit, 16);
	else if (matches(at, "{number}"))
		errtext_number(text, err->value, 10);
	else if (matches(at, "{max}"))
		errtext_number(text, err->limit, 10);
	else if (matches(at, "{size}"))
		put_size(text, err->value);
	else if (matches(at, "{need}"))
		put_size(text, err->limit);
	else if (matches(at, "{kind}"))
		put_kind(text, err->value);
	else if (matches(at, "{units}"))
		put_optional(text, err->value);
	else	/* {type}: there is no other, as a test of all sentences says */
		put_console_type(text, err->limit);
	while (*at && *at != '}')
		at++;
	return *at ? at + 1 : at;
}

static void expand(struct text *text, const char *format, const struct errtext_context *context,
		   const struct jh_error *err)
{
	while (*format) {
		if (*format == '{')
			format = put_placeholder(text, format, context, err);
		else
			put_char(text, *format++);
	}
}

static const struct reason_text *lookup(__u32 reason)
{
	__u32 i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].reason == reason)
			return &reasons[i];
	return (void *)0;
}

static void sentence(struct text *text, const struct errtext_context *context,
		     const struct jh_error *err)
{
	const struct reason_text *reason = lookup(err->reason);

	if (context && context->file && err->object != JH_OBJ_FILE) {
		errtext_put(text, context->file);
		errtext_put(text, ": ");
	}
	if (!reason) {
		expand(text, "{object}: refused for an unknown reason, number ", context, err);
		errtext_number(text, err->reason, 10);
		return;
	}
	expand(text, reason->sentence, context, err);
}

static void next_step(struct text *text, const struct errtext_context *context,
		      const struct jh_error *err)
{
	const struct reason_text *reason = lookup(err->reason);

	expand(text, reason ? reason->next : "use the image, jh.ko and jhctl of one build",
	       context, err);
}

__u32 errtext_sentence(char *buffer, __u32 size, const struct errtext_context *context,
		       const struct jh_error *err)
{
	struct text text = { buffer, size, 0 };

	sentence(&text, context, err);
	return text.used;
}

__u32 errtext_next(char *buffer, __u32 size, const struct errtext_context *context,
		   const struct jh_error *err)
{
	struct text text = { buffer, size, 0 };

	next_step(&text, context, err);
	return text.used;
}

__u32 errtext_format(char *buffer, __u32 size, const struct errtext_context *context,
		     const struct jh_error *err)
{
	struct text text = { buffer, size, 0 };

	sentence(&text, context, err);
	errtext_put(&text, "; ");
	next_step(&text, context, err);
	return text.used;
}

const char *errtext_reason(__u32 reason)
{
	const struct reason_text *text = lookup(reason);

	return text ? text->name : "";
}
