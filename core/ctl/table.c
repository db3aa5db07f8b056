/* SPDX-License-Identifier: Apache-2.0
 * Commands, and those of a session, laid down once. */
#include "ctl/ctl.h"

#define X(function, words, arguments, least, most, options, text, more)                                                \
	{words, arguments, least, most, (options) | SG_CTL_BIT(help), text, more, sg_ctl_##function},

const struct sg_ctl_command sg_ctl_commands[] = {SG_CTL_COMMANDS(X)};
const size_t sg_ctl_command_count = sizeof(sg_ctl_commands) / sizeof(sg_ctl_commands[0]);

const struct sg_ctl_command sg_ctl_session[] = {SG_CTL_SESSION(X)};
const size_t sg_ctl_session_count = sizeof(sg_ctl_session) / sizeof(sg_ctl_session[0]);

#undef X
