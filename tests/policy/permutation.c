/* SPDX-License-Identifier: Apache-2.0
 * The order of files never changes anything: 200 shuffles of one set give one manifest and the same answer to every
 * request. */
#include "base/digest.h"
#include "base/str.h"
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILES = 24, ROUNDS = 200, ACTIONS = 6 };

static const char *const actions[ACTIONS] = {"pay.transfer", "pay.refund",      "mail.read",
					     "mail.send",    "repo.push.force", "other"};
static char names[FILES][32], texts[FILES][1024];

static void
make_files(void)
{
	static const char *const patterns[] = {"pay.*", "mail.read", "**", "repo.**", "pay.transfer", "*.send"};
	static const char *const effects[] = {"allow{taint={'t%d'}}", "deny{say='d%d'}", "step_up{approvers='g%d'}",
					      "defer{say='%d'}", "allow{narrow={amount=at_most(%d)}}"};
	for (int i = 0; i < FILES; i++) {
		char effect[64];
		snprintf(names[i], sizeof(names[i]), "%02d-%c.lua", (i * 7) % FILES, 'a' + i);
		snprintf(effect, sizeof(effect), effects[i % 5], i);
		snprintf(texts[i], sizeof(texts[i]),
			 "rule{id='r%d',on='%s',effect=%s}\nrule{id='s%d',on={'%s','**'},when=function(r) "
			 "for k in pairs({b=1,a=2,c=3}) do return k == 'a' end end,effect=allow{}}",
			 (i * 11) % FILES, patterns[i % 6], effect, (i * 5) % FILES, patterns[(i + 1) % 6]);
	}
}

static void
judge_all(struct sg_policy *policy, struct sg_buf *out)
{
	for (int i = 0; i < ACTIONS; i++) {
		char request[256];
		snprintf(request, sizeof(request), "{\"action\":{\"name\":\"%s\"}}", actions[i]);
		if (sg_policy_judge(policy, sg_str(request), out) != SG_OK)
			exit(2);
	}
}

/* Everything the set says, in one run of bytes. */
static void
outcome(const int *order, struct sg_buf *out)
{
	struct sg_policy_source sources[FILES];
	struct sg_policy *policy = NULL;
	for (int i = 0; i < FILES; i++)
		sources[i] = (struct sg_policy_source){sg_str(names[order[i]]), sg_str(texts[order[i]])};
	if (sg_policy_load(sources, FILES, NULL, &policy, out) != SG_OK) {
		printf("%.*s\n", SG_STR_ARG(sg_buf_view(out)));
		exit(2);
	}
	judge_all(policy, out);
	sg_policy_free(policy);
}

int
main(void)
{
	int order[FILES];
	struct sg_buf first, now;
	unsigned seed = 20260131;
	sg_buf_init(&first, 1 << 20);
	sg_buf_init(&now, 1 << 20);
	if (sg_digest_start(NULL) != SG_OK)
		return 2;
	make_files();
	for (int i = 0; i < FILES; i++)
		order[i] = i;
	outcome(order, &first);
	int different = 0;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = FILES - 1; i > 0; i--) {
			int j = rand_r(&seed) % (i + 1), kept = order[i];
			order[i] = order[j];
			order[j] = kept;
		}
		sg_buf_clear(&now);
		outcome(order, &now);
		different += !sg_str_eq(sg_buf_view(&first), sg_buf_view(&now));
	}
	printf("%d shuffles, %d different; %zu bytes each\n", ROUNDS, different, first.len);
	bool empty = memmem(first.ptr, first.len, "\"kind\":\"step_up\"", 16) == NULL;
	sg_buf_done(&first);
	sg_buf_done(&now);
	return different != 0 || empty;
}
