/* SPDX-License-Identifier: Apache-2.0
 * approvals watch: each that comes to wait, whole, as it comes; and that one waits no longer. */
#include "ctl/show.h"
#include "ctl/watch.h"

#include "base/canon.h"
#include "base/str.h"

#include <unistd.h>

enum { LONGEST = 3600, MOST = 1000000000, KNOWN = 256, ID_ROOM = 64 };

struct watched {
	const struct sg_ctl *ctl;
	struct known {
		char id[ID_ROOM];
		bool seen;
	} known[KNOWN];
	size_t count;
};

static struct known *
known_of(struct watched *w, struct sg_str id)
{
	for (size_t i = 0; i < w->count; i++)
		if (sg_str_is(id, w->known[i].id))
			return &w->known[i];
	return NULL;
}

static void
print_object(struct sg_json_writer *w, struct sg_buf *out)
{
	sg_jw_end(w);
	printf("%.*s\n", SG_STR_ARG(sg_buf_view(out)));
	sg_buf_done(out);
}

/* On a terminal with its bell: somebody is asked. */
static void
tell_new(const struct watched *w, const struct sg_json *a)
{
	struct sg_buf out;
	struct sg_json_writer j;
	sg_buf_init(&out, 1 << 20);
	sg_jw_begin(&j, &out);
	sg_jw_object(&j);
	sg_jw_name(&j, "approval");
	sg_jw_value(&j, a);
	if (w->ctl->json) {
		print_object(&j, &out);
		return;
	}
	sg_buf_done(&out);
	printf("%s", isatty(STDOUT_FILENO) == 1 ? "\a" : "");
	sg_ctl_approval_show(w->ctl, a);
	putchar('\n');
}

static void
tell_gone(const struct watched *w, const char *id)
{
	printf(w->ctl->json ? "{\"over\":\"%s\"}\n" : "%s  waits no longer\n", id);
}

/* In the order in which they came to wait; what is no longer among them is over. */
static void
compare(struct watched *w, const struct sg_json *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < w->count; i++)
		w->known[i].seen = false;
	for (const struct sg_json *a = sg_json_first(list); a != NULL; a = sg_json_next(list, a)) {
		struct sg_str id = sg_json_text_at(a, "id");
		struct known *k = known_of(w, id);
		if (k == NULL && sg_str_is(sg_json_text_at(a, "state"), "open"))
			tell_new(w, a);
		if (k == NULL && w->count < KNOWN && id.len < ID_ROOM) {
			k = &w->known[w->count++];
			snprintf(k->id, sizeof(k->id), "%.*s", SG_STR_ARG(id));
		}
		if (k != NULL)
			k->seen = true;
	}
	for (size_t i = 0; i < w->count; i++) {
		if (!w->known[i].seen)
			tell_gone(w, w->known[i].id);
		else
			w->known[kept++] = w->known[i];
	}
	w->count = kept;
}

static int
look(struct watched *w)
{
	struct sg_ctl quiet = *w->ctl;
	struct sg_ctl_answer answer;
	quiet.json = false;
	int code = sg_ctl_ask(&quiet, SG_FACE_ADMIN, "GET", "/v1/approvals", NULL, NULL, &answer);
	if (code == SG_CTL_OK)
		compare(w, sg_json_get(answer.json, "approvals"));
	sg_ctl_answer_done(&answer);
	fflush(stdout);
	return code;
}

int
sg_ctl_approvals_watch(struct sg_ctl *ctl)
{
	const char *every = ctl->option[SG_CTL_OPTION_interval], *count = ctl->option[SG_CTL_OPTION_count];
	int64_t seconds = 1, left = -1;
	struct watched w = {.ctl = ctl};
	if (every != NULL && !sg_str_int(sg_str(every), 1, LONGEST, &seconds))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--interval takes 1 to %d seconds", LONGEST);
	if (count != NULL && !sg_str_int(sg_str(count), 1, MOST, &left))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--count takes 1 to %d", MOST);
	sg_watch_signals();
	int code = look(&w);
	while (code == SG_CTL_OK && (left < 0 || --left > 0) && ferror(stdout) == 0 && !sg_watch_wait(seconds * 1000))
		code = look(&w);
	return code;
}
