/* SPDX-License-Identifier: Apache-2.0
 * Domains by user and kind, so that whoever looks for those of a user under another kind pays neither for other users nor for its own kind. */
#include "gate/state/fold_in.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {"uid", "cgroup", "unit", "process"};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct user {
	uint64_t uid;
	size_t count;
	struct sg_ring of_kind[KINDS];
};

/* KINDS: it is of a session, or of what an enforcer asserts. */
static size_t
kind_of(const struct sg_domain *d)
{
	size_t kind = d->name == NULL ? KINDS : 0;
	while (kind < KINDS && strcmp(d->kind, kinds[kind]) != 0)
		kind++;
	return kind;
}

/* Names of processes' domains begin with their user. */
static struct user *
user_of(const struct sg_state *state, const struct sg_domain *d)
{
	uint64_t uid = kind_of(d) < KINDS ? strtoull(d->name, NULL, 10) : UINT64_MAX;
	return kind_of(d) < KINDS ? sg_table_get(&state->users, sg_number_key(&uid)) : NULL;
}

bool
sg_user_enter(struct sg_state *state, struct sg_domain *d)
{
	size_t kind = kind_of(d);
	struct user *user = user_of(state, d);
	if (kind == KINDS)
		return true;
	if (user == NULL) {
		if ((user = calloc(1, sizeof(*user))) == NULL)
			return false;
		user->uid = strtoull(d->name, NULL, 10);
		if (sg_table_put(&state->users, sg_number_key(&user->uid), user) != SG_OK) {
			free(user);
			return false;
		}
	}
	sg_ring_join(&user->of_kind[kind], &d->of_user);
	user->count++;
	return true;
}

void
sg_user_leave(struct sg_state *state, struct sg_domain *d)
{
	struct user *user = state == NULL || !sg_ring_is_in(&d->of_user) ? NULL : user_of(state, d);
	if (user == NULL)
		return;
	sg_ring_leave(&d->of_user);
	if (--user->count == 0)
		free(sg_table_take(&state->users, sg_number_key(&user->uid)));
}

struct sg_domain *
sg_domain_kin(const struct sg_state *state, const struct sg_domain *domain, struct sg_domain *at)
{
	const struct user *user = user_of(state, domain);
	size_t own = kind_of(domain), kind = at == NULL ? 0 : kind_of(at);
	struct sg_ring *next = at == NULL || user == NULL ? NULL : sg_ring_after(&user->of_kind[kind], &at->of_user);
	kind += at != NULL;
	for (; user != NULL && next == NULL && kind < KINDS; kind++)
		next = kind == own ? NULL : sg_ring_first(&user->of_kind[kind]);
	return next == NULL ? NULL : SG_RING_OF(next, struct sg_domain, of_user);
}
