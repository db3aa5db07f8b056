/* SPDX-License-Identifier: Apache-2.0
 * The configuration as its commands see it: read by conf/ in a child, laid out as one row a value. */
#ifndef SG_CTL_CONFIG_H
#define SG_CTL_CONFIG_H

#include "conf/load.h"
#include "conf/table.h"
#include "ctl/ctl.h"

/* One value: "limits.rate", "agents.helper.owner", "attest.unit.depth" (a module's own option: `option` NULL). */
struct sg_config_row {
	struct sg_str key, section, stanza,
		name; /* `stanza` {NULL, 0} where the section has none, `section` "" at the top */
	const struct sg_conf_option *option;
	const struct sg_json *value;
};

struct sg_config {
	struct sg_buf text, places;
	struct sg_arena arena;
	const struct sg_json *document, *origins; /* NULL: not read */
	struct sg_config_row *rows;               /* in byte order of their keys */
	size_t count;
};

/* Which file is meant: --config and --vendor. */
struct sg_conf_source sg_config_source(const struct sg_ctl *ctl);

/* Reads it. SG_CTL_OK, or SG_CTL_CONFIG after everything that is wrong was told. End it with sg_config_done in every
 * case. */
int sg_config_load(const struct sg_ctl *ctl, const struct sg_conf_source *source, struct sg_config *config);
/* Lays out a document that lives elsewhere. False: no memory. */
bool sg_config_rows(struct sg_config *config, const struct sg_json *document);
void sg_config_done(struct sg_config *config);

/* Tells what is wrong: with --json as JSON on stdout, else with lines and carets on stderr. */
void sg_config_tell(const struct sg_ctl *ctl, const struct sg_conf_errors *errors);

/* The row of a key; NULL: none. */
const struct sg_config_row *sg_config_find(const struct sg_config *config, struct sg_str key);
/* Where the row was given; NULL: it is the default. */
const struct sg_json *sg_config_origin(const struct sg_config *config, const struct sg_config_row *row);

/* config_print.c: the value as a file would hold it, safe to look at; "FILE:LINE:COLUMN", or "default". Appended. */
void sg_config_value(struct sg_buf *out, const struct sg_config_row *row);
void sg_config_place(struct sg_buf *out, const struct sg_json *origin);
/* What an option takes, its range and its default: indented lines. */
void sg_config_explain_value(struct sg_buf *out, const struct sg_conf_option *option);
/* Prints and empties the buffer. */
void sg_config_print(const struct sg_ctl *ctl, struct sg_buf *out);

/* config_for.c: true if the row concerns that agent. */
bool sg_config_concerns(const struct sg_config *config, const struct sg_config_row *row, struct sg_str agent);

#endif
