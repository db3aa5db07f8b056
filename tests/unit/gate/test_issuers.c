/* SPDX-License-Identifier: Apache-2.0
 * What an issuer says of itself, and whether what it made is what was decided. */
#include "base/str.h"
#include "gate/desk/issuers.h"
#include "unit/cases.h"
#include "unit/gate/play.h"

static struct sg_arena arena;

static const struct sg_json *
json(const char *text)
{
	const struct sg_json *out = NULL;
	if (arena.budget == 0)
		sg_arena_init(&arena, 8 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(text), NULL, &out, NULL), SG_OK);
	return out;
}

static bool
same(enum sg_issue_format format, const char *claims, const char *arguments, const char *made)
{
	return sg_issued_as_decided(format, json(claims), json(arguments), json(made));
}

static void
tokens_keep_every_claim(void)
{
	CU_ASSERT(same(SG_ISSUE_jwt, "{\"a\":1,\"b\":\"x\"}", "{}", "{\"a\":1,\"b\":\"x\",\"more\":true}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_jwt, "{\"a\":1,\"b\":\"x\"}", "{}", "{\"a\":1}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_jwt, "{\"a\":1}", "{}", "{\"a\":2}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_jwt, "{\"a\":1}", "{}", "[]"));
	CU_ASSERT_FALSE(sg_issued_as_decided(SG_ISSUE_jwt, json("{}"), json("{}"), NULL));
}

static void
certificates_keep_what_they_carry(void)
{
	static const char claims[] = "{\"aud\":\"h\",\"exp\":9,\"jti\":\"l\",\"sub\":\"s\"}";
	static const char x509[] = "{\"arguments\":{\"public_key\":\"K\"},\"exp\":9,\"jti\":\"l\",\"sub\":\"s\"}";
	CU_ASSERT(same(SG_ISSUE_x509, claims, "{\"public_key\":\"K\",\"other\":1}", x509));
	CU_ASSERT_FALSE(same(SG_ISSUE_x509, claims, "{\"public_key\":\"L\"}", x509));
	CU_ASSERT_FALSE(same(SG_ISSUE_x509, claims, "{}", x509));
	CU_ASSERT_FALSE(same(SG_ISSUE_x509, claims, "{\"public_key\":\"K\"}", "{\"arguments\":{\"public_key\":\"K\"},\"exp\":8,\"jti\":\"l\",\"sub\":\"s\"}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_x509, claims, "{\"public_key\":\"K\"}", "{\"arguments\":{\"public_key\":\"K\"},\"exp\":9,\"jti\":\"l\"}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_x509, claims, "{\"public_key\":\"K\"}", "{\"exp\":9,\"jti\":\"l\",\"sub\":\"s\"}"));

	static const char asked[] = "{\"command\":\"uptime\",\"principal\":\"ro\",\"public_key\":\"K\"}";
	CU_ASSERT(same(SG_ISSUE_ssh, claims, asked, "{\"arguments\":{\"command\":\"uptime\",\"principal\":\"ro\",\"public_key\":\"K\"},\"exp\":9,\"jti\":\"l\"}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_ssh, claims, asked, "{\"arguments\":{\"principal\":\"ro\",\"public_key\":\"K\"},\"exp\":9,\"jti\":\"l\"}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_ssh, claims, asked,
			     "{\"arguments\":{\"command\":\"uptime\",\"principal\":\"ro\",\"public_key\":\"K\",\"source_address\":\"10.0.0.1\"},\"exp\":9,\"jti\":\"l\"}"));
}

/* There is nothing to read again in an opaque credential, so nothing can be said to be as decided. */
static void
other_formats_are_no(void)
{
	CU_ASSERT_FALSE(same(SG_ISSUE_opaque, "{}", "{}", "{}"));
	CU_ASSERT_FALSE(same(SG_ISSUE_none, "{}", "{}", "{}"));
}

static void
what_is_not_understood_is_not_used(void)
{
	static const char *const bad[] = {
		"{}",
		"{\"enforcer_only\":false,\"format\":\"jwt\"}",
		"{\"enforcer_only\":false,\"format\":\"\",\"revocation\":\"instant\"}",
		"{\"enforcer_only\":false,\"format\":\"paper\",\"revocation\":\"instant\"}",
		"{\"enforcer_only\":1,\"format\":\"jwt\",\"revocation\":\"instant\"}",
		"{\"enforcer_only\":false,\"format\":\"jwt\",\"revocation\":\"a word of more than fifteen\"}",
	};
	struct play *p = play_new();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(sg_gate_issuer(p->gate, SG_STR("n"), json(bad[i])));
	CU_ASSERT(sg_gate_issuer(p->gate, SG_STR("n"), json("{\"enforcer_only\":true,\"format\":\"ssh\",\"jwks\":{\"keys\":[]},\"revocation\":\"expiry\"}")));
	const struct sg_issuer_told *told = sg_issuer_told(p->gate, SG_STR("n"));
	CU_ASSERT_FATAL(told != NULL);
	CU_ASSERT(told->format == SG_ISSUE_ssh && told->enforcer_only && strcmp(told->revocation, "expiry") == 0);
	CU_ASSERT(sg_str_is(sg_buf_view(&told->keys), "{\"keys\":[]}"));
	CU_ASSERT_EQUAL(p->gate->jwks.len, 0); /* only JWT issuers tell the world their keys */
	CU_ASSERT_PTR_NULL(sg_issuer_told(p->gate, SG_STR("m")));
	play_end(p);
}

/* The issuer of the play was not ready, or hands to enforcers only: said before anything is committed. */
static void
asked_before_it_is_known(void)
{
	struct play *p = play_new();
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	char *task = play_task(p, 1, "t1");
	play_issuer_ready(p, "token", "{\"enforcer_only\":true,\"format\":\"opaque\",\"jwks\":null,\"revocation\":\"instant\"}");
	const char *said = play_act(p, 1, task, "repo.read", "{}", "k1");
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "enforcer_only"));
	CU_ASSERT_EQUAL(p->gate->state.live_leases, 0);
	free(task);
	play_end(p);
}

/* The configuration of the play with another word in it. */
static void
configure_with(struct play *p, const char *word, const char *instead)
{
	struct sg_buf text;
	const char *at = strstr(play_document, word);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	sg_buf_init(&text, 1 << 20);
	sg_buf_add(&text, play_document, (size_t)(at - play_document));
	sg_buf_text(&text, instead);
	sg_buf_text(&text, at + strlen(word));
	sg_buf_add(&text, "", 1);
	char *canonical = play_canonical(text.ptr);
	CU_ASSERT_EQUAL(sg_gate_configure(p->gate, sg_str(canonical), NULL), SG_OK);
	free(canonical);
	sg_buf_done(&text);
}

static size_t
revocations_told(const struct play *p)
{
	size_t told = 0;
	for (size_t i = 0; i < p->count; i++)
		told += p->queue[i].kind == PLAY_CALL && strcmp(p->queue[i].host, "issue.token") == 0 && strstr(p->queue[i].text, "\"verb\":\"revoke\"") != NULL;
	return told;
}

/* What an issuer made is taken back by the one that made it, before it goes. */
static void
an_issuer_that_goes(void)
{
	static const struct {
		const char *word, *instead;
		size_t told;
	} rows[] = {{"\"ttl\":60000,\"use\":\"jwt\"", "\"ttl\":50000,\"use\":\"jwt\"", 0},
		    {"\"ttl\":60000,\"use\":\"jwt\"", "\"ttl\":60000,\"use\":\"ssh\"", 1},
		    {"\"issue\":{\"token\"", "\"issue\":{\"other\"", 1}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct play *p = play_new();
		CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
		char *task = play_task(p, 1, "t1");
		CU_ASSERT_PTR_NOT_NULL(strstr(play_act(p, 1, task, "repo.read", "{}", "k1"), "h.c.s"));
		CU_ASSERT_EQUAL(p->gate->state.live_leases, 1);
		configure_with(p, rows[i].word, rows[i].instead);
		CU_ASSERT_EQUAL(revocations_told(p), rows[i].told);
		CU_ASSERT_EQUAL(p->gate->state.live_leases, 1 - rows[i].told);
		play_all(p);
		free(task);
		play_end(p);
	}
}

/* Two issuers' keys are one set; the set loses those of an issuer that is taken away. */
static void
keys_go_with_their_issuer(void)
{
	struct play *p = play_new();
	play_issuer_ready(p, "token", "{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":{\"keys\":[{\"kid\":\"a\"}]},\"revocation\":\"next_use\"}");
	play_issuer_ready(p, "gone", "{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":{\"keys\":[{\"kid\":\"b\"}]},\"revocation\":\"next_use\"}");
	CU_ASSERT(sg_str_is(sg_buf_view(&p->gate->jwks), "{\"keys\":[{\"kid\":\"a\"},{\"kid\":\"b\"}]}"));
	configure_with(p, "\"ttl\":60000,\"use\":\"jwt\"", "\"ttl\":50000,\"use\":\"jwt\"");
	CU_ASSERT(sg_str_is(sg_buf_view(&p->gate->jwks), "{\"keys\":[{\"kid\":\"a\"}]}"));
	CU_ASSERT_PTR_NULL(sg_issuer_told(p->gate, SG_STR("gone")));
	CU_ASSERT_PTR_NOT_NULL(sg_issuer_told(p->gate, SG_STR("token")));
	play_end(p);
}

/* A key that was replaced is known for as long as what it signed may live, and not a second more. */
static void
keys_that_were_replaced(void)
{
	static const char *const sets[] = {"a", "b", "b", "c"};
	struct play *p = play_new();
	for (size_t i = 0; i < 4; i++) {
		char ready[200];
		snprintf(ready, sizeof(ready), "{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":{\"keys\":[{\"kid\":\"%s\"}]},\"revocation\":\"next_use\"}", sets[i]);
		play_issuer_ready(p, "token", ready);
		if (i == 1)
			CU_ASSERT(sg_str_is(sg_buf_view(&p->gate->jwks), "{\"keys\":[{\"kid\":\"a\"},{\"kid\":\"b\"}]}"));
		p->boot += 61 * SG_SEC;
		p->wall += 61 * SG_SEC;
		play_all(p);
		snprintf(ready, sizeof(ready), "{\"keys\":[{\"kid\":\"%s\"}]}", sets[i]);
		CU_ASSERT(sg_str_is(sg_buf_view(&p->gate->jwks), ready));
	}
	play_end(p);
}

/* Whoever speaks for a lease that another made is not heard. */
static void
confirmed_by_its_issuer(void)
{
	struct play *p = play_new();
	char said[256];
	size_t at = 0;
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	char *task = play_task(p, 1, "t1");
	play_act(p, 1, task, "repo.read", "{}", "k1");
	struct sg_lease *lease = sg_table_next(&p->gate->state.leases, &at);
	CU_ASSERT_PTR_NOT_NULL_FATAL(lease);
	configure_with(p, "\"issue\":{\"token\"", "\"issue\":{\"other\"");
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_REVOKING);
	snprintf(said, sizeof(said), "{\"lease\":\"%s\",\"ok\":true}", lease->id);
	sg_gate_confirmed(p->gate, SG_STR("other"), sg_issuer_tag(p->gate, SG_STR("other")), sg_str(said));
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_REVOKING);
	sg_gate_confirmed(p->gate, SG_STR("token"), sg_issuer_tag(p->gate, SG_STR("token")), sg_str(said));
	CU_ASSERT_EQUAL(lease->state, SG_LEASE_DEAD);
	play_all(p);
	free(task);
	play_end(p);
}

SG_CASES("gate.issuers", {"tokens keep every claim", tokens_keep_every_claim}, {"certificates keep what they carry", certificates_keep_what_they_carry},
	 {"other formats are no", other_formats_are_no}, {"what is not understood is not used", what_is_not_understood_is_not_used},
	 {"an enforcer's credential is not for the agent", asked_before_it_is_known}, {"an issuer that goes takes back what it made", an_issuer_that_goes}, {"keys go with their issuer", keys_go_with_their_issuer},
	 {"keys that were replaced", keys_that_were_replaced}, {"confirmed by its issuer", confirmed_by_its_issuer})
