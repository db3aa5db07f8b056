/* SPDX-License-Identifier: Apache-2.0
 * The page in which the gate counts its turns. */
#include "gate/journal/pulse.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static struct sg_pulse *page;

struct sg_pulse *
sg_pulse_new(void)
{
	struct sg_pulse *pulse = mmap(NULL, sizeof(*pulse), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pulse == MAP_FAILED)
		return NULL;
	sg_pulse_keep(pulse);
	return pulse;
}

void
sg_pulse_lend(struct sg_pulse *pulse)
{
	madvise(pulse, sizeof(*pulse), MADV_DOFORK);
}

void
sg_pulse_keep(struct sg_pulse *pulse)
{
	madvise(pulse, sizeof(*pulse), MADV_DONTFORK);
}

static unsigned waiting; /* of the gate's own thread: one wait may be within another */

void
sg_pulse_disk(bool waits)
{
	sg_pulse_beat();
	waiting = waits ? waiting + 1 : waiting > 0 ? waiting - 1 : 0;
	if (page != NULL)
		atomic_store(&page->at_disk, waiting > 0);
}

/* What the last gate waited for died with it. */
static void
no_disk(void)
{
	waiting = 0;
	sg_pulse_disk(false);
}

void
sg_pulse_use(struct sg_pulse *pulse)
{
	page = pulse;
	no_disk();
}

void
sg_pulse_answers(void)
{
	if (page != NULL)
		atomic_store(&page->answers, true);
}

void
sg_pulse_beat(void)
{
	if (page != NULL)
		atomic_fetch_add_explicit(&page->beats, 1, memory_order_relaxed);
}

void
sg_pulse_hand(const char *caller)
{
	if (page != NULL)
		snprintf(page->in_hand, sizeof(page->in_hand), "%s", caller);
}

void
sg_pulse_take_up(sg_time until)
{
	if (page != NULL && page->in_hand[0] != '\0' && atomic_load(&page->at_fault)) {
		size_t i = page->refused_next++ % SG_PULSE_REFUSED;
		memcpy(page->refused[i].caller, page->in_hand, SG_PULSE_CALLER);
		page->refused[i].until = until;
	}
	if (page != NULL)
		atomic_store(&page->at_fault, false);
	no_disk();
	sg_pulse_hand("");
}

bool
sg_pulse_refuses(const char *caller, sg_time now)
{
	for (size_t i = 0; page != NULL && page->refused_next > 0 && i < SG_PULSE_REFUSED; i++)
		if (page->refused[i].until > now && strcmp(page->refused[i].caller, caller) == 0)
			return true;
	return false;
}

uint64_t
sg_pulse_hangs(void)
{
	return page == NULL ? 0 : page->hangs;
}

size_t
sg_pulse_refused(sg_time now)
{
	size_t count = 0;
	for (size_t i = 0; page != NULL && i < SG_PULSE_REFUSED; i++)
		count += page->refused[i].until > now;
	return count;
}

void
sg_pulse_watch_begin(struct sg_pulse_watch *watch, const struct sg_pulse *pulse, sg_time now)
{
	*watch = (struct sg_pulse_watch){.beats = atomic_load(&pulse->beats), .looked = now};
}

bool
sg_pulse_watch_hangs(struct sg_pulse_watch *watch, const struct sg_pulse *pulse, sg_time now, sg_time most)
{
	uint64_t beats = atomic_load(&pulse->beats);
	sg_time passed = now - watch->looked;
	watch->looked = now;
	if (beats != watch->beats || atomic_load(&pulse->at_disk)) {
		watch->beats = beats;
		watch->still = 0;
		return false;
	}
	watch->still += passed < 0 ? 0 : passed < SG_PULSE_LOOK_MS * SG_MSEC ? passed : SG_PULSE_LOOK_MS * SG_MSEC;
	return watch->still >= most;
}
