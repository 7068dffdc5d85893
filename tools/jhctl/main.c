// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jhctl, the command-line tool of jh. The table of verbs below is the whole of it; what a verb does
 * lies in a file of its own subject.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cell.h"
#include "collect.h"
#include "console.h"
#include "cyclictest.h"
#include "doctor.h"
#include "jhconf.h"
#include "jhctl.h"
#include "latency.h"
#include "linkbench.h"
#include "linux.h"
#include "list.h"
#include "status.h"
#include "text.h"
#include "top.h"
#include "trace.h"
#include "wait.h"


#define LENGTH(array)	(int)(sizeof(array) / sizeof((array)[0]))

static const struct verb verbs[] = {
	{
		"enable", "FILE [--dry-run]", "turn this Linux into the root cell",
		"FILE is a compiled system configuration (jhctl config compile sys.toml).\n"
		"Either all of it works, or Linux is as it was and one sentence says why.\n"
		"The module is loaded if it is not.",
		enable_opts, 1, 1, 0, enable_run
	}, {
		"disable", "", "give the machine back to Linux",
		"All cells must be destroyed before.",
		NULL, 0, 0, 0, disable_run
	}, {
		"status", "[--json]", "what is enabled, who owns what, what isolation rests on",
		"The last part is the trust model of this machine: bus masters, controllers and\n"
		"firmware calls which the root cell has and which could reach the other cells.",
		status_opts, 0, 0, 0, status_run
	}, {
		"doctor", "[--bundle FILE] [--json]", "what of this machine is in the way of jh",
		"Looks, in order, at everything that can be wrong, changes nothing, and says the\n"
		"next step. Exit code 1 if jh cannot work like this. A bundle holds what 'config\n"
		"collect' packs, the findings, the logs of Linux and of the hypervisor, and the\n"
		"state of the cells: look through it before you give it away.",
		doctor_opts, 0, 0, 0, doctor_run
	}, {
		"top", "[--delay SECONDS] [--count NUMBER] [--batch | --json]",
		"what cells, CPUs and links do just now",
		"Exits for each second by reason, of each cell and each CPU, and bells of links.\n"
		"On a terminal q ends it and the space bar looks at once.",
		top_opts, 0, 0, 0, top_run
	}, {
		"trace", "NAME [--seconds N] [--output FILE] [--elf FILE] [--json]",
		"when, where and why a cell enters the hypervisor",
		"Each exit from now on, until it is interrupted, with its time by the machine's\n"
		"counter. The name of the root cell stands for Linux itself. A cell pays for it\n"
		"about 30 instructions an exit; one that is not traced pays nothing. Open what\n"
		"--json writes in Perfetto.",
		trace_opts, 1, 1, 0, trace_run
	}, {
		"cell create", "FILE", "take CPUs, memory and devices from Linux for a new cell",
		"FILE is a compiled cell configuration (jhctl config compile rtos.toml).",
		NULL, 1, 1, 0, cell_create_run
	}, {
		"cell load",
		"NAME {IMAGE[@ADDRESS] | --string TEXT | --dtb FILE[@ADDRESS]} ...",
		"copy images into a cell that does not run",
		"IMAGE is an ELF file, which says itself where it goes, or raw bytes for ADDRESS\n"
		"(0 if none is given). An option --address belongs to the image or string before\n"
		"it. The cell starts where --entry or an ELF file says, else where it did before,\n"
		"which the configuration says first. A device tree without address lies behind\n"
		"all else.\n"
		"  jhctl cell load rtos rtos.bin --string \"period=100\" --address 0x1000\n"
		"  jhctl cell load boot u-boot.bin@0x40200000 --dtb board.dtb@0x40000000",
		cell_load_opts, 1, 1 + 16, 0, cell_load_run
	}, {
		"cell start", "NAME", "let a loaded cell run",
		NULL, NULL, 1, 1, 0, cell_start_run
	}, {
		"cell shutdown", "NAME [--force]", "ask a cell to shut down, then stop it",
		"The cell may refuse; --force does not ask.",
		cell_shutdown_opts, 1, 1, 0, cell_shutdown_run
	}, {
		"cell destroy", "NAME", "wipe a cell and give what it had back to Linux",
		"A cell that runs is stopped first, without being asked.",
		NULL, 1, 1, 0, cell_destroy_run
	}, {
		"cell run", "FILE IMAGE[@ADDRESS] [--args TEXT] [--dtb FILE] [OPTION]...",
		"create, load and start a cell in one go",
		"If loading or starting fails or is interrupted, the cell is destroyed again.\n"
		"With --disk, --net, --console or --rng jhvirtiod(8) is the other end of its\n"
		"virtio devices, until the cell is destroyed.",
		cell_run_opts, 2, 2, 0, cell_run_run
	}, {
		"cell linux",
		"FILE VMLINUZ [-i FILE] [-a TEXT] [--disk FILE]... [OPTION]...",
		"create a cell and start a stock Linux in it",
		"VMLINUZ is a kernel as distributions install it, also compressed. Its device\n"
		"tree is made from the cell's configuration and from the machine's tree. If\n"
		"something does not fit nothing is created; if the rest fails or is interrupted\n"
		"the cell is destroyed again. With --disk, --net, --console or --rng jhvirtiod(8)\n"
		"is the other end of its virtio devices, until the cell is destroyed.\n"
		"  jhctl cell linux linux.cell vmlinuz -i initrd --disk root.img -a root=/dev/vda1",
		linux_opts, 2, 2, 0, linux_run
	}, {
		"cell wait", "NAME [--timeout SECONDS] [--json]", "wait until a cell has ended",
		"One that is not started yet is waited for as well, and one that is started again\n"
		"goes on. Exit codes: 0 it was shut down or stopped, or ended by itself, 5 it\n"
		"failed, 6 it is gone, 7 it has not ended in time; 1 to 4 as ever.",
		wait_opts, 1, 1, 0, cell_wait_run
	}, {
		"cell list", "[--json]", "all cells with state, CPUs, memory and exits",
		NULL, list_opts, 0, 0, 0, cell_list_run
	}, {
		"cell show", "NAME [--json] [--elf FILE]",
		"one cell: where its CPUs are, registers if it failed",
		NULL, show_opts, 1, 1, 0, cell_show_run
	}, {
		"cell stats", "NAME [--watch | --json]",
		"why the CPUs of a cell entered the hypervisor",
		NULL, stats_opts, 1, 1, 0, cell_stats_run
	}, {
		"console", "[-f | -i] [NAME]",
		"the hypervisor's log, or what a cell prints; type to it",
		NULL, console_opts, 0, 1, 0, console_run
	}, {
		"bench latency",
		"NAME [--seconds N] [--period US] [--stress] [--image FILE] [--json]",
		"how late a timer's handler starts in a cell",
		"NAME is a cell that does not run, with console = \"hypervisor\"; the benchmark "
		"is\n"
		"loaded into it and replaces what was there.",
		latency_opts, 1, 1, 0, latency_run
	}, {
		"bench link",
		"CELL/LINK [--count N] [--bytes N] [--seconds N] [--json]",
		"how long bytes take to a cell and back, and how many do",
		"The cell has a link with peer = \"root\" and runs link-echo, or another program "
		"that\n"
		"sends back what it gets by jh/stream.h:\n"
		"  jhctl cell run link-echo.cell /usr/lib/jh/inmates/link-echo.bin\n"
		"  jhctl bench link link-echo/messages",
		linkbench_opts, 1, 1, 0, linkbench_run
	}, {
		"bench cyclictest",
		"FILE VMLINUZ -i FILE [--seconds N] [--stress] [--json]",
		"how late threads wake up in a Linux of a cell",
		"Creates the cell of FILE, which needs console = \"uart\", starts the kernel in\n"
		"it as 'cell linux' does, and destroys it again. The initial file system has\n"
		"cyclictest of rt-tests; its first program runs what it gets as arguments, under\n"
		"load if the first one is --stress, and powers off.",
		cyclictest_opts, 2, 2, 0, cyclictest_run
	}, {
		"config collect", "[FILE]",
		"pack what is to be known of this machine into a tar file",
		"FILE (jh-collect.tar if none is given, - for standard output) holds the device\n"
		"tree, /proc/iomem, interrupts, command line, CPUs, kernel, streams and drivers;\n"
		"'jhctl config create --from FILE' makes a system configuration of it anywhere.",
		NULL, 0, 1, 0, collect_run
	}, {
		"config", "VERB ...", "compile, check, show and write configurations",
		NULL, NULL, 0, 0, VERB_RAW, config_run
	},
};

int complain(const char *format, ...)
{
	va_list list;

	fflush(stdout);
	fputs("jh: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	putc('\n', stderr);
	return EXIT_REFUSED;
}

int misuse(const struct args *args, const char *format, ...)
{
	va_list list;

	fputs("jh: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, "\njh: 'jhctl %s --help' says more\n", args->verb->name);
	return EXIT_USAGE;
}

/* The verbs whose names start with @prefix, one line each. */
static void print_verbs(FILE *out, const char *prefix)
{
	int width = 0, i;

	for (i = 0; i < LENGTH(verbs); i++) {
		if ((int)strlen(verbs[i].name) > width)
			width = (int)strlen(verbs[i].name);
	}
	for (i = 0; i < LENGTH(verbs); i++) {
		if (!strncmp(verbs[i].name, prefix, strlen(prefix)))
			fprintf(out, "  %-*s  %s\n", width, verbs[i].name, verbs[i].summary);
	}
}

static void print_help(FILE *out)
{
	fputs("usage: jhctl VERB [ARGUMENT]...\n"
	      "\n"
	      "Partition this machine: Linux keeps what it is not asked to give away, cells get\n"
	      "CPUs, memory and devices of their own.\n"
	      "\n", out);
	print_verbs(out, "");
	fputs("\n"
	      "A cell is named by its name or its number. 'jhctl VERB --help' says more.\n"
	      "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 jh is not loaded or not\n"
	      "enabled, 4 not root.\n", out);
}

static int print_verb_help(const struct verb *verb)
{
	const struct opt *opt;

	printf("usage: jhctl %s%s%s\n\n%s\n", verb->name, *verb->usage ? " " : "", verb->usage,
	       verb->summary);
	if (verb->details)
		printf("\n%s\n", verb->details);
	putchar('\n');
	for (opt = verb->opts; opt && opt->name; opt++) {
		char *left = text_format("--%s%s%s", opt->name, opt->value ? " " : "",
					 opt->value ? opt->value : "");

		printf(opt->letter ? "  -%c, " : "      ", opt->letter);
		printf("%-20s  %s\n", left, opt->help);
		free(left);
	}
	printf("  -%c, --%-18s  %s\n", args_help.letter, args_help.name, args_help.help);
	return EXIT_OK;
}

/* Whether @word begins verbs of two words ("cell"). */
static bool is_group(const char *word)
{
	size_t length = strlen(word);
	int i;

	for (i = 0; i < LENGTH(verbs); i++) {
		if (!strncmp(verbs[i].name, word, length) && verbs[i].name[length] == ' ')
			return true;
	}
	return false;
}

/* The verb that argv[0], or argv[0] and argv[1], spell; *@words tells which. */
static const struct verb *find_verb(int argc, char **argv, int *words)
{
	const char *name, *space;
	size_t first;
	int i;

	for (i = 0; i < LENGTH(verbs); i++) {
		name = verbs[i].name;
		space = strchr(name, ' ');
		first = space ? (size_t)(space - name) : strlen(name);
		if (strlen(argv[0]) != first || strncmp(argv[0], name, first))
			continue;
		if (space && (argc < 2 || strcmp(argv[1], space + 1)))
			continue;
		*words = space ? 2 : 1;
		return &verbs[i];
	}
	return NULL;
}

/* How far @typed is from @name, or from the second word of it. */
static int distance(const char *typed, const char *name)
{
	const char *space = strchr(name, ' ');
	int whole = text_distance(typed, name);
	int part = space ? text_distance(typed, space + 1) : whole;

	return part < whole ? part : whole;
}

static int unknown_verb(int argc, char **argv)
{
	const struct verb *best = NULL;
	/* A word of three letters has many neighbours. */
	int least = strlen(argv[0]) < 4 ? 2 : 3, d, i;
	bool both = argc > 1 && is_group(argv[0]);
	char *typed;

	if (argc == 1 && is_group(argv[0])) {
		fprintf(stderr, "jh: '%s' wants one more word:\n", argv[0]);
		print_verbs(stderr, argv[0]);
		return EXIT_USAGE;
	}
	if (argv[0][0] == '-') {
		complain("there is no option %s: did you mean --help or --version?", argv[0]);
		return EXIT_USAGE;
	}

	typed = argc > 1 && argv[1][0] != '-' ? text_format("%s %s", argv[0], argv[1]) :
						text_format("%s", argv[0]);
	for (i = 0; i < LENGTH(verbs); i++) {
		d = distance(typed, verbs[i].name);
		if (d < least) {
			least = d;
			best = &verbs[i];
			both = true;
		}
		/* Of words that are no verb the second may be the first one's argument. */
		d = argc > 1 ? distance(argv[0], verbs[i].name) : least;
		if (d < least) {
			least = d;
			best = &verbs[i];
			both = false;
		}
	}
	if (!both) {
		free(typed);
		typed = text_format("%s", argv[0]);
	}
	if (best)
		complain("there is no verb '%s': did you mean '%s'?", typed, best->name);
	else
		complain("there is no verb '%s': 'jhctl --help' lists them", typed);
	free(typed);
	return EXIT_USAGE;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
	struct args args;
	int ret;

	ret = args_parse(&args, verb, argc, argv);
	if (!ret)
		ret = args_has(&args, "help") ? print_verb_help(verb) : verb->run(&args);
	args_free(&args);
	return ret;
}

/* Output that could not be written is a failure too. */
static int finish(int ret)
{
	if ((fflush(stdout) || ferror(stdout)) && errno != EPIPE && !ret)
		return complain("cannot write the output: %s", strerror(errno));
	return ret;
}

int main(int argc, char **argv)
{
	const struct verb *verb;
	int words;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (is_help(argv[1]) || !strcmp(argv[1], "help")) {
		if (argc < 3) {
			print_help(stdout);
			return finish(EXIT_OK);
		}
		verb = find_verb(argc - 2, argv + 2, &words);
		return finish(verb ? print_verb_help(verb) : unknown_verb(argc - 2, argv + 2));
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("jhctl %s\n", JH_VERSION);
		return finish(EXIT_OK);
	}
	if (argc == 3 && is_help(argv[2]) && is_group(argv[1]) &&
	    !find_verb(argc - 1, argv + 1, &words)) {
		print_verbs(stdout, argv[1]);
		return finish(EXIT_OK);
	}
	verb = find_verb(argc - 1, argv + 1, &words);
	if (!verb)
		return unknown_verb(argc - 1, argv + 1);
	return finish(run_verb(verb, argc - 1 - words, argv + 1 + words));
}
