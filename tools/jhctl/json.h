/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A small JSON writer. It cares for commas, indentation and escaping; the caller for the nesting.
 * @key is NULL for elements of an array and for the outermost value.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdio.h>

/** struct json - state of the writer; start with { .out = stdout } */
struct json {
	FILE *out;
	int depth;
	bool more;	/* a comma is due before the next value */
};

void json_open(struct json *json, const char *key, char bracket);

/** Close what json_open() opened with '{' or '['; @bracket is '}' or ']'. */
void json_close(struct json *json, char bracket);

/** NULL becomes null; bytes that are not ASCII are escaped one by one. */
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, unsigned long long value);

/** A number with three decimals: @value / 1000 */
void json_thousandths(struct json *json, const char *key, unsigned long long value);
void json_bool(struct json *json, const char *key, bool value);

/** A number as a string, "0x…": JSON's own numbers lose bits above 2^53. */
void json_hex(struct json *json, const char *key, unsigned long long value);

#endif
