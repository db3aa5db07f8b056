/* SPDX-License-Identifier: Apache-2.0
 * Every option of stepgate, as data. Checking, defaults, the document, `stepgate help` and the manual all come from
 * here. */
#ifndef SG_CONF_TABLE_H
#define SG_CONF_TABLE_H

#include "conf/option.h"

/* A group at the top of the configuration. */
struct sg_conf_section {
	const char *name;
	bool stanzas;     /* holds named stanzas, each with the section's options; else it holds the options itself */
	const char *help; /* one line */
};

/* Sections in byte order of their names; all of them sort before the options at the top, whose section is "". */
extern const struct sg_conf_section sg_conf_sections[];
extern const size_t sg_conf_section_count;

/* Options by section, within a section in byte order of their keys: the order of the document. */
extern const struct sg_conf_option sg_conf_options[];
extern const size_t sg_conf_option_count;

enum { SG_CONF_MAX_STANZAS = 4096, SG_CONF_MAX_REST_BYTES = 1024, SG_CONF_MAX_STEPS = 16, SG_CONF_MAX_MODULES = 56 /* stanzas of attest, issue and audit together: a process each */ };

const struct sg_conf_section *sg_conf_section_find(struct sg_str name);
/* An option that a file may give; NULL if there is none (REST and ORDER are none). */
const struct sg_conf_option *sg_conf_option_find(const char *section, struct sg_str key);
/* True if the section takes keys that are not declared (REST). */
bool sg_conf_section_takes_rest(const char *section);

#endif
