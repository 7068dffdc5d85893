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

/* Signing helps nobody here: jh.ko itself refuses to put unsigned code below such a kernel. */
#define LOCKED_DOWN \
	{ "this kernel is locked down, and so takes no hypervisor, nor unsigned modules", \
	  "start it without lockdown= on its command line, with Secure Boot off", true, true }

/* Read the beginning of a file of the running system. Returns false if there is no such file. */
static bool read_some(const char *name, char *text, size_t size)
{
	char *path = text_format("%s%s", device_root(), name);
	FILE *file = fopen(path, "re");

	if (file) {
		text[fread(text, 1, size - 1, file)] = 0;
		fclose(file);
	}
	free(path);
	return file;
}

/* Whether such a file has @word in its first bytes; NULL: whether it exists. */
static bool file_says(const char *name, const char *word)
{
	char text[128] = "";

	return read_some(name, text, sizeof(text)) && (!word || strstr(text, word));
}

bool module_in_container(void)
{
	return file_says("/run/systemd/container", NULL) || file_says("/.dockerenv", NULL) ||
	       file_says("/run/.containerenv", NULL);
}

const char *module_how_to_build(void)
{
	char release[128] = "", *headers;
	bool found;

	if (!file_says("/var/lib/dkms/jh", NULL))
		return "build it for the kernel that 'uname -r' names, install it and run depmod";
	(void)read_some("/proc/sys/kernel/osrelease", release, sizeof(release));
	headers = text_format("/lib/modules/%.*s/build/Makefile", (int)strcspn(release, "\n"),
			      release);
	found = file_says(headers, NULL);
	free(headers);
	if (!found)
		return "install this kernel's headers (on Debian: "
		       "apt install linux-headers-$(uname -r)), for which DKMS builds it";
	return "'dkms autoinstall' builds it, or says why it cannot";
}

/* How to get a module that is signed with a key of the kernel's. */
static const char *how_to_sign(void)
{
	if (file_says("/var/lib/dkms/mok.pub", NULL))
		return "enrol the key with which DKMS signs: "
		       "mokutil --import /var/lib/dkms/mok.pub, then restart the machine";
	return "sign jh.ko with a key that it knows, or enrol the key";
}

/*
 * Causes of a failed modprobe, by a file of the system and by words in modprobe's output, if there
 * are any. The first that applies counts.
 */
static const struct cause {
	bool (*test)(void);
	const char *file, *word;	/* file_says(); NULL: any */
	const char *said[3];
	const char *(*choose)(void);	/* the step, if it depends on the system */
	struct module_obstacle obstacle;
} causes[] = {
	{ .test = module_in_container,
	  .obstacle = { "this is a container, which cannot load it",
			"run jhctl on the machine itself", false, true } },
	{ .file = "/sys/kernel/security/lockdown", .word = "[integrity]",
	  .obstacle = LOCKED_DOWN },
	{ .file = "/sys/kernel/security/lockdown", .word = "[confidentiality]",
	  .obstacle = LOCKED_DOWN },
	{ .file = "/proc/sys/kernel/modules_disabled", .word = "1",
	  .obstacle = { "this kernel loads no more modules (kernel.modules_disabled)",
			"restart the machine and load it before that is set", false, true } },
	{ .said = { "not found in directory", "can't change directory", "not found" },
	  .choose = module_how_to_build,
	  .obstacle = { "it is not installed for this kernel", NULL, false, true } },
	{ .said = { "nvalid module format", "xec format error", "disagrees about" },
	  .obstacle = { "it was built for another kernel",
			"build it for the one that 'uname -r' names", false, true } },
	{ .file = "/sys/module/module/parameters/sig_enforce", .word = "Y",
	  .choose = how_to_sign,
	  .obstacle = { "this kernel takes signed modules only (module.sig_enforce)", NULL,
			false, false } },
	{ .said = { "ey was rejected", "equired key not available" },
	  .choose = how_to_sign,
	  .obstacle = { "the kernel does not know the key that jh.ko is signed with", NULL,
			false, true } },
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

static struct module_obstacle as_it_is(const struct cause *cause)
{
	struct module_obstacle obstacle = cause->obstacle;

	if (cause->choose)
		obstacle.step = cause->choose();
	return obstacle;
}

bool module_obstacle(struct module_obstacle *obstacle)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		if (causes[i].file && holds(&causes[i], "")) {
			*obstacle = as_it_is(&causes[i]);
			return true;
		}
	}
	return false;
}

static int explain(const char *said)
{
	struct module_obstacle obstacle;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		if (holds(&causes[i], said)) {
			obstacle = as_it_is(&causes[i]);
			complain("the module jh cannot be loaded: %s: %s", obstacle.what,
				 obstacle.step);
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
