/* SPDX-License-Identifier: Apache-2.0
 * stepgate doctor: a table of checks over one set-up. Each says what it found and what to do about it; what it cannot look at it says as well. */
#ifndef SG_CTL_DOCTOR_H
#define SG_CTL_DOCTOR_H

#include "ctl/ctl.h"

#include <sys/types.h>

/*     name           what it looks at */
#define SG_DOCTOR_CHECKS(X)                                                                                            \
	X(configuration, "the files of the configuration, as they are read (their modules: stepgate config check)")     \
	X(kernel,        "Landlock, seccomp, pidfd, the users of this namespace, the list of security modules")        \
	X(proc,          "whether /proc hides processes")                                                              \
	X(clock,         "whether the system's clock is synchronised")                                                 \
	X(disk,          "room and inodes where the state lies")                                                       \
	X(files,         "modes and owners of state, keys and policy")                                                 \
	X(unit,          "stepgated.service, as systemd has it")                                                       \
	X(daemon,        "whether the daemon answers, and what its status complains about")                            \
	X(modules,       "modules that are not ready, sinks that lag, issuers that fail")                              \
	X(policy,        "what `stepgate policy check` says; policy files without tests")                              \
	X(groups,        "approver groups that nobody is in")                                                          \
	X(reviews,       "agents whose review is due, or soon")

enum sg_doctor_level { SG_DOCTOR_OK, SG_DOCTOR_UNSEEN, SG_DOCTOR_WARNING, SG_DOCTOR_ERROR, SG_DOCTOR_LEVELS };

enum { SG_DOCTOR_FINDINGS = 256, SG_DOCTOR_TEXT = 2048, SG_DOCTOR_REVIEW_DAYS = 30 };

struct sg_doctor_finding {
	const char *check, *what, *remedy; /* remedy: "" where there is nothing to do */
	enum sg_doctor_level level;
};

struct sg_doctor {
	const struct sg_ctl *ctl;
	const char *config;             /* the file */
	const struct sg_json *document; /* of the configuration; NULL: it cannot be used, said by its check */
	const struct sg_json *status;   /* of the daemon; NULL: it was not got, said by its check */
	struct sg_buf text;
	struct sg_arena arena;
	struct sg_ctl_answer answer;
	uid_t owner;       /* of the state: the daemon's user; root's until it was seen */
	const char *check; /* the one that runs */
	struct sg_doctor_finding list[SG_DOCTOR_FINDINGS];
	size_t count, of[SG_DOCTOR_LEVELS];
	bool more; /* some found no place in the list; they are counted */
};

/* Notes a finding of the check that runs; its text is made safe to look at. `remedy` "": none. */
void sg_doctor_say(struct sg_doctor *d, enum sg_doctor_level level, const char *remedy, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same where a file could not be looked at, by errno. */
void sg_doctor_unseen(struct sg_doctor *d, const char *path);
/* Without a configuration that can be used: says so and is false. */
bool sg_doctor_configured(struct sg_doctor *d);
/* The same, and a path at the top of the configuration, in d's arena; NULL: there is none. */
const char *sg_doctor_path(struct sg_doctor *d, const char *option);
/* Without the daemon's status: says so and is false. */
bool sg_doctor_asked(struct sg_doctor *d);
/* doctor_status.c: what the status, which was got, complains about. */
void sg_doctor_status(struct sg_doctor *d);
/* All findings, on stdout. */
void sg_doctor_print(const struct sg_doctor *d);

#define X(name, looks_at) void sg_doctor_##name(struct sg_doctor *d);
SG_DOCTOR_CHECKS(X)
#undef X

#endif
