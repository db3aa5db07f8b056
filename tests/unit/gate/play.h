/* SPDX-License-Identifier: Apache-2.0
 * A play: the gate in one process, with a world that the test holds in its hands: clock, disk, peers, policy, hosts. Every order of events can
 * be played, because nothing answers before the test lets it. */
#ifndef SG_TESTS_PLAY_H
#define SG_TESTS_PLAY_H

#include "gate/desk/listing.h"
#include "gate/people/review.h"
#include "gate/tasks/ending.h"
#include "gate/wire/wire.h"

#include "base/str.h"
#include "gate/snapshot/drift.h"
#include "unit/cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLAY_QUEUE = 256, PLAY_CONNS = 64, PLAY_HELD = 64 };

struct play_event {
	enum { PLAY_LOOK, PLAY_JUDGE, PLAY_CALL } kind;
	uint64_t id, conn;
	char host[32];
	char *text;
};

struct play {
	struct sg_sys sys; /* first: the table is the play */
	struct sg_gate *gate;
	sg_time boot, wall;
	const char *boot_id; /* of the machine's run that `boot` counts in */
	char folder[64];
	int journal, keys;
	bool peer_dead;
	pid_t gone; /* this process has ended; 0: none */
	/* the disk fails at this call of writing or syncing (counted down); 0 never */
	long fail_at, calls;
	int fail_errno;
	bool fail_short;   /* a short write instead of an error */
	bool fail_forever; /* from then on always */
	bool full;         /* no file grows */
	struct play_event queue[PLAY_QUEUE];
	size_t count;
	struct {
		unsigned status;
		char *body;
		bool closed, admitted, looked;
		char facts[512]; /* what the first look finds; "": as all others */
	} conns[PLAY_CONNS];
	const char *facts;                         /* what a look finds */
	enum sg_reason why;                        /* and if it finds nothing, why */
	const char *(*effects)(const char *input); /* what policy says */
	const char *call_answer;                   /* NULL: the built-in issuer and verifier */
	const char *taken_back;                    /* what the issuer says to revoke and reap, after the lease; NULL: it is gone */
	unsigned firsts;                           /* what was taken back before all else */
	unsigned revokes, reaps;                   /* so often it was told */
	bool no_sync;                              /* groups wait */
	char *made_claims;
	bool reload_asked;
	char *held[PLAY_HELD];                     /* what the supervisor keeps for the next gate */
	size_t held_count;
	bool slices;                               /* what is being ended goes on when the test says so */
	bool no_check;                             /* the test itself changes what is on disk, or sets the state by hand */
};

/* The document most tests begin with; rates are high so that buckets do not get in the way. */
static const char play_document[] =
	"{\"actions\":{"
	"\"mail\":{\"class\":\"data\",\"credential\":\"\",\"effect\":\"read\",\"environment\":\"\",\"name\":\"mail.read\",\"narrow\":[],\"sensitivity\":\"internal\",\"taints\":[\"mail\"]},"
	"\"pay\":{\"class\":\"payment\",\"credential\":\"\",\"effect\":\"write\",\"environment\":\"\",\"name\":\"pay.send\",\"narrow\":[\"amount\",\"to\",\"to.n\"],\"sensitivity\":\"confidential\",\"taints\":[]},"
	"\"prod\":{\"class\":\"infrastructure\",\"credential\":\"\",\"effect\":\"execute\",\"environment\":\"prod\",\"name\":\"deploy.prod\",\"narrow\":[],\"sensitivity\":\"internal\",\"taints\":[]},"
	"\"read\":{\"class\":\"code\",\"credential\":\"token\",\"effect\":\"read\",\"environment\":\"\",\"name\":\"repo.read\",\"narrow\":[],\"sensitivity\":\"internal\",\"taints\":[]},"
	"\"secret\":{\"class\":\"secret\",\"credential\":\"\",\"effect\":\"read\",\"environment\":\"\",\"name\":\"secret.read\",\"narrow\":[],\"sensitivity\":\"restricted\",\"taints\":[]},"
	"\"far\":{\"class\":\"other\",\"credential\":\"\",\"effect\":\"read\",\"environment\":\"\",\"name\":\"far.away\",\"narrow\":[],\"sensitivity\":\"public\",\"taints\":[]}},"
	"\"admins\":{\"mira\":{\"groups\":[\"ops\"],\"uid\":500},\"priya\":{\"groups\":[\"finance\"],\"uid\":501},\"jon\":{\"groups\":[\"finance\"],\"uid\":502}},"
	"\"agents\":{\"helper\":{\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"],\"owner\":\"mira@acme.example\",\"reach\":[\"mail.*\",\"pay.*\",\"repo.*\",\"secret.*\",\"deploy.*\"],\"review_by\":\"2027-01-31\"},"
	"\"other\":{\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1002\"],\"owner\":\"jon\",\"reach\":[\"**\"],\"review_by\":\"2027-01-31\"},"
	"\"guess\":{\"environment\":\"staging\",\"escalate\":\"o@x\",\"identity\":\"content\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:exe=/bin/guess\"],\"owner\":\"jon\",\"reach\":[\"**\"],\"review_by\":\"2027-01-31\"}},"
	"\"attest\":{\"peer\":{\"control\":\"required\",\"options\":{},\"order\":0,\"use\":\"peer\"}},"
	"\"enforcers\":{\"repo-api\":{\"actions\":[\"repo.*\",\"mail.*\"],\"for_agents\":[\"helper\"],\"match\":[\"peer:uid=2001\"],\"obligations\":[\"log\"],\"resources\":[\"**\"]}},"
	"\"groups\":{\"finance\":{\"members\":[\"jon\",\"priya\"]},\"ops\":{\"members\":[\"mira\"]}},"
	"\"intents\":{\"work\":{\"actions\":[\"mail.*\",\"pay.*\",\"repo.*\",\"secret.*\",\"deploy.*\",\"far.*\"],\"environment\":\"\",\"resources\":[\"**\"],\"sensitivity\":\"confidential\",\"ttl\":3600000}},"
	"\"issue\":{\"token\":{\"audience\":[\"repo-api\"],\"options\":{},\"ttl\":60000,\"use\":\"jwt\"}},"
	"\"limits\":{\"approval_ttl\":900000,\"approvals_per_agent\":3,\"attempts_per_task\":1000,\"body_timeout\":10000,\"burst\":100000,\"connections\":4096,\"credential_ttl_max\":60000,\"doors\":64,\"head_timeout\":5000,\"host_deadline\":1000,\"idle_timeout\":30000,\"leases_per_agent\":1000,\"max_body\":65536,\"outcome_deadline\":300000,\"policy_deadline\":50,\"policy_load_deadline\":5000,\"policy_memory\":67108864,\"policy_workers\":2,\"rate\":100000,\"requests_per_connection\":1000,\"segment_bytes\":67108864,\"task_ttl_max\":28800000,\"tasks\":100000,\"tasks_per_agent\":100,\"uid_connections\":64,\"use_by\":30000},"
	"\"mode\":\"enforce\",\"module_dir\":\"/m\",\"policy_dir\":\"/p\",\"run_dir\":\"/r\",\"state_dir\":\"/s\",\"trust_domain\":\"acme.example\"}";

static const char play_manifest[] =
	"{\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"files\":[],\"rules\":[]}";

/* ---- the world ---- */

static inline struct play *
play_of(const struct sg_sys *sys)
{
	return (struct play *)sys;
}

static sg_time
play_boot(const struct sg_sys *sys)
{
	return play_of(sys)->boot;
}

static sg_time
play_wall(const struct sg_sys *sys)
{
	return play_of(sys)->wall;
}

static bool
play_fails(struct play *p)
{
	p->calls++;
	if (p->fail_at == 0)
		return false;
	if (p->fail_forever && p->calls >= p->fail_at)
		return true;
	return p->calls == p->fail_at;
}

static bool
play_no_room(const struct play *p, int fd, off_t end)
{
	struct stat status;
	return p->full && (fstat(fd, &status) != 0 || end > status.st_size);
}

static ssize_t
play_pwrite(const struct sg_sys *sys, int fd, const void *bytes, size_t len, off_t at)
{
	struct play *p = play_of(sys);
	if (play_no_room(p, fd, at + (off_t)len)) {
		errno = ENOSPC;
		return -1;
	}
	if (play_fails(p)) {
		if (p->fail_short && len > 1) {
			ssize_t some = pwrite(fd, bytes, len / 2, at);
			(void)some;
			if (p->fail_forever) {
				errno = p->fail_errno;
				return -1;
			}
			return (ssize_t)(len / 2);
		}
		errno = p->fail_errno;
		return -1;
	}
	return pwrite(fd, bytes, len, at);
}

static int
play_sync(const struct sg_sys *sys, int fd)
{
	struct play *p = play_of(sys);
	(void)fd;
	if (play_fails(p)) {
		errno = p->fail_errno;
		return -1;
	}
	return 0; /* the file system under test keeps what was written; real syncs would only cost time */
}

static int
play_truncate(const struct sg_sys *sys, int fd, off_t len)
{
	struct play *p = play_of(sys);
	if (play_fails(p)) {
		errno = p->fail_errno;
		return -1;
	}
	return ftruncate(fd, len);
}

static int
play_openat(const struct sg_sys *sys, int folder, const char *name, int flags, mode_t mode)
{
	struct play *p = play_of(sys);
	if ((flags & O_CREAT) != 0 && play_fails(p)) {
		errno = p->fail_errno;
		return -1;
	}
	return sg_sys_real.openat(sys, folder, name, flags, mode);
}

static int
play_rename(const struct sg_sys *sys, int folder, const char *from, const char *to)
{
	struct play *p = play_of(sys);
	if (play_fails(p)) {
		errno = p->fail_errno;
		return -1;
	}
	return sg_sys_real.renameat(sys, folder, from, to);
}

static bool
play_alive(const struct sg_sys *sys, const struct sg_peer *peer)
{
	(void)peer;
	return !play_of(sys)->peer_dead;
}

/* ---- ports ---- */

/* By a name of its own: benches do not count what the harness takes. */
__attribute__((noinline)) static char *
play_copy(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);
	if (copy == NULL)
		return NULL;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

static void
play_answer(void *self, uint64_t conn, unsigned status, struct sg_str body)
{
	struct play *p = self;
	free(p->conns[conn].body);
	p->conns[conn].status = status;
	p->conns[conn].body = play_copy(body.ptr, body.len);
}

static void
play_admit(void *self, uint64_t conn, enum sg_face face)
{
	(void)face;
	((struct play *)self)->conns[conn].admitted = true;
}

static void
play_close(void *self, uint64_t conn)
{
	((struct play *)self)->conns[conn].closed = true;
}

static void
play_let_go(struct play *p)
{
	while (p->held_count > 0)
		free(p->held[--p->held_count]);
}

/* As the supervisor does. */
static void
play_hold(void *self, struct sg_str held)
{
	struct play *p = self;
	if (sg_str_is(held, "{}")) {
		play_let_go(p);
		return;
	}
	for (size_t i = 0; i < p->held_count; i++)
		if (sg_str_is(held, p->held[i]))
			return;
	if (p->held_count == PLAY_HELD)
		abort();
	p->held[p->held_count++] = strndup(held.ptr, held.len);
}

static bool
play_push(struct play *p, struct play_event event, struct sg_str text)
{
	if (p->count == PLAY_QUEUE)
		return false;
	event.text = play_copy(text.len > 0 ? text.ptr : "", text.len);
	p->queue[p->count++] = event;
	return true;
}

static bool
play_judge(void *self, uint64_t id, enum sg_frame_type type, struct sg_str input)
{
	(void)type;
	return play_push(self, (struct play_event){.kind = PLAY_JUDGE, .id = id}, input);
}

static bool
play_look(void *self, uint64_t id, uint64_t conn)
{
	return play_push(self, (struct play_event){.kind = PLAY_LOOK, .id = id, .conn = conn}, SG_STR(""));
}

static enum sg_called
play_call(void *self, uint64_t id, const char *kind, struct sg_str name, uint64_t by, struct sg_str request)
{
	(void)by;
	struct play_event event = {.kind = PLAY_CALL, .id = id};
	snprintf(event.host, sizeof(event.host), "%s.%.*s", kind, SG_STR_ARG(name));
	return play_push(self, event, request) ? SG_CALL_TAKEN : SG_CALL_BUSY;
}

static enum sg_called
play_take_back(void *self, struct sg_str issuer, uint64_t by, struct sg_str agent, bool first, struct sg_str request)
{
	(void)agent;
	((struct play *)self)->firsts += first;
	return play_call(self, 0, "issue", issuer, by, request);
}

static void
play_modules(void *self, struct sg_json_writer *w)
{
	(void)self;
	sg_jw_array(w);
	sg_jw_end(w);
}

static void
play_reload(void *self, uint64_t id)
{
	(void)id;
	((struct play *)self)->reload_asked = true;
}

static void
play_say(void *self, const char *line)
{
	(void)self;
	(void)line;
}

/* ---- playing ---- */

static const char *
play_allow(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

static inline char *
play_between(const char *text, const char *before, const char *after)
{
	const char *from = strstr(text, before);
	const char *to = from == NULL ? NULL : strstr(from + strlen(before), after);
	return to == NULL ? strdup("") : strndup(from + strlen(before), (size_t)(to - from) - strlen(before));
}

/* Answers the oldest event as the world is now. */
static inline void
play_one(struct play *p)
{
	struct play_event event = p->queue[0];
	memmove(p->queue, p->queue + 1, --p->count * sizeof(event));
	if (event.kind == PLAY_LOOK && !p->conns[event.conn].looked && p->conns[event.conn].facts[0] != '\0') {
		p->conns[event.conn].looked = true;
		sg_gate_looked(p->gate, event.id, sg_str(p->conns[event.conn].facts), p->why);
	} else if (event.kind == PLAY_LOOK) {
		sg_gate_looked(p->gate, event.id, sg_str(p->facts), p->why);
	} else if (event.kind == PLAY_JUDGE) {
		const char *said = p->effects(event.text);
		sg_gate_judged(p->gate, event.id, sg_str(said), SG_REASON_policy_timeout);
	} else if (p->call_answer != NULL) {
		sg_gate_called(p->gate, event.id, sg_str(p->call_answer));
	} else if (strstr(event.text, "\"verb\":\"make\"") != NULL) {
		free(p->made_claims);
		p->made_claims = play_between(event.text, "\"claims\":", ",\"lease\"");
		sg_gate_called(p->gate, event.id, SG_STR("{\"ok\":true,\"token\":\"h.c.s\"}"));
	} else if (strstr(event.text, "\"verb\":\"verify\"") != NULL) {
		char answer[4096];
		snprintf(answer, sizeof(answer), "{\"claims\":%s,\"ok\":true}", p->made_claims != NULL ? p->made_claims : "{}");
		sg_gate_called(p->gate, event.id, sg_str(answer));
	} else {
		char answer[512], *lease = play_between(event.text, "\"lease\":\"", "\"");
		strstr(event.text, "\"verb\":\"reap\"") != NULL ? p->reaps++ : p->revokes++;
		snprintf(answer, sizeof(answer), "{%s\"lease\":\"%s\",\"ok\":%s}", p->taken_back != NULL ? p->taken_back : "", lease,
			 p->taken_back != NULL ? "false,\"text\":\"no route to it\"" : "true");
		event.id != 0 ? sg_gate_called(p->gate, event.id, sg_str(answer))
			      : sg_gate_confirmed(p->gate, sg_str(strchr(event.host, '.') + 1), sg_issuer_tag(p->gate, sg_str(strchr(event.host, '.') + 1)), sg_str(answer));
		free(lease);
	}
	free(event.text);
}

static inline void
play_flush(struct play *p)
{
	while (!p->no_sync && sg_journal_ready(&p->gate->journal)) {
		struct sg_commit *commit = sg_journal_take(&p->gate->journal);
		sg_journal_write(&p->gate->journal, commit);
		sg_journal_done(&p->gate->journal, commit);
		sg_gate_synced(p->gate);
	}
}

/* Until nothing is left to answer. */
static inline void
play_all(struct play *p)
{
	for (int i = 0; i < 1000; i++) {
		play_flush(p);
		if (p->count == 0)
			break;
		play_one(p);
	}
	play_flush(p);
	sg_gate_tick(p->gate);
	while (!p->slices && (sg_endings_turn(p->gate) || sg_listings_turn(p->gate) || sg_reviews_turn(p->gate)))
		play_flush(p);
	play_flush(p);
}

static inline char *
play_canonical(const char *text)
{
	struct sg_arena arena;
	struct sg_buf out;
	const struct sg_json *json = NULL;
	struct sg_err err = {0};
	sg_arena_init(&arena, 16 << 20);
	sg_buf_init(&out, 4 << 20);
	if (sg_json_parse(&arena, sg_str(text), NULL, &json, &err) != SG_OK) {
		fprintf(stderr, "the test's own JSON: %s\n", err.text);
		abort();
	}
	sg_canon_write(&out, json);
	char *copy = play_copy(out.ptr, out.len);
	sg_buf_done(&out);
	sg_arena_done(&arena);
	return copy;
}

static inline void
play_issuer_ready(struct play *p, const char *name, const char *ready)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 20);
	if (sg_canon_parse(&arena, sg_str(ready), NULL, &json, NULL) != SG_OK || !sg_gate_issuer(p->gate, sg_str(name), json))
		abort();
	sg_arena_done(&arena);
}

static inline enum sg_status
play_open(struct play *p, struct sg_err *err)
{
	static const unsigned char key[SG_KEY_BYTES] = {7};
	char *document = play_canonical(play_document);
	struct sg_gate_start start = {
		.sys = &p->sys,
		.ports = {p, play_answer, play_admit, play_close, play_judge, play_look, play_call, play_take_back, play_modules, play_reload, NULL, play_say, .hold = play_hold},
		.document = sg_str(document),
		.journal_folder = p->journal,
		.keys_folder = p->keys,
		.state_key = key,
		.boot_id = p->boot_id};
	enum sg_status status = sg_gate_create(&p->gate, &start, err);
	if (status == SG_OK) {
		sg_gate_policy(p->gate, sg_str(play_manifest), 1);
		play_issuer_ready(p, "token", "{\"enforcer_only\":false,\"format\":\"jwt\",\"jwks\":null,\"revocation\":\"next_use\"}");
	}
	free(document);
	return status;
}

/* The document with each `from` of the pairs replaced once; the list ends with NULL. */
static inline char *
play_changed(const char *const *pairs)
{
	char *document = play_canonical(play_document);
	for (; pairs[0] != NULL; pairs += 2) {
		char *at = strstr(document, pairs[0]), *other;
		if (at == NULL) {
			fprintf(stderr, "  the document has no %s\n", pairs[0]);
			abort();
		}
		if (asprintf(&other, "%.*s%s%s", (int)(at - document), document, pairs[1], at + strlen(pairs[0])) < 0)
			abort();
		free(document);
		document = other;
	}
	char *canonical = play_canonical(document);
	free(document);
	return canonical;
}

static inline bool
play_reconfigure(struct play *p, const char *const *pairs)
{
	struct sg_err err = {0};
	char *document = play_changed(pairs);
	bool good = sg_gate_configure(p->gate, sg_str(document), &err) == SG_OK;
	free(document);
	return good;
}

static uint64_t
play_process_start(const struct sg_sys *sys, pid_t pid)
{
	return pid == play_of(sys)->gone ? 0 : 5;
}

static inline struct play *
play_begin(void)
{
	struct play *p = calloc(1, sizeof(*p));
	p->sys = sg_sys_real;
	p->sys.boot_time = play_boot;
	p->sys.wall_time = play_wall;
	p->sys.pwrite = play_pwrite;
	p->sys.fdatasync = play_sync;
	p->sys.fsync = play_sync;
	p->sys.ftruncate = play_truncate;
	p->sys.openat = play_openat;
	p->sys.renameat = play_rename;
	p->sys.peer_alive = play_alive;
	p->sys.process_start = play_process_start;
	p->sys.copy = NULL;
	p->sys.group_empty = NULL;
	p->boot = 1000 * SG_SEC;
	p->boot_id = "11111111-2222-3333-4444-555555555555";
	p->wall = 1800000000 * SG_SEC;
	p->fail_errno = EIO;
	p->facts = "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}";
	p->effects = play_allow;
	snprintf(p->folder, sizeof(p->folder), "/tmp/sg-play-XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		abort();
	char path[128];
	snprintf(path, sizeof(path), "%s/journal", p->folder);
	mkdir(path, 0700);
	p->journal = open(path, O_RDONLY | O_DIRECTORY);
	snprintf(path, sizeof(path), "%s/keys", p->folder);
	mkdir(path, 0700);
	p->keys = open(path, O_RDONLY | O_DIRECTORY);
	return p;
}

static inline struct play *
play_new(void)
{
	struct play *p = play_begin();
	struct sg_err err = {0};
	if (play_open(p, &err) != SG_OK) {
		fprintf(stderr, "%s %s\n", err.code, err.text);
		abort();
	}
	play_flush(p);
	return p;
}

static inline void
play_stop_gate(struct play *p)
{
	sg_gate_destroy(p->gate);
	p->gate = NULL;
	for (size_t i = 0; i < p->count; i++)
		free(p->queue[i].text);
	p->count = 0;
}

/* What is counted as it changes is what there is. */
static inline bool
play_counts(const struct play *p)
{
	size_t at = 0, other;
	bool good = true;
	for (const struct sg_task *t; (t = sg_table_next(&p->gate->state.tasks, &at)) != NULL;) {
		size_t open = 0, frozen = 0, waiting = 0;
		other = 0;
		for (const struct sg_task *b; p->gate->state.tasks.count < 200 && (b = sg_table_next(&p->gate->state.tasks, &other)) != NULL;)
			if (b != t && b->state <= SG_TASK_FROZEN && sg_task_is_below(b, t)) {
				open++;
				frozen += b->state == SG_TASK_FROZEN;
				waiting += b->state == SG_TASK_FROZEN && !b->domain->frozen;
			}
		good &= p->gate->state.tasks.count >= 200 || (t->open_below == open && t->frozen_below == frozen && t->waiting_below == waiting);
		good &= t->is_frozen == (t->state == SG_TASK_FROZEN) && t->is_waiting == (t->is_frozen && !t->domain->frozen);
	}
	return good;
}

/* I1: what is in memory is what the journal gives, but for what is not on disk yet. */
static inline void
play_same(struct play *p)
{
	if (p->no_check || p->gate == NULL || p->gate->journal.closed || p->gate->owed != NULL || p->gate->journal.appended != p->gate->journal.durable)
		return;
	struct sg_buf told;
	sg_buf_init(&told, SG_DRIFT_TOLD);
	bool same = sg_state_is_fold(&p->gate->state, &p->gate->journal, &told) && play_counts(p);
	if (!same)
		fprintf(stderr, "  %.*s", (int)told.len, told.ptr);
	sg_buf_done(&told);
	if (CU_get_current_test() == NULL && !same) /* a fuzz target */
		abort();
	if (CU_get_current_test() != NULL) {
		CU_ASSERT_TRUE(same);
	}
}

/* As after kill -9 of all: what was written is there, what was in memory is not. */
static inline enum sg_status
play_restart(struct play *p, struct sg_err *err)
{
	play_same(p);
	play_stop_gate(p);
	play_let_go(p);
	enum sg_status status = play_open(p, err);
	if (status == SG_OK)
		play_flush(p);
	return status;
}

static inline bool
play_hand_over(struct play *p, const char *text)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 1 << 20);
	bool good = sg_canon_parse(&arena, sg_str(text), NULL, &json, NULL) == SG_OK && sg_gate_held(p->gate, json);
	sg_arena_done(&arena);
	return good;
}

/* The gate dies; the supervisor starts another one and hands it what it holds. */
static inline enum sg_status
play_gate_dies(struct play *p, struct sg_err *err)
{
	char *held[PLAY_HELD];
	size_t count = p->held_count;
	for (size_t i = 0; i < count; i++)
		held[i] = strdup(p->held[i]);
	enum sg_status status = play_restart(p, err);
	for (size_t i = 0; i < count; i++)
		play_hold(p, sg_str(held[i]));
	for (size_t i = 0; i < count; i++) {
		if (status == SG_OK && !play_hand_over(p, held[i]))
			abort();
		free(held[i]);
	}
	if (status == SG_OK)
		play_flush(p);
	return status;
}

static inline void
play_end(struct play *p)
{
	char command[128];
	play_same(p);
	play_let_go(p);
	if (p->gate != NULL)
		play_stop_gate(p);
	for (size_t i = 0; i < PLAY_CONNS; i++)
		free(p->conns[i].body);
	free(p->made_claims);
	close(p->journal);
	close(p->keys);
	snprintf(command, sizeof(command), "rm -rf %s", p->folder);
	if (system(command) != 0)
		abort();
	free(p);
}

static inline bool
play_connect(struct play *p, uint64_t conn, enum sg_face face, uid_t uid)
{
	struct sg_peer peer = {.uid = uid, .gid = uid, .pid = 4000 + (pid_t)conn, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
	p->conns[conn].closed = p->conns[conn].admitted = p->conns[conn].looked = false;
	p->conns[conn].facts[0] = '\0';
	if (strstr(p->facts, "exe") == NULL)
		snprintf(p->conns[conn].facts, sizeof(p->conns[conn].facts), "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"%u\"}}", (unsigned)uid);
	bool good = sg_gate_connect(p->gate, conn, face, &peer, NULL) == SG_OK;
	play_all(p);
	return good && p->conns[conn].admitted;
}

static inline void
play_facts(struct play *p, uid_t uid)
{
	static char facts[512];
	snprintf(facts, sizeof(facts), "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"%u\"}}", (unsigned)uid);
	p->facts = facts;
}

/* Sends, does not wait. */
static inline bool
play_send(struct play *p, uint64_t conn, enum sg_route route, const char *argument, const char *body)
{
	char *canonical = play_canonical(body);
	free(p->conns[conn].body);
	p->conns[conn].body = NULL;
	p->conns[conn].status = 0;
	bool good = sg_gate_request(p->gate, conn, route, sg_str(argument), sg_str(canonical));
	free(canonical);
	return good;
}

/* Sends and plays to the end; the answer, borrowed until the next. */
static inline const char *
play_ask(struct play *p, uint64_t conn, enum sg_route route, const char *argument, const char *body)
{
	play_send(p, conn, route, argument, body);
	play_all(p);
	return p->conns[conn].body != NULL ? p->conns[conn].body : "";
}

/* Lines of a snapshot, into a buffer. */
static inline bool
play_line(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return !((struct sg_buf *)to)->failed;
}

static inline bool
play_has(const char *answer, const char *part)
{
	bool has = strstr(answer, part) != NULL;
	if (!has)
		fprintf(stderr, "  lacks %s: %s\n", part, answer);
	return has;
}

/* Opens a task on a connection; the id is to be freed. */
static inline char *
play_task(struct play *p, uint64_t conn, const char *key)
{
	char body[128];
	snprintf(body, sizeof(body), "{\"intent\":\"work\",\"key\":\"%s\"}", key);
	return play_between(play_ask(p, conn, SG_ROUTE_A_TASK_OPEN, "", body), "\"id\":\"", "\"");
}

static inline const char *
play_act_body(const char *task, const char *action, const char *args, const char *key)
{
	static char body[2048];
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":%s,\"key\":\"%s\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}",
		 action, args, key, task);
	return body;
}

static inline const char *
play_act(struct play *p, uint64_t conn, const char *task, const char *action, const char *args, const char *key)
{
	return play_ask(p, conn, SG_ROUTE_A_ACT, "", play_act_body(task, action, args, key));
}

#endif
