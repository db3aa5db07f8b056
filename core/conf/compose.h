/* SPDX-License-Identifier: Apache-2.0
 * The work of the reading child. */
#ifndef SG_CONF_COMPOSE_H
#define SG_CONF_COMPOSE_H

#include "conf/source.h"

/* From files to document and, unless NULL, origins, in this very process: may exit it. False if anything was wrong (all
 * of it in `errors`). */
bool sg_conf_compose(const struct sg_conf_source *source, struct sg_buf *document, struct sg_buf *origins,
		     struct sg_conf_errors *errors);

#endif
