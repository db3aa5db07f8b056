/* SPDX-License-Identifier: Apache-2.0
 * Paths. Two slashes are one, and one at the end is none. Whatever some reader takes for a way up or for the end of a name is refused. */
#include "base/form_in.h"

#include "base/pattern.h"
#include "base/str.h"

#include <string.h>
#include <strings.h>

/* A byte beyond ASCII in percent: part of a letter that is seen only once it is decoded. */
static bool
is_coded_letter(struct sg_str text)
{
	return text.len >= 3 && text.ptr[0] == '%' && memchr("89abcdefABCDEF", text.ptr[1], 14) != NULL && memchr("0123456789abcdefABCDEF", text.ptr[2], 22) != NULL;
}

static const char *
refused(struct sg_str text)
{
	static const char *const codes[] = {"%2e", "%2f", "%5c", "%00", "%3b"};
	for (size_t i = 0; i < text.len; i++) {
		if (is_coded_letter((struct sg_str){text.ptr + i, text.len - i}))
			return "a path has its letters as they are, not in percent";
		if (text.ptr[i] == '\\')
			return "a path has no '\\'";
		if (text.ptr[i] == ';')
			return "a path has no ';'";
		for (size_t c = 0; text.ptr[i] == '%' && text.len - i >= 3 && c < sizeof(codes) / sizeof(codes[0]); c++)
			if (strncasecmp(text.ptr + i, codes[c], 3) == 0)
				return "a path has no '.', '/', '\\', ';' or NUL in percent";
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
