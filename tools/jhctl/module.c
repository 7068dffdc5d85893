// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "module.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "text.h"

#define SAID	512	/* bytes of modprobe's output that are kept */

/* Whether a file of the running system has @word in its first bytes; NULL: whether it exists. */
static bool file_says(const char *name, const char *word)
{
	char *path = text_format("%s%s", device_root(), name), text[128] = "";
	FILE *file = fopen(path, "re");
	bool found = file;

	if (file && word) {
		text[fread(text, 1, sizeof(text) - 1, file)] = 0;
		found = strstr(text, word);
	}
	if (file)
		fclose(file);
	free(path);
	return found;
}

bool module_in_container(void)
{
	return file_says("/run/systemd/container", NULL) || file_says("/.dockerenv", NULL) ||
	       file_says("/run/.containerenv", NULL);
}

/*
 * Causes of a failed modprobe, by a file of the system and by words in modprobe's output, if there
 * are any. The first that applies counts.
 */
static const struct cause {
	bool (*test)(void);
	const char *file, *word;	/* file_says(); NULL: any */
	const char *said[3];
	const char *sentence;
} causes[] = {
	{ module_in_container, NULL, NULL, { NULL },
	  "this is a container, which cannot load it: run jhctl on the machine itself" },
	{ NULL, "/proc/sys/kernel/modules_disabled", "1", { NULL },
	  "this kernel loads no more modules (kernel.modules_disabled): "
	  "restart the machine and load it before that is set" },
	{ NULL, NULL, NULL, { "not found in directory", "can't change directory", "not found" },
	  "it is not installed for this kernel: "
	  "build it for the kernel that 'uname -r' names, install it and run depmod" },
	{ NULL, NULL, NULL, { "nvalid module format", "xec format error", "disagrees about" },
	  "it was built for another kernel: build it for the one that 'uname -r' names" },
	{ NULL, "/sys/kernel/security/lockdown", "[integrity]", { NULL },
	  "the kernel is locked down and takes signed modules only: sign jh.ko with a key that "
	  "it knows, or start without lockdown and Secure Boot" },
	{ NULL, "/sys/kernel/security/lockdown", "[confidentiality]", { NULL },
	  "the kernel is locked down and takes signed modules only: sign jh.ko with a key that "
	  "it knows, or start without lockdown and Secure Boot" },
	{ NULL, "/sys/module/module/parameters/sig_enforce", "Y", { NULL },
	  "this kernel takes signed modules only (module.sig_enforce): "
	  "sign jh.ko with a key that it knows" },
	{ NULL, NULL, NULL, { "ey was rejected", "equired key not available" },
	  "the kernel does not know the key that jh.ko is signed with: enrol it, or sign it anew" },
};

static bool holds(const struct cause *cause, const char *said)
{
	size_t i;

	if (cause->test && !cause->test())
		return false;
	if (cause->file && !file_says(cause->file, cause->word))
		return false;
	if (!cause->said[0])
		return true;
	for (i = 0; i < ARRAY_SIZE(cause->said); i++)
		if (cause->said[i] && strstr(said, cause->said[i]))
			return true;
	return false;
}

const char *module_obstacle(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].file && holds(&causes[i], ""))
			return causes[i].sentence;
	return NULL;
}

static int explain(const char *said)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		if (holds(&causes[i], said)) {
			complain("the module jh cannot be loaded: %s", causes[i].sentence);
			return EXIT_ABSENT;
		}
	}
	complain("the module jh cannot be loaded: %s; 'dmesg' may say more",
		 *said ? said : "modprobe failed without a message");
	return EXIT_ABSENT;
}

int module_load(void)
{
	char said[SAID] = "";

	if (!device_load(said, sizeof(said)))
		return EXIT_OK;
	if (errno == EPERM) {
		complain("only root may load the module jh: try it with sudo");
		return EXIT_DENIED;
	}
	if (errno == ENOENT) {
		complain("the module jh cannot be loaded, since there is no modprobe: "
			 "load jh.ko with insmod");
		return EXIT_ABSENT;
	}
	said[strcspn(said, "\n")] = 0;
	return explain(said);
}
