/* SPDX-License-Identifier: Apache-2.0
 * The step behind walls: what the module did without any it does once more behind those that its stanza's grants leave, as in the daemon; what they refuse
 * is seen from outside, and said as what to write. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"
#include "host/check_refused.h"
#include "host/walls.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWN_FOLDERS = 1000 };

/* What a life says of itself, in memory that both have. */
struct life {
	volatile bool behind; /* walls: refusals count */
	bool no_walls, no_landlock, started;
	char said[200]; /* the first refusal, "CODE: TEXT"; "": none */
};

static void
say(struct life *life, const struct sg_err *err)
{
	snprintf(life->said, sizeof(life->said), "%.48s: %.140s", err->code, err->text);
}

/* What the host does between its two walls. */
static bool
ask_keys(struct sg_check *c, struct sg_err *err)
{
	struct sg_buf keys;
	sg_buf_init(&keys, SG_JSON_MAX_BYTES);
	bool good = sg_call_keys(&c->instance, &keys, err) == SG_OK;
	sg_buf_done(&keys);
	return good;
}

static bool
start(struct sg_check *c, struct sg_err *err)
{
	return sg_load_run(&c->loaded, c->kind_name, c->name, err) == SG_OK && sg_check_start_lent(c, err) == SG_OK && ask_keys(c, err);
}

/* The calls in between: what the first one that was refused said. */
static void
live(struct sg_check *c, struct life *life)
{
	life->started = true;
	sg_check_call(c);
	snprintf(life->said, sizeof(life->said), "%s", c->refused);
	life->behind = false;
	sg_check_stop(c);
}

/* Where it does not start the step is over: the note says why. */
static void
live_free(struct sg_check *c, struct life *life)
{
	struct sg_err err = {0};
	if (sg_load_run(&c->loaded, c->kind_name, c->name, &err) != SG_OK)
		sg_check_skip(c, "it does not load");
	else if (sg_check_begin(c) && !ask_keys(c, &err))
		sg_check_skip(c, "keys are refused: %s: %s", err.code, err.text);
	else if (c->note->end == SG_CHECK_NOTHING)
		live(c, life);
	_exit(0);
}

/* A sink's host has two folders beside what is granted: the journal, and its own. */
static void
add_folders(struct sg_check *c, struct sg_walls *walls)
{
	static char paths[2][PATH_MAX + 16];
	for (unsigned i = 0; i < 2 && c->kind == SG_KIND_audit; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", c->folder, i == 0 ? "journal" : "cursor");
		mkdir(paths[i], 0700);
		sg_walls_folder(walls, paths[i], i == 1);
	}
}

static void
live_behind(struct sg_check *c, struct life *life)
{
	struct sg_err err = {0};
	struct sg_walls walls;
	unsigned layers = 0;
	c->step += OWN_FOLDERS; /* what the free life left may be of another key */
	if (sg_check_lend(c, &err) != SG_OK) {
		say(life, &err);
		_exit(0);
	}
	sg_walls_of(&walls, c->kind, &c->instance.grants);
	sg_walls_keep(&walls, c->loaded.fd);
	add_folders(c, &walls);
	sg_check_before_call(c);
	for (size_t i = 0; i < SG_CHECK_KEPT; i++)
		sg_walls_keep(&walls, c->kept[i] > 0 ? c->kept[i] : -1);
	walls.how.watched = sg_watch_me();
	life->no_walls = sg_confine(&walls.how, &layers, &err) != SG_OK;
	if (life->no_walls)
		_exit(0);
	life->no_landlock = (sg_profile_layers(walls.how.profile) & ~layers & SG_LAYER_LANDLOCK) != 0;
	life->behind = true;
	if (!start(c, &err) || sg_confine_further(&walls.how, &err) != SG_OK)
		say(life, &err);
	else
		live(c, life);
	_exit(0);
}

static int
run(struct sg_check *c, void (*one)(struct sg_check *, struct life *), struct life *life, struct sg_watched *seen)
{
	pid_t child = fork();
	if (child == 0)
		one(c, life);
	return child < 0 ? -1 : sg_watch(child, &life->behind, seen);
}

static bool
held_back(struct sg_check *c, const struct life *life, int status, const struct sg_watched *seen)
{
	char calls[240], end[64] = "";
	sg_check_refused(seen, calls);
	if (status < 0 || !WIFEXITED(status))
		snprintf(end, sizeof(end), "it ends (signal %d) in %.30s", status > 0 ? WTERMSIG(status) : 0, c->note->at);
	return sg_check_fail(c, SG_PROMISE_walls, "%s %s, and does not without walls; %s", life->started ? "behind them a call answers" : "behind them start answers",
			     end[0] != '\0' ? end : life->said, calls);
}

bool
sg_check_walls(struct sg_check *c)
{
	struct sg_err err = {0};
	struct sg_watched seen;
	struct life *lives = mmap(NULL, 2 * sizeof(*lives), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sg_check_at(c, "loading");
	if (lives == MAP_FAILED || sg_load_file(c->fd, c->kind_name, c->name, &c->loaded, &err) != SG_OK)
		return sg_check_skip(c, "it does not load");
	run(c, live_free, &lives[0], &seen);
	if (!lives[0].started)
		return c->note->end != SG_CHECK_NOTHING ? false : sg_check_skip(c, "it does not start without walls either");
	int status = run(c, live_behind, &lives[1], &seen);
	if (lives[1].no_walls)
		return sg_check_skip(c, "no walls can be built here");
	size_t code = strcspn(lives[0].said, ":");
	bool same = lives[1].started && strncmp(lives[0].said, lives[1].said, code + 1) == 0;
	if (!same || status < 0 || !WIFEXITED(status) || lives[1].behind)
		return held_back(c, &lives[1], status, &seen);
	return !lives[1].no_landlock || sg_check_skip(c, "it does, and this kernel has no Landlock: what it opens was not held back");
}
