/* SPDX-License-Identifier: Apache-2.0
 * Who left what in a memory: whose share it counts for, and an operator's word that one of them is to be forgotten. */
#include "gate/state/fold_memory.h"

#include "base/str.h"

#include <stdlib.h>

struct writer {
	char *agent;
	size_t count;
};

static struct writer *
writer_of(struct sg_state *state, const char *agent)
{
	struct writer *w = sg_table_get(&state->writers, sg_str(agent));
	if (w != NULL || (w = calloc(1, sizeof(*w))) == NULL)
		return w;
	w->agent = strdup(agent);
	if (w->agent != NULL && sg_table_put(&state->writers, sg_str(w->agent), w) == SG_OK)
		return w;
	free(w->agent);
	free(w);
	return NULL;
}

static void
counts_no_more(struct sg_state *state, const struct sg_memory *memory)
{
	struct writer *w = sg_table_get(&state->writers, sg_str(memory->agent));
	if (w == NULL || --w->count > 0)
		return;
	sg_table_take(&state->writers, sg_str(w->agent));
	free(w->agent);
	free(w);
}

bool
sg_memory_begins(struct sg_state *state, const struct sg_memory *memory)
{
	struct writer *w = writer_of(state, memory->agent);
	if (w != NULL)
		w->count++;
	return w != NULL;
}

void
sg_memory_ends(struct sg_state *state, struct sg_memory *memory)
{
	counts_no_more(state, memory);
	sg_memory_free(memory);
}

/* Its place by name; where it would be, if it is not there. */
static size_t
place_of(const struct sg_memory *memory, struct sg_str agent)
{
	size_t place = 0;
	while (place < memory->writer_count && sg_str_cmp(sg_str(memory->writers[place]), agent) < 0)
		place++;
	return place;
}

static bool
is_writer(const struct sg_memory *memory, struct sg_str agent)
{
	size_t place = place_of(memory, agent);
	return place < memory->writer_count && sg_str_is(agent, memory->writers[place]);
}

bool
sg_memory_writer(struct sg_state *state, struct sg_memory *memory, struct sg_str agent)
{
	if (is_writer(memory, agent))
		return true;
	size_t place = place_of(memory, agent);
	const char *word = sg_state_word(state, agent), **more = realloc(memory->writers, (memory->writer_count + 1) * sizeof(*more));
	if (more == NULL)
		return false;
	memory->writers = more;
	if (word == NULL)
		return false;
	memmove(&more[place + 1], &more[place], (memory->writer_count - place) * sizeof(*more));
	more[place] = word;
	memory->writer_count++;
	return true;
}

bool
sg_memory_hand_to(struct sg_state *state, struct sg_memory *memory, const char *agent)
{
	char *name = strdup(agent);
	if (name == NULL)
		return false;
	counts_no_more(state, memory);
	free(memory->agent);
	memory->agent = name;
	return sg_memory_begins(state, memory);
}

bool
sg_memory_wrote(const struct sg_state *state, struct sg_str agent)
{
	size_t at = 0;
	for (const struct sg_memory *m; (m = sg_table_next(&state->memories, &at)) != NULL;)
		if (is_writer(m, agent))
			return true;
	return false;
}

size_t
sg_memory_written(const struct sg_state *state, struct sg_str agent)
{
	const struct writer *w = sg_table_get(&state->writers, agent);
	return w != NULL ? w->count : 0;
}

void
sg_memory_free(struct sg_memory *memory)
{
	sg_taint_free(&memory->taint);
	free(memory->writers);
	free(memory->agent);
	free(memory);
}

/* ---- an operator's word ---- */

/* What others left in it as well stays, all of it: whose label is whose is not kept. */
static bool
goes_on(struct sg_fold *f, struct sg_memory *m, struct sg_str agent)
{
	size_t place = place_of(m, agent);
	m->writer_count--;
	memmove(&m->writers[place], &m->writers[place + 1], (m->writer_count - place) * sizeof(*m->writers));
	if (m->writer_count > 0 && sg_str_is(agent, m->agent) && !sg_memory_hand_to(f->state, m, "")) /* nobody's share is filled by another's being forgotten */
		f->missing = "memory";
	return m->writer_count > 0;
}

/* What that agent alone wrote carries nothing any more. Who read it before keeps what that brought. */
void
sg_fold_kind_memory(struct sg_fold *f)
{
	size_t at = 0;
	struct sg_str agent = sg_fold_text(f, "agent");
	bool alone = sg_fold_flag_or(f, "alone", false); /* leaves of before meant all that it was the first to write to */
	for (struct sg_memory *m; (m = sg_table_next(&f->state->memories, &at)) != NULL;) {
		bool gone = alone ? is_writer(m, agent) && !goes_on(f, m, agent) : sg_str_is(agent, m->agent);
		if (!gone)
			continue;
		sg_table_take(&f->state->memories, sg_str(m->id));
		sg_memory_ends(f->state, m);
	}
}
