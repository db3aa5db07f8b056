/* SPDX-License-Identifier: Apache-2.0
 * Steps about a module's life: what configure, start and stop leave behind. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char descriptors[] = "/proc/self/fd", threads[] = "/proc/self/task";

/* What may not change behind the host's back. */
struct surroundings {
	size_t descriptors, threads;
	mode_t mask;
	char folder[PATH_MAX];
};

static struct surroundings
look_around(void)
{
	struct surroundings s = {.descriptors = sg_check_count(descriptors), .threads = sg_check_count(threads)};
	s.mask = umask(0);
	umask(s.mask);
	if (getcwd(s.folder, sizeof(s.folder)) == NULL)
		s.folder[0] = '\0';
	return s;
}

static bool
unchanged(struct sg_check *c, enum sg_promise promise, const char *what, const struct surroundings *before)
{
	struct surroundings now = look_around();
	if (now.descriptors != before->descriptors)
		return sg_check_fail(c, promise, "%s: %zu descriptors before, %zu after", what, before->descriptors - 2, now.descriptors - 2);
	if (now.threads != before->threads)
		return sg_check_fail(c, promise, "%s: %zu threads before, %zu after", what, before->threads - 2, now.threads - 2);
	if (now.mask != before->mask || strcmp(now.folder, before->folder) != 0)
		return sg_check_fail(c, promise, "%s: another working folder or umask", what);
	return true;
}

/* ---- configure ---- */

/* All rows at their standard or given value but one. */
static bool
configure_with(struct sg_check *c, const struct sg_options *given, size_t row, struct sg_str text, int64_t number)
{
	struct sg_value values[SG_OPTIONS_MAX];
	struct sg_options options = *given;
	struct sg_err err = {0};
	memcpy(values, given->values, given->count * sizeof(values[0]));
	values[row] = (struct sg_value){text, number};
	options.values = values;
	sg_check_at(c, "configure with %s at its bound", c->loaded.module->options[row].name);
	enum sg_status status = c->loaded.module->configure(&options, &err);
	return sg_check_refusal(c, "configure", status, &err);
}

static bool
at_bounds(struct sg_check *c, const struct sg_options *given)
{
	static char longest[65537];
	bool good = true;
	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t i = 0; i < given->count && good; i++) {
		const struct sg_option *row = &c->loaded.module->options[i];
		char least[32], most[32];
		snprintf(least, sizeof(least), "%lld", (long long)row->min);
		snprintf(most, sizeof(most), "%lld", (long long)row->max);
		if (row->type == SG_OPTION_INTEGER)
			good = configure_with(c, given, i, sg_str(least), row->min) && configure_with(c, given, i, sg_str(most), row->max);
		else if (row->type == SG_OPTION_BOOL)
			good = configure_with(c, given, i, SG_STR("true"), 1) && configure_with(c, given, i, SG_STR("false"), 0);
		else if (row->max < (int64_t)sizeof(longest))
			good = configure_with(c, given, i, sg_str(longest + sizeof(longest) - 1 - row->max), 0) &&
			       configure_with(c, given, i, sg_str(longest + sizeof(longest) - 1 - row->min), 0);
	}
	return good;
}

bool
sg_check_configure(struct sg_check *c)
{
	struct sg_options options;
	struct sg_err err = {0};
	if (sg_options_read(&c->arena, c->loaded.module->options, c->options, &options, &err) != SG_OK)
		return strcmp(err.code, "option_missing") == 0 ? sg_check_skip(c, "%s: give --option NAME=VALUE", err.text)
							       : sg_check_fail(c, SG_PROMISE_option_bounds, "%s: %s", err.code, err.text);
	if (c->loaded.module->configure == NULL)
		return true;
	struct surroundings before = look_around();
	for (int i = 0; i < 2; i++) {
		sg_check_at(c, "configure");
		enum sg_status status = c->loaded.module->configure(&options, &err);
		if (!sg_check_refusal(c, "configure", status, &err))
			return false;
		if (status != SG_OK)
			return sg_check_fail(c, SG_PROMISE_configure, "configure refuses the options given: %s: %s", err.code, err.text);
	}
	return unchanged(c, SG_PROMISE_configure, "configure", &before) && at_bounds(c, &options) && unchanged(c, SG_PROMISE_configure, "configure", &before);
}

/* ---- start and stop ---- */

bool
sg_check_bare(struct sg_check *c)
{
	static const struct sg_check_wish nothing;
	struct sg_check_wish bare = nothing;
	struct sg_err err = {0};
	bare.options = c->wish->options;
	c->wish = &bare;
	struct surroundings before = look_around();
	enum sg_status status = sg_check_start(c, &err);
	if (status == SG_OK)
		sg_check_stop(c);
	else if (strcmp(err.code, "option_missing") == 0)
		return sg_check_skip(c, "%s: give --option NAME=VALUE", err.text);
	if (strcmp(status == SG_OK ? "" : err.code, "module_error") == 0)
		return sg_check_fail(c, SG_PROMISE_code, "start refuses without a code of [a-z0-9_], or with no status: use sg_refuse()");
	return unchanged(c, SG_PROMISE_owned, "a start that was refused", &before);
}

static bool
still_lent(struct sg_check *c)
{
	for (size_t i = 0; i < c->instance.grants.count; i++)
		if (c->instance.grants.list[i].fd >= 0 && fcntl(c->instance.grants.list[i].fd, F_GETFD) < 0)
			return sg_check_fail(c, SG_PROMISE_lent, "the descriptor \"%s\" is closed", c->instance.grants.list[i].name);
	return true;
}

bool
sg_check_begin_end(struct sg_check *c)
{
	struct surroundings before = look_around();
	if (!sg_check_begin(c))
		return false;
	bool good = still_lent(c);
	sg_check_at(c, "stop");
	if (good && c->loaded.module->stop != NULL) {
		c->loaded.module->stop(c->instance.state);
		c->instance.module = NULL; /* stopped, for a look between stop and what the host does then */
		good = still_lent(c);
	}
	sg_check_stop(c);
	return good && unchanged(c, SG_PROMISE_owned, "start and stop", &before);
}

/* ---- a hundred of each ---- */

struct memory {
	size_t bytes; /* from malloc; 0: not known */
	long pages;   /* mapped, of whatever kind */
};

static struct memory
in_use(const struct sg_check *c)
{
	struct memory m = {.bytes = c->wish->memory->in_use()};
	char text[64];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
	m.pages = strtol(text, NULL, 10);
	return m;
}

/* Where malloc is a sanitizer's, neither is told apart from what that keeps for itself. */
static bool
grown(struct sg_check *c, const char *what, struct memory before)
{
	struct memory after = in_use(c);
	if (before.bytes == 0)
		return true;
	if (after.bytes > before.bytes + SG_CHECK_GROWTH)
		return sg_check_fail(c, SG_PROMISE_owned, "%d %s left %zu bytes allocated", SG_CHECK_ROUNDS, what, after.bytes - before.bytes);
	if (after.pages >= before.pages + SG_CHECK_ROUNDS)
		return sg_check_fail(c, SG_PROMISE_owned, "%d %s left %ld pages mapped", SG_CHECK_ROUNDS, what, after.pages - before.pages);
	return true;
}

bool
sg_check_hundred(struct sg_check *c)
{
	struct sg_err err = {0};
	struct surroundings before = {0};
	struct memory memory = {0};
	if (!sg_check_begin(c))
		return false;
	sg_check_stop(c);
	for (int i = 0; i < SG_CHECK_WARM + SG_CHECK_ROUNDS; i++) {
		if (i == SG_CHECK_WARM)
			before = look_around(), memory = in_use(c);
		if (sg_check_start(c, &err) != SG_OK)
			return sg_check_fail(c, SG_PROMISE_start, "start %d is refused, the first was not: %s: %s", i + 2, err.code, err.text);
		sg_check_stop(c);
	}
	return unchanged(c, SG_PROMISE_owned, "a hundred starts and stops", &before) && grown(c, "starts and stops", memory);
}

bool
sg_check_calls(struct sg_check *c)
{
	struct surroundings before = {0};
	struct memory memory = {0};
	if (!sg_check_begin(c))
		return false;
	for (int i = 0; i < SG_CHECK_WARM + SG_CHECK_ROUNDS; i++) {
		if (i == SG_CHECK_WARM)
			before = look_around(), memory = in_use(c);
		sg_check_call(c);
	}
	bool good = unchanged(c, SG_PROMISE_owned, "a hundred calls", &before) && grown(c, "calls", memory) && still_lent(c);
	sg_check_stop(c);
	return good;
}
