/* SPDX-License-Identifier: Apache-2.0
 * Writing values the way files hold them. */
#include "conf/written.h"

#include "base/canon.h"
#include "base/str.h"
#include "conf/unit.h"

#include <stdio.h>

static void
write_list(struct sg_buf *out, const struct sg_json *list)
{
	sg_buf_text(out, "[ ");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		sg_canon_write(out, e);
		sg_buf_text(out, sg_json_next(list, e) != NULL ? ", " : " ");
	}
	sg_buf_text(out, "]");
}

void
sg_conf_value_write(struct sg_buf *out, const struct sg_conf_option *option, const struct sg_json *value)
{
	char number[32];
	int64_t n;
	if (value->type == SG_JSON_ARRAY) {
		write_list(out, value);
	} else if (option != NULL && sg_json_int(value, &n)) {
		sg_conf_number_write(number, option->type, n);
		sg_buf_text(out, number);
	} else {
		sg_canon_write(out, value);
	}
}

/* The default as a number; false if it is none. */
static bool
standard_number(const struct sg_conf_option *option, int64_t *out)
{
	struct sg_str text = sg_str(option->standard);
	return option->type == SG_CONF_DURATION_OPTION ? sg_conf_duration(text, out)
	       : option->type == SG_CONF_LIFE_OPTION   ? sg_conf_life(text, out)
	       : option->type == SG_CONF_SIZE_OPTION   ? sg_conf_size(text, out)
	       : option->type == SG_CONF_MODE_OPTION   ? sg_conf_mode(text, out)
						       : sg_str_int(text, INT32_MIN, INT32_MAX, out);
}

/* Entries of a default stand between blanks. */
static bool
is_standard_list(struct sg_str rest, const struct sg_json *list)
{
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str text;
		if (rest.len == 0 || !sg_json_string(e, &text) || !sg_str_eq(sg_str_cut(&rest, ' '), text))
			return false;
	}
	return rest.len == 0;
}

bool
sg_conf_value_is_standard(const struct sg_conf_option *option, const struct sg_json *value)
{
	int64_t number, standard;
	struct sg_str text;
	bool flag;
	if (option == NULL || option->standard == NULL || value == NULL)
		return false;
	if (value->type == SG_JSON_ARRAY)
		return is_standard_list(sg_str(option->standard), value);
	if (sg_json_bool(value, &flag))
		return flag == (strcmp(option->standard, "true") == 0);
	if (sg_json_string(value, &text))
		return sg_str_is(text, option->standard);
	return sg_json_int(value, &number) && standard_number(option, &standard) && number == standard;
}

static void
write_standard_list(struct sg_buf *out, struct sg_str rest)
{
	sg_buf_text(out, "[ ");
	while (rest.len > 0) {
		sg_canon_string(out, sg_str_cut(&rest, ' '));
		sg_buf_text(out, rest.len > 0 ? ", " : " ");
	}
	sg_buf_text(out, "]");
}

void
sg_conf_standard_write(struct sg_buf *out, const struct sg_conf_option *option)
{
	char number[32];
	int64_t n;
	if (option->standard == NULL)
		return;
	if (sg_conf_type_kind(option->type) == SG_CONF_LIST) {
		write_standard_list(out, sg_str(option->standard));
	} else if (sg_conf_type_is_number(option->type) && standard_number(option, &n)) {
		sg_conf_number_write(number, option->type, n);
		sg_buf_text(out, number);
	} else if (sg_conf_type_kind(option->type) == SG_CONF_FLAG) {
		sg_buf_text(out, option->standard);
	} else {
		sg_canon_string(out, sg_str(option->standard));
	}
}
