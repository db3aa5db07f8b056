/* SPDX-License-Identifier: Apache-2.0
 * Whether a module takes its stanza, asked without starting it: for who checks a configuration. */
#ifndef SG_HOST_TRIAL_H
#define SG_HOST_TRIAL_H

#include "host/host.h"

#include <stdbool.h>

/* Confines this process, loads the module, reads its options, lets it configure itself and looks at what its credentials may live. No grant and no secret
 * is opened. `keep` (a descriptor) stays open. `*looked` is true once the module said yes or no; false: it could not be asked (the loader's codes,
 * not_confined), which says nothing of the stanza. Of `how` kind, module, module_dir and stanza are used. Call in a process of its own. */
enum sg_status sg_host_trial(const struct sg_host_process *how, int keep, bool *looked, struct sg_err *err);

#endif
