/* SPDX-License-Identifier: Apache-2.0
 * The segment that a start would begin at: its header, as recovery reads it. */
#include "gate/journal/inspect.h"

#include "base/err.h"
#include "gate/journal/journal_files.h"

#include <stdlib.h>

/* As recover.c chooses: what is torn and was never synced is passed over. */
enum sg_status
sg_journal_newest(const struct sg_sys *sys, int folder, struct sg_err *err)
{
	const struct sg_journal journal = {.sys = sys, .folder = folder};
	struct sg_segment_header header;
	int error = 0;
	uint64_t *all = malloc(SG_SEGMENTS_MAX * sizeof(*all));
	int count = all == NULL ? 0 : sg_segment_list(folder, all, SG_SEGMENTS_MAX, &error);
	enum sg_status status = all == NULL ? sg_fail(err, SG_NOMEM, "no_memory", "no memory to look at the journal") : count < 0 ? sg_journal_io(err, "state/journal", error) : SG_OK;
	for (int i = count - 1; status == SG_OK && i >= 0; i--) {
		bool torn = false;
		enum sg_status of = sg_journal_header(&journal, all[i], &header, &torn, err);
		if (of == SG_OK)
			break;
		status = torn ? SG_OK : of;
	}
	free(all);
	return status;
}
