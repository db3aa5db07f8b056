/* SPDX-License-Identifier: Apache-2.0
 * stepgate-policy: what `stepgate policy test` runs. Specs are read, each of their tests is asked of the set beside it, the
 * gate's own merge says what would come of it, and that is compared with what the test expects. */
#ifndef SG_MAIN_STEPGATE_POLICY_H
#define SG_MAIN_STEPGATE_POLICY_H

#include "base/arena.h"
#include "gate/decide/merge.h"
#include "policy/fixture/fixture.h"
#include "policy/policy.h"

enum { SG_TRY_FOLDERS = 64, SG_TRY_WRONG = 16, SG_TRY_TEXT = 1 << 16, SG_TRY_REPORT = 64 << 20 };

/* ---- what is tested (stepgate_policy_files.c) ---- */

/* One set and the specs that are asked of it. Names of specs are paths, of policy files those the daemon would use. */
struct sg_try_folder {
	struct sg_str path;
	struct sg_policy_source *set, *specs;
	size_t set_count, spec_count;
};

struct sg_try_files {
	struct sg_arena arena;
	struct sg_try_folder folders[SG_TRY_FOLDERS];
	size_t count;
};

/* Reads what `paths` (ended by NULL) name: folders whole; a spec with the policy files of its folder; policy files given
 * by name are the set instead, and bring the specs of their names if no other is given. False after a line on stderr. */
bool sg_try_files_read(struct sg_try_files *files, char *const *paths);
void sg_try_files_done(struct sg_try_files *files);

/* ---- one test (stepgate_policy_try.c) ---- */

/* A loaded set. */
struct sg_try_set {
	const struct sg_try_folder *folder;
	struct sg_policy *policy;
	struct sg_arena arena;
	const struct sg_json *manifest, *conf; /* conf: the configuration, NULL without one */
	const struct sg_catalogue *catalogue;  /* the same, as the gate reads it */
};

/* False: `report` has what is wrong, as {"errors":[...]}. */
bool sg_try_set_load(struct sg_try_set *set, struct sg_buf *report);
void sg_try_set_done(struct sg_try_set *set);

struct sg_try_wrong {
	struct sg_str member, expected, got; /* canonical JSON */
};

struct sg_try {
	struct sg_arena arena;
	struct sg_str file, id;
	int64_t line;
	const struct sg_json *ask, *expect;

	struct sg_fixture_error error; /* what[0] != 0: the test itself cannot be used */
	bool hook;                     /* an outcome was given, so `after` hooks were asked */
	const struct sg_json *args, *effective, *failure; /* failure: the policy's error, NULL if there is none */
	struct sg_effect effects[SG_EFFECTS_MAX];
	size_t effect_count;
	struct sg_merged merged;
	const char *verdict, *code; /* verdict also "add" or "none" of hooks */
	const struct sg_json *got;  /* everything a test can expect, by name */

	struct sg_try_wrong wrong[SG_TRY_WRONG];
	size_t wrong_count;
};

/* Asks and compares. The try is good if there is no error and nothing wrong. End it with sg_try_done. */
void sg_try_run(struct sg_try *try, struct sg_try_set *set, struct sg_str file, const struct sg_json *test);
bool sg_try_good(const struct sg_try *try);
void sg_try_done(struct sg_try *try);

/* JSON into the try's arena; NULL if it is none. */
const struct sg_json *sg_try_parse(struct sg_try *try, struct sg_str text);

/* Writes try->got (stepgate_policy_got.c). */
void sg_try_write_got(struct sg_try *try);

/* What the catalogue says of the test's agent and resource, as sg_fixture takes it (stepgate_policy_facts.c). NULL: nothing. */
const struct sg_json *sg_try_facts(struct sg_try *try, const struct sg_catalogue *catalogue);

/* What the test asks, with arguments and resource in the forms that the catalogue declares (stepgate_policy_spell.c); the same without a catalogue. */
const struct sg_json *sg_try_spell(struct sg_try *try, const struct sg_catalogue *catalogue);

/* Compares what was got with what was expected (stepgate_policy_expect.c). */
void sg_try_compare(struct sg_try *try);

/* ---- telling (stepgate_policy_tell.c) ---- */

enum sg_try_form { SG_TRY_PEOPLE, SG_TRY_TAP, SG_TRY_JSON };

struct sg_try_tell {
	enum sg_try_form form;
	bool color;
	size_t done, failed;
};

void sg_try_tell_start(const struct sg_try_tell *tell);
void sg_try_tell(struct sg_try_tell *tell, const struct sg_try *try);
/* A spec that cannot be read counts as one failed test; `report` is {"errors":[...]}. */
void sg_try_tell_spec(struct sg_try_tell *tell, struct sg_str file, struct sg_str report);
void sg_try_tell_end(const struct sg_try_tell *tell);

#endif
