/* SPDX-License-Identifier: Apache-2.0
 * Whether a start would take the stanzas of modules. */
#ifndef SG_MAIN_STANZAS_H
#define SG_MAIN_STANZAS_H

#include "conf/errors.h"
#include "main/options.h"

#include <stdbool.h>

/* Reads the configuration and asks the module of each stanza of attest, issue and audit, each in a process of its own: as root all that a start does, but for sinks and for what
 * writes or reaches others (grants of folders, sockets, addresses and programs); else, and for those, what is on this machine has to be there and the module to take its options. False if a start would refuse: told on
 * stderr, or with --json on stdout as {"errors":[...],"more":false}. What may mend, or could not be asked from here, is named on stderr and refuses nothing. */
bool sg_stanzas_check(const struct sg_main_options *options);

/* The same of the sinks of a document that a reload would bring: they are not started beside those that run, so a fault of theirs would be seen at the next start alone. Waits 2 s at most for each. */
void sg_stanzas_sinks(const struct sg_json *document, struct sg_conf_errors *errors);

#endif
