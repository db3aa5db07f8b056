/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a request, before a policy that looks at everything: an answer that is canonical JSON, or none. */
#include "base/canon.h"
#include "base/digest.h"
#include "base/str.h"
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char policy_text[] =
	"local function walk(v, n) local c = 0 if n > 6 or type(v) ~= 'table' then return 1 end\n"
	"for k, w in pairs(v) do c = c + walk(w, n + 1) end return c end\n"
	"rule{id='walk',on='**',effect=function(r) return allow{taint={'n'..walk(r.args, 0)}} end}\n"
	"rule{id='fields',on='*',effect=function(r) return deny{say=r.agent.name .. r.task.id .. #r.task.labels .. "
	"r.time.hour} end}\n"
	"rule{id='history',on='pay.*',needs={count={'a',within='1h'}},when=function(r) return r.history.count['a'] > 1 "
	"end,effect=deny{}}\n"
	"rule{id='origin',on='origin.*',when=function(r) for k, v in pairs(r.args) do if type(v) ~= 'table' and type(v) ~= "
	"'boolean' and v ~= nil and v.trusted and #v.labels + #v.origin + #v.source > 0 then return true end end return false "
	"end,effect=allow{}}\n"
	"rule{id='tree',on='tree.*',needs={since='a',sum={'a',of='money',scope='task'},order={'a','b'},never_together={'a','b'}},\n"
	"when=function(r) local n = r.task.steps + r.task.denied + (r.task.budget.money or 0) + (r.history.since.a or 0)\n"
	"for _, l in ipairs(r.task.chain) do n = n + #l.agent + #l.narrowed end for _, o in ipairs(r.provenance) do n = n + #o.origin end\n"
	"return r.history.order['a > b'] or r.history.never_together['a + b'] or n + r.history.sum['money:a'] > 10 "
	"end,effect=deny{freeze=true}}";

static struct sg_policy *
load(struct sg_buf *out)
{
	static struct sg_policy *policy;
	struct sg_policy_source source = {SG_STR("fuzz.lua"), SG_STR(policy_text)};
	if (policy != NULL && sg_policy_spent(policy)) {
		sg_policy_free(policy);
		policy = NULL;
	}
	sg_digest_start(NULL);
	if (policy == NULL && sg_policy_load(&source, 1, NULL, &policy, out) != SG_OK)
		abort();
	sg_buf_clear(out);
	return policy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_buf out;
	struct sg_arena arena;
	const struct sg_json *root;
	sg_buf_init(&out, 8 << 20);
	sg_arena_init(&arena, 64 << 20);
	enum sg_status status = sg_policy_judge(load(&out), (struct sg_str){(const char *)bytes, len}, &out);
	struct sg_json_limits limits = {.bytes = 8 << 20};
	if (status == SG_OK ? sg_canon_parse(&arena, sg_buf_view(&out), &limits, &root, NULL) != SG_OK : out.len != 0)
		abort();
	sg_arena_done(&arena);
	sg_buf_done(&out);
	return 0;
}
