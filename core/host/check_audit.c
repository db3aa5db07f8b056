/* SPDX-License-Identifier: Apache-2.0
 * Steps about leaves: written, said to be safe, come again. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"

#include <stepgate/audit.h>

#include <time.h>
#include <unistd.h>

enum { LEAF_MAX = 65535, FLUSHES = 100, FLUSH_US = 50000 };

static enum sg_status
write_leaf(struct sg_check *c, uint64_t number, uint64_t missing, struct sg_str leaf, struct sg_err *why)
{
	struct sg_audit_in in = {.size = sizeof(in), .number = number, .missing = missing, .leaf = leaf};
	in.deadline = c->instance.host.now(&c->instance.host) + c->instance.call_limit;
	memset(in.chain, (int)number, sizeof(in.chain));
	*why = (struct sg_err){0};
	sg_check_at(c, "write of leaf %llu", (unsigned long long)number);
	sg_instance_begin(&c->instance);
	enum sg_status status = c->loaded.module->audit->write(c->instance.state, &in, why);
	bool held = sg_instance_end(&c->instance);
	c->number = number;
	if (status != SG_OK)
		sg_check_keep_refusal(c, why);
	return held || status != SG_OK ? status : sg_fail(why, SG_NOMEM, "module_memory", "more memory than a call may have");
}

/* An ordinary leaf, with so many bytes of padding. */
static struct sg_str
leaf_of(uint64_t number, size_t pad)
{
	static char text[LEAF_MAX + 512];
	int len = snprintf(text, sizeof(text),
			   "{\"at\":1764000000000,\"body\":{\"action\":\"repo.read\",\"agent\":\"code-helper\",\"code\":\"policy_allow\",\"pad\":\"%0*d\",\"task\":\"t1\","
			   "\"verdict\":\"allow\"},\"kind\":\"decision\",\"n\":%llu,\"v\":1}",
			   (int)(pad > 0 ? pad : 1), 0, (unsigned long long)number);
	return (struct sg_str){text, (size_t)len};
}

static bool
take(struct sg_check *c, uint64_t number, uint64_t missing, struct sg_str leaf, const char *what)
{
	struct sg_err why;
	enum sg_status status = write_leaf(c, number, missing, leaf, &why);
	return sg_check_refusal(c, what, status, &why) &&
	       (status == SG_OK || sg_check_fail(c, missing > 0 ? SG_PROMISE_gap : SG_PROMISE_write, "%s: %s: %s", what, why.code, why.text));
}

static bool
flush(struct sg_check *c, uint64_t *durable)
{
	struct sg_err why = {0};
	struct sg_audit_in in = {.size = sizeof(in), .number = c->number};
	struct sg_audit_out out = {.size = sizeof(out)};
	in.deadline = c->instance.host.now(&c->instance.host) + c->instance.call_limit;
	sg_check_at(c, "flush");
	sg_instance_begin(&c->instance);
	enum sg_status status = c->loaded.module->audit->flush(c->instance.state, &in, &out, &why);
	sg_instance_end(&c->instance);
	*durable = out.durable;
	if (status != SG_OK)
		sg_check_keep_refusal(c, &why);
	if (!sg_check_refusal(c, "flush", status, &why))
		return false;
	if (status != SG_OK)
		return sg_check_fail(c, SG_PROMISE_flush, "flush: %s: %s", why.code, why.text);
	return out.durable <= c->number ||
	       sg_check_fail(c, SG_PROMISE_durable, "leaf %llu is said to be safe, and %llu was the last one", (unsigned long long)out.durable, (unsigned long long)c->number);
}

/* As the host does: asked again until all is safe. */
static bool
settle(struct sg_check *c)
{
	uint64_t durable = 0;
	for (int i = 0; i < FLUSHES; i++) {
		if (!flush(c, &durable))
			return false;
		if (durable == c->number)
			return true;
		usleep(FLUSH_US);
	}
	return sg_check_fail(c, SG_PROMISE_flush, "flush, asked %d times, never says that leaf %llu is safe", FLUSHES, (unsigned long long)c->number);
}

void
sg_check_audit_call(struct sg_check *c)
{
	struct sg_err why;
	uint64_t durable;
	struct sg_check_note kept = *c->note;
	write_leaf(c, c->number + 1, 0, leaf_of(c->number + 1, 0), &why);
	if (!flush(c, &durable)) /* whatever it answers */
		c->note->end = kept.end;
}

bool
sg_check_audit_write(struct sg_check *c)
{
	bool good = sg_check_begin(c);
	if (!good)
		return false;
	for (uint64_t n = 1; n <= 300 && good; n++)
		good = take(c, n, 0, leaf_of(n, 0), "write") && (n % 256 != 0 || settle(c));
	good = good && take(c, 300, 0, leaf_of(300, 0), "the same leaf a second time") && settle(c);
	sg_check_stop(c);
	return good;
}

bool
sg_check_audit_durable(struct sg_check *c)
{
	uint64_t durable = 0;
	bool good = sg_check_begin(c);
	if (!good)
		return false;
	c->number = 0;
	good = flush(c, &durable); /* nothing was written: nothing is safe */
	for (uint64_t n = 1; n <= 10 && good; n++)
		good = take(c, n, 0, leaf_of(n, 0), "write") && flush(c, &durable);
	good = good && settle(c) && settle(c);
	sg_check_stop(c);
	return good;
}

bool
sg_check_audit_gap(struct sg_check *c)
{
	if (!sg_check_begin(c))
		return false;
	bool good = take(c, 1000, 0, leaf_of(1000, 0), "write") && take(c, 1100, 99, leaf_of(1100, 0), "a leaf behind a gap") &&
		    take(c, UINT64_C(9007199254740991), UINT64_C(9007199254739890), leaf_of(UINT64_C(9007199254740991), 0), "the last number there is") && settle(c);
	sg_check_stop(c);
	return good;
}

bool
sg_check_audit_sizes(struct sg_check *c)
{
	if (!sg_check_begin(c))
		return false;
	size_t least = leaf_of(2001, 1).len;
	bool good = take(c, 2000, 0, SG_STR("{}"), "the least leaf") && take(c, 2001, 0, leaf_of(2001, LEAF_MAX - least + 1), "the largest leaf") &&
		    take(c, 2002, 0, leaf_of(2002, 0), "a leaf behind the largest") && settle(c);
	sg_check_stop(c);
	return good;
}

bool
sg_check_audit_restart(struct sg_check *c)
{
	struct sg_err err = {0};
	if (!sg_check_begin(c))
		return false;
	bool good = take(c, 3000, 0, leaf_of(3000, 0), "write") && settle(c) && take(c, 3001, 0, leaf_of(3001, 0), "write");
	sg_check_stop(c);
	if (!good)
		return false;
	if (sg_check_start(c, &err) != SG_OK)
		return sg_check_fail(c, SG_PROMISE_start, "it does not start again: %s: %s", err.code, err.text);
	good = take(c, 3000, 0, leaf_of(3000, 0), "a leaf that was safe, again") && take(c, 3001, 0, leaf_of(3001, 0), "a leaf that was not, again") && settle(c);
	sg_check_stop(c);
	return good;
}
