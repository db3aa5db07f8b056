/* SPDX-License-Identifier: Apache-2.0
 * Which domains belong to one session, so that whoever ends or looks for one need not ask for each agent there is. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* "enforcer|agent|session" without the agent. One that was cut short in a record of before is a session by itself. */
static bool
key_of(const struct sg_domain *d, char key[SG_DOMAIN_NAME])
{
	struct sg_str rest = sg_str(d->name), enforcer = sg_str_cut(&rest, '|');
	sg_str_cut(&rest, '|');
	if (strcmp(d->kind, "session") != 0)
		return false;
	snprintf(key, SG_DOMAIN_NAME, "%.*s|%.*s", SG_STR_ARG(enforcer), SG_STR_ARG(rest));
	return true;
}

static struct sg_session *
session_of(struct sg_state *state, const char *key)
{
	struct sg_session *s = sg_table_get(&state->sessions, sg_str(key));
	if (s != NULL || (s = calloc(1, sizeof(*s))) == NULL)
		return s;
	s->key = strdup(key);
	if (s->key != NULL && sg_table_put(&state->sessions, sg_str(s->key), s) == SG_OK)
		return s;
	free(s->key);
	free(s);
	return NULL;
}

bool
sg_session_enter(struct sg_state *state, struct sg_domain *d)
{
	char key[SG_DOMAIN_NAME];
	if (!key_of(d, key))
		return true;
	d->session = session_of(state, key);
	if (d->session == NULL)
		return false;
	d->session_next = d->session->first;
	if (d->session->first != NULL)
		d->session->first->session_before = d;
	d->session->first = d;
	return true;
}

void
sg_session_leave(struct sg_state *state, struct sg_domain *d)
{
	struct sg_session *s = d->session;
	if (s == NULL)
		return;
	if (d->session_before != NULL)
		d->session_before->session_next = d->session_next;
	else
		s->first = d->session_next;
	if (d->session_next != NULL)
		d->session_next->session_before = d->session_before;
	d->session = NULL;
	d->session_next = d->session_before = NULL;
	if (s->first != NULL)
		return;
	sg_table_take(&state->sessions, sg_str(s->key));
	free(s->key);
	free(s);
}

const struct sg_session *
sg_session_find(const struct sg_state *state, struct sg_str enforcer, struct sg_str name)
{
	char key[SG_DOMAIN_NAME];
	snprintf(key, sizeof(key), "%.*s|%.*s", SG_STR_ARG(enforcer), SG_STR_ARG(name));
	return sg_table_get(&state->sessions, sg_str(key));
}
