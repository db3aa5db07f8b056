/* SPDX-License-Identifier: Apache-2.0
 * Keeping: each policy set and each configuration that was in force, by digest, so that a record can be read against what it was judged by.
 * state/policy/DIGEST.policy.json is {"files":[{"name","text"}]}, state/policy/DIGEST.config.json the canonical document. Best effort: a set that
 * could not be kept is told on stderr, and decisions go on. A process of its own does it: a disk that does not answer stops no supervisor. */
#include "main/supervisor.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/digest.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { KEPT_MAX = 512 << 20 };

static void
keep(const struct sg_supervisor *s, struct sg_str digest, const char *kind, struct sg_str text)
{
	char path[1200], temporary[1200];
	snprintf(path, sizeof(path), "%s/policy/%.*s.%s.json", s->state_dir, SG_STR_ARG(digest), kind);
	snprintf(temporary, sizeof(temporary), "%s/policy/new.%.*s.%s", s->state_dir, SG_STR_ARG(digest), kind); /* what one that was ended left is written over, not joined by another */
	if (access(path, F_OK) == 0)
		return;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0;
	for (size_t at = 0; good && at < text.len;) {
		ssize_t sent = write(fd, text.ptr + at, text.len - at);
		good = sent > 0;
		at += good ? (size_t)sent : 0;
	}
	good = good && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (good && rename(temporary, path) == 0)
		return;
	fprintf(stderr, "stepgated: %s could not be kept: %s\n", path, strerror(errno));
	unlink(temporary);
}

static void
write_files(struct sg_buf *out, const struct sg_policy_files *files)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "files");
	sg_jw_array(&w);
	for (size_t i = 0; i < files->count; i++) {
		sg_jw_object(&w);
		sg_jw_member_str(&w, "name", files->list[i].name);
		sg_jw_member_str(&w, "text", files->list[i].text);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	sg_jw_end(&w);
}

static void
keep_both(const struct sg_supervisor *s)
{
	struct sg_buf text;
	struct sg_arena arena;
	const struct sg_json *manifest = NULL;
	struct sg_str digest = {NULL, 0};
	char config[SG_SHA256_HEX];
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	sg_buf_init(&text, KEPT_MAX);
	sg_arena_init(&arena, 256 << 20);
	write_files(&text, &s->sources);
	if (!text.failed && sg_canon_parse(&arena, sg_buf_view(&s->manifest), &limits, &manifest, NULL) == SG_OK &&
	    sg_json_string(sg_json_get(manifest, "digest"), &digest) && digest.len == SG_SHA256_HEX - 1)
		keep(s, digest, "policy", sg_buf_view(&text));
	sg_sha256_hex(config, sg_buf_view(&s->document));
	keep(s, sg_str(config), "config", sg_buf_view(&s->document));
	sg_arena_done(&arena);
	sg_buf_done(&text);
}

/* Whoever reaps knows no such process, and passes over it. */
void
sg_supervisor_keep(const struct sg_supervisor *s)
{
	pid_t parent = getpid(), child = fork();
	if (child == 0) {
		sigset_t none;
		sigemptyset(&none);
		close_range(STDERR_FILENO + 1, ~0U, 0); /* neither locks nor sockets stay because of it */
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (sg_die_with_parent(parent, NULL) != SG_OK)
			_exit(1);
		keep_both(s);
		_exit(0);
	}
	if (child < 0)
		fprintf(stderr, "stepgated: policy and configuration could not be kept beside the journal: %s\n", strerror(errno));
}
