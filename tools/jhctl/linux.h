/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * jhctl cell linux: a stock Linux in a cell.
 */
#ifndef LINUX_H
#define LINUX_H

#include "jhctl.h"

extern const struct opt linux_opts[];

struct cell_launched;

/** struct linux_request - files and options of a Linux; optional ones say so */
struct linux_request {
	const char *file;	/* compiled configuration of the cell */
	const char *kernel;
	const char *initrd;	/* NULL: none */
	const char *arguments;	/* the kernel's; NULL: none */
	const char *overlay;	/* of its device tree; NULL: none */
	const struct args *virtio;	/* with options for jhvirtiod; NULL: none */
	bool print;		/* the device tree, and do nothing else */
	bool console;		/* refuse a cell whose output is not read by jhctl */
};

/**
 * linux_boot - create a cell and boot Linux in it
 * @launched:	as of cell_launch()
 *
 * To be called after interrupt_watch(). Returns an exit code; the reason was printed.
 */
int linux_boot(const struct linux_request *request, struct cell_launched *launched);

int linux_run(const struct args *args);

#endif
