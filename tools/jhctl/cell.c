// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "cell.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lib/config.h>
#include <jh/ioctl.h>

#include "args.h"
#include "blob.h"
#include "device.h"
#include "hwcheck.h"
#include "interrupt.h"
#include "load.h"
#include "progress.h"
#include "session.h"
#include "text.h"
#include "virtiod.h"

#define ARGS_ADDRESS	0x1000	/* where inmates expect their command line, */
#define ARGS_BYTES	256	/* and how long it may be with its zero */

const struct opt enable_opts[] = {
	{ "dry-run", 'n', NULL, "make all checks, then leave everything as it is" },
	{ NULL, 0, NULL, NULL }
};

const struct opt cell_load_opts[] = {
	{ "address", 'a', "ADDRESS", "guest-physical address of the image or string before it" },
	{ "string", 's', "TEXT", "load a string, with its terminating zero, instead of a file" },
	{ "dtb", 'd', "FILE[@ADDRESS]", "a device tree, whose address the first CPU gets in x0" },
	{ "entry", 'e', "ADDRESS", "where the first CPU starts (default: as an ELF file says)" },
	{ NULL, 0, NULL, NULL }
};

const struct opt cell_run_opts[] = {
	{ "address", 'a', "ADDRESS", "guest-physical address of a raw image (default 0)" },
	{ "args", 0, "TEXT", "command line of the inmate, loaded at 0x1000" },
	{ "dtb", 'd', "FILE[@ADDRESS]", "a device tree, whose address the first CPU gets in x0" },
	{ "entry", 'e', "ADDRESS", "where the first CPU starts (default: as an ELF file says)" },
	VIRTIOD_OPTS,
	{ NULL, 0, NULL, NULL }
};

const struct opt cell_shutdown_opts[] = {
	{ "force", 'f', NULL, "stop it without asking it" },
	{ NULL, 0, NULL, NULL }
};

int enable_run(const struct args *args)
{
	const char *file = args_positional(args, 0);
	struct jh_ioctl_enable call = { 0 };
	struct subject subject = { .file = file };
	struct blob blob;
	int fd, ret;

	ret = blob_read(&blob, "enable", file, JH_CONFIG_SYSTEM);
	if (ret)
		return ret;
	ret = session_open_loading(&fd);
	if (ret)
		goto out_blob;

	subject.blob = blob.data;
	subject.length = blob.length;
	call.config = (__u64)(uintptr_t)blob.data;
	call.length = (__u32)blob.length;
	subject.who = call.who;
	if (args_has(args, "dry-run"))
		call.flags |= JH_ENABLE_DRY_RUN;
	progress_start("jh: enabling");
	ret = device_call(fd, JH_IOC_ENABLE, &call) ? errno : 0;
	progress_stop();
	if (ret)
		ret = session_refused("enable", &subject, &call.error, ret);
	else if (args_has(args, "dry-run"))
		printf("%s: all checks passed, nothing was changed\n", file);
	device_close(fd);
out_blob:
	free(blob.data);
	return ret;
}

int disable_run(const struct args *args)
{
	struct jh_ioctl_disable call = { 0 };
	struct subject subject = { 0 };
	struct report report = { 0 };
	int fd, ret;

	(void)args;
	ret = session_open(&fd);
	if (ret)
		return ret;
	if (report_read(fd, &report) && errno == ENXIO) {
		complain("jh is not enabled: nothing is left to disable");
		ret = EXIT_ABSENT;
		goto out_fd;
	}
	subject.report = report.head ? &report : NULL;
	progress_start("jh: disabling");
	ret = device_call(fd, JH_IOC_DISABLE, &call) ? errno : 0;
	progress_stop();
	if (ret)
		ret = session_refused("disable", &subject, &call.error, ret);
	report_free(&report);
out_fd:
	device_close(fd);
	return ret;
}

/* Create the cell of @blob; *@fd stays open if that works. */
static int create(const struct blob *blob, int *fd, struct cell_ref *cell)
{
	struct subject subject = {
		.file = blob->file,
		.blob = blob->data,
		.length = blob->length,
	};
	struct jh_ioctl_create call = {
		.config = (__u64)(uintptr_t)blob->data,
		.length = (__u32)blob->length,
	};
	struct report report = { 0 };
	int ret;

	ret = hwcheck_cell(blob);
	if (!ret)
		ret = session_open(fd);
	if (ret)
		return ret;
	ret = session_report(*fd, &report);
	if (ret)
		goto out_fd;

	subject.report = &report;
	subject.who = call.who;
	hwcheck_priorities(blob);
	progress_start("jh: creating the cell");
	ret = device_call(*fd, JH_IOC_CELL_CREATE, &call) ? errno : 0;
	progress_stop();
	if (ret)
		ret = session_refused("cell create", &subject, &call.error, ret);
	*cell = (struct cell_ref){ call.cell, call.generation };
	report_free(&report);
out_fd:
	if (ret)
		device_close(*fd);
	return ret;
}

int cell_create_run(const struct args *args)
{
	struct cell_ref cell;
	struct blob blob;
	int fd, ret;

	ret = blob_read(&blob, "cell create", args_positional(args, 0), JH_CONFIG_CELL);
	if (ret)
		return ret;
	ret = create(&blob, &fd, &cell);
	if (!ret)
		device_close(fd);
	free(blob.data);
	return ret;
}

/* START, SHUTDOWN and DESTROY differ in a number and in words. */
static int simple_call(int fd, unsigned long request, const char *verb, const char *doing,
		       const struct cell_ref *cell, const struct report *report, __u32 flags)
{
	struct jh_ioctl_cell call = {
		.cell = cell->number,
		.generation = cell->generation,
		.flags = flags,
	};
	struct subject subject = { .report = report };
	char name[JH_NAME_LEN + 1] = "";
	int ret;

	if (report)
		memcpy(name, report->cell[cell->number].name, JH_NAME_LEN);
	progress_start(doing);
	ret = device_call(fd, request, &call) ? errno : 0;
	progress_stop();
	if (!ret)
		return EXIT_OK;
	subject.cell = *name ? name : NULL;
	return session_refused(verb, &subject, &call.error, ret);
}

static int simple_verb(const struct args *args, unsigned long request, const char *doing,
		       __u32 flags)
{
	struct report report;
	struct cell_ref cell;
	int fd, ret;

	ret = session_find(args_positional(args, 0), &fd, &report, &cell);
	if (ret)
		return ret;
	ret = simple_call(fd, request, args->verb->name, doing, &cell, &report, flags);
	report_free(&report);
	device_close(fd);
	return ret;
}

int cell_start_run(const struct args *args)
{
	return simple_verb(args, JH_IOC_CELL_START, "jh: starting the cell", 0);
}

int cell_shutdown_run(const struct args *args)
{
	return simple_verb(args, JH_IOC_CELL_SHUTDOWN, "jh: waiting for the cell to shut down",
			   args_has(args, "force") ? JH_SHUTDOWN_FORCE : 0);
}

int cell_destroy_run(const struct args *args)
{
	return simple_verb(args, JH_IOC_CELL_DESTROY, "jh: destroying the cell", 0);
}

static int parse_address(const struct args *args, const char *text, struct load_piece *piece)
{
	if (piece->placed)
		return misuse(args, "an address is given twice for %s", piece->name);
	if (!text_number(text, &piece->address))
		return misuse(args, "'%s' is no address: give it like 0x1000", text);
	piece->placed = true;
	return EXIT_OK;
}

static int parse_entry(const struct args *args, const char *text, struct load_plan *plan)
{
	if (!text_number(text, &plan->entry))
		return misuse(args, "'%s' is no address: give it like 0x1000", text);
	plan->has_entry = true;
	return EXIT_OK;
}

static int add_piece(const struct args *args, const char *name, const char *string, bool tree,
		     struct load_plan *plan)
{
	struct load_piece *piece = &plan->piece[plan->count];
	int i;

	for (i = 0; tree && i < plan->count; i++) {
		if (plan->piece[i].tree)
			return misuse(args, "--dtb is given twice: x0 holds one address");
	}
	if (!load_add(plan, name, string))
		return misuse(args, "more than %d images at once: load the rest by another one",
			      LOAD_PIECES);
	piece->tree = tree;
	if (!string)
		load_at(piece);
	return EXIT_OK;
}

/* An option of a load: --string and --dtb are pieces, --address belongs to the piece before it. */
static int parse_option(const struct args *args, const struct arg *arg, struct load_plan *plan)
{
	const char *name = arg->opt->name;

	if (!strcmp(name, "string"))
		return add_piece(args, "--string", arg->value, false, plan);
	if (!strcmp(name, "dtb"))
		return add_piece(args, arg->value, NULL, true, plan);
	if (!strcmp(name, "entry"))
		return parse_entry(args, arg->value, plan);
	if (!plan->count)
		return misuse(args, "--address stands behind its image");
	return parse_address(args, arg->value, &plan->piece[plan->count - 1]);
}

/* IMAGE and options in the order in which they were typed. */
static int parse_load(const struct args *args, struct load_plan *plan)
{
	bool named = false;
	int i, ret = EXIT_OK;

	for (i = 0; i < args->count && !ret; i++) {
		const struct arg *arg = &args->item[i];

		if (arg->opt)
			ret = parse_option(args, arg, plan);
		else if (named)
			ret = add_piece(args, arg->value, NULL, false, plan);
		else
			named = true;
	}
	if (ret)
		return ret;
	return plan->count ? EXIT_OK : misuse(args, "nothing to load: name an image");
}

int cell_load_run(const struct args *args)
{
	struct load_plan plan = { 0 };
	struct report report;
	struct cell_ref cell;
	int fd, ret;

	ret = parse_load(args, &plan);
	if (!ret)
		ret = load_prepare(&plan);
	if (ret)
		goto out_plan;
	ret = session_find(args_positional(args, 0), &fd, &report, &cell);
	if (ret)
		goto out_plan;
	ret = load_write(&plan, fd, &cell, args_positional(args, 0),
			 report.cell[cell.number].entry);
	report_free(&report);
	device_close(fd);
out_plan:
	load_free(&plan);
	return ret;
}

static int parse_string(const struct args *args, const char *string, struct load_plan *plan)
{
	struct load_piece *piece = &plan->piece[plan->count];

	if (strlen(string) >= ARGS_BYTES)
		return misuse(args, "a command line may have no more than %d characters",
			      ARGS_BYTES - 1);
	load_add(plan, "--args", string);
	piece->placed = true;
	piece->address = ARGS_ADDRESS;
	return EXIT_OK;
}

static int parse_run(const struct args *args, struct load_plan *plan)
{
	const char *address = args_value(args, "address"), *string = args_value(args, "args");
	const char *tree = args_value(args, "dtb"), *entry = args_value(args, "entry");
	int ret = add_piece(args, args_positional(args, 1), NULL, false, plan);

	if (!ret && address)
		ret = parse_address(args, address, &plan->piece[0]);
	if (!ret && string)
		ret = parse_string(args, string, plan);
	if (!ret && tree)
		ret = add_piece(args, tree, NULL, true, plan);
	if (!ret && entry)
		ret = parse_entry(args, entry, plan);
	return ret;
}

static int load_and_start(const struct load_plan *plan, int fd, const struct cell_ref *cell,
			  __u64 entry)
{
	int ret = load_write(plan, fd, cell, NULL, entry);

	if (!ret && !interrupt_came())
		ret = simple_call(fd, JH_IOC_CELL_START, "cell start", "jh: starting the cell",
				  cell, NULL, 0);
	return ret;
}

static int call_helper(const struct cell_helper *helper, const struct blob *blob)
{
	char name[JH_NAME_LEN + 1] = "";

	if (!helper)
		return EXIT_OK;
	memcpy(name, config_cell(blob->data)->name, JH_NAME_LEN);
	return helper->begin(helper->context, name);
}

int cell_launch(const struct blob *blob, struct load_plan *plan, const struct cell_helper *helper,
		struct cell_launched *launched)
{
	__u64 entry = config_cell(blob->data)->entry;
	struct cell_ref cell;
	int fd, ret;

	ret = load_prepare(plan);
	if (!ret && interrupt_came())
		ret = EXIT_REFUSED;
	if (!ret)
		ret = create(blob, &fd, &cell);
	if (ret)
		goto out_plan;

	load_check_entry(plan, entry);
	ret = call_helper(helper, blob);
	if (!ret && !interrupt_came())
		ret = load_and_start(plan, fd, &cell, entry);
	if (launched && !ret && !interrupt_came()) {
		*launched = (struct cell_launched){ fd, cell };
		goto out_plan;
	}
	interrupt_ignore();
	if (ret || interrupt_came())
		simple_call(fd, JH_IOC_CELL_DESTROY, "cell destroy", "jh: destroying the cell",
			    &cell, NULL, 0);
	device_close(fd);
	if (launched && !ret)
		ret = EXIT_REFUSED;
out_plan:
	load_free(plan);
	return ret;
}

int cell_end(struct cell_launched *launched)
{
	int ret;

	interrupt_ignore();
	ret = simple_call(launched->fd, JH_IOC_CELL_DESTROY, "cell destroy",
			  "jh: destroying the cell", &launched->cell, NULL, 0);
	device_close(launched->fd);
	return ret;
}

int cell_run_run(const struct args *args)
{
	struct cell_helper helper = { virtiod_start, args };
	struct load_plan plan = { 0 };
	struct blob blob = { 0 };
	int ret;

	interrupt_watch();
	ret = parse_run(args, &plan);
	if (!ret)
		ret = blob_read(&blob, "cell create", args_positional(args, 0), JH_CONFIG_CELL);
	if (!ret)
		ret = cell_launch(&blob, &plan, virtiod_wanted(args) ? &helper : NULL, NULL);
	else
		load_free(&plan);
	free(blob.data);
	interrupt_end();
	return ret;
}
