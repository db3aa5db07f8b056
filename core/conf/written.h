/* SPDX-License-Identifier: Apache-2.0
 * Values of the document as one would write them in a file: "60s" for 60000 milliseconds, [ "a", "b" ] for a list. */
#ifndef SG_CONF_WRITTEN_H
#define SG_CONF_WRITTEN_H

#include "conf/option.h"

/* A number of this type with its unit, the largest that fits: "60s" becomes "1m". Quotes included. */
void sg_conf_number_write(char out[32], enum sg_conf_type type, int64_t number);

/* Appends a value of the document. `option` NULL: one of a module's own, a string. */
void sg_conf_value_write(struct sg_buf *out, const struct sg_conf_option *option, const struct sg_json *value);

/* True if the value is the option's default. */
bool sg_conf_value_is_standard(const struct sg_conf_option *option, const struct sg_json *value);

/* Appends the default in the same form; nothing if there is none. */
void sg_conf_standard_write(struct sg_buf *out, const struct sg_conf_option *option);

#endif
