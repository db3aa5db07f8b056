/* SPDX-License-Identifier: Apache-2.0
 * Domains: what the kernel keeps apart, so that what was read in one cannot be carried into another. A uid by default; a control group, a unit or a process
 * where a stanza says so (JOINTS, who is who). Gate thread only. */
#ifndef SG_GATE_DOMAIN_H
#define SG_GATE_DOMAIN_H

#include "gate/desk/request.h"

/* X(name, meaning): from coarse to fine. Of stanzas that name one uid the coarsest counts. */
#define SG_DOMAIN_KINDS(X)                                                                                             \
	X(uid,     "all processes of that user on this machine")                                                       \
	X(cgroup,  "all processes of that control group; files that others can reach are the admin's word (isolated_files)") \
	X(unit,    "all processes of that systemd unit, whatever groups it makes below itself; said aloud without isolated_files")                                                               \
	X(process, "that process alone: what it writes for another to read is not seen")

/* Member "domain" of the leaf by which this request's peer takes a task: its id, kind, name and how long it carries what it carries. For an agent that an
 * enforcer asserts: that agent behind that enforcer, or the session it names. */
void sg_write_domain(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_request *request);

/* Records a domain's freeze, unless it is frozen. `why` a word of ours. False: it could not be recorded. */
bool sg_domain_freeze(struct sg_gate *gate, const struct sg_task *task, const char *why);
/* An operator thaws a task that stands still with its domain: the domain is thawed. */
void sg_domain_thaw(struct sg_gate *gate, struct sg_request *request, const struct sg_domain *domain);
/* Records that it has faded, if its time is over. Returns how many leaves were written. */
size_t sg_domain_fade(struct sg_gate *gate, struct sg_domain *domain);
/* One domain as it is now: id, kind, name, labels, since when; null for NULL. */
void sg_write_domain_now(struct sg_json_writer *w, const struct sg_domain *domain);
/* Its session has ended: what it carries fades at once, unless it holds an open task or stands still. *number: of the leaf, left alone where none is due.
 * False: it could not be recorded. */
bool sg_domain_over(struct sg_gate *gate, const struct sg_domain *domain, struct sg_str by, uint64_t *number);
/* sessions.c. Tasks of sessions in which nothing was asked for limits.session_idle end. */
void sg_sessions_idle(struct sg_gate *gate);
/* Members "domains", those that carry something, at most 100, and "domains_more", how many are not shown. */
void sg_write_domains(struct sg_json_writer *w, const struct sg_gate *gate);

/* Records an event of a domain. `by` whom, `why` their words. False: it could not be recorded. */
bool sg_domain_record(struct sg_gate *gate, const struct sg_domain *domain, const char *event, struct sg_str by, struct sg_str why, uint64_t *number);

/* Where it stands in a list: 0 frozen, 1 with labels, 2 with a level, SG_DOMAIN_PLACES where it is not shown. */
enum { SG_DOMAIN_PLACES = 3 };
int sg_domain_place(const struct sg_domain *domain);

#endif
