/* SPDX-License-Identifier: Apache-2.0
 * The options of all commands, laid down once. */
#include "ctl/ctl.h"

const struct sg_ctl_option sg_ctl_options[SG_CTL_OPTION_COUNT] = {
#define X(field, letter, name, argument, text) {letter, name, argument, text},
	SG_CTL_OPTIONS(X)
#undef X
};
