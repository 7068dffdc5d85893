/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Printing histograms.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#define HISTOGRAM_ROWS	20	/* about how many are shown */

/** histogram_head - print the line above the rows; @unit is that of their first column */
void histogram_head(const char *unit);

/** histogram_row - print a row, unless @count is 0 */
void histogram_row(unsigned long long from, unsigned long long count);

#endif
