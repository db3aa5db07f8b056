/* SPDX-License-Identifier: Apache-2.0
 * watch: sample after sample, until it is to end. */
#include "ctl/watch.h"
#include "ctl/show.h"

#include "base/str.h"

#include <unistd.h>

enum { LONGEST = 3600, MOST = 1000000000 };

static void
show(const struct sg_watch *w)
{
	if (w->ctl->json)
		sg_watch_object(w);
	else if (w->screen)
		sg_watch_screen(w);
	else
		sg_watch_line(w);
	fflush(stdout);
}

static int
away(const struct sg_watch *w)
{
	const struct sg_err *err = &w->now.err;
	bool not_you = err->status == SG_REFUSED || strcmp(err->code, "answer_none") == 0;
	return sg_ctl_fail(w->ctl, not_you ? SG_CTL_PERMISSION : SG_CTL_AWAY, err->code,
			   not_you ? "admins are named by uid in the configuration" : "is the daemon running? --run DIR or $STEPGATE_RUN name the folder of its sockets", "%s", err->text);
}

static int
run(struct sg_watch *w)
{
	sg_watch_take(w);
	if (w->now.answer.json == NULL)
		return away(w);
	sg_watch_signals();
	if (w->screen)
		sg_watch_terminal_take();
	for (bool go_on = true; go_on;) {
		show(w);
		w->left -= w->left > 0;
		go_on = w->left != 0 && ferror(stdout) == 0 && !sg_watch_wait(w->interval_ms);
		if (go_on)
			sg_watch_take(w);
	}
	sg_watch_terminal_give();
	return w->now.answer.json != NULL ? SG_CTL_OK : SG_CTL_AWAY;
}

int
sg_ctl_watch(struct sg_ctl *ctl)
{
	struct sg_watch w = {.ctl = ctl, .left = -1};
	const char *every = ctl->option[SG_CTL_OPTION_interval], *count = ctl->option[SG_CTL_OPTION_count];
	int64_t seconds = 1;
	if (every != NULL && !sg_str_int(sg_str(every), 1, LONGEST, &seconds))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--interval takes 1 to %d seconds", LONGEST);
	if (count != NULL && !sg_str_int(sg_str(count), 1, MOST, &w.left))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--count takes 1 to %d", MOST);
	w.interval_ms = seconds * 1000;
	w.screen = !ctl->json && isatty(STDOUT_FILENO) == 1;
	int code = run(&w);
	sg_watch_done(&w);
	return code;
}
