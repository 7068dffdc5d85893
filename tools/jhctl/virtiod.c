// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "virtiod.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"
#include "text.h"

#define PROGRAM		"jhvirtiod"
#define NO_VHOST	"no-vhost"	/* of --net: no device of its own */
#define EXIT_NOT_THERE	127

/* They are called the same there. */
static const char *const options[] = { "disk", "net", "console", "rng", NO_VHOST };

static bool is_for_it(const struct arg *arg)
{
	size_t i;

	for (i = 0; arg->opt && i < sizeof(options) / sizeof(options[0]); i++)
		if (!strcmp(arg->opt->name, options[i]))
			return true;
	return false;
}

bool virtiod_wanted(const struct args *args)
{
	int i;

	for (i = 0; i < args->count; i++)
		if (is_for_it(&args->item[i]) && strcmp(args->item[i].opt->name, NO_VHOST))
			return true;
	return false;
}

/* Beside this program; NULL if it cannot be known. */
static char *beside(void)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return NULL;
	self[length] = 0;
	slash = strrchr(self, '/');
	return slash ? text_format("%.*s/" PROGRAM, (int)(slash - self), self) : NULL;
}

/* Becomes it, or ends. What is allocated ends with this process. */
static void become(const struct args *args, const char *cell)
{
	char **argv = calloc((size_t)args->count + 4, sizeof(*argv)), *near = beside();
	const char *chosen = getenv("JHVIRTIOD");
	int n = 0, i;

	if (!argv)
		_exit(complain("out of memory"));
	argv[n++] = (char *)PROGRAM;
	argv[n++] = (char *)"--background";
	for (i = 0; i < args->count; i++) {
		const struct arg *arg = &args->item[i];

		if (is_for_it(arg))
			argv[n++] = text_format("--%s%s%s", arg->opt->name, arg->value ? "=" : "",
						arg->value ? arg->value : "");
	}
	argv[n++] = (char *)cell;
	interrupt_forget();
	if (chosen && *chosen) {
		execv(chosen, argv);
	} else {
		if (near)
			execv(near, argv);
		execvp(PROGRAM, argv);
	}
	_exit(errno == ENOENT ? EXIT_NOT_THERE : EXIT_REFUSED);
}

int virtiod_start(const void *context, const char *cell)
{
	const struct args *args = context;
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child)
		become(args, cell);
	if (child < 0)
		return complain("cannot start " PROGRAM ": %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_THERE)
		return complain(PROGRAM " is not here: it serves the devices of --disk, --net, "
				"--console and --rng, and is installed with jhctl");
	return WIFEXITED(status) && !WEXITSTATUS(status) ? EXIT_OK : EXIT_REFUSED;
}
