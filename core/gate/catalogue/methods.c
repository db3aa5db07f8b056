/* SPDX-License-Identifier: Apache-2.0
 * By what people may prove who they are, beside the sockets: the stanzas of prove. */
#include "gate/catalogue/catalogue.h"

bool
sg_catalogue_methods(struct sg_catalogue *c)
{
	const struct sg_json *prove = sg_json_get(c->document, "prove");
	size_t filled = 0;
	struct sg_str *names = prove == NULL || prove->count == 0 ? NULL : sg_arena_alloc(&c->arena, prove->count * sizeof(*names));
	for (const struct sg_json *m = sg_json_first(prove); names != NULL && m != NULL; m = sg_json_next(prove, m))
		names[filled++] = m->name;
	c->methods = (struct sg_strings){names, filled};
	return prove == NULL || filled == prove->count;
}
