/* SPDX-License-Identifier: Apache-2.0
 * Allowed actions of which nobody knows what came, by what was done: asked before each allow, so it is not looked for among all attempts. */
#include "gate/state/fold_in.h"

#include "base/str.h"
#include "gate/state/values.h"

#include <stdio.h>
#include <stdlib.h>

/* So many with this digest, or with this `same`. */
struct sg_unsure {
	char key[SG_SHA256_HEX];
	size_t count;
};

bool
sg_attempt_unsure(const struct sg_attempt *attempt)
{
	return attempt->state == SG_ATTEMPT_ALLOWED && attempt->outcome && strcmp(attempt->result, "unknown") == 0;
}

static bool
add(struct sg_task *task, const char *key)
{
	struct sg_unsure *of = sg_table_get(&task->unsure, sg_str(key));
	if (of == NULL) {
		if ((of = calloc(1, sizeof(*of))) == NULL)
			return false;
		snprintf(of->key, sizeof(of->key), "%s", key);
		if (sg_table_put(&task->unsure, sg_str(of->key), of) != SG_OK) {
			free(of);
			return false;
		}
	}
	of->count++;
	return true;
}

static void
take(struct sg_task *task, const char *key)
{
	struct sg_unsure *of = sg_table_get(&task->unsure, sg_str(key));
	if (of != NULL && --of->count == 0)
		free(sg_table_take(&task->unsure, sg_str(key)));
}

bool
sg_unsure_note(struct sg_attempt *attempt, bool before)
{
	bool now = sg_attempt_unsure(attempt), good = true;
	char same[17] = "";
	if (attempt->same != 0)
		sg_value_hex(attempt->same, same);
	if (now && !before) {
		attempt->task->unsure.seed = attempt->task->attempts.seed;
		good = add(attempt->task, attempt->digest) && (same[0] == '\0' || add(attempt->task, same));
	} else if (before && !now) {
		take(attempt->task, attempt->digest);
		if (same[0] != '\0')
			take(attempt->task, same);
	}
	return good;
}

bool
sg_task_unsure_of(const struct sg_task *task, const char *digest, uint64_t same)
{
	char hex[17];
	if (sg_table_get(&task->unsure, sg_str(digest)) != NULL)
		return true;
	sg_value_hex(same, hex);
	return same != 0 && sg_table_get(&task->unsure, sg_str(hex)) != NULL;
}

void
sg_unsure_free(struct sg_task *task)
{
	size_t at = 0;
	for (struct sg_unsure *of; (of = sg_table_next(&task->unsure, &at)) != NULL;)
		free(of);
	sg_table_done(&task->unsure);
}
