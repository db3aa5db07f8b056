/* SPDX-License-Identifier: Apache-2.0
 * A prove module that takes its time: what happens meanwhile is what the test is about. It takes digits of its enrolment's id, and counts. */
#include <stepgate/prove.h>

#include <stdint.h>
#include <string.h>

static enum sg_status
prove(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	const struct sg_host *host = state;
	for (sg_time until = host->now(host) + 1500 * SG_MSEC; host->now(host) < until;)
		; /* there is no sleeping behind these walls */
	if (in->response.len != in->enrolment.len || memcmp(in->response.ptr, in->enrolment.ptr, in->enrolment.len) != 0)
		return sg_refuse(err, SG_REFUSED, "slow_answer", "not the id of the enrolment");
	out->counter = in->counter + 1;
	return SG_OK;
}

static enum sg_status
enrol(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	enum sg_status status = prove(state, in, out, err);
	out->key = (struct sg_str){"slow", 4};
	out->fingerprint = in->enrolment;
	return status;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)err;
	*state = (void *)(uintptr_t)host;
	return SG_OK;
}

static const struct sg_prove_ops operations = {.size = sizeof(operations), .form = SG_PROVE_CODE, .enrol = enrol, .prove = prove};

SG_MODULE(prove, "slow", .start = start, .prove = &operations);
