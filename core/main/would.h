/* SPDX-License-Identifier: Apache-2.0
 * Whether a start would open: the very checks that a start makes of what it stands on, each telling what is wrong. Nobody is reached and nothing is written. */
#ifndef SG_MAIN_WOULD_H
#define SG_MAIN_WOULD_H

#include "base/json.h"
#include "conf/source.h"

#include <stdbool.h>

/* All borrowed. */
struct sg_would {
	const struct sg_json *document, *origins; /* origins: where each value was given, or NULL */
	const char *config;                       /* the file that a fault without a place is told of */
	struct sg_conf_errors *errors;
	int wait_ms, all_ms;                      /* for each module, and for all of them together (0: no bound); those that no time is left for are named on stderr */
	const struct sg_json *running;            /* NULL, or the document in force: a module of attest and issue that is another in it is started by the gate itself, and not here */
	const char *draft;                        /* NULL, or the name of a file of conf.d: its stanzas of modules alone are looked at, and a key may be made yet */
};

/* What is wrong, in one line, and what to do. */
void sg_would_fault(const struct sg_would *w, const char *hint, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Whether this user sees what the daemon will: root does, and who owns the state. */
bool sg_would_look(const struct sg_would *w);

/* would_start.c: all of them: state, sockets' folder and groups, the TLS face, each module of attest, issue and audit. A start with this document ends with 78 where anything is added to `errors`; what may mend is named on
 * stderr. Who is neither root nor the state's owner cannot look at it all: what was not is named on stderr. */
void sg_would_start(const struct sg_would *w);

/* would_start.c: the same of the files of a configuration; with a draft, whether the modules of its stanzas would start. False if a start would refuse: told on stderr, or as JSON on
 * stdout as {"errors":[...],"more":false}. What may mend, or could not be asked from here, is named on stderr and refuses nothing. */
bool sg_would_disk(const struct sg_conf_source *source, bool json);

/* The same by one of them, for a start: false, and each fault on stderr. */
bool sg_would_pass(const struct sg_json *document, void (*check)(const struct sg_would *w));

/* state_folder.c: what it holds is there, nobody else owns, writes or looks into what must not be, and the journal's newest header is one that a start takes. Of leaves, their chain and older segments nothing is read. */
void sg_would_state(const struct sg_would *w);
/* listen.c: nobody else may write where the sockets are, nothing else is in their places, and the groups are known. */
void sg_would_listen(const struct sg_would *w);
/* tls.c: this machine has the address of the TLS face (taken or not); its certificate and key can be opened, are nobody else's, and fit. */
void sg_would_tls(const struct sg_would *w);
/* stanzas.c: each module starts, each in a process of its own, with what stands in for others. */
void sg_would_modules(const struct sg_would *w);

#endif
