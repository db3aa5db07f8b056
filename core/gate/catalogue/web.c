/* SPDX-License-Identifier: Apache-2.0
 * What is said of the approvers' page. */
#include "gate/catalogue/catalogue.h"

#include "base/str.h"

void
sg_catalogue_web(struct sg_catalogue *catalogue)
{
	const struct sg_json *web = sg_json_get(catalogue->document, "web"); /* complete, as all that was checked; without it nobody signs in */
	catalogue->web.origin = sg_json_text_at(web, "origin");
	sg_json_int(sg_json_get(web, "idle"), &catalogue->web.idle_ms);
	sg_json_int(sg_json_get(web, "total"), &catalogue->web.total_ms);
}
