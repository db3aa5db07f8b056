/* SPDX-License-Identifier: Apache-2.0
 * Writing a request by the table of fields, each from the first layer that has it, and of the type that the table says. */
#include "policy/fixture_parts.h"

#include "base/near.h"
#include "base/str.h"

#include <stdio.h>

static const char link_default[] =
	"{\"agent\":\"tested\",\"intent\":\"testing\",\"narrowed\":[],\"role\":null,\"task\":\"t-1\"}";

enum { FIELDS_MOST = 32 };

bool
sg_fixture_known(struct sg_fixture_run *run, const struct sg_json *given, enum sg_shape shape, const char *path)
{
	const char *names[FIELDS_MOST + 2] = {NULL};
	size_t count = 0;
	for (size_t i = 0; i < sg_field_count && count < FIELDS_MOST; i++)
		if (sg_fields[i].within == shape)
			names[count++] = sg_fields[i].name;
	if (shape == SG_SHAPE_ACTION)
		names[count++] = "narrow"; /* of the catalogue, for who applies the narrowing */
	return sg_fixture_members(run, given, path, names);
}

/* Those of the configuration; story.policy-test compares them. */
const char *const *
sg_fixture_words(const char *name)
{
	static const char *const levels[] = {"public", "internal", "confidential", "restricted", NULL},
		*const autonomy[] = {"read-only", "propose", "act-and-tell", "autonomous", NULL},
		*const strength[] = {"boundary", "content", "hint", NULL},
		*const results[] = {"ok", "failed", "partial", "unknown", NULL},
		*const classes[] = {"infrastructure", "secret", "payment", "data", "code", "web", "api", "other", NULL},
		*const effects[] = {"read", "write", "execute", "delegate", NULL};
	static const struct {
		const char *name;
		const char *const *words;
	} rows[] = {{"sensitivity", levels}, {"autonomy", autonomy}, {"strength", strength},
		    {"result", results},     {"class", classes},     {"effect", effects}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].words;
	return NULL;
}

static bool
good_word(struct sg_fixture_run *run, const struct sg_field *field, const struct sg_json *value, const char *path)
{
	const char *const *words = sg_fixture_words(field->name);
	struct sg_near near = sg_near(value->string);
	char hint[SG_FIXTURE_TEXT];
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		if (sg_str_is(value->string, words[i]))
			return true;
		sg_near_offer(&near, sg_str(words[i]));
	}
	return words == NULL || sg_fixture_refuse(run, sg_near_hint(&near, '\'', NULL, hint, sizeof(hint)),
						  "%s cannot be '%.*s'", path, SG_STR_ARG(value->string));
}

static bool
write_scalar(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_field *field, const struct sg_json *value,
	     const char *path)
{
	int64_t whole;
	size_t len = strlen(field->type);
	bool optional = field->type[len - 1] == '?', good = optional && value->type == SG_JSON_NULL;
	if (strncmp(field->type, "string", 6) == 0 && value->type == SG_JSON_STRING)
		good = good_word(run, field, value, path);
	else if (strncmp(field->type, "integer", 7) == 0)
		good |= sg_json_int(value, &whole);
	else if (strncmp(field->type, "boolean", 7) == 0)
		good |= value->type == SG_JSON_BOOL;
	else if (strcmp(field->type, "string|number") == 0)
		good |= value->type == SG_JSON_NUMBER;
	if (!good)
		return sg_fixture_refuse(run, NULL, "%s must be %s", path, field->type);
	sg_jw_value(w, value);
	return true;
}

/* An empty table of Lua may stand for a list. */
static bool
empty(const struct sg_json *value)
{
	return value->type == SG_JSON_OBJECT && value->count == 0;
}

static bool
write_texts(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_json *value, const char *path)
{
	if (empty(value)) {
		sg_jw_raw(w, SG_STR("[]"));
		return true;
	}
	bool good = value->type == SG_JSON_ARRAY;
	for (const struct sg_json *e = good ? sg_json_first(value) : NULL; e != NULL; e = sg_json_next(value, e))
		good &= e->type == SG_JSON_STRING;
	if (!good)
		return sg_fixture_refuse(run, NULL, "%s must be a list of texts", path);
	sg_jw_value(w, value);
	return true;
}

static bool write_shape(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_layered *place,
			enum sg_shape shape, const char *path);

static bool
write_elements(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_json *list, enum sg_shape shape,
	       const char *path)
{
	struct sg_layered place = {{NULL}};
	if (list->type != SG_JSON_ARRAY && !empty(list))
		return sg_fixture_refuse(run, NULL, "%s must be a list", path);
	if (shape == SG_SHAPE_LINK)
		sg_json_parse(run->arena, sg_str(link_default), NULL, &place.of[SG_LAYER_DEFAULT], NULL);
	sg_jw_array(w);
	for (const struct sg_json *e = list->type == SG_JSON_ARRAY ? sg_json_first(list) : NULL; e != NULL; e = sg_json_next(list, e)) {
		place.of[SG_LAYER_GIVEN] = e;
		if (!write_shape(run, w, &place, shape, path))
			return false;
	}
	sg_jw_end(w);
	return true;
}

bool
sg_fixture_field(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_layered *place,
		 const struct sg_field *field, const char *path)
{
	const struct sg_json *value = sg_layered_value(place);
	if (value == NULL)
		return sg_fixture_refuse(run, NULL, "%s must be given", path);
	if (field->shape == SG_SHAPE_NONE)
		return write_scalar(run, w, field, value, path);
	if (field->shape == SG_SHAPE_LIST)
		return write_texts(run, w, value, path);
	if (sg_shape_element(field->shape) != SG_SHAPE_NONE)
		return write_elements(run, w, value, sg_shape_element(field->shape), path);
	if (field->shape < SG_SHAPE_OPEN && value->type != SG_JSON_NULL)
		return write_shape(run, w, place, field->shape, path);
	bool optional = field->type[strlen(field->type) - 1] == '?';
	if (value->type != SG_JSON_OBJECT && !(optional && value->type == SG_JSON_NULL))
		return sg_fixture_refuse(run, NULL, "%s must be a table with names", path);
	sg_jw_value(w, value);
	return true;
}

static bool
write_shape(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_layered *place, enum sg_shape shape,
	    const char *path)
{
	const struct sg_json *given = place->of[SG_LAYER_GIVEN];
	if (given != NULL && given->type != SG_JSON_OBJECT)
		return sg_fixture_refuse(run, NULL, "%s must be a table with names", path);
	if (!sg_fixture_known(run, given, shape, path))
		return false;
	sg_jw_object(w);
	for (size_t i = 0; i < sg_field_count; i++) {
		char below[SG_FIXTURE_PATH];
		struct sg_layered member = sg_layered_member(place, sg_fields[i].name);
		if (sg_fields[i].within != shape || (shape == SG_SHAPE_BUDGET && sg_layered_value(&member) == NULL))
			continue;
		snprintf(below, sizeof(below), "%s.%s", path, sg_fields[i].name);
		sg_jw_name_text(w, sg_fields[i].name);
		if (!sg_fixture_field(run, w, &member, &sg_fields[i], below))
			return false;
	}
	sg_jw_end(w);
	return true;
}
