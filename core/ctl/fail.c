/* SPDX-License-Identifier: Apache-2.0
 * What went wrong, told. */
#include "ctl/show.h"

#include "base/str.h"

#include <stdarg.h>

int
sg_ctl_fail(const struct sg_ctl *ctl, int code, const char *name, const char *hint, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!ctl->json) {
		fprintf(stderr, "stepgate: %s\n%s%s%s", text, hint[0] != '\0' ? "  hint: " : "", hint,
			hint[0] != '\0' ? "\n" : "");
		return code;
	}
	struct sg_buf out;
	sg_buf_init(&out, 8192);
	sg_buf_printf(&out, "{\"error\":{\"code\":\"%s\",\"hint\":", name);
	sg_canon_string(&out, sg_str(hint));
	sg_buf_text(&out, ",\"message\":");
	sg_canon_string(&out, sg_str(text));
	sg_buf_text(&out, "}}");
	if (out.failed) /* only a text that is no UTF-8 does that */
		printf("{\"error\":{\"code\":\"%s\",\"hint\":\"\",\"message\":\"\"}}\n", name);
	else
		sg_show_answer(sg_buf_view(&out));
	sg_buf_done(&out);
	return code;
}
