/* SPDX-License-Identifier: Apache-2.0
 * A worker: reads requests, answers in order, leaves when it has served its time. Answers of one read leave together,
 * but never later than the next judgement has run for a moment: the gate takes the first unanswered request for the
 * culprit, and must be right. */
#include "base/str.h"
#include "frame/link.h"
#include "policy/state.h"

#include <fcntl.h>

struct worker {
	struct sg_policy *policy;
	struct sg_link link;
	struct sg_buf answer;
	uint32_t served;
};

static void
flush_early(void *context)
{
	struct worker *worker = context;
	if (sg_link_pending(&worker->link))
		sg_link_flush(&worker->link, NULL);
}

/* What could not be read as a request is answered as well, so that answers stay in order. */
static void
answer_unreadable(struct sg_buf *answer)
{
	sg_buf_clear(answer);
	sg_buf_text(answer,
		    "{\"effects\":[],\"error\":{\"code\":\"policy_error\",\"file\":\"\",\"line\":0,\"rule\":\"\","
		    "\"text\":\"the request could not be read\"}}");
}

static enum sg_status
serve_one(struct worker *worker, const struct sg_frame *frame, struct sg_err *err)
{
	bool after = frame->type == SG_FRAME_P_AFTER;
	sg_buf_clear(&worker->answer);
	enum sg_status status =
		(after ? sg_policy_after : sg_policy_judge)(worker->policy, frame->payload, &worker->answer);
	if (status != SG_OK)
		answer_unreadable(&worker->answer);
	worker->served++;
	return sg_link_queue(&worker->link, SG_FRAME_P_EFFECTS, frame->id, sg_buf_view(&worker->answer), -1, err);
}

static bool
retired(const struct worker *worker)
{
	return sg_policy_spent(worker->policy) || worker->served >= worker->policy->limits.requests;
}

static enum sg_status
serve_batch(struct worker *worker, struct sg_err *err)
{
	struct sg_frame frame;
	enum sg_status status = sg_link_fill(&worker->link, err);
	while (status == SG_OK && !retired(worker) && (status = sg_link_next(&worker->link, &frame, err)) == SG_OK)
		status = serve_one(worker, &frame, err);
	enum sg_status sent = sg_link_flush(&worker->link, err);
	if (status != SG_OK && status != SG_AGAIN)
		return status;
	return sent;
}

int
sg_policy_serve(int fd, struct sg_policy *policy)
{
	struct worker worker = {.policy = policy};
	struct sg_err err = {0};
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	sg_link_init(&worker.link, fd, SG_ROLE_WORKER, SG_ROLE_GATE);
	sg_buf_init(&worker.answer, policy->limits.output + 4096);
	policy->vm.on_time = flush_early;
	policy->vm.on_time_for = &worker;

	enum sg_status status = SG_OK;
	while (status == SG_OK && !retired(&worker))
		status = serve_batch(&worker, &err);
	policy->vm.on_time = NULL;
	sg_buf_done(&worker.answer);
	sg_link_done(&worker.link);
	return status == SG_OK || status == SG_UNAVAILABLE ? 0 : 1;
}
