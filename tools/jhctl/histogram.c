// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "histogram.h"

#include <stdio.h>

void histogram_head(const char *unit)
{
	printf("\n   from %s      count  (bars are logarithmic; the last row has no upper end)\n",
	       unit);
}

/* The bar has a character for each binary digit: one late tick in a million is visible. */
void histogram_row(unsigned long long from, unsigned long long count)
{
	if (!count)
		return;
	printf("%10llu %10llu  ", from, count);
	for (; count; count /= 2)
		putchar('#');
	putchar('\n');
}
