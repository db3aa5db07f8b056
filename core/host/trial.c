/* SPDX-License-Identifier: Apache-2.0
 * A module's options looked at by the module itself, behind the same wall as when it runs. */
#include "host/trial.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/err.h"
#include "host/life.h"
#include "host/load.h"
#include "host/note.h"

enum { STANZA_BUDGET = 1 << 20 };

static enum sg_status
load(const struct sg_host_process *how, int keep, struct sg_loaded *loaded, struct sg_err *err)
{
	int kept[2] = {keep, -1};
	unsigned layers;
	enum sg_status status = sg_load_open(how->module_dir, how->kind, how->module, loaded, err);
	if (status != SG_OK)
		return status;
	kept[1] = loaded->fd;
	struct sg_confinement wall = {.profile = SG_PROFILE_ISSUE, .loading = true, .keep = kept, .keep_count = loaded->fd >= 0 ? 2 : 1};
	status = sg_confine(&wall, &layers, err);
	return status == SG_OK ? sg_load_run(loaded, how->kind, how->module, err) : status;
}

static enum sg_status
ask(const struct sg_module *module, struct sg_arena *arena, const struct sg_json *stanza, struct sg_err *err)
{
	struct sg_options options;
	struct sg_err why = {0};
	enum sg_status status = sg_options_read(arena, module->options, sg_json_get(stanza, "options"), &options, err);
	if (status == SG_OK && module->configure != NULL && (status = module->configure(&options, &why)) != SG_OK) {
		sg_module_err(err, &why, status);
		return err->status;
	}
	return status == SG_OK ? sg_issue_life(arena, module, stanza, err) : status;
}

enum sg_status
sg_host_trial(const struct sg_host_process *how, int keep, bool *looked, struct sg_err *err)
{
	struct sg_arena arena;
	struct sg_loaded loaded;
	const struct sg_json *stanza = NULL;
	*looked = false;
	sg_arena_init(&arena, STANZA_BUDGET);
	enum sg_status status = sg_canon_parse(&arena, how->stanza, NULL, &stanza, err);
	if (status == SG_OK)
		status = load(how, keep, &loaded, err);
	if (status == SG_OK) {
		*looked = true;
		status = ask(loaded.module, &arena, stanza, err);
	}
	sg_arena_done(&arena);
	return status;
}
