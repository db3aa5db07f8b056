/* SPDX-License-Identifier: Apache-2.0
 * Roles that were had. Few hands, however many processes: hands are a list, processes a table. */
#include "gate/state/duties.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
has_hands(const struct sg_duties *duties, const char *agent, const char *role, int64_t uid)
{
	for (size_t i = 0; i < duties->hand_count; i++) {
		const struct sg_hands *h = &duties->hands[i];
		if (h->uid == uid && strcmp(h->agent, agent) == 0 && strcmp(h->role, role) == 0)
			return true;
	}
	return false;
}

static bool
add_hands(struct sg_duties *duties, const char *agent, const char *role, int64_t uid)
{
	if (has_hands(duties, agent, role, uid))
		return true;
	struct sg_hands *more = realloc(duties->hands, (duties->hand_count + 1) * sizeof(*more));
	if (more == NULL)
		return false;
	duties->hands = more;
	more[duties->hand_count++] = (struct sg_hands){agent, role, uid};
	return true;
}

const struct sg_duty *
sg_duties_of(const struct sg_duties *duties, const char *instance)
{
	return duties->begun && instance[0] != '\0' ? sg_table_get(&duties->by_instance, sg_str(instance)) : NULL;
}

bool
sg_duties_note(struct sg_duties *duties, const char *agent, const char *role, int64_t uid, const char *instance)
{
	if (!add_hands(duties, agent, role, uid))
		return false;
	if (instance[0] == '\0' || sg_duties_of(duties, instance) != NULL)
		return true;
	struct sg_duty *duty = calloc(1, sizeof(*duty));
	if (duty == NULL)
		return false;
	if (!duties->begun)
		sg_table_init(&duties->by_instance, 0); /* ids are ours, and drawn by lot */
	duties->begun = true;
	*duty = (struct sg_duty){.agent = agent, .role = role, .uid = uid};
	snprintf(duty->instance, sizeof(duty->instance), "%s", instance);
	if (sg_table_put(&duties->by_instance, sg_str(duty->instance), duty) != SG_OK) {
		free(duty);
		return false;
	}
	if (duties->last != NULL)
		duties->last->next = duty;
	else
		duties->first = duty;
	duties->last = duty;
	return true;
}

void
sg_duties_free(struct sg_duties *duties)
{
	for (struct sg_duty *d = duties->first, *next; d != NULL; d = next) {
		next = d->next;
		free(d);
	}
	if (duties->begun)
		sg_table_done(&duties->by_instance);
	free(duties->hands);
	memset(duties, 0, sizeof(*duties));
}
