// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "histogram.h"

#include <stdio.h>

void histogram_head(const char *unit)
{
	printf("\n   from %s      count  (a bar's length is the logarithm; the last: and above)\n",
	       unit);
}

/* A bar that grows with the number of digits: one late tick in a million can be seen. */
void histogram_row(unsigned long long from, unsigned long long count)
{
	if (!count)
		return;
	printf("%10llu %10llu  ", from, count);
	for (; count; count /= 2)
		putchar('#');
	putchar('\n');
}
