/* SPDX-License-Identifier: Apache-2.0
 * A module tried in a process of its own: how it takes its options, or all of its start. */
#ifndef SG_MAIN_TRIAL_H
#define SG_MAIN_TRIAL_H

#include "host/host.h"

enum { SG_TRIAL_LINE = 512, SG_TRIAL_FOLDER = 300 };

/* Each puts into `line`: "+", it is well. "-CODE: TEXT", it is refused. "?CODE: TEXT", it could not be asked, or something was not to be reached, which may mend. "", it died, or did not
 * answer in `wait_ms`. What the module says on stderr while it starts is not seen. */

/* As sg_host_trial: kind, module, module_dir and stanza of `how` are used, no grant is opened. */
void sg_trial_options(const struct sg_host_process *how, int wait_ms, char line[SG_TRIAL_LINE]);
/* As sg_host_run with stand-ins (host.h, `trial`), ended once it has said whether it is ready; gate, parent and trial of `how` are not looked at. A folder is made for it in `run_dir`, else elsewhere, and removed. */
void sg_trial_start(const struct sg_host_process *how, const char *run_dir, int wait_ms, char line[SG_TRIAL_LINE]);

#endif
