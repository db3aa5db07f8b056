/* SPDX-License-Identifier: Apache-2.0
 * The layers of a request, and what is wrong with one. */
#include "policy/fixture_parts.h"

#include "base/near.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

struct sg_layered
sg_layered_member(const struct sg_layered *value, const char *name)
{
	struct sg_layered out;
	for (int i = 0; i < SG_LAYERS; i++)
		out.of[i] = sg_json_get(value->of[i], name);
	return out;
}

const struct sg_json *
sg_layered_value(const struct sg_layered *value)
{
	for (int i = 0; i < SG_LAYERS; i++)
		if (value->of[i] != NULL)
			return value->of[i];
	return NULL;
}

struct sg_str
sg_layered_text(const struct sg_layered *value, const char *name)
{
	struct sg_layered member = sg_layered_member(value, name);
	struct sg_str text = SG_STR("");
	sg_json_string(sg_layered_value(&member), &text);
	return text;
}

int64_t
sg_layered_int(const struct sg_layered *value, const char *name)
{
	struct sg_layered member = sg_layered_member(value, name);
	int64_t number = 0;
	sg_json_int(sg_layered_value(&member), &number);
	return number;
}

bool
sg_fixture_refuse(struct sg_fixture_run *run, const char *hint, const char *format, ...)
{
	if (!run->refused) {
		va_list args;
		va_start(args, format);
		vsnprintf(run->error->what, sizeof(run->error->what), format, args);
		va_end(args);
		snprintf(run->error->hint, sizeof(run->error->hint), "%s", hint == NULL ? "" : hint);
	}
	run->refused = true;
	return false;
}

bool
sg_fixture_members(struct sg_fixture_run *run, const struct sg_json *given, const char *what, const char *const *names)
{
	for (const struct sg_json *m = sg_json_first(given); m != NULL; m = sg_json_next(given, m)) {
		struct sg_near near = sg_near(m->name);
		char hint[SG_FIXTURE_TEXT];
		size_t i = 0;
		while (names[i] != NULL && !sg_str_is(m->name, names[i]))
			sg_near_offer(&near, sg_str(names[i++]));
		if (names[i] == NULL)
			return sg_fixture_refuse(run, sg_near_hint(&near, '\'', NULL, hint, sizeof(hint)), "%s has no member '%.*s'",
						 what, SG_STR_ARG(m->name));
	}
	return true;
}
