/* SPDX-License-Identifier: Apache-2.0
 * Names of members as readers take them that do not look at case (encoding/json of Go, many of .NET and Java): two names that such a reader takes for one
 * are one message for us and another for the server. */
#ifndef SG_BASE_NAMES_H
#define SG_BASE_NAMES_H

#include "base/json.h"

/* True if some object in it, at whatever depth, has two members whose names differ in case alone. What Unicode folds to
 * ASCII, or writes so in upper case, counts as that (U+017F, U+0131, U+00DF and the like), and other letters whose large and small ones stand at a fixed distance
 * or in turns. True also without memory to tell. */
bool sg_names_collide(const struct sg_json *json);
/* One of the two, or the object without memory to tell; NULL: there are none. */
const struct sg_json *sg_names_colliding(const struct sg_json *json);
/* True if the name is this word (lower-case ASCII) without regard to case. */
bool sg_name_folds_to(struct sg_str name, const char *word);

/* True if two names are not the same and such a reader takes them for one. */
bool sg_names_alike(struct sg_str one, struct sg_str other);

#endif
