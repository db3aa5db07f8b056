/* SPDX-License-Identifier: Apache-2.0
 * The command line of stepgated as a table. */
#ifndef SG_MAIN_OPTIONS_H
#define SG_MAIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/*     field        short long            argument  what it does */
#define SG_MAIN_OPTIONS(X)                                                                                             \
	X(config,       'c',  "config",       "FILE",   "configuration file (default " SG_CONFIG_FILE "); conf.d is looked for beside it") \
	X(vendor,       0,    "vendor",       "DIR",    "vendor configuration, masked by name in conf.d")              \
	X(policy_check, 0,    "policy-check", "DIR",    "check the policy files of a folder and stop")                 \
	X(test,         't',  "test",         NULL,     "check the configuration and its policy and stop")             \
	X(draft,        0,    "draft",        "NAME",   "with -t: check what a new file NAME of conf.d, read from stdin, grants its modules")  \
	X(json,         0,    "json",         NULL,     "errors and results as JSON")                                  \
	X(watch,        'w',  "watch",        NULL,     "reload when a policy file is saved (dev)")                    \
	X(print_config, 0,    "print-config", NULL,     "print the configuration as one canonical document and stop")  \
	X(lua_api,      0,    "lua-api",      "FORMAT", "print the policy surface: markdown or stubs")                 \
	X(man,          0,    "man",          NULL,     "print the manual page and stop")                              \
	X(version,      'V',  "version",      NULL,     "print the version")                                           \
	X(help,         'h',  "help",         NULL,     "print this")

struct sg_main_options {
#define X(field, letter, name, argument, text) const char *field;
	SG_MAIN_OPTIONS(X)
#undef X
};

/* False (and a line on stderr) on anything not in the table. A flag without argument becomes "". */
bool sg_main_options_read(struct sg_main_options *options, int argc, char **argv);
void sg_main_options_help(void);
/* stepgated(8), from the same table, on stdout. */
void sg_main_options_man(void);

#endif
