// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "args.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

const struct opt args_help = { "help", 'h', NULL, "show this help" };

static const struct opt *find_long(const struct verb *verb, const char *name, size_t length)
{
	const struct opt *opt;

	if (length == strlen(args_help.name) && !strncmp(name, args_help.name, length))
		return &args_help;
	for (opt = verb->opts; opt && opt->name; opt++) {
		if (strlen(opt->name) == length && !strncmp(opt->name, name, length))
			return opt;
	}
	return NULL;
}

static const struct opt *find_short(const struct verb *verb, char letter)
{
	const struct opt *opt;

	if (letter == args_help.letter)
		return &args_help;
	for (opt = verb->opts; opt && opt->name; opt++) {
		if (opt->letter && opt->letter == letter)
			return opt;
	}
	return NULL;
}

static void append(struct args *args, const struct opt *opt, const char *value)
{
	args->item[args->count].opt = opt;
	args->item[args->count].value = value;
	args->count++;
	if (!opt)
		args->positionals++;
}

/* The value of the option in argv[*i]: @attached if not NULL, else the next word. */
static int take_value(struct args *args, const struct opt *opt, const char *attached, int *i,
		      int argc, char **argv)
{
	if (!opt->value) {
		if (attached)
			return misuse(args, "option --%s takes no value", opt->name);
		append(args, opt, NULL);
		return EXIT_OK;
	}
	if (!attached) {
		if (*i + 1 >= argc)
			return misuse(args, "option --%s needs a value: --%s %s", opt->name,
				      opt->name, opt->value);
		attached = argv[++*i];
	}
	append(args, opt, attached);
	return EXIT_OK;
}

/* The option that @name is short for, or at most two edits away from; NULL if there is none. */
static const char *near_option(const struct verb *verb, const char *name, size_t length)
{
	char *typed = text_format("%.*s", (int)length, name);
	const char *best = NULL;
	const struct opt *opt;
	int least = 3, distance;

	for (opt = verb->opts; opt && opt->name; opt++) {
		distance = text_distance(typed, opt->name);
		if (length && !strncmp(opt->name, name, length))
			distance = 0;
		if (distance < least) {
			least = distance;
			best = opt->name;
		}
	}
	free(typed);
	return best;
}

static int unknown_option(struct args *args, const char *name, size_t length)
{
	const char *meant = near_option(args->verb, name, length);

	if (meant)
		return misuse(args, "'%s' has no option --%.*s: did you mean --%s?",
			      args->verb->name, (int)length, name, meant);
	return misuse(args, "'%s' has no option --%.*s", args->verb->name, (int)length, name);
}

static int parse_long(struct args *args, int *i, int argc, char **argv)
{
	const char *name = argv[*i] + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	const struct opt *opt = find_long(args->verb, name, length);

	if (!opt)
		return unknown_option(args, name, length);
	return take_value(args, opt, equals ? equals + 1 : NULL, i, argc, argv);
}

static int parse_short(struct args *args, int *i, int argc, char **argv)
{
	const char *word = argv[*i];
	const struct opt *opt = find_short(args->verb, word[1]);

	if (!opt)
		return misuse(args, "'%s' has no option -%c", args->verb->name, word[1]);
	return take_value(args, opt, word[2] ? word + 2 : NULL, i, argc, argv);
}

static int check_count(const struct args *args)
{
	const struct verb *verb = args->verb;

	if (args_has(args, "help"))
		return EXIT_OK;
	if (args->positionals < verb->min)
		return misuse(args, "'%s' needs more arguments: jhctl %s %s", verb->name,
			      verb->name, verb->usage);
	if (args->positionals > verb->max)
		return misuse(args, "'%s' has no use for the argument '%s'", verb->name,
			      args_positional(args, verb->max));
	return EXIT_OK;
}

int args_parse(struct args *args, const struct verb *verb, int argc, char **argv)
{
	bool options = !(verb->flags & VERB_RAW);
	int i, ret;

	memset(args, 0, sizeof(*args));
	args->verb = verb;
	args->item = calloc((size_t)argc + 1, sizeof(*args->item));
	if (!args->item)
		return complain("out of memory");

	for (i = 0; i < argc; i++) {
		ret = EXIT_OK;
		if (options && !strcmp(argv[i], "--"))
			options = false;
		else if (options && !strncmp(argv[i], "--", 2))
			ret = parse_long(args, &i, argc, argv);
		else if (options && argv[i][0] == '-' && argv[i][1])
			ret = parse_short(args, &i, argc, argv);
		else
			append(args, NULL, argv[i]);
		if (ret)
			return ret;
	}
	return verb->flags & VERB_RAW ? EXIT_OK : check_count(args);
}

void args_free(struct args *args)
{
	free(args->item);
	args->item = NULL;
}

bool args_has(const struct args *args, const char *name)
{
	int i;

	for (i = 0; i < args->count; i++) {
		if (args->item[i].opt && !strcmp(args->item[i].opt->name, name))
			return true;
	}
	return false;
}

const char *args_value(const struct args *args, const char *name)
{
	const char *value = NULL;
	int i;

	for (i = 0; i < args->count; i++) {
		if (args->item[i].opt && !strcmp(args->item[i].opt->name, name))
			value = args->item[i].value;
	}
	return value;
}

const char *args_positional(const struct args *args, int index)
{
	int i;

	for (i = 0; i < args->count; i++) {
		if (!args->item[i].opt && index-- == 0)
			return args->item[i].value;
	}
	return NULL;
}
