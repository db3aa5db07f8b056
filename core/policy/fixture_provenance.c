/* SPDX-License-Identifier: Apache-2.0
 * Provenance of a test: said by argument, written by value. */
#include "policy/fixture_parts.h"

#include "base/str.h"
#include "policy/origin.h"

struct rows {
	struct sg_fixture_run *run;
	const struct sg_json *value[SG_POLICY_PROVENANCE], *said[SG_POLICY_PROVENANCE];
	size_t count;
};

/* The value behind a dotted path, elements of lists by number. */
static const struct sg_json *
at_path(const struct sg_json *value, struct sg_str path)
{
	while (path.ptr != NULL && value != NULL) {
		struct sg_str name = sg_str_cut(&path, '.');
		int64_t index;
		if (value->type != SG_JSON_ARRAY) {
			value = sg_json_get_str(value, name);
			continue;
		}
		const struct sg_json *e = sg_str_int(name, 1, INT32_MAX, &index) ? sg_json_first(value) : NULL;
		while (e != NULL && --index > 0)
			e = sg_json_next(value, e);
		value = e;
	}
	return value;
}

static bool
good_origin(struct sg_fixture_run *run, const struct sg_json *said)
{
	static const char *const names[] = {"labels", "origin", "source", NULL};
	const struct sg_json *origin = sg_json_get(said, "origin"), *labels = sg_json_get(said, "labels"),
			     *source = sg_json_get(said, "source");
	if (said->type == SG_JSON_STRING)
		return said->string.len > 0 || sg_fixture_refuse(run, NULL, "ask.provenance: an origin is empty");
	if (!sg_fixture_members(run, said, "ask.provenance", names))
		return false;
	bool good = origin != NULL && origin->type == SG_JSON_STRING && origin->string.len > 0 &&
		    (source == NULL || source->type == SG_JSON_STRING) &&
		    (labels == NULL || labels->type == SG_JSON_ARRAY || labels->count == 0);
	for (const struct sg_json *l = good ? sg_json_first(labels) : NULL; l != NULL; l = sg_json_next(labels, l))
		good &= l->type == SG_JSON_STRING;
	return good || sg_fixture_refuse(run, "provenance = { iban = { origin = \"mail.read\", labels = { \"mail:7\" }, source = \"mail:7\" } }",
					 "ask.provenance: an origin is a text, labels a list of texts, source a text");
}

/* One row for a value, however often it stands in the arguments. */
static bool
add_row(struct rows *rows, const struct sg_json *value, const struct sg_json *said)
{
	for (size_t i = 0; i < rows->count; i++)
		if (sg_json_eq(rows->value[i], value))
			return sg_json_eq(rows->said[i], said) ||
			       sg_fixture_refuse(rows->run, "it is the value that comes from somewhere, not the argument",
						 "ask.provenance: one value has two origins");
	if (rows->count == SG_POLICY_PROVENANCE)
		return sg_fixture_refuse(rows->run, NULL, "ask.provenance: more than %d values", SG_POLICY_PROVENANCE);
	rows->value[rows->count] = value;
	rows->said[rows->count++] = said;
	return true;
}

static bool
add_scalars(struct rows *rows, const struct sg_json *value, const struct sg_json *said)
{
	if (value->type == SG_JSON_STRING || value->type == SG_JSON_NUMBER)
		return add_row(rows, value, said);
	for (const struct sg_json *m = value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT ? sg_json_first(value) : NULL; m != NULL;
	     m = sg_json_next(value, m))
		if (!add_scalars(rows, m, said))
			return false;
	return true;
}

static bool
collect(struct rows *rows, const struct sg_json *provenance, const struct sg_json *args)
{
	if (provenance == NULL)
		return true;
	if (provenance->type == SG_JSON_STRING)
		return good_origin(rows->run, provenance) && (args == NULL || add_scalars(rows, args, provenance));
	if (provenance->type != SG_JSON_OBJECT)
		return sg_fixture_refuse(rows->run, NULL, "ask.provenance must be a table by arguments, or one origin for all");
	for (const struct sg_json *said = sg_json_first(provenance); said != NULL; said = sg_json_next(provenance, said)) {
		const struct sg_json *value = args == NULL ? NULL : at_path(args, said->name);
		if (value == NULL)
			return sg_fixture_refuse(rows->run, NULL, "ask.provenance: args has no '%.*s'", SG_STR_ARG(said->name));
		if (!good_origin(rows->run, said) || !add_scalars(rows, value, said))
			return false;
	}
	return true;
}

static void
write_row(struct sg_json_writer *w, const struct sg_json *value, const struct sg_json *said)
{
	const struct sg_json *labels = sg_json_get(said, "labels");
	struct sg_str origin = SG_STR(""), source = SG_STR("");
	if (!sg_json_string(said, &origin))
		sg_json_string(sg_json_get(said, "origin"), &origin);
	sg_json_string(sg_json_get(said, "source"), &source);
	sg_jw_object(w);
	sg_jw_name(w, "labels");
	labels != NULL && labels->count > 0 ? sg_jw_value(w, labels) : sg_jw_raw(w, SG_STR("[]"));
	sg_jw_member_str(w, "origin", origin);
	sg_jw_member_str(w, "source", source);
	sg_jw_name(w, "value");
	sg_jw_value(w, value);
	sg_jw_end(w);
}

bool
sg_fixture_provenance(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	struct rows rows = {.run = run};
	if (!collect(&rows, sg_json_get(run->fixture->ask, "provenance"), sg_json_get(run->fixture->ask, "args")))
		return false;
	sg_jw_name(w, "provenance");
	sg_jw_array(w);
	for (size_t i = 0; i < rows.count; i++)
		write_row(w, rows.value[i], rows.said[i]);
	sg_jw_end(w);
	return true;
}
