/* SPDX-License-Identifier: Apache-2.0
 * Steps as the configuration writes them, and as others may read them. */
#include "conf/path.h"

#include "base/str.h"

#include <string.h>

bool
sg_steps_part(char c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
	return !letter && c > ' ' && c <= '~' && strchr("-$@#*", c) == NULL;
}

bool
sg_path_valid(struct sg_str path)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.ptr[i] <= ' ' || path.ptr[i] > '~' || path.ptr[i] == ':' || (path.ptr[i] == '.' && (i == 0 || i + 1 == path.len || path.ptr[i - 1] == '.')))
			return false;
	return path.len > 0 && path.len <= SG_PATH_MAX;
}

bool
sg_step_is_place(struct sg_str step)
{
	size_t len = 0;
	while (len < step.len && ((step.ptr[len] >= '0' && step.ptr[len] <= '9') || (step.ptr[len] != '\0' && strchr("-+$@#*", step.ptr[len]) != NULL)))
		len++;
	return len > 0 && len == step.len;
}

static bool
is_plain(struct sg_str step)
{
	for (size_t i = 0; i < step.len; i++)
		if (strchr("[]\"'\\", step.ptr[i]) != NULL)
			return false;
	return step.len > 0 && !sg_step_is_place(step);
}

bool
sg_path_has_place(struct sg_str path)
{
	for (struct sg_str rest = path; rest.ptr != NULL;)
		if (!is_plain(sg_str_cut(&rest, '.')))
			return true;
	return false;
}
