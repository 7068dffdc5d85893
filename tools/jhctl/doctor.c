// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "doctor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "checkup.h"
#include "collect.h"
#include "json.h"
#include "output.h"
#include "tar.h"
#include "text.h"

const struct opt doctor_opts[] = {
	{ "bundle", 'b', "FILE", "also pack all that a bug report needs into a tar file" },
	{ "json", 'j', NULL, "print JSON" },
	{ NULL, 0, NULL, NULL }
};

static const char *const words[] = {
	[VERDICT_GOOD] = "ok",
	[VERDICT_UNKNOWN] = "unknown",
	[VERDICT_WARNING] = "warning",
	[VERDICT_BAD] = "bad",
};

static void print_text(FILE *out, const struct finding *finding)
{
	size_t i;

	for (i = 0; i < num_checkups; i++) {
		fprintf(out, "%-8s %s: %s\n", words[finding[i].verdict], checkups[i].name,
			finding[i].text);
		if (finding[i].advice)
			fprintf(out, "%-8s   -> %s\n", "", finding[i].advice);
	}
}

static void print_json(FILE *out, const struct finding *finding, int ret)
{
	struct json json = { .out = out };
	size_t i;

	json_open(&json, NULL, '{');
	json_string(&json, "version", JH_VERSION);
	json_bool(&json, "good", ret == EXIT_OK);
	json_open(&json, "checks", '[');
	for (i = 0; i < num_checkups; i++) {
		json_open(&json, NULL, '{');
		json_string(&json, "name", checkups[i].name);
		json_string(&json, "verdict", words[finding[i].verdict]);
		json_string(&json, "text", finding[i].text);
		json_string(&json, "advice", finding[i].advice);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

/* Output of other programs: name in the archive and command line */
static const struct {
	const char *name;
	const char *argv[6];	/* "jhctl": this program */
} outputs[] = {
	{ "jh/status", { "jhctl", "status" } },
	{ "jh/cells", { "jhctl", "cell", "list", "--json" } },
	{ "jh/log", { "jhctl", "console" } },
	{ "jh/dmesg", { "dmesg" } },
	{ "jh/journal", { "journalctl", "-b", "-n", "500", "-u", "jh*" } },
};

static int pack_outputs(FILE *out)
{
	size_t i, length = 0;
	void *data;
	bool done;

	for (i = 0; i < ARRAY_SIZE(outputs); i++) {
		data = output_read(outputs[i].argv, &length);
		done = !data || tar_add(out, outputs[i].name, data, length);
		free(data);
		if (!done)
			return tar_trouble();
	}
	return EXIT_OK;
}

static int pack_findings(FILE *out, const struct finding *finding)
{
	size_t length = 0;
	char *data = NULL;
	FILE *memory = open_memstream(&data, &length);
	bool done;

	if (!memory)
		return complain("out of memory");
	print_text(memory, finding);
	fclose(memory);
	done = tar_add(out, "jh/doctor", data, length);
	free(data);
	return done ? EXIT_OK : tar_trouble();
}

static int write_bundle(const char *file, const struct finding *finding)
{
	FILE *out = fopen(file, "we");
	struct stat st;
	int ret;

	if (!out)
		return complain("%s: %s", file, strerror(errno));
	/* Not all files need be there: the bundle is for a machine with a problem. */
	ret = collect_pack(out, false);
	if (!ret)
		ret = pack_findings(out, finding);
	if (!ret)
		ret = pack_outputs(out);
	if (!ret && !tar_finish(out))
		ret = tar_trouble();
	if (fclose(out) && !ret)
		ret = complain("%s: %s", file, strerror(errno));
	if (ret && !stat(file, &st) && S_ISREG(st.st_mode))
		unlink(file);
	return ret;
}

int doctor_run(const struct args *args)
{
	struct finding *finding = calloc(num_checkups, sizeof(*finding));
	const char *bundle = args_value(args, "bundle");
	int ret = EXIT_OK, packed = EXIT_OK;
	size_t i;

	if (!finding)
		return complain("out of memory");
	for (i = 0; i < num_checkups; i++) {
		checkups[i].look(&finding[i]);
		if (finding[i].verdict == VERDICT_BAD)
			ret = EXIT_REFUSED;
	}
	if (args_has(args, "json"))
		print_json(stdout, finding, ret);
	else
		print_text(stdout, finding);
	if (bundle)
		packed = write_bundle(bundle, finding);
	for (i = 0; i < num_checkups; i++)
		free(finding[i].text);
	free(finding);
	return packed ? packed : ret;
}
