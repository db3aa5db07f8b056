/* SPDX-License-Identifier: Apache-2.0
 * Calls that walls refused, as what a stanza would have to grant. */
#ifndef SG_HOST_CHECK_REFUSED_H
#define SG_HOST_CHECK_REFUSED_H

#include "base/watched.h"

/* "refused were openat(\"/etc/x\") (grant NAME=read:/etc/x), ...", or that none were seen. */
void sg_check_refused(const struct sg_watched *seen, char text[240]);

#endif
