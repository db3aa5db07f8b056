/* SPDX-License-Identifier: Apache-2.0
 * The policy room: operators' Lua, loaded as one set, asked per request, answering with the effects of every matching
 * rule. It combines nothing and grants nothing: merging is the gate's work (JOINTS 2). All bytes in and out are RFC
 * 8785 JSON. */
#ifndef SG_POLICY_POLICY_H
#define SG_POLICY_POLICY_H

#include "base/buf.h"

#include <stdbool.h>
#include <stepgate/types.h>

/* Bounds of a policy set. Zero means the default beside it. The deadline is not here: it is the gate's SIGKILL. */
struct sg_policy_limits {
	size_t memory;       /* bytes one Lua state may hold; SG_POLICY_MEMORY */
	uint64_t steps;      /* Lua instructions of one judgement, C functions charge their bytes; SG_POLICY_STEPS */
	uint64_t load_steps; /* the same for running all files once; SG_POLICY_LOAD_STEPS */
	size_t output;       /* bytes of one answer; SG_POLICY_OUTPUT */
	uint32_t requests;   /* answers after which a worker is replaced; SG_POLICY_REQUESTS */
};

enum {
	SG_POLICY_MEMORY = 64 << 20,
	SG_POLICY_STEPS = 1000000,
	SG_POLICY_LOAD_STEPS = 200000000,
	SG_POLICY_OUTPUT = 1 << 20,
	SG_POLICY_REQUESTS = 10000,
	SG_POLICY_INPUT = 2 << 20,    /* bytes of one request */
	SG_POLICY_FILE = 1 << 20,     /* bytes of one file */
	SG_POLICY_FILES = 1000,       /* files of a set */
	SG_POLICY_NAME = 200,         /* bytes of a file's name */
	SG_POLICY_RULES = 20000,      /* rules and hooks of a set */
	SG_POLICY_ANSWERS = 256,      /* rules, or hooks, of a set that may answer for one action */
	SG_POLICY_PATTERNS = 32,      /* patterns of one rule's `on` */
	SG_POLICY_NEEDS = 16,         /* declared needs of one rule */
	SG_POLICY_ID = 100,           /* bytes of a rule's id */
	SG_POLICY_SAY = 500,          /* bytes of a text for the agent */
	SG_POLICY_LIST = 32,          /* taints, obligations, methods of one effect */
	SG_POLICY_WORD = 128,         /* bytes of one of those */
	SG_POLICY_ONLY = 64,          /* values of one only{} */
	SG_POLICY_STRING = 256 << 10, /* bytes of a string made by a library function */
	SG_POLICY_PROBLEMS = 50,      /* errors reported at once */
};

/* One file, borrowed. The name is shown in errors and records: "10-pay.lua". */
struct sg_policy_source {
	struct sg_str name, text;
};

struct sg_json;
struct sg_policy; /* a loaded set; one thread at a time */

/* Loads a whole set; the order of `sources` does not matter. On SG_OK `*policy` belongs to the caller and `report` has
 * the manifest:
 *   {"digest":hex,"files":[{"meta":{},"name","sha256"}],"rules":[{"after":bool,"file","id","line",
 *    "needs":{"count":[{"action","scope","within":ms}],"did":[...],"never_together":[{"actions":[...],"scope","within"}],
 *             "order":[{"actions"...}],"since":[...],"sum":[{"action","of","scope","within"}]},"on":[...],"otherwise":true (left out where it is not)}]}
 * rules sorted by id, files by name, needs of a kind in canonical order of the keys under which the request's history
 * has them (need.h),
 * where digest = SHA-256 over, for each file in order of names: name, NUL, size in decimal, NUL, bytes.
 * SG_REFUSED: `report` has {"errors":[{"file","hint","line","what"}]}, all that could be found, at most
 * SG_POLICY_PROBLEMS. SG_NOMEM: nothing is promised about `report`. */
enum sg_status sg_policy_load(const struct sg_policy_source *sources, size_t count,
			      const struct sg_policy_limits *limits, struct sg_policy **policy, struct sg_buf *report);

/* NULL is allowed. */
void sg_policy_free(struct sg_policy *policy);

/* Judges one request; appends to `output`
 *   {"effects":[{"effect":{...},"file","line","rule"}],"error":null}               every matching rule, sorted by id; those with
 *                                                                                  `otherwise` only where no other matched
 *   {"effects":[],"error":{"code","file","line","rule","text"}}                    codes: policy_code.h
 * Both are SG_OK: the gate denies on the second. Texts never carry values of the request. Other results mean that the
 * input was not a request in canonical form (SG_MALFORMED, SG_LIMIT) or that memory is out; nothing was appended. The
 * shape of a request is the table in field.h. */
enum sg_status sg_policy_judge(struct sg_policy *policy, struct sg_str input, struct sg_buf *output);

/* The same for `after` hooks, whose effects are of kind "add". */
enum sg_status sg_policy_after(struct sg_policy *policy, struct sg_str input, struct sg_buf *output);

/* True once a judgement was aborted (memory, steps, state): every later judgement would be an error, so the process
 * should end. An error that the policy's own code raised does not spend the state: what was changed before
 * it is put back. */
bool sg_policy_spent(const struct sg_policy *policy);

/* `stepgate policy check`: loads, and writes for people ("FILE:LINE: what\n\thint: ...") or, as JSON, the manifest or
 * the errors. `conf` (may be NULL) is the document of the configuration that it is to be in force with. The manifest has "warnings" here, of the same form as errors: what loads and is yet likely a mistake. SG_OK
 * if the set would load, else SG_REFUSED. */
enum sg_status sg_policy_check(const struct sg_policy_source *sources, size_t count, const struct sg_json *conf, bool json, struct sg_buf *out); /* what it may take stands in conf; NULL: as much as by default */

/* The whole Lua surface, from the tables that make it: a reference in markdown, or stubs for lua-language-server. */
enum sg_policy_format { SG_POLICY_MARKDOWN, SG_POLICY_STUBS };
void sg_policy_api_write(struct sg_buf *out, enum sg_policy_format format);

/* The zygote, in a process of its own, forked by the supervisor with `fd` as its end of a stream socket: loads the set,
 * answers Z_READY or Z_FAILED, then forks a worker for each Z_SPAWN. Returns the exit status of the process: 0 when the
 * supervisor closed the link. */
int sg_policy_zygote(int fd, const struct sg_policy_source *sources, size_t count,
		     const struct sg_policy_limits *limits);

/* A worker on `fd`: answers P_JUDGE and P_AFTER in order until the gate closes the link, limits->requests are answered
 * or the state is spent. Returns the exit status. Confinement is the caller's; sg_policy_zygote does it. */
int sg_policy_serve(int fd, struct sg_policy *policy);

#endif
