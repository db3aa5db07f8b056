/* SPDX-License-Identifier: Apache-2.0
 * A module started as a start would start it, and ended once it has said whether it is ready. */
#ifndef SG_MAIN_TRIAL_START_H
#define SG_MAIN_TRIAL_START_H

#include "host/host.h"

enum { SG_TRIAL_LINE = 512, SG_TRIAL_WAIT_MS = 10000 };

/* "+": it is ready. "-CODE: TEXT": it is refused. "?CODE: TEXT": something was not to be reached, which may mend. "": it died, or did not answer in SG_TRIAL_WAIT_MS. `how->gate` and
 * `how->parent` are not looked at. What the module says on stderr is not seen. */
void sg_trial_start(const struct sg_host_process *how, char line[SG_TRIAL_LINE]);

#endif
