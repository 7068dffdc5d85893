/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors. For hypervisor/lib: the kernel has it under another name. */
#include <linux/stddef.h>
#include <linux/types.h>
