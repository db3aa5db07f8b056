/* SPDX-License-Identifier: Apache-2.0
 * Asking the daemon, for daemon.c, talk.c and untold.c alone. */
#ifndef SG_ENFORCE_DAEMON_IN_H
#define SG_ENFORCE_DAEMON_IN_H

#include "enforce/daemon.h"

enum { SG_DAEMON_BODY = 4 << 20 /* bytes of a question or an answer */ };

/* One request, and what was answered, in `bytes`. SG_LIMIT daemon_odd: it does not fit; else what sg_client_ask says. */
enum sg_status sg_daemon_talk(struct sg_daemon *daemon, const char *method, const char *target, struct sg_str body, struct sg_buf *bytes,
			      struct sg_client_answer *answer, struct sg_err *err);

#endif
