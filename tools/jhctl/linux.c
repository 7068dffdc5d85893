// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * One command for a stock kernel: read it, make its device tree, see that all of it fits, and only
 * then create the cell, load and start it.
 */
#include "linux.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <lib/config.h>

#include "args.h"
#include "blob.h"
#include "cell.h"
#include "device.h"
#include "dts.h"
#include "guest.h"
#include "hwcheck.h"
#include "image.h"
#include "interrupt.h"
#include "kernel.h"
#include "load.h"
#include "place.h"
#include "text.h"
#include "tree.h"
#include "virtiod.h"

#define INITRD_LIMIT	((size_t)2 << 30)
#define ADDED_LIMIT	(1u << 20)	/* bytes of an overlay */
#define TREE_BYTES	(GUEST_LIMIT + ADDED_LIMIT)

_Static_assert(TREE_BYTES <= KERNEL_ALIGN, "what place_guest() keeps for a tree");

const struct opt linux_opts[] = {
	{ "initrd", 'i', "FILE", "initial file system" },
	{ "args", 'a', "TEXT", "the kernel's command line" },
	VIRTIOD_OPTS,
	{ "dtb-add", 0, "FILE", "a compiled device-tree overlay, put over the tree" },
	{ "print-dtb", 'p', NULL, "print the device tree as source, and do nothing else" },
	{ NULL, 0, NULL, NULL }
};

/* All that the verb reads and makes before anything is created. */
struct linux_guest {
	struct blob blob;
	struct kernel kernel;
	void *initrd;
	size_t initrd_size;
	void *tree;
	struct place place;
	char *arguments;
};

/*
 * A kernel whose virtio devices have a zone of memory bounces there, and uses it for nothing else:
 * it must not find programs there, which cannot be executed.
 */
static char *complete(const void *config, const char *given)
{
	char *bounce = text_format(" swiotlb=%llu", guest_bounce_slabs(config)), *result;
	bool zone = guest_has_zone(config);

	result = text_format("%s%s%s", given, zone && !strstr(given, "swiotlb=") ? bounce : "",
			     zone && !strstr(given, "lowmem_reserve_ratio") ?
			     " sysctl.vm.lowmem_reserve_ratio=\"1 1 1 1\"" : "");
	free(bounce);
	return result;
}

/* The MPIDR of one of Linux's CPUs, from its node of the device tree; false if there is none. */
static bool read_mpidr(__u32 cpu, __u64 *mpidr)
{
	char *path = text_format("%s/sys/devices/system/cpu/cpu%u/of_node/reg", device_root(), cpu);
	size_t length = 0, i;
	unsigned char *reg = image_read_file(path, 8, &length);

	*mpidr = 0;
	for (i = 0; reg && i < length; i++)
		*mpidr = *mpidr << 8 | reg[i];
	free(path);
	free(reg);
	return reg && (length == 4 || length == 8);
}

static int add_overlay(struct linux_guest *boot, const char *path)
{
	size_t length;
	void *added = image_read_file(path, ADDED_LIMIT, &length);
	int error;

	if (!added)
		return complain("%s: %s", path, strerror(errno));
	error = fdt_check_full(added, length);
	if (error) {
		free(added);
		return complain("%s is no compiled device tree (%s): use dtc -@", path,
				fdt_strerror(error));
	}
	error = fdt_overlay_apply(boot->tree, added);
	free(added);
	if (error)
		return complain("%s cannot be put over the guest's device tree: %s (its fragments "
				"need a target-path)", path, fdt_strerror(error));
	return EXIT_OK;
}

static int make_tree(struct linux_guest *boot, const struct linux_request *request)
{
	__u64 mpidr[JH_MAX_CPUS];
	struct guest guest = {
		.config = boot->blob.data,
		.machine = tree_load(),
		.mpidr = mpidr,
		.initrd = boot->place.initrd,
		.initrd_size = boot->initrd_size,
	};
	void *tree;
	int ret = EXIT_OK;

	if (!guest.machine)
		return complain("/sys/firmware/fdt: %s: this machine was not started with a device "
				"tree", strerror(errno));
	boot->arguments = complete(guest.config, request->arguments ? request->arguments : "");
	guest.arguments = boot->arguments + (boot->arguments[0] == ' ');
	while (guest.cpus < JH_MAX_CPUS && read_mpidr(guest.cpus, &mpidr[guest.cpus]))
		guest.cpus++;
	if (getrandom(guest.seed, sizeof(guest.seed), 0) != (ssize_t)sizeof(guest.seed))
		ret = complain("no random numbers: %s", strerror(errno));
	tree = ret ? NULL : guest_tree(&guest);
	free((void *)guest.machine);
	boot->tree = tree ? calloc(1, TREE_BYTES) : NULL;
	if (boot->tree)
		ret = fdt_open_into(tree, boot->tree, TREE_BYTES) ? EXIT_REFUSED : EXIT_OK;
	else
		ret = EXIT_REFUSED;
	free(tree);
	if (!ret && request->overlay)
		ret = add_overlay(boot, request->overlay);
	if (!ret)
		fdt_pack(boot->tree);
	return ret;
}

static int read_initrd(struct linux_guest *boot, const char *path)
{
	if (!path)
		return EXIT_OK;
	boot->initrd = image_read_file(path, INITRD_LIMIT, &boot->initrd_size);
	if (!boot->initrd && errno == EFBIG)
		return complain("%s: too big: an initrd may have 2G", path);
	if (!boot->initrd)
		return complain("%s: %s", path, strerror(errno));
	if (!boot->initrd_size)
		return complain("%s is empty", path);
	return EXIT_OK;
}

static int check_console(const struct linux_request *request, const void *config)
{
	const struct jh_console *console = config_console(config);

	if (!request->console || (console && console->flags & JH_CONSOLE_VIRTUAL))
		return EXIT_OK;
	return complain("%s: what the guest prints is read here: it needs console = \"uart\"",
			request->file);
}

static int prepare(struct linux_guest *boot, const struct linux_request *request)
{
	char *problem;
	int ret = blob_read(&boot->blob, "cell linux", request->file, JH_CONFIG_CELL);

	if (!ret)
		ret = check_console(request, boot->blob.data);
	if (!ret)
		ret = kernel_read(&boot->kernel, request->kernel);
	if (!ret)
		ret = hwcheck_pages(request->kernel, boot->kernel.page);
	if (!ret)
		ret = read_initrd(boot, request->initrd);
	if (ret)
		return ret;
	problem = place_guest(&boot->place, boot->blob.data, &boot->kernel, boot->initrd_size);
	if (problem)
		ret = complain("%s: %s", request->file, problem);
	free(problem);
	return ret ? ret : make_tree(boot, request);
}

/* The plan takes the bytes over. */
static int launch(struct linux_guest *boot, const struct linux_request *request,
		  struct cell_launched *launched)
{
	struct load_plan plan = { .has_entry = true, .entry = boot->place.kernel };
	struct cell_helper helper = { virtiod_start, request->virtio };

	load_add_data(&plan, request->kernel, boot->kernel.data, boot->kernel.length,
		      boot->place.kernel);
	load_add_data(&plan, "the device tree", boot->tree, fdt_totalsize(boot->tree),
		      boot->place.tree)->tree = true;
	if (request->initrd)
		load_add_data(&plan, request->initrd, boot->initrd, boot->initrd_size,
			      boot->place.initrd);
	boot->kernel.data = boot->tree = boot->initrd = NULL;
	return cell_launch(&boot->blob, &plan, request->virtio ? &helper : NULL, launched);
}

int linux_boot(const struct linux_request *request, struct cell_launched *launched)
{
	struct linux_guest boot = { .tree = NULL };
	int ret = prepare(&boot, request);

	if (!ret && request->print)
		dts_print(stdout, boot.tree);
	else if (!ret && interrupt_came())
		ret = EXIT_REFUSED;
	else if (!ret)
		ret = launch(&boot, request, launched);
	free(boot.blob.data);
	kernel_free(&boot.kernel);
	free(boot.initrd);
	free(boot.tree);
	free(boot.arguments);
	return ret;
}

int linux_run(const struct args *args)
{
	struct linux_request request = {
		.file = args_positional(args, 0),
		.kernel = args_positional(args, 1),
		.initrd = args_value(args, "initrd"),
		.arguments = args_value(args, "args"),
		.overlay = args_value(args, "dtb-add"),
		.virtio = virtiod_wanted(args) ? args : NULL,
		.print = args_has(args, "print-dtb"),
	};
	int ret;

	interrupt_watch();
	ret = linux_boot(&request, NULL);
	interrupt_end();
	return ret;
}
