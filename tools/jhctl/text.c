// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jhctl.h"

const char *text_size(char *buffer, __u64 bytes)
{
	static const char units[] = { 'K', 'M', 'G', 'T' };
	__u64 unit = 1ULL << 40;
	int i;

	for (i = 3; i >= 0; i--, unit >>= 10) {
		if (bytes < unit)
			continue;
		if (bytes % unit == 0)
			snprintf(buffer, TEXT_SIZE_LEN, "%llu%c", bytes / unit, units[i]);
		else if (bytes * 10 / 10 == bytes && bytes * 10 % unit == 0)
			snprintf(buffer, TEXT_SIZE_LEN, "%llu.%llu%c", bytes / unit,
				 bytes * 10 / unit % 10, units[i]);
		else
			continue;
		return buffer;
	}
	snprintf(buffer, TEXT_SIZE_LEN, "%llu", bytes);
	return buffer;
}

const char *text_cpus(char *buffer, __u64 mask)
{
	size_t used = 0;
	int cpu, last;

	snprintf(buffer, TEXT_CPUS_LEN, "-");
	for (cpu = 0; cpu < 64; cpu = last + 1) {
		last = cpu;
		if (!(mask >> cpu & 1))
			continue;
		while (last < 63 && mask >> (last + 1) & 1)
			last++;
		used += (size_t)snprintf(buffer + used, TEXT_CPUS_LEN - used,
					 last > cpu ? "%s%d-%d" : "%s%d", used ? "," : "", cpu,
					 last);
	}
	return buffer;
}

bool text_number(const char *text, __u64 *value)
{
	static const char units[] = "KMG";
	const char *unit;
	unsigned int shift;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (errno || end == text)
		return false;
	if (!*end)
		return true;
	unit = strchr(units, *end);
	if (!unit || end[1])
		return false;
	shift = 10 * (unsigned int)(unit - units + 1);
	if (*value << shift >> shift != *value)
		return false;
	*value <<= shift;
	return true;
}

static int least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

int text_distance(const char *a, const char *b)
{
	enum { LONGEST = 32 };
	int d[LONGEST + 1][LONGEST + 1];
	size_t n = strlen(a), m = strlen(b), i, j;

	if (n > LONGEST || m > LONGEST)
		return LONGEST;
	for (i = 0; i <= n; i++)
		d[i][0] = (int)i;
	for (j = 0; j <= m; j++)
		d[0][j] = (int)j;
	for (i = 1; i <= n; i++) {
		for (j = 1; j <= m; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && d[i - 2][j - 2] + 1 < d[i][j] &&
			    same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[n][m];
}

void text_table(FILE *out, int columns, int rows, char *const *cell, unsigned int right)
{
	int width, row, column, other;

	for (row = 0; row < rows; row++) {
		for (column = 0; column < columns; column++) {
			const char *text = cell[row * columns + column];
			bool last = column == columns - 1;

			width = 0;
			for (other = 0; other < rows; other++) {
				int length = (int)strlen(cell[other * columns + column]);

				if (length > width)
					width = length;
			}
			if (right >> column & 1)
				fprintf(out, "%*s", width, text);
			else
				fprintf(out, "%-*s", last ? 0 : width, text);
			fputs(last ? "\n" : "  ", out);
		}
	}
}

char *text_format(const char *format, ...)
{
	char *text = NULL;
	va_list list;
	int ret;

	va_start(list, format);
	ret = vasprintf(&text, format, list);
	va_end(list);
	if (ret < 0)
		exit(complain("out of memory"));
	return text;
}

int text_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}
