/* SPDX-License-Identifier: Apache-2.0
 * N decisions of the gate in one process, with the same bytes each time: counted in instructions and calls, not in time. replay CASE N
 */
#include "base/crypto_memory.h"
#include "base/digest.h"
#include "base/spare.h"
#include "unit/gate/play.h"

enum { LONG_NAME = 4000 };

static const char *
nothing_fits(const char *input)
{
	(void)input;
	return "{\"effects\":[],\"error\":null}";
}

static char long_id[LONG_NAME + 8];

static const struct replay {
	const char *name, *action, *args, *id, *verdict;
	const char *(*effects)(const char *input);
} cases[] = {
	{"allow", "pay.send", "{\"amount\":5,\"to\":\"x\"}", "thing", "\"verdict\":\"allow\"", play_allow},
	{"credential", "repo.read", "{}", "thing", "\"token\":\"h.c.s\"", play_allow},
	{"refusal", "pay.send", "{\"amount\":5,\"to\":\"x\"}", "thing", "\"code\":\"policy_none\"", nothing_fits},
	{"long_name", "pay.send", "{\"amount\":5,\"to\":\"x\"}", long_id, "\"verdict\":\"allow\"", play_allow},
};

static bool
decide(struct play *p, const struct replay *c, const char *task, long i)
{
	static char body[LONG_NAME + 512];
	if (i == 0)
		snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":%s,\"key\":\"k%08ld\",\"resource\":{\"id\":\"%s\",\"type\":\"any\"},\"task\":\"%s\"}", c->action,
			 c->args, i, c->id, task);
	char *digit = strstr(body, "\"key\":\"k") + 15; /* the key's last: what the harness does itself is as little as can be */
	for (long rest = i; rest > 0; rest /= 10)
		*digit-- = (char)('0' + rest % 10);
	free(p->conns[1].body);
	p->conns[1].body = NULL;
	sg_gate_request(p->gate, 1, SG_ROUTE_A_ACT, SG_STR(""), sg_str(body)); /* the door brings it in this form */
	play_all(p);
	return p->conns[1].body != NULL && strstr(p->conns[1].body, c->verdict) != NULL;
}

int
main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	const struct replay *c = NULL;
	memset(long_id, '%', LONG_NAME);
	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			c = &cases[i];
	if (c == NULL || count <= 0)
		return 64;
	struct sg_err err;
	if (!sg_crypto_memory())
		return 64;
	sg_spare_keep(SG_SPARE_MANY); /* as the gate's loop does, and its process at its start */
	if (sg_digest_start(&err) != SG_OK)
		return 64;
	struct play *p = play_new();
	p->no_check = true; /* the check of the end is no decision */
	p->effects = c->effects;
	struct sg_limits *limits = &p->gate->catalogue->limits;
	limits->attempts_per_task = limits->leases_per_agent = limits->denials = limits->domain_denials = 1000000;
	if (!play_connect(p, 1, SG_FACE_AGENT, 1001))
		return 64;
	char *task = play_task(p, 1, "t1");
	for (long i = 0; i < count; i++)
		if (!decide(p, c, task, i))
			return EXIT_FAILURE;
	free(task);
	play_end(p);
	return 0;
}
