// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "json.h"

static void put_string(FILE *out, const char *text)
{
	const unsigned char *c;

	putc('"', out);
	for (c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(out, "\\%c", *c);
		else if (*c < 0x20 || *c >= 0x7f)
			fprintf(out, "\\u%04x", *c);
		else
			putc(*c, out);
	}
	putc('"', out);
}

/* Writes all that comes before a value: comma, new line, indentation, key. */
static void begin(struct json *json, const char *key)
{
	if (json->more)
		putc(',', json->out);
	if (json->depth)
		fprintf(json->out, "\n%*s", json->depth * 2, "");
	if (key) {
		put_string(json->out, key);
		fputs(": ", json->out);
	}
	json->more = true;
}

void json_open(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	putc(bracket, json->out);
	json->depth++;
	json->more = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->more)
		fprintf(json->out, "\n%*s", json->depth * 2, "");
	putc(bracket, json->out);
	json->more = true;
	if (!json->depth)
		putc('\n', json->out);
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin(json, key);
	if (value)
		put_string(json->out, value);
	else
		fputs("null", json->out);
}

void json_number(struct json *json, const char *key, unsigned long long value)
{
	begin(json, key);
	fprintf(json->out, "%llu", value);
}

void json_thousandths(struct json *json, const char *key, unsigned long long value)
{
	begin(json, key);
	fprintf(json->out, "%llu.%03llu", value / 1000, value % 1000);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_hex(struct json *json, const char *key, unsigned long long value)
{
	begin(json, key);
	fprintf(json->out, "\"0x%llx\"", value);
}
