/* SPDX-License-Identifier: Apache-2.0
 * Which stanzas of the catalogue have what a request is about. */
#include "gate/decide/decide.h"

const struct sg_resource *
sg_next_found(const struct sg_gate *gate, const struct sg_request *r, const struct sg_resource *before)
{
	return sg_catalogue_next_resource(gate->catalogue, r->resource_type, r->resource_id, before);
}
