// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The command line, what the hypervisor tells of a cell, and which of the two goes with which.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jh/config.h>

#include "../cell.h"
#include "../jhvirtiod.h"
#include "../options.h"
#include "guest.h"

#define WORDS	16

static struct options options;
static char text[1024];

/* The words of a command line, which is copied: the parser cuts them. */
static int parse(const char *line)
{
	char *argv[WORDS + 1] = { "jhvirtiod" }, *rest, *word;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	for (word = strtok_r(text, " ", &rest); word && argc < WORDS;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(&options, argc, argv);
}

static void good_lines(void **state)
{
	assert_int_equal(parse("linux --disk root=/srv/a.img,ro,serial=X1 --rng --net=tap0 "
			       "--console c=pty:/run/x"), EXIT_OK);
	assert_string_equal(options.cell, "linux");
	assert_int_equal(options.count, 4);
	assert_int_equal(options.request[0].kind, JH_VIRTIO_BLOCK);
	assert_string_equal(options.request[0].link, "root");
	assert_string_equal(options.request[0].what, "/srv/a.img");
	assert_string_equal(options.request[0].serial, "X1");
	assert_true(options.request[0].read_only);
	assert_int_equal(options.request[1].kind, JH_VIRTIO_ENTROPY);
	assert_null(options.request[1].link);
	assert_int_equal(options.request[2].kind, JH_VIRTIO_NET);
	assert_string_equal(options.request[2].what, "tap0");
	assert_null(options.request[2].link);
	assert_int_equal(options.request[3].kind, JH_VIRTIO_CONSOLE);
	assert_string_equal(options.request[3].link, "c");
	assert_string_equal(options.request[3].what, "pty:/run/x");
	assert_int_equal(options.user, 65534);
	assert_int_equal(options.group, 65534);
	assert_false(options.background || options.json);
	/* Folders and numbers may have anything in their names. */
	assert_int_equal(parse("-b --rng=dice --disk /srv/a=b.img,serial=c=d linux --json "
			       "--user 7:10"), EXIT_OK);
	assert_string_equal(options.request[0].link, "dice");
	assert_null(options.request[1].link);
	assert_string_equal(options.request[1].what, "/srv/a=b.img");
	assert_string_equal(options.request[1].serial, "c=d");
	assert_false(options.request[1].read_only);
	assert_true(options.background && options.json);
	assert_int_equal(options.user, 7);
	assert_int_equal(options.group, 10);
	assert_int_equal(parse("linux --rng --user 0"), EXIT_OK);
	assert_int_equal(options.user | options.group, 0);
	assert_int_equal(parse("linux --rng --user 4294967294:4294967294"), EXIT_OK);
	assert_int_equal(options.user, 4294967294);
	assert_int_equal(options.group, 4294967294);
	assert_int_equal(parse("linux --rng --user 12"), EXIT_OK);
	assert_int_equal(options.group, 12);
	assert_false(options.no_vhost || options.background || options.json || options.help ||
		     options.version);
	assert_int_equal(parse("linux --rng --no-vhost"), EXIT_OK);
	assert_true(options.no_vhost);
	assert_int_equal(parse("linux --background --console pty"), EXIT_OK);
	assert_true(options.background);
	assert_int_equal(parse("linux -b --disk stdio"), EXIT_OK);
	assert_int_equal(parse("linux --console stdio"), EXIT_OK);
	assert_int_equal(parse("linux --disk a,b=c"), EXIT_USAGE);
	assert_int_equal(parse("linux --disk a,serial=x=y"), EXIT_OK);
	assert_null(options.request[0].link);
	assert_string_equal(options.request[0].serial, "x=y");
	assert_int_equal(parse("linux --disk root=a"), EXIT_OK);
	assert_null(options.request[0].serial);
	assert_false(options.request[0].read_only);
	assert_int_equal(parse("linux --rng --rng --rng --rng --rng --rng --rng --rng"), EXIT_OK);
	assert_int_equal(options.count, 8);
	assert_int_equal(parse("linux --rng=dice=vhost-user:/run/a --net vhost-user:b --disk "
			       "root=vhost-user:/run/c=d"), EXIT_OK);
	assert_string_equal(options.request[0].link, "dice");
	assert_string_equal(options_backend(options.request[0].what), "/run/a");
	assert_null(options.request[1].link);
	assert_string_equal(options_backend(options.request[1].what), "b");
	assert_string_equal(options.request[2].link, "root");
	assert_string_equal(options_backend(options.request[2].what), "/run/c=d");
	assert_int_equal(parse("linux --disk vhost-user --rng"), EXIT_OK);
	assert_null(options_backend(options.request[0].what));
	assert_null(options_backend(options.request[1].what));
	assert_int_equal(parse("-h"), EXIT_OK);
	assert_true(options.help);
	assert_int_equal(parse("--help"), EXIT_OK);
	assert_true(options.help);
	assert_int_equal(parse("--version"), EXIT_OK);
	assert_true(options.version);
}

static void bad_lines(void **state)
{
	static const char *const rows[][2] = {
		{ "", "which cell?" },
		{ "--rng", "which cell?" },
		{ "linux", "nothing to do" },
		{ "linux more --rng", "'more' is one word too many" },
		{ "linux --what", "no option" },
		{ "linux --disk", "no option" },
		{ "linux --disk disk=", "--disk wants more" },
		{ "linux --disk a.img,rw", "'rw' is neither" },
		{ "linux --net=", "--net wants more" },
		{ "linux --net vhost-user:", "--net wants more" },
		{ "linux --disk vhost-user:a,ro", "the back end says: 'ro'" },
		{ "linux --rng --user nobody", "wants numbers" },
		{ "linux --rng --user 1:", "wants numbers" },
		{ "linux --rng --user 1x", "wants numbers" },
		{ "linux --rng --user :1", "wants numbers" },
		{ "linux --rng --user 1:4294967295", "wants numbers" },
		{ "linux --rng --user 4294967295:1", "wants numbers" },
		{ "linux --rng --user 1:2:3", "wants numbers" },
		{ "linux --rng --user 4294967295", "wants numbers" },
		{ "linux -b --console stdio", "has no terminal" },
		{ "linux --rng --rng --rng --rng --rng --rng --rng --rng --rng", "8 devices" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(rows[i][0]), EXIT_USAGE);
		if (!strstr(guest_said, rows[i][1]))
			fail_msg("%s: %s", rows[i][0], guest_said);
	}
}

/* --- which device --- */

static const struct cell_links several = {
	.link = { { "disk", JH_VIRTIO_BLOCK }, { "disk2", JH_VIRTIO_BLOCK },
		  { "net", JH_VIRTIO_NET }, { "odd", 77 } },
	.count = 4,
};

static int match(const char *line, unsigned int *place)
{
	assert_int_equal(parse(line), EXIT_OK);
	return options_match(&options, &several, place);
}

static void devices_of_a_cell(void **state)
{
	unsigned int place[WINDOWS];

	assert_int_equal(match("linux --net tap0 --disk disk2=a --disk disk=b", place), EXIT_OK);
	assert_int_equal(place[0], 2);
	assert_int_equal(place[1], 1);
	assert_int_equal(place[2], 0);
	assert_int_equal(match("linux --disk a", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "2 devices for --disk: say which, --disk disk2=..."));
	assert_int_equal(match("linux --disk net=a", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "link net is not for --disk: it is of the kind net"));
	assert_int_equal(match("linux --disk odd=a", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "of the kind that nobody knows"));
	assert_int_equal(match("linux --disk files=a", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "no virtio device on a link files: disk, for instance"));
	assert_int_equal(match("linux --rng", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "no device for --rng"));
	assert_int_equal(match("linux --disk disk=a --disk disk=b", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "link disk is given twice"));
	assert_int_equal(match("linux --net t --disk disk=a --disk disk=b", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "link disk is given twice"));
	assert_int_equal(match("linux --net t --disk disk=b --net net=u", place), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "link net is given twice"));
	assert_int_equal(match("linux --disk disk=b", place), EXIT_OK);
	assert_int_equal(place[0], 0);
	assert_string_equal(options_kind(JH_VIRTIO_NET), "net");
	assert_string_equal(options_kind(JH_VIRTIO_BLOCK), "disk");
	assert_string_equal(options_kind(JH_VIRTIO_CONSOLE), "console");
	assert_string_equal(options_kind(JH_VIRTIO_ENTROPY), "rng");
	assert_null(options_kind('b'));
	assert_null(options_kind(0));
}

/* --- what the hypervisor tells --- */

static struct {
	struct jh_report head;
	struct jh_cell_report cell[3];
	struct jh_link_report link[12];
} report;

static struct jh_link_report *row(unsigned int i, const char *name, uint32_t cell, uint32_t virtio)
{
	report.link[i] = (struct jh_link_report){ .cell = cell, .virtio = virtio };
	snprintf(report.link[i].name, JH_NAME_LEN, "%s", name);
	return &report.link[i];
}

static void make_report(void)
{
	memset(&report, 0, sizeof(report));
	report.head.magic = JH_REPORT_MAGIC;
	report.head.num_cells = 3;
	report.head.cells_offset = offsetof(typeof(report), cell);
	report.head.num_links = 12;
	report.head.links_offset = offsetof(typeof(report), link);
	strcpy(report.cell[0].name, "root");
	strcpy(report.cell[1].name, "rtos");
	strcpy(report.cell[2].name, "linux");
	report.cell[0].state = report.cell[1].state = report.cell[2].state = JH_CELL_RUNNING;
	row(0, "disk", 2, JH_VIRTIO_BLOCK);
	row(1, "disk", 0, 0);
	row(2, "samples", 2, 0);
	row(4, "net", 1, JH_VIRTIO_NET);
	row(5, "rng", 2, JH_VIRTIO_ENTROPY);
}

static int read_report(struct cell_links *links, const char *name)
{
	return cell_read(links, name, &report.head, sizeof(report));
}

static void links_of_a_cell(void **state)
{
	struct cell_links links;
	unsigned int i;

	make_report();
	assert_int_equal(read_report(&links, "linux"), EXIT_OK);
	assert_int_equal(links.count, 2);
	assert_string_equal(links.link[0].name, "disk");
	assert_int_equal(links.link[0].kind, JH_VIRTIO_BLOCK);
	assert_string_equal(links.link[1].name, "rng");
	assert_int_equal(read_report(&links, "li"), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "no cell li: jhctl cell create"));
	/* Root is nobody's cell, and one that is gone has left its name. */
	assert_int_equal(read_report(&links, "root"), EXIT_REFUSED);
	report.cell[2].state = JH_CELL_NONE;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	report.link[4].virtio = 0;
	assert_int_equal(read_report(&links, "rtos"), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "has no virtio devices"));
	/* A name of all characters, more links than a cell can have. */
	memset(row(0, "", 1, 1)->name, 'n', JH_NAME_LEN);
	for (i = 1; i < 12; i++)
		row(i, "x", 1, 1);
	assert_int_equal(read_report(&links, "rtos"), EXIT_OK);
	assert_int_equal(strlen(links.link[0].name), JH_NAME_LEN);
	assert_int_equal(links.count, WINDOWS);
}

static void damaged_reports(void **state)
{
	struct cell_links links;

	make_report();
	report.head.magic++;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	make_report();
	report.head.num_links++;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	make_report();
	report.head.num_links = ~0U;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	make_report();
	report.head.links_offset = sizeof(report) + 8;
	report.head.num_links = 0;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	make_report();
	report.head.cells_offset += 4;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	make_report();
	report.head.num_cells = 1u << 20;
	assert_int_equal(read_report(&links, "linux"), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "another version"));
}

#define test(name)	cmocka_unit_test_setup(name, guest_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(good_lines),
		test(bad_lines),
		test(devices_of_a_cell),
		test(links_of_a_cell),
		test(damaged_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
