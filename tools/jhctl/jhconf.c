// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "jhconf.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* Relative to the directory of this program, as `make install` puts it. */
#define INSTALLED	"/../share/jh/jhconf"

/* Executes @file, in place of this program; a directory is a Python package. Returns on failure. */
static void execute(const char *file, const struct args *args)
{
	char **argv = calloc((size_t)args->count + 3, sizeof(*argv));
	struct stat st;
	int n = 0, i;

	if (!argv)
		exit(complain("out of memory"));
	if (strchr(file, '/') && !stat(file, &st) && S_ISDIR(st.st_mode))
		argv[n++] = (char *)"python3";
	argv[n++] = (char *)file;
	for (i = 0; i < args->count; i++)
		argv[n++] = (char *)args->item[i].value;
	execvp(argv[0], argv);
	free(argv);
}

static char *installed_path(void)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return NULL;
	self[length] = 0;
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	*slash = 0;
	return text_format("%s" INSTALLED, self);
}

int config_run(const struct args *args)
{
	const char *chosen = getenv("JHCONF");
	char *installed;

	if (chosen && *chosen) {
		execute(chosen, args);
		return complain("$JHCONF names '%s', which cannot be run: %s", chosen,
				strerror(errno));
	}
	execute("jhconf", args);
	installed = installed_path();
	if (installed && !access(installed, F_OK))
		execute(installed, args);
	free(installed);
	return complain("jhconf is not installed here: it needs Python 3.11 and usually runs on "
			"the developer's machine; 'jhctl config collect' packs all that it needs "
			"of this one");
}
