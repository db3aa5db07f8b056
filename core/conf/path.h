/* SPDX-License-Identifier: Apache-2.0
 * Paths of arguments: steps between dots. */
#ifndef SG_CONF_PATH_H
#define SG_CONF_PATH_H

#include <stdbool.h>
#include <stepgate/types.h>

enum { SG_PATH_MAX = 128 };

/* 1 to SG_PATH_MAX bytes, printable, without blanks or colons; no step is empty. */
bool sg_path_valid(struct sg_str path);
/* A step that is a place in a list, or what is there already: a number of whatever length, counted from an end or the other; all of them ("*", "#"); the root, or the
 * element itself ("$", "@"). */
bool sg_step_is_place(struct sg_str step);
/* It stands between steps to some reader (JSONPath, JSON Pointer, those of databases and command lines): what is printable and of ASCII, but for letters, digits,
 * blanks and _ - $ @ # *. */
bool sg_steps_part(char c);
/* True if some step is a place, or is written so that somebody reads one ("to.0.iban", "to[0]", ".to"). What is limited, costs or is narrowed is one value, so their
 * paths have none; what bears authority is every element, whatever place is named. */
bool sg_path_has_place(struct sg_str path);

#endif
