/* SPDX-License-Identifier: Apache-2.0
 * One look: what is asked of which step, and what each kind of answer does, also none, a late one, one that is no answer. */
#include "unit/gate/play.h"

#include "gate/loop/loop.h"
#include "token/base64url.h"

#include <stepgate/verify.h>
#include <sys/mman.h>
#include <sys/socket.h>

static struct play *p;
static struct sg_loop *loop;

#define STEP(name, control, kind, order)                                                                               \
	"\"" name "\":{\"control\":\"" control "\",\"kind\":\"" kind "\",\"options\":{},\"order\":" order ",\"use\":\"x\"},"
#define FACT(name, value) "\"" name "\":{\"strength\":\"boundary\",\"value\":\"" value "\"}"
#define SAYS(facts) "{\"facts\":{" facts "},\"ok\":true}"
#define NO "{\"code\":\"peer_gone\",\"ok\":false,\"text\":\"no\"}"

static void
add_host(const char *name)
{
	int ends[2];
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	close(ends[1]);
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		loop->children_top = (size_t)i + 1;
		struct sg_child *c = &loop->children[i];
		if (c->used)
			continue;
		*c = (struct sg_child){.used = true, .linked = true, .ready = true, .entered = true, .role = SG_ROLE_HOST};
		snprintf(c->name, sizeof(c->name), "attest.%s", name);
		sg_link_init(&c->link, ends[0], SG_ROLE_GATE, SG_ROLE_HOST);
		c->link.state = SG_LINK_READY;
		return;
	}
}

/* The play's stack with more steps before "peer", whose order is 0; hosts for all of them. */
static void
begin(const char *steps)
{
	struct sg_buf text;
	const char *mark = "\"attest\":{", *at = strstr(play_document, mark) + strlen(mark);
	p = play_new();
	sg_buf_init(&text, 1 << 20);
	sg_buf_add(&text, play_document, (size_t)(at - play_document));
	sg_buf_text(&text, steps);
	sg_buf_text(&text, at);
	sg_buf_add(&text, "", 1);
	char *canonical = play_canonical(text.ptr);
	CU_ASSERT_EQUAL_FATAL(sg_gate_configure(p->gate, sg_str(canonical), NULL), SG_OK);
	free(canonical);
	sg_buf_done(&text);
	loop = calloc(1, sizeof(*loop));
	loop->gate = p->gate;
	loop->sys = &p->sys;
	for (size_t i = 0; i < p->gate->catalogue->attest.count; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(p->gate->catalogue->attest.items[i]));
		add_host(name);
	}
}

static void
end(void)
{
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		while (c->calls != NULL) {
			struct sg_call *call = c->calls;
			c->calls = call->next;
			free(call);
		}
		if (c->used)
			sg_link_done(&c->link);
	}
	CU_ASSERT_PTR_NULL(loop->looks);
	free(loop);
	play_end(p);
}

static struct sg_child *
host(const char *name)
{
	return sg_host_named(loop, "attest.", sg_str(name));
}

/* A local peer that the gate wants looked at, once it asks something: asks the hosts. */
static bool
look(void)
{
	struct sg_peer peer = {.uid = 1001, .gid = 1001, .pid = 4001, .pidfd = memfd_create("pidfd", MFD_CLOEXEC), .start_time = 5};
	CU_ASSERT_EQUAL_FATAL(sg_gate_connect(p->gate, 1, SG_FACE_AGENT, &peer, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(p->count, 0); /* connecting alone is no work for anybody */
	play_send(p, 1, SG_ROUTE_A_TASK_SHOW, "t-none", "{}");
	CU_ASSERT_EQUAL_FATAL(p->count, 1);
	bool looked = sg_hosts_look(loop, p->queue[0].id, 1);
	sg_looks_ask(loop);
	return looked;
}

/* Whoever is behind the connection was looked at, and its request went on. */
static bool
is_answered(void)
{
	return p->conns[1].status == 404;
}

static void
answer(const char *name, const char *text)
{
	sg_look_answered(loop, host(name), loop->next_look, sg_str(text));
}

static void
answers(void)
{
	static const struct {
		const char *control, *peer, *extra; /* what the required and the other step say; NULL: nothing comes */
		bool admitted;
	} rows[] = {
		{"optional", SAYS(FACT("uid", "1001")), SAYS(FACT("label", "x")), true},
		{"optional", SAYS(FACT("uid", "1001")), NO, true},
		{"optional", SAYS(FACT("uid", "1001")), NULL, true},
		{"optional", SAYS(FACT("uid", "1001")), SAYS(FACT("uid", "7")), false},
		{"optional", NO, SAYS(FACT("uid", "1001")), false},
		{"optional", NULL, SAYS(FACT("uid", "1001")), false},
		{"optional", SAYS(""), SAYS(FACT("uid", "1001")), false},
		{"optional", "{\"ok\":true}", SAYS(FACT("uid", "1001")), false},
		{"optional", "{\"facts\":[],\"ok\":true}", SAYS(FACT("uid", "1001")), false},
		{"optional", "{\"facts\":{" FACT("uid", "1001") "},\"ok\":1}", SAYS(FACT("uid", "1001")), false},
		{"optional", "{ \"facts\":{" FACT("uid", "1001") "},\"ok\":true}", SAYS(FACT("uid", "1001")), false}, /* not canonical */
		{"optional", "no JSON", SAYS(FACT("uid", "1001")), false},
		{"sufficient", SAYS(FACT("uid", "1001")), NO, true},
		{"required", SAYS(FACT("uid", "1001")), NO, false},
		{"requisite", SAYS(FACT("uid", "1001")), SAYS(""), false},
		{"requisite", SAYS(FACT("uid", "1001")), SAYS(FACT("label", "x")), true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int swapped = 0; swapped <= 1; swapped++) { /* in whatever order they come */
			char steps[256];
			snprintf(steps, sizeof(steps), STEP("extra", "%s", "attest", "1"), rows[i].control);
			begin(steps);
			CU_ASSERT_TRUE(look());
			for (int k = 0; k < 2; k++) {
				bool extra = k != swapped;
				answer(extra ? "extra" : "peer", extra ? rows[i].extra : rows[i].peer);
			}
			if (is_answered() != rows[i].admitted)
				fprintf(stderr, "  row %zu, swapped %d\n", i, swapped);
			CU_ASSERT_EQUAL(is_answered(), rows[i].admitted);
			CU_ASSERT_EQUAL(p->conns[1].closed, !rows[i].admitted);
			end();
		}
}

/* A requisite step that says no ends the look; what the others say then finds nobody. */
static void
requisite_stops(void)
{
	begin(STEP("extra", "requisite", "attest", "1"));
	CU_ASSERT_TRUE(look());
	answer("extra", NO);
	CU_ASSERT_TRUE(p->conns[1].closed);
	CU_ASSERT_PTR_NULL(loop->looks);
	answer("peer", SAYS(FACT("uid", "1001")));
	CU_ASSERT_FALSE(is_answered());
	end();
	begin(STEP("extra", "required", "attest", "1")); /* a required one waits for the rest */
	CU_ASSERT_TRUE(look());
	answer("extra", NO);
	CU_ASSERT_FALSE(p->conns[1].closed);
	answer("peer", SAYS(FACT("uid", "1001")));
	CU_ASSERT_TRUE(p->conns[1].closed);
	end();
}

/* A step's name at its bound is still found again. */
static void
longest_name(void)
{
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	begin(STEP(LONG, "required", "attest", "1"));
	CU_ASSERT_TRUE(look());
	answer("peer", SAYS(FACT("uid", "1001")));
	answer(LONG, SAYS(FACT("label", "x")));
	CU_ASSERT_TRUE(is_answered());
	end();
}

/* Hosts that are away fail their step at once. */
static void
away(void)
{
	begin(STEP("extra", "optional", "attest", "1"));
	host("extra")->ready = false;
	CU_ASSERT_TRUE(look());
	answer("peer", SAYS(FACT("uid", "1001")));
	CU_ASSERT_TRUE(is_answered());
	end();
	begin("");
	host("peer")->ready = false;
	CU_ASSERT_FALSE(look()); /* nobody could be asked */
	end();
}

/* A step that reads what is presented is asked about each thing once something was, and never about processes. */
static void
presented(void)
{
	struct sg_peer peer = {.uid = (uid_t)-1, .pidfd = -1, .network = true};
	begin(STEP("gw", "sufficient", "verify", "1"));
	CU_ASSERT_EQUAL_FATAL(sg_gate_connect(p->gate, 1, SG_FACE_ENFORCER, &peer, NULL), SG_OK);
	CU_ASSERT_FALSE(sg_hosts_look(loop, 77, 1)); /* nothing applies yet */
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 1, SG_PRESENTED_CHAIN, (struct sg_str){"\0\xff", 2}));
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 1, SG_PRESENTED_TOKEN, SG_STR("a.b.c")));
	CU_ASSERT_TRUE(sg_hosts_look(loop, 77, 1));
	sg_looks_ask(loop);
	CU_ASSERT_EQUAL(loop->looks->waiting, 2);
	CU_ASSERT_EQUAL(host("peer")->link.out.len, 0);
	struct sg_str sent = sg_buf_view(&host("gw")->link.out);
	CU_ASSERT_PTR_NOT_NULL(memmem(sent.ptr, sent.len, "{\"bytes\":\"AP8\",\"form\":\"chain\",\"verb\":\"identify\"}", 48));
	CU_ASSERT_PTR_NOT_NULL(memmem(sent.ptr, sent.len, "{\"bytes\":\"YS5iLmM\",\"form\":\"token\",\"verb\":\"identify\"}", 52));
	answer("gw", SAYS(""));
	CU_ASSERT_PTR_NOT_NULL(loop->looks); /* the other answer is still to come */
	answer("gw", SAYS(FACT("spiffe_id", "spiffe://acme.example/gw")));
	CU_ASSERT_PTR_NULL(loop->looks);
	end();
}

/* The largest thing that may be presented fits the frame to its host. */
static void
largest(void)
{
	struct sg_peer peer = {.uid = (uid_t)-1, .pidfd = -1, .network = true};
	char *bytes = calloc(1, SG_PRESENTED_MAX);
	begin(STEP("gw", "sufficient", "verify", "1"));
	CU_ASSERT_EQUAL_FATAL(sg_gate_connect(p->gate, 1, SG_FACE_ENFORCER, &peer, NULL), SG_OK);
	CU_ASSERT_TRUE(sg_gate_presented(p->gate, 1, SG_PRESENTED_CHAIN, (struct sg_str){bytes, SG_PRESENTED_MAX}));
	CU_ASSERT_TRUE(sg_hosts_look(loop, 77, 1));
	sg_looks_ask(loop);
	answer("gw", NO);
	free(bytes);
	end();
}

/* A second instance of the step, beside the one in use, that never becomes ready and ends: whoever waits for the one in use goes on waiting, and is answered. */
static void
beside(void)
{
	begin("");
	struct sg_child *used = host("peer");
	struct sg_call *busy = calloc(1, sizeof(*busy));
	add_host("peer");
	struct sg_child *next = &loop->children[loop->children_top - 1];
	next->ready = next->entered = false;
	CU_ASSERT_PTR_EQUAL_FATAL(host("peer"), used);
	used->calls = busy; /* it is at somebody else */
	CU_ASSERT_TRUE(look());
	sg_host_gone(loop, next);
	CU_ASSERT_PTR_NOT_NULL_FATAL(loop->looks);
	used->calls = NULL;
	free(busy);
	sg_looks_next(loop, used);
	answer("peer", SAYS(FACT("uid", "1001")));
	CU_ASSERT_TRUE(is_answered());
	end();
	/* the one in use itself: nobody is left to answer */
	begin("");
	used = host("peer");
	used->calls = busy = calloc(1, sizeof(*busy));
	CU_ASSERT_TRUE(look());
	sg_host_gone(loop, used); /* frees the call */
	CU_ASSERT_PTR_NULL(loop->looks);
	CU_ASSERT_FALSE(is_answered());
	end();
}

SG_CASES("gate.looks", {"every kind of answer", answers}, {"a requisite step stops", requisite_stops}, {"the longest name of a step", longest_name},
	 {"hosts that are away", away}, {"an instance beside", beside},
	 {"what was presented", presented}, {"the largest that may be presented", largest})
