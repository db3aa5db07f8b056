/* SPDX-License-Identifier: Apache-2.0
 * How a value and its place are written. */
#include "ctl/config.h"
#include "ctl/show.h"

#include "base/str.h"
#include "conf/written.h"

enum { TEXT_BYTES = 8 << 20 };

void
sg_config_value(struct sg_buf *out, const struct sg_config_row *row)
{
	struct sg_buf text;
	sg_buf_init(&text, TEXT_BYTES);
	sg_conf_value_write(&text, row->option, row->value);
	sg_show_json(out, sg_buf_view(&text));
	sg_buf_done(&text);
}

void
sg_config_place(struct sg_buf *out, const struct sg_json *origin)
{
	if (origin == NULL) {
		sg_buf_text(out, "default");
		return;
	}
	sg_show_text(out, sg_json_text_at(origin, "file"));
	sg_buf_printf(out, ":%lld:%lld", (long long)sg_show_int(origin, "line"),
		      (long long)sg_show_int(origin, "column"));
}

void
sg_config_print(const struct sg_ctl *ctl, struct sg_buf *out)
{
	if (ctl->json)
		sg_show_answer(sg_buf_view(out));
	else
		fwrite(out->ptr == NULL ? "" : out->ptr, 1, out->len, stdout);
	sg_buf_clear(out);
}
