/* SPDX-License-Identifier: Apache-2.0
 * The zygote: loads one policy set, then forks a worker whenever it is asked. It never had keys, files or faces; a
 * worker has one socket. */
#include "base/confine.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "frame/link.h"
#include "policy/state.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Room beside limits.memory: program, libraries, index of rules, one request, link buffers. */
enum { BASE_MEMORY = 256 << 20, STACK = 8 << 20, STACK_LEAST = 1 << 20, REPORT = SG_FRAME_MAX };

static bool
limit(int resource, rlim_t most)
{
	struct rlimit now;
	if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
		return false;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		most = now.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){most, most}) == 0;
}

/* Lua's C stack is safe with a megabyte and more: it bounds nested C calls by number, not by size. */
static bool
ensure_stack(void)
{
	struct rlimit now;
	if (getrlimit(RLIMIT_STACK, &now) != 0)
		return false;
	if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur >= STACK)
		return true;
	now.rlim_cur = now.rlim_max == RLIM_INFINITY || now.rlim_max >= STACK ? STACK : now.rlim_max;
	return now.rlim_cur >= STACK_LEAST && setrlimit(RLIMIT_STACK, &now) == 0;
}

static bool
limit_worker(const struct sg_policy_limits *limits)
{
#ifdef SG_SANITIZE
	(void)limits; /* the sanitizer's shadow is larger than any limit */
	bool memory = true;
#else
	bool memory = limit(RLIMIT_AS, limits->memory + BASE_MEMORY);
#endif
	return memory && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 3) && limit(RLIMIT_NPROC, 0);
}

static bool
confine(enum sg_profile profile, int fd)
{
	unsigned layers;
	struct sg_confinement how = {.profile = profile, .keep = &fd, .keep_count = 1};
	return sg_confine(&how, &layers, NULL) == SG_OK;
}

/* The child. Everything that fails here ends it before it has read a byte; the gate sees a closed link. */
static int
become_worker(int fd, pid_t zygote, struct sg_link *link, struct sg_policy *policy)
{
	sg_link_done(link);
	if (sg_die_with_parent(zygote, NULL) != SG_OK || !limit_worker(&policy->limits) ||
	    !confine(SG_PROFILE_WORKER, fd))
		return 1;
	return sg_policy_serve(fd, policy);
}

static enum sg_status
spawn(struct sg_link *link, const struct sg_frame *frame, struct sg_policy *policy, struct sg_err *err)
{
	pid_t zygote = getpid(), child = fork();
	if (child == 0)
		_exit(become_worker(frame->fd, zygote, link, policy));
	close(frame->fd);
	if (child < 0)
		return sg_fail(err, SG_UNAVAILABLE, "no_fork", "no process for a worker");
	/* The child is not reaped before this, so its number cannot be another's yet. */
	int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	if (pidfd < 0)
		return sg_fail(err, SG_UNAVAILABLE, "no_pidfd", "no pidfd for a worker");
	return sg_link_queue(link, SG_FRAME_Z_SPAWNED, frame->id, (struct sg_str){NULL, 0}, pidfd, err);
}

static enum sg_status
serve(struct sg_link *link, struct sg_policy *policy, struct sg_err *err)
{
	struct sg_frame frame;
	enum sg_status status;
	while ((status = sg_link_wait(link, &frame, err)) == SG_OK) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		status = spawn(link, &frame, policy, err);
		if (status != SG_OK || (status = sg_link_flush(link, err)) != SG_OK)
			return status;
	}
	return status;
}

static enum sg_status
report(struct sg_link *link, enum sg_status loaded, const struct sg_buf *text, struct sg_err *err)
{
	struct sg_str payload = sg_buf_view(text);
	if (loaded != SG_OK && loaded != SG_REFUSED)
		payload = SG_STR("{\"errors\":[{\"file\":\"\",\"hint\":\"\",\"line\":0,\"what\":\"no memory to load "
				 "the policy set\"}]}");
	enum sg_status status =
		sg_link_queue(link, loaded == SG_OK ? SG_FRAME_Z_READY : SG_FRAME_Z_FAILED, 0, payload, -1, err);
	return status == SG_OK ? sg_link_flush(link, err) : status;
}

int
sg_policy_zygote(int fd, const struct sg_policy_source *sources, size_t count, const struct sg_policy_limits *limits)
{
	struct sg_policy *policy = NULL;
	struct sg_link link;
	struct sg_buf text;
	struct sg_err err = {0};
	if (!ensure_stack() || sg_digest_start(&err) != SG_OK || !confine(SG_PROFILE_ZYGOTE, fd))
		return 1;
	sg_link_init(&link, fd, SG_ROLE_ZYGOTE, SG_ROLE_SUPERVISOR);
	sg_buf_init(&text, REPORT);

	enum sg_status loaded = sg_policy_load(sources, count, limits, &policy, &text);
	enum sg_status status = report(&link, loaded, &text, &err);
	if (status == SG_OK && loaded == SG_OK)
		serve(&link, policy, &err); /* ends when the supervisor closes the link, which is no error */
	sg_buf_done(&text);
	sg_policy_free(policy);
	sg_link_done(&link);
	return loaded == SG_OK && err.code != NULL && sg_str_is(sg_str(err.code), "link_closed") ? 0 : 1;
}
