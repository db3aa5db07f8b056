/* SPDX-License-Identifier: Apache-2.0
 * The approvers' page among the admins. Private to conf/. */
#ifndef SG_CONF_PAGE_H
#define SG_CONF_PAGE_H

#include "conf/errors.h"
#include "conf/tree.h"

/* One stanza at most is the page, and it is nobody: in no group, and no person. */
void sg_conf_check_page(const struct sg_conf_node *root, struct sg_conf_errors *errors);

#endif
