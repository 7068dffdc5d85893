// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jh/config.h>

#include "jhvirtiod.h"

#define NOBODY	65534
#define BACKEND	"vhost-user:"	/* before the path of a socket */

/* Letters of options that have none are numbers of kinds, or these. */
enum { OPTION_USER = 256, OPTION_JSON, OPTION_NO_VHOST, OPTION_VERSION };

static const struct option longs[] = {
	{ "net", required_argument, NULL, JH_VIRTIO_NET },
	{ "disk", required_argument, NULL, JH_VIRTIO_BLOCK },
	{ "console", required_argument, NULL, JH_VIRTIO_CONSOLE },
	{ "rng", optional_argument, NULL, JH_VIRTIO_ENTROPY },
	{ "background", no_argument, NULL, 'b' },
	{ "user", required_argument, NULL, OPTION_USER },
	{ "no-vhost", no_argument, NULL, OPTION_NO_VHOST },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 }
};

const char *options_kind(uint32_t kind)
{
	const struct option *option;

	for (option = longs; option->name && (uint32_t)option->val <= JH_VIRTIO_ENTROPY; option++)
		if ((uint32_t)option->val == kind)
			return option->name;
	return NULL;
}

const char *options_backend(const char *what)
{
	size_t length = sizeof(BACKEND) - 1;

	return what && !strncmp(what, BACKEND, length) ? what + length : NULL;
}

void options_usage(void)
{
	puts("usage: jhvirtiod CELL [--disk [LINK=]FILE[,ro][,serial=TEXT]]...\n"
	     "                 [--net [LINK=]TAP] [--console [LINK=]WHERE] [--rng[=LINK]]\n"
	     "                 [OPTION]...\n"
	     "\n"
	     "The other end of a cell's virtio devices. LINK is the name of the link that a\n"
	     "device stands on; it may be left out where the cell has one device of the kind.\n"
	     "\n"
	     "  --disk FILE       file or block device; ro: the guest cannot write it\n"
	     "  --net TAP         network card, by a tap device, made if it is not there\n"
	     "  --console WHERE   pty: a pseudo terminal, pty:PATH: with a symbolic link there,\n"
	     "                    stdio: this one\n"
	     "  --rng             random numbers of the kernel\n"
	     "  vhost-user:SOCKET in place of FILE, TAP or WHERE, or after --rng=: who listens\n"
	     "                    there serves the device\n"
	     "  --no-vhost        this program moves the packets of --net, and not vhost-net\n"
	     "  -b, --background  return once the devices are there\n"
	     "  --user UID[:GID]  who to be once everything is open (65534, nobody)\n"
	     "  --json            at the end, what became of each device, on standard output\n"
	     "  -h, --help        this text\n"
	     "  --version         the version");
}

/* "LINK=" in front, unless what stands there is the folder of a file. */
static char *cut_link(struct request *request, char *text)
{
	char *equals = strchr(text, '='), *comma = strchr(text, ',');

	if (!equals || (comma && comma < equals) || memchr(text, '/', (size_t)(equals - text)))
		return text;
	*equals = '\0';
	request->link = text;
	return equals + 1;
}

static int parse_disk(struct request *request)
{
	char *comma = strchr(request->what, ','), *word, *rest;

	if (!comma)
		return EXIT_OK;
	if (options_backend(request->what))
		return misuse("what the disk of a back end is, the back end says: '%s' cannot be "
			      "given here", comma + 1);
	*comma = '\0';
	for (word = strtok_r(comma + 1, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		if (!strcmp(word, "ro"))
			request->read_only = true;
		else if (!strncmp(word, "serial=", 7))
			request->serial = word + 7;
		else
			return misuse("a disk can be ,ro or have a ,serial=TEXT: '%s' is neither",
				      word);
	}
	return EXIT_OK;
}

static int add_request(struct options *options, uint32_t kind, char *text)
{
	struct request *request = &options->request[options->count];
	const char *socket;

	if (options->count == WINDOWS)
		return misuse("a cell has %d devices at most", WINDOWS);
	*request = (struct request){ .kind = kind };
	options->count++;
	if (kind == JH_VIRTIO_ENTROPY && !(text && strstr(text, BACKEND))) {
		request->link = text;
		return EXIT_OK;
	}
	request->what = cut_link(request, text);
	socket = options_backend(request->what);
	if (!*request->what || (socket && !*socket))
		return misuse("--%s wants more: see --help", options_kind(kind));
	return kind == JH_VIRTIO_BLOCK ? parse_disk(request) : EXIT_OK;
}

static int parse_user(struct options *options, const char *text)
{
	char *end;
	unsigned long user = strtoul(text, &end, 10), group = user;

	if (end != text && *end == ':') {
		text = end + 1;
		group = strtoul(text, &end, 10);
	}
	if (end == text || *end || user >= UINT32_MAX || group >= UINT32_MAX)
		return misuse("--user wants numbers, such as 65534:65534");
	options->user = (uid_t)user;
	options->group = (gid_t)group;
	return EXIT_OK;
}

static int take(struct options *options, int option)
{
	switch (option) {
	case 'b':
		options->background = true;
		return EXIT_OK;
	case 'h':
		options->help = true;
		return EXIT_OK;
	case OPTION_NO_VHOST:
		options->no_vhost = true;
		return EXIT_OK;
	case OPTION_JSON:
		options->json = true;
		return EXIT_OK;
	case OPTION_VERSION:
		options->version = true;
		return EXIT_OK;
	case OPTION_USER:
		return parse_user(options, optarg);
	case '?':
		return misuse("there is no option like that");
	}
	return add_request(options, (uint32_t)option, optarg);
}

static int judge(const struct options *options)
{
	unsigned int i;

	if (!options->cell)
		return misuse("which cell? jhvirtiod CELL --disk FILE");
	if (!options->count)
		return misuse("nothing to do: give --disk, --net, --console or --rng");
	for (i = 0; i < options->count; i++)
		if (options->background && options->request[i].kind == JH_VIRTIO_CONSOLE &&
		    !strcmp(options->request[i].what, "stdio"))
			return misuse("a program in the background has no terminal: give "
				      "--console pty");
	return EXIT_OK;
}

int options_parse(struct options *options, int argc, char **argv)
{
	int option, ret = EXIT_OK;

	*options = (struct options){ .user = NOBODY, .group = NOBODY };
	optind = 0;
	opterr = 0;
	while (!ret && (option = getopt_long(argc, argv, "bh", longs, NULL)) != -1)
		ret = take(options, option);
	if (ret || options->help || options->version)
		return ret;
	if (optind < argc)
		options->cell = argv[optind++];
	if (optind < argc)
		return misuse("'%s' is one word too many", argv[optind]);
	return judge(options);
}

/* --- what the cell has --- */

static int find_link(const struct request *request, const struct cell_links *links,
		     unsigned int *place)
{
	const char *kind = options_kind(request->kind);
	unsigned int i, found = 0;

	for (i = 0; i < links->count; i++) {
		if (request->link ? strcmp(request->link, links->link[i].name) :
				    request->kind != links->link[i].kind)
			continue;
		*place = i;
		found++;
	}
	if (!found && request->link)
		return complain("the cell has no virtio device on a link %s: %s, for instance, is "
				"one", request->link, links->link[0].name);
	if (!found)
		return complain("the cell has no device for --%s: its configuration needs a "
				"[[virtio]] of that kind", kind);
	if (found > 1)
		return complain("the cell has %u devices for --%s: say which, --%s %s=...", found,
				kind, kind, links->link[*place].name);
	if (links->link[*place].kind != request->kind)
		return complain("the device on link %s is not for --%s: it is of the kind %s",
				request->link, kind, options_kind(links->link[*place].kind) ?
				options_kind(links->link[*place].kind) : "that nobody knows");
	return EXIT_OK;
}

int options_match(const struct options *options, const struct cell_links *links,
		  unsigned int *place)
{
	unsigned int i, k;
	int ret;

	for (i = 0; i < options->count; i++) {
		ret = find_link(&options->request[i], links, &place[i]);
		if (ret)
			return ret;
		for (k = 0; k < i; k++)
			if (place[k] == place[i])
				return complain("the device on link %s is given twice",
						links->link[place[i]].name);
	}
	return EXIT_OK;
}
