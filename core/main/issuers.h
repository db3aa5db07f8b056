/* SPDX-License-Identifier: Apache-2.0
 * What issuers' modules say to their stanzas, before a configuration is in force. */
#ifndef SG_MAIN_ISSUERS_H
#define SG_MAIN_ISSUERS_H

#include "main/options.h"

#include <stdbool.h>

/* Reads the configuration and asks the module of each issue stanza, each in a process of its own. False if one refuses: told on stderr, or with --json
 * on stdout as {"errors":[...],"more":false}. A module that cannot be asked is named on stderr and refuses nothing: the start will. */
bool sg_issuers_check(const struct sg_main_options *options);

#endif
