// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "blob.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <lib/config.h>
#include <jh/ioctl.h>

#include "image.h"
#include "session.h"

int blob_read(struct blob *blob, const char *verb, const char *file, __u32 kind)
{
	struct subject subject = { .file = file };
	struct jh_error error;
	int ret;

	blob->file = file;
	blob->data = image_read_file(file, JH_CONFIG_MAX, &blob->length);
	if (!blob->data && errno == EFBIG)
		return complain("%s: too big for a configuration: give a compiled one (.cell)",
				file);
	if (!blob->data && errno == EISDIR)
		return complain("%s is a directory: name a compiled configuration (.cell)", file);
	if (!blob->data)
		return complain("%s: %s", file, strerror(errno));

	ret = config_check(blob->data, blob->length, kind, &error);
	if (!ret)
		return EXIT_OK;
	subject.blob = blob->data;
	subject.length = blob->length;
	ret = session_refused(verb, &subject, &error, -ret);
	free(blob->data);
	blob->data = NULL;
	return ret;
}
