/* SPDX-License-Identifier: Apache-2.0
 * What the steps of the conformance check share. A step runs in a child: it may crash, hang and leak; what it has to say stands in memory shared
 * with the parent. */
#ifndef SG_HOST_CHECK_STEP_H
#define SG_HOST_CHECK_STEP_H

#include "base/buf.h"
#include "host/call.h"
#include "host/check.h"
#include "host/load.h"
#include "host/promise.h"

#include <limits.h>
#include <sys/types.h>

enum { SG_CHECK_KEPT = 1 };
enum { SG_CHECK_ROUNDS = 100, SG_CHECK_WARM = 20, SG_CHECK_FAILURES = 200 };
/* Growth in 100 rounds that is borne: half of what losing the smallest block once a round comes to. */
enum { SG_CHECK_GROWTH = 1600 };

enum sg_check_end { SG_CHECK_NOTHING, SG_CHECK_OK, SG_CHECK_FAILED, SG_CHECK_SKIPPED };

/* Shared between parent, child and grandchildren. */
struct sg_check_note {
	enum sg_check_end end;
	enum sg_promise promise;
	char at[96];    /* what was being done: told when it crashes or hangs */
	char text[400];
};

struct sg_check {
	const struct sg_check_wish *wish;
	char kind_name[32], name[32];
	enum sg_kind kind;
	int fd;                  /* of the file */
	char folder[PATH_MAX];   /* for stand-ins; removed at the end */
	unsigned step;           /* its number */
	struct sg_check_note *note;
	struct sg_arena arena;
	const struct sg_json *options, *grants; /* as given */
	struct sg_loaded loaded;
	struct sg_instance instance;
	struct sg_host given;       /* the functions before ours stand in their place */
	char refused[200];          /* the first call of this life that was: "CODE: TEXT" */
	int kept[SG_CHECK_KEPT];    /* descriptors that a call needs, opened before it; 0: none */
	char missing[64];           /* a secret or descriptor that start asked for in vain */
	size_t fail_alloc;          /* the n-th host->alloc from now answers NULL; 0: none */
	bool alloc_failed;
	uint64_t number;            /* audit: of the last leaf handed over */
};

/* ---- what a step says; each is its return value: true alone is good ---- */

bool sg_check_fail(struct sg_check *c, enum sg_promise promise, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool sg_check_skip(struct sg_check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sg_check_at(struct sg_check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- lives of the module. check_life.c ---- */

/* Grants and stand-ins opened, secrets read, configured and started. SG_OK, or the refusal; then nothing is left open. */
enum sg_status sg_check_start(struct sg_check *c, struct sg_err *err);
void sg_check_stop(struct sg_check *c);
/* The same in two: what stands around it is opened, and then it starts. On failure nothing is left open either. */
enum sg_status sg_check_lend(struct sg_check *c, struct sg_err *err);
enum sg_status sg_check_start_lent(struct sg_check *c, struct sg_err *err);
/* The same as a step's beginning: a refusal for want of a grant or an option is skipped with what to give, any other is a failure. */
bool sg_check_begin(struct sg_check *c);
/* False after a code or status out of bounds was told; `status` is what the module answered, `why` what it wrote. */
bool sg_check_refusal(struct sg_check *c, const char *what, enum sg_status status, const struct sg_err *why);
/* One ordinary call, whatever it answers. */
void sg_check_call(struct sg_check *c);
/* What it needs from outside is made now, while this process may. */
void sg_check_before_call(struct sg_check *c);
void sg_check_attest_call(struct sg_check *c);
void sg_check_issue_call(struct sg_check *c);
void sg_check_audit_call(struct sg_check *c);
void sg_check_prove_call(struct sg_check *c);

/* ---- stand-ins. check_stand_in.c ---- */

/* "NAME=KIND" without WHAT. */
bool sg_check_is_stand_in(const char *pair);
/* Opens one, as sg_grants_open would; a secret becomes the instance's. */
enum sg_status sg_check_stand_in(struct sg_check *c, const char *pair, struct sg_err *err);

/* ---- asking through the host's own calls. check_ask.c ---- */

/* NAME=VALUE as "NAME":"VALUE", NAME:=JSON as it is, with commas; `more`: something stands before. */
void sg_check_members(struct sg_buf *out, const struct sg_check_list *list, bool more);

/* Sends canonical JSON made of `request` (which need not be canonical). True: ok. Else `why` has code and text. */
bool sg_check_ask(struct sg_check *c, struct sg_str request, int pidfd, struct sg_buf *answer, struct sg_err *why);
/* What a call of the module's was refused with is kept, if it is the first of this life. */
void sg_check_keep_refusal(struct sg_check *c, const struct sg_err *why);
/* A refusal of the host because the module's answer is out of bounds: told as broken promise, false. */
bool sg_check_in_bounds(struct sg_check *c, const char *what, const struct sg_err *why);
/* Numbers of this process: descriptors, threads. */
size_t sg_check_count(const char *folder);

/* ---- steps ---- */

struct sg_check_step {
	const char *name;
	unsigned kinds; /* bits 1 << enum sg_kind */
	bool (*run)(struct sg_check *c);
};

enum { SG_CHECK_ALL = 1 << SG_KIND_attest | 1 << SG_KIND_issue | 1 << SG_KIND_audit | 1 << SG_KIND_verify | 1 << SG_KIND_prove };

/* X(function, kinds, what holds) in the order they run. The first two come before everything else. */
#define SG_CHECK_STEPS(X)                                                                                              \
	X(file, SG_CHECK_ALL, "the file says what it is and exports one name")                                         \
	X(load, SG_CHECK_ALL, "it loads, and is behind its note what the note says")                                   \
	X(table, SG_CHECK_ALL, "its table of options is sane")                                                         \
	X(options, SG_CHECK_ALL, "options out of bounds are refused")                                                  \
	X(configure, SG_CHECK_ALL, "configure answers and leaves nothing behind")                                      \
	X(bare, SG_CHECK_ALL, "start without what it needs is a refusal")                                              \
	X(begin_end, SG_CHECK_ALL, "start and stop leave what was lent as it was")                                         \
	X(hundred, SG_CHECK_ALL, "a hundred starts and stops lose nothing")                                            \
	X(walls, SG_CHECK_ALL, "behind the walls that its grants leave it starts and answers as without")                \
	X(calls, SG_CHECK_ALL, "a hundred calls lose nothing")                                                         \
	X(alloc, SG_CHECK_ALL, "host->alloc may fail at every step")                                                   \
	X(memory_out, SG_CHECK_ALL, "malloc may fail at every step")                                                       \
	X(deadline, SG_CHECK_ALL, "a deadline that has passed gets an answer")                                         \
	X(attest_facts, 1 << SG_KIND_attest, "facts are within bounds")                                                \
	X(attest_twice, 1 << SG_KIND_attest, "one process looked at twice is the same")                                \
	X(attest_gone, 1 << SG_KIND_attest, "a process that is gone has no facts")                                     \
	X(attest_odd, 1 << SG_KIND_attest, "the least and the largest numbers get an answer")                          \
	X(issue_make, 1 << SG_KIND_issue, "make makes a credential within bounds, twice")                              \
	X(issue_keys, 1 << SG_KIND_issue, "keys are public and a JWK set")                                             \
	X(issue_revoke, 1 << SG_KIND_issue, "revoke: once, twice, late, of what never was")                            \
	X(issue_confirm, 1 << SG_KIND_issue, "confirm and reap: once, twice, of what never was")                       \
	X(issue_restart, 1 << SG_KIND_issue, "after a restart everything can still be taken back")                     \
	X(issue_sizes, 1 << SG_KIND_issue, "empty and huge claims, arguments and leases get an answer")                \
	X(verify_taken, 1 << SG_KIND_verify, "what is good is taken")                                                     \
	X(verify_rubbish, 1 << SG_KIND_verify, "rubbish of every size is refused")                                     \
	X(prove_offer, 1 << SG_KIND_prove, "an offer is made twice, and is the same")                                  \
	X(prove_rubbish, 1 << SG_KIND_prove, "rubbish of every size enrols and proves nothing")                        \
	X(audit_write, 1 << SG_KIND_audit, "leaves are taken, the same one twice")                                     \
	X(audit_durable, 1 << SG_KIND_audit, "flush comes to say that all is safe, and never more")                    \
	X(audit_gap, 1 << SG_KIND_audit, "a gap is taken")                                                             \
	X(audit_sizes, 1 << SG_KIND_audit, "the least and the largest leaf are taken")                                 \
	X(audit_restart, 1 << SG_KIND_audit, "after a restart leaves may come again")

#define X(function, kinds, text) bool sg_check_##function(struct sg_check *c);
SG_CHECK_STEPS(X)
#undef X

#endif
