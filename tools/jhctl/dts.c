// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "dts.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <libfdt.h>

/* Is the value a list of strings, each terminated and none empty? */
static bool is_text(const char *value, int length)
{
	int i;

	if (!length || value[length - 1] || !value[0])
		return false;
	for (i = 0; i < length; i++) {
		if (value[i] ? !isprint((unsigned char)value[i]) : i && !value[i - 1])
			return false;
	}
	return true;
}

static void print_text(FILE *out, const char *value, int length)
{
	int i;

	for (i = 0; i < length; i++) {
		if (!i || !value[i - 1])
			fprintf(out, "%s\"", i ? ", " : "");
		if (value[i] == '"' || value[i] == '\\')
			putc('\\', out);
		putc(value[i] ? value[i] : '"', out);
	}
}

static void print_value(FILE *out, const char *value, int length)
{
	const fdt32_t *cell = (const void *)value;
	int i;

	if (is_text(value, length)) {
		print_text(out, value, length);
	} else if (length % 4) {
		putc('[', out);
		for (i = 0; i < length; i++)
			fprintf(out, "%s%02x", i ? " " : "", (unsigned char)value[i]);
		putc(']', out);
	} else {
		putc('<', out);
		for (i = 0; i < length / 4; i++)
			fprintf(out, "%s0x%x", i ? " " : "", fdt32_to_cpu(cell[i]));
		putc('>', out);
	}
}

static void indent(FILE *out, int depth)
{
	while (depth-- > 0)
		putc('\t', out);
}

static void print_properties(FILE *out, const void *fdt, int node, int depth)
{
	const char *name, *value;
	int at, length;

	fdt_for_each_property_offset(at, fdt, node) {
		value = fdt_getprop_by_offset(fdt, at, &name, &length);
		indent(out, depth);
		fputs(name, out);
		if (length) {
			fputs(" = ", out);
			print_value(out, value, length);
		}
		fputs(";\n", out);
	}
}

static void print_begin(FILE *out, const void *fdt, int node, int depth)
{
	indent(out, depth);
	fprintf(out, "%s {\n", depth ? fdt_get_name(fdt, node, NULL) : "/");
	print_properties(out, fdt, node, depth + 1);
}

static void print_end(FILE *out, int depth)
{
	indent(out, depth);
	fputs("};\n", out);
}

void dts_print(FILE *out, const void *fdt)
{
	int node = 0, depth = 0, last = -1;

	fputs("/dts-v1/;\n\n", out);
	while (node >= 0 && depth >= 0) {
		for (; last >= depth; last--)
			print_end(out, last);
		if (depth && last == depth - 1)
			putc('\n', out);
		print_begin(out, fdt, node, depth);
		last = depth;
		node = fdt_next_node(fdt, node, &depth);
	}
	for (; last >= 0; last--)
		print_end(out, last);
}
