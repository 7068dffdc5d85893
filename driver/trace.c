// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Defines the tracepoints of trace.h.
 */
#include "jh.h"

#define CREATE_TRACE_POINTS
#include "trace.h"
