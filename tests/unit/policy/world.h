/* SPDX-License-Identifier: Apache-2.0
 * What policy tests share: loading sources given as text, one ordinary request, looking into answers. */
#ifndef SG_TESTS_POLICY_WORLD_H
#define SG_TESTS_POLICY_WORLD_H

#include "unit/cases.h"

#include "base/json.h"
#include "base/str.h"
#include "policy/policy.h"

#include <stdio.h>

/* Canonical. %s: action, args, history, provenance. */
#define REQUEST                                                                                                        \
	"{\"action\":{\"authority\":[\"iban\"],\"class\":\"data\",\"effect\":\"read\",\"environment\":\"\","        \
	"\"name\":\"%s\",\"sensitivity\":\"internal\"},"                                                              \
	"\"agent\":{\"autonomy\":\"autonomous\",\"environment\":\"staging\",\"id\":\"spiffe://acme.example/a\","     \
	"\"name\":\"a\",\"owner\":\"mira\",\"review_left\":86400000,\"strength\":\"boundary\"},"                     \
	"\"approval\":null,\"args\":%s,\"context\":{},\"enforcer\":null,\"history\":%s,"                               \
	"\"instance\":{\"facts\":{\"uid\":1001},\"id\":\"i1\",\"labels\":[\"web\"],\"sensitivity\":\"internal\"}," \
	"\"outcome\":{\"labels\":[],\"result\":\"ok\"},\"provenance\":%s,"                                           \
	"\"resource\":{\"environment\":\"\",\"id\":\"acct-7\",\"known\":true,\"owner\":\"\",\"properties\":{},"      \
	"\"sensitivity\":\"confidential\",\"type\":\"account\"},\"sensitivity\":\"confidential\","                   \
	"\"task\":{\"age\":5000,\"budget\":{\"calls\":7,\"money\":12050},"                                           \
	"\"chain\":[{\"agent\":\"p\",\"intent\":\"plan\",\"narrowed\":[],\"role\":null,\"task\":\"t0\"},"         \
	"{\"agent\":\"a\",\"intent\":\"fix-bug\",\"narrowed\":[\"pay.*\"],\"role\":\"executor\",\"task\":\"t1\"}]," \
	"\"classes\":[\"data\",\"web\"],\"denied\":0,\"depth\":1,\"environment\":\"staging\",\"id\":\"t1\","       \
	"\"intent\":\"fix-bug\",\"labels\":[\"mail:1\",\"web\"],\"left\":60000,\"on_behalf_of\":null,"             \
	"\"parent\":\"t0\",\"role\":\"executor\",\"root\":\"t0\",\"sensitivity\":\"internal\",\"step_ups\":0,"     \
	"\"steps\":3,\"tainted\":true},"                                                                              \
	"\"time\":{\"hour\":9,\"minute\":30,\"unix\":1790000000,\"weekday\":1}}"

static char world_report[1 << 16]; /* manifest or errors of the last load */
static char world_answer[1 << 16]; /* of the last judgement, without its member "read" */
static char world_read[256];       /* that member's list; "" without one */

static inline struct sg_policy *
world_load_many(const struct sg_policy_source *sources, size_t count, const struct sg_policy_limits *limits)
{
	struct sg_policy *policy = NULL;
	struct sg_buf report;
	sg_buf_init(&report, sizeof(world_report) - 1);
	enum sg_status status = sg_policy_load(sources, count, limits, &policy, &report);
	snprintf(world_report, sizeof(world_report), "%.*s", SG_STR_ARG(sg_buf_view(&report)));
	CU_ASSERT_EQUAL(status == SG_OK, policy != NULL);
	sg_buf_done(&report);
	return policy;
}

static inline struct sg_policy *
world_load(const char *text)
{
	struct sg_policy_source source = {SG_STR("a.lua"), sg_str(text)};
	return world_load_many(&source, 1, NULL);
}

static inline const char *
world_ask_with(struct sg_policy *policy, bool after, const char *action, const char *args, const char *history,
	       const char *provenance)
{
	static char request[1 << 17];
	struct sg_buf answer;
	CU_ASSERT_TRUE_FATAL((size_t)snprintf(request, sizeof(request), REQUEST, action, args, history, provenance) <
			     sizeof(request));
	sg_buf_init(&answer, sizeof(world_answer) - 1);
	enum sg_status status = (after ? sg_policy_after : sg_policy_judge)(policy, sg_str(request), &answer);
	CU_ASSERT_EQUAL(status, SG_OK);
	snprintf(world_answer, sizeof(world_answer), "%.*s", SG_STR_ARG(sg_buf_view(&answer)));
	char *read = strstr(world_answer, ",\"read\":");
	snprintf(world_read, sizeof(world_read), "%s", read != NULL ? read + strlen(",\"read\":") : "");
	if (read != NULL) { /* it stands last */
		world_read[strlen(world_read) - 1] = '\0';
		snprintf(read, 2, "}");
	}
	sg_buf_done(&answer);
	return world_answer;
}

static inline const char *
world_ask(struct sg_policy *policy, bool after, const char *action, const char *args, const char *history)
{
	return world_ask_with(policy, after, action, args, history, "[]");
}

/* Loads one file, judges pay.transfer with `args`, and says whether the answer holds `want`. */
static inline bool
world_says(const char *text, const char *args, const char *want)
{
	struct sg_policy *policy = world_load(text);
	bool found = false;
	if (policy == NULL)
		printf("\n  does not load: %s", world_report);
	else
		found = strstr(world_ask(policy, false, "pay.transfer", args, "{}"), want) != NULL;
	if (policy != NULL && !found)
		printf("\n  wanted %s\n  got %s\n  ", want, world_answer);
	sg_policy_free(policy);
	return found;
}

/* True if the file is refused and the report holds `want`. */
static inline bool
world_refuses(const char *text, const char *want)
{
	struct sg_policy *policy = world_load(text);
	bool found = policy == NULL && strstr(world_report, want) != NULL;
	if (!found)
		printf("\n  wanted %s\n  got %s\n  ", want, world_report);
	sg_policy_free(policy);
	return found;
}

/* A rule on pay.transfer whose `when` is this expression. */
#define WHEN(expression) "rule{id='x',on='pay.transfer',when=function(r) return " expression " end,effect=allow{}}"
#define MATCHES "\"kind\":\"allow\""
#define NO_MATCH "{\"effects\":[],\"error\":null}"

#endif
