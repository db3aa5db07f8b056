/* SPDX-License-Identifier: Apache-2.0
 * config diff --running: what a reload would change. */
#include "ctl/config.h"
#include "ctl/show.h"

#include "base/str.h"

enum { OUT_BYTES = 64 << 20 };

/* One key: what is in force and what the files say; NULL where it does not exist. */
struct pair {
	const struct sg_config_row *running, *file;
};

static void
write_side(struct sg_buf *out, const char *name, const struct sg_config_row *row)
{
	sg_buf_printf(out, "  %-8s ", name);
	if (row != NULL)
		sg_config_value(out, row);
	else
		sg_buf_text(out, "(not there)");
}

static void
write_lines(struct sg_buf *out, const struct sg_config *files, const struct pair *pair)
{
	const struct sg_config_row *any = pair->file != NULL ? pair->file : pair->running;
	sg_buf_printf(out, "%.*s\n", SG_STR_ARG(any->key));
	write_side(out, "running", pair->running);
	sg_buf_text(out, "\n");
	write_side(out, "file", pair->file);
	if (pair->file != NULL) {
		sg_buf_text(out, "    # ");
		sg_config_place(out, sg_config_origin(files, pair->file));
	}
	sg_buf_text(out, "\n");
}

static void
write_json(struct sg_json_writer *w, const struct sg_config *files, const struct pair *pair)
{
	const struct sg_json *origin = pair->file == NULL ? NULL : sg_config_origin(files, pair->file);
	sg_jw_object(w);
	sg_jw_name(w, "file");
	pair->file == NULL ? sg_jw_null(w) : sg_jw_value(w, pair->file->value);
	sg_jw_name(w, "from");
	origin == NULL ? sg_jw_null(w) : sg_jw_value(w, origin);
	sg_jw_member_str(w, "key", pair->file != NULL ? pair->file->key : pair->running->key);
	sg_jw_name(w, "running");
	pair->running == NULL ? sg_jw_null(w) : sg_jw_value(w, pair->running->value);
	sg_jw_end(w);
}

/* Rows of both stand in the order of their keys. True while there is one more key, which `at` then stands behind. */
static bool
next_pair(const struct sg_config *running, const struct sg_config *files, size_t at[2], struct pair *pair)
{
	const struct sg_config_row *a = at[0] < running->count ? &running->rows[at[0]] : NULL,
				   *b = at[1] < files->count ? &files->rows[at[1]] : NULL;
	int order = a == NULL ? 1 : b == NULL ? -1 : sg_str_cmp(a->key, b->key);
	*pair = (struct pair){order <= 0 ? a : NULL, order >= 0 ? b : NULL};
	at[0] += order <= 0;
	at[1] += order >= 0;
	return a != NULL || b != NULL;
}

static size_t
compare(const struct sg_ctl *ctl, const struct sg_config *running, const struct sg_config *files, struct sg_buf *out)
{
	struct pair pair;
	struct sg_json_writer w;
	size_t at[2] = {0, 0}, count = 0;
	sg_jw_begin(&w, out);
	if (ctl->json) {
		sg_jw_object(&w);
		sg_jw_name(&w, "differences");
		sg_jw_array(&w);
	}
	while (next_pair(running, files, at, &pair)) {
		if (pair.running != NULL && pair.file != NULL && sg_json_eq(pair.running->value, pair.file->value))
			continue;
		count++;
		if (ctl->json)
			write_json(&w, files, &pair);
		else
			write_lines(out, files, &pair);
	}
	if (ctl->json) {
		sg_jw_end(&w);
		sg_jw_end(&w);
		sg_buf_text(out, "\n");
	}
	return count;
}

static int
diff(const struct sg_ctl *ctl, const struct sg_config *files, const struct sg_json *document)
{
	struct sg_config running = {0};
	struct sg_buf out;
	size_t count = 0;
	sg_arena_init(&running.arena, 256 << 20);
	sg_buf_init(&out, OUT_BYTES);
	bool good = document != NULL && document->type == SG_JSON_OBJECT && sg_config_rows(&running, document);
	if (good)
		count = compare(ctl, &running, files, &out);
	sg_config_print(ctl, &out);
	if (good && count == 0 && !ctl->json)
		printf("the files say what is running\n");
	sg_buf_done(&out);
	sg_config_done(&running);
	if (!good)
		return sg_ctl_fail(ctl, SG_CTL_AWAY, "answer_json", "is it stepgated that listens there?",
				   "the daemon told no configuration");
	return count == 0 ? SG_CTL_OK : SG_CTL_DENIED;
}

int
sg_ctl_config_diff(struct sg_ctl *ctl)
{
	struct sg_ctl_answer answer;
	struct sg_config files;
	struct sg_ctl quiet = *ctl; /* the daemon's document is not what --json prints here */
	struct sg_conf_source source = sg_config_source(ctl);
	if (ctl->option[SG_CTL_OPTION_running] == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate config diff --running",
				   "the files can be compared with what is running");
	int code = sg_config_load(ctl, &source, &files);
	if (code == SG_CTL_OK) {
		quiet.json = false;
		code = sg_ctl_ask(&quiet, SG_FACE_ADMIN, "GET", "/v1/config", NULL, NULL, &answer);
		if (code == SG_CTL_OK)
			code = diff(ctl, &files, sg_json_get(answer.json, "document"));
		sg_ctl_answer_done(&answer);
	}
	sg_config_done(&files);
	return code;
}
