/* SPDX-License-Identifier: Apache-2.0
 * The two tables, laid down once. */
#include "ctl/ctl.h"

const struct sg_ctl_option sg_ctl_options[SG_CTL_OPTION_COUNT] = {
#define X(field, letter, name, argument, text) {letter, name, argument, text},
	SG_CTL_OPTIONS(X)
#undef X
};

#define X(function, words, arguments, least, most, options, text, more)                                                \
	{words, arguments, least, most, (options) | SG_CTL_BIT(help), text, more, sg_ctl_##function},

const struct sg_ctl_command sg_ctl_commands[] = {SG_CTL_COMMANDS(X)};
const size_t sg_ctl_command_count = sizeof(sg_ctl_commands) / sizeof(sg_ctl_commands[0]);

const struct sg_ctl_command sg_ctl_session[] = {SG_CTL_SESSION(X)};
const size_t sg_ctl_session_count = sizeof(sg_ctl_session) / sizeof(sg_ctl_session[0]);

#undef X
