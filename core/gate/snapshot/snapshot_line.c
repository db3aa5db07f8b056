/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot and what several kinds of them have in common. */
#include "gate/snapshot/snapshot_out.h"

#include "base/str.h"
#include "gate/state/values.h"

void
sg_line_begin(struct sg_snapshot_out *o)
{
	sg_buf_clear(&o->buf);
	sg_jw_begin(&o->w, &o->buf);
	sg_jw_object(&o->w);
}

void
sg_line_end(struct sg_snapshot_out *o)
{
	sg_jw_end(&o->w);
	o->failed |= o->buf.failed;
	o->lines++;
	if (!o->failed && !o->stopped)
		o->stopped = !o->line(o->to, sg_buf_view(&o->buf));
}

void
sg_line_labels(struct sg_json_writer *w, const struct sg_taint *taint)
{
	sg_jw_name(w, "labels");
	sg_jw_array(w);
	for (size_t i = 0; i < taint->count; i++) {
		if (sg_taint_word(taint, i) != SG_WORD_NAMED)
			sg_jw_int(w, sg_taint_word(taint, i)); /* of the label behind it */
		sg_jw_text(w, taint->labels[i]);
	}
	if (taint->full)
		sg_jw_int(w, SG_WORD_NAMED);
	sg_jw_end(w);
}

void
sg_line_level(struct sg_json_writer *w, enum sg_sensitivity level)
{
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(level));
}

void
sg_line_deadline(struct sg_snapshot_out *o, const char *name, const struct sg_deadline *deadline)
{
	sg_jw_name_text(&o->w, name);
	sg_jw_object(&o->w);
	sg_jw_member_int(&o->w, "boot", deadline->boot / SG_MSEC);
	sg_jw_member_text(&o->w, "boot_id", o->state->boot_id);
	sg_jw_member_int(&o->w, "wall", deadline->wall_ms);
	sg_jw_end(&o->w);
}

void
sg_line_ints(struct sg_json_writer *w, const char *name, const int64_t *numbers, size_t count)
{
	sg_jw_name_text(w, name);
	sg_jw_array(w);
	for (size_t i = 0; i < count; i++)
		sg_jw_int(w, numbers[i]);
	sg_jw_end(w);
}

void
sg_line_times(struct sg_json_writer *w, const char *name, const struct sg_times *times)
{
	uint64_t count = times == NULL ? 0 : times->next < SG_TIMES_MAX ? times->next : SG_TIMES_MAX;
	sg_jw_name_text(w, name);
	sg_jw_array(w);
	for (uint64_t i = count; i > 0; i--)
		sg_jw_int(w, times->at_ms[(times->next - i) % SG_TIMES_MAX]);
	sg_jw_end(w);
}

void
sg_line_counted(struct sg_json_writer *w, const char *name, const struct sg_counted *counted)
{
	uint64_t count = counted->next < counted->room ? counted->next : counted->room;
	sg_jw_name_text(w, name);
	sg_jw_array(w);
	for (uint64_t i = count; i > 0; i--)
		sg_jw_int(w, counted->at_ms[(counted->next - i) % counted->room]);
	sg_jw_end(w);
}

void
sg_line_hex(struct sg_json_writer *w, uint64_t number)
{
	char hex[17];
	sg_value_hex(number, hex);
	sg_jw_text(w, hex);
}

void
sg_line_tag(struct sg_json_writer *w, const char *name, uint64_t tag)
{
	char hex[17];
	sg_value_hex(tag, hex);
	sg_jw_named_text(w, name, hex);
}
