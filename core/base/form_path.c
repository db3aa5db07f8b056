/* SPDX-License-Identifier: Apache-2.0
 * Paths. Two slashes are one, and one at the end is none. Whatever some reader takes for a way up or for the end of a name is refused. */
#include "base/form_in.h"

#include "base/coded.h"
#include "base/pattern.h"
#include "base/str.h"

static const char *
refused(struct sg_str text)
{
	if (sg_has_coded(text))
		return "a path has its letters as they are, not in percent";
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\\')
			return "a path has no '\\'";
		if (text.ptr[i] == ';')
			return "a path has no ';'";
	}
	return NULL;
}

/* Its names with one slash between them. */
static const char *
write_names(struct sg_str text, struct sg_buf *out, bool absolute)
{
	bool first = true;
	for (struct sg_str rest = text; rest.ptr != NULL;) {
		struct sg_str name = sg_str_cut(&rest, '/');
		if (name.len == 0)
			continue;
		if (!sg_segment_plain(name))
			return "a path has no '.' or '..' in it, no name with blanks at an end, nothing that is not seen, and no twin of a dot or slash";
		if (absolute || !first)
			sg_buf_text(out, "/");
		sg_buf_str(out, name);
		first = false;
	}
	if (first)
		sg_buf_text(out, absolute ? "/" : "");
	return first && !absolute ? "it names nothing" : NULL;
}

const char *
sg_form_path(struct sg_str text, struct sg_buf *out)
{
	const char *wrong = text.ptr[0] != '/' ? "a path begins with '/'" : refused(text);
	return wrong != NULL ? wrong : write_names(text, out, true);
}

const char *
sg_form_relative(struct sg_str text, struct sg_buf *out)
{
	const char *wrong = text.ptr[0] == '/' ? "a relative path does not begin with '/'" : refused(text);
	return wrong != NULL ? wrong : write_names(text, out, false);
}
