/* SPDX-License-Identifier: Apache-2.0
 * Findings: noted, and told to people or to programs. */
#include "ctl/doctor.h"
#include "ctl/show.h"

#include "base/str.h"

#include <errno.h>
#include <stdarg.h>

enum { REPORT = 8 << 20, INDENT = 9 };

static const struct {
	const char *word, *color;
} levels[SG_DOCTOR_LEVELS] = {{"ok", "\033[32m"}, {"unseen", "\033[33m"}, {"warning", "\033[33m"}, {"error", "\033[31m"}};

static const char *
safe(struct sg_doctor *d, const char *text)
{
	struct sg_buf shown;
	sg_buf_init(&shown, 8 * SG_DOCTOR_TEXT);
	sg_show_text(&shown, sg_str(text));
	const char *kept = sg_arena_printf(&d->arena, "%.*s", (int)shown.len, shown.len > 0 ? shown.ptr : "");
	sg_buf_done(&shown);
	return kept != NULL ? kept : "";
}

void
sg_doctor_say(struct sg_doctor *d, enum sg_doctor_level level, const char *remedy, const char *format, ...)
{
	char text[SG_DOCTOR_TEXT];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	d->of[level]++;
	d->more |= d->count == SG_DOCTOR_FINDINGS;
	if (d->count < SG_DOCTOR_FINDINGS)
		d->list[d->count++] = (struct sg_doctor_finding){d->check, safe(d, text), safe(d, remedy), level};
}

void
sg_doctor_unseen(struct sg_doctor *d, const char *path)
{
	sg_doctor_say(d, SG_DOCTOR_UNSEEN, errno == EACCES || errno == EPERM ? "run it as root" : "", "not looked at: %s: %s", path, strerror(errno));
}

bool
sg_doctor_configured(struct sg_doctor *d)
{
	if (d->document == NULL)
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "see what is said of the configuration", "not looked at: the configuration cannot be used");
	return d->document != NULL;
}

const char *
sg_doctor_path(struct sg_doctor *d, const char *option)
{
	return sg_doctor_configured(d) ? sg_arena_printf(&d->arena, "%.*s", SG_STR_ARG(sg_json_text_at(d->document, option))) : NULL;
}

bool
sg_doctor_asked(struct sg_doctor *d)
{
	if (d->status == NULL)
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "see what is said of the daemon", "not looked at: the daemon did not say");
	return d->status != NULL;
}

static void
write_finding(struct sg_json_writer *w, const struct sg_doctor_finding *f)
{
	sg_jw_object(w);
	sg_jw_member_text(w, "check", f->check);
	sg_jw_member_text(w, "do", f->remedy);
	sg_jw_member_text(w, "level", levels[f->level].word);
	sg_jw_member_text(w, "what", f->what);
	sg_jw_end(w);
}

static void
print_json(const struct sg_doctor *d)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, REPORT);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "errors", (int64_t)d->of[SG_DOCTOR_ERROR]);
	sg_jw_name(&w, "findings");
	sg_jw_array(&w);
	for (size_t i = 0; i < d->count; i++)
		write_finding(&w, &d->list[i]);
	sg_jw_end(&w);
	sg_jw_member_bool(&w, "more", d->more);
	sg_jw_member_int(&w, "unseen", (int64_t)d->of[SG_DOCTOR_UNSEEN]);
	sg_jw_member_int(&w, "warnings", (int64_t)d->of[SG_DOCTOR_WARNING]);
	sg_jw_end(&w);
	sg_show_answer(sg_buf_view(&out));
	sg_buf_done(&out);
}

static void
print_finding(const struct sg_doctor *d, const struct sg_doctor_finding *f)
{
	bool color = d->ctl->color;
	printf("%s%-*s%s%s: %s\n", color ? levels[f->level].color : "", INDENT, levels[f->level].word, color ? "\033[0m" : "", f->check, f->what);
	if (f->remedy[0] != '\0')
		printf("%*sdo: %s\n", INDENT, "", f->remedy);
}

void
sg_doctor_print(const struct sg_doctor *d)
{
	if (d->ctl->json) {
		print_json(d);
		return;
	}
	for (size_t i = 0; i < d->count; i++)
		print_finding(d, &d->list[i]);
	printf("%zu errors, %zu warnings, %zu not looked at%s\n", d->of[SG_DOCTOR_ERROR], d->of[SG_DOCTOR_WARNING], d->of[SG_DOCTOR_UNSEEN], d->more ? "; not all of them are shown" : "");
}
