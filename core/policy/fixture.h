/* SPDX-License-Identifier: Apache-2.0
 * The request of a test: what the test says, what follows from that, what the catalogue says of the action, and for the
 * rest the default request. The table of fields says which members there are and of what type. */
#ifndef SG_POLICY_FIXTURE_H
#define SG_POLICY_FIXTURE_H

#include "base/json.h"
#include "base/buf.h"

enum { SG_FIXTURE_TEXT = 240, SG_FIXTURE_DEPTH = 32 /* tasks of a chain that is made up */ };

struct sg_fixture {
	const struct sg_json *ask;      /* as the test has it */
	const struct sg_json *actions;  /* "actions" of the configuration; NULL: none was given */
	const struct sg_json *facts;    /* what the catalogue says of "agent" and "resource", by fields; NULL: nothing */
	const struct sg_json *manifest; /* of the set that will be asked */
};

struct sg_fixture_error {
	char what[SG_FIXTURE_TEXT], hint[SG_FIXTURE_TEXT];
};

/* Appends the request, canonical; a temporary `arena` is the caller's. SG_REFUSED: `error` says what is wrong with
 * `ask`. SG_NOMEM. Short forms in `ask`: action and resource ("type:id") as texts; time as "2026-11-28T02:00:00Z";
 * outcome as its result; approval.groups as a list or {group = humans}; provenance as {path = origin or {...}} or one
 * origin for all; history as {kind = {name = value}} for whichever rule needs it. */
enum sg_status sg_fixture_write(const struct sg_fixture *fixture, struct sg_arena *arena, struct sg_buf *request,
				struct sg_fixture_error *error);

/* The list of paths that policy may narrow: the test's own, the catalogue's; NULL if neither says so. */
const struct sg_json *sg_fixture_narrow(const struct sg_fixture *fixture);

/* How many humans of `group` have approved in this fixture. */
int64_t sg_fixture_approved(const struct sg_fixture *fixture, struct sg_str group);

/* The default request, canonical. */
extern const char sg_fixture_default[];

/* Words that a field of this name can have, ended by NULL; NULL: any. */
const char *const *sg_fixture_words(const char *name);

#endif
