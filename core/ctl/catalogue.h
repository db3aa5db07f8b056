/* SPDX-License-Identifier: Apache-2.0
 * The catalogue as its commands see it: what exists and who may, in the files or in the daemon. */
#ifndef SG_CTL_CATALOGUE_H
#define SG_CTL_CATALOGUE_H

#include "ctl/config.h"

/* Sections of the configuration that say what exists and who may, in the order in which people read them.
 *     section       what one line says of a stanza: options, separated by blanks      a new one widens      why
 *                                                                                     one less widens       why */
#define SG_CATALOGUE_KINDS(X)                                                                                          \
	X("actions",   "name class effect sensitivity",        YES,  "it can be asked for from now on",               NO,   "") \
	X("tools",     "action server tool digest",            NO,   "",                                              YES,  "the action is no longer pinned to one definition") \
	X("resources", "type patterns sensitivity environment", YES,  "what was unknown is known, and what rules read of it", YES,  "what it named may be another stanza's, or no longer looked up") \
	X("intents",   "actions sensitivity ttl roles",        YES,  "tasks can be opened under it",                  NO,   "") \
	X("roles",     "actions hand_on apart",                YES,  "it can be taken and handed on",                 NO,   "") \
	X("agents",    "owner environment autonomy reach",     YES,  "processes that fit it are agents",              YES,  "a process that was it may be somebody else, in another domain") \
	X("humans",    "id admin agents delegates",            YES,  "agents may act for them, or be theirs",         YES,  "as an operator they are nobody: not disabled, and nothing is their own; of the last one: owners are no longer looked up") \
	X("groups",    "members",                              YES,  "its members may approve where it is asked",     NO,   "") \
	X("admins",    "uid groups",                           YES,  "one more operator",                             YES,  "its processes, which no agent could be, may be one") \
	X("enforcers", "for_agents actions resources match",   YES,  "processes that fit it may ask for agents",      NO,   "")

enum sg_catalogue_when { SG_WHEN_NO, SG_WHEN_YES };

struct sg_catalogue_kind {
	const char *section, *cells;
	enum sg_catalogue_when added;
	const char *added_why;
	enum sg_catalogue_when removed;
	const char *removed_why;
};

extern const struct sg_catalogue_kind sg_catalogue_kinds[];
extern const size_t sg_catalogue_kind_count;

/* The files' catalogue, or with `running` the daemon's (then `answer` holds it). SG_CTL_OK, or told. End both with sg_catalogue_done in every case. */
int sg_catalogue_load(const struct sg_ctl *ctl, bool running, struct sg_config *config, struct sg_ctl_answer *answer);
void sg_catalogue_done(struct sg_config *config, struct sg_ctl_answer *answer);

/* "repo.read  code  write  internal": the kind's cells of a stanza, appended, safe to look at. */
void sg_catalogue_cells(struct sg_buf *out, const struct sg_catalogue_kind *kind, const struct sg_json *stanza);

/* catalogue_widen.c: does this change let anything through that was not before? NULL if not; else why. What is not known to be harmless may. */
const char *sg_catalogue_widens(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is);


#endif
