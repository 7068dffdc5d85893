/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The command line, and which of the cell's devices each of its options is about.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

#include "cell.h"

/**
 * struct request - an option that stands for a device
 * @kind:	JH_VIRTIO_*
 * @link:	its name; NULL: the one of the kind
 * @what:	file, network device, where a console is, or a back end; NULL: nothing
 * @serial:	of a disk; NULL: none was given
 */
struct request {
	uint32_t kind;
	char *link;
	char *what;
	char *serial;
	bool read_only;
};

struct options {
	const char *cell;
	struct request request[WINDOWS];
	unsigned int count;
	bool background, json, no_vhost, help, version;
	uid_t user;
	gid_t group;
};

/** options_parse - returns an exit code, has said why. Strings last as long as argv. */
int options_parse(struct options *options, int argc, char **argv);

/** options_usage() - what --help prints, on stdout */
void options_usage(void);

/**
 * options_match - the link that each request is about, by its place in @links
 *
 * Returns an exit code, has said why.
 */
int options_match(const struct options *options, const struct cell_links *links,
		  unsigned int *place);

/** options_backend() - path of the socket of vhost-user that @what names; NULL: it names none */
const char *options_backend(const char *what);

/** options_kind() - how a kind of devices is called here; NULL: there is no such */
const char *options_kind(uint32_t kind);

#endif
