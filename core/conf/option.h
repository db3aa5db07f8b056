/* SPDX-License-Identifier: Apache-2.0
 * One declared option: where it stands, what it takes, what it is when not given. Its values are read here and nowhere
 * else. */
#ifndef SG_CONF_OPTION_H
#define SG_CONF_OPTION_H

#include "conf/tree.h"

/* X(TYPE, kind as written in the file, "what it wants"). DURATION, SIZE and MODE are written as strings and become
 * numbers (milliseconds, bytes, bits); types in the plural are lists of strings. */
#define SG_CONF_TYPES(X)                                                                                               \
	X(STRING, TEXT, "a string, such as \"text\"")                                                                  \
	X(NAME, TEXT, "a name of a-z, 0-9, '.', '_' and '-', at most 63")                                              \
	X(PATH, TEXT, "an absolute path without \"..\", such as \"/var/lib/stepgate\"")                                \
	X(FOLDERS, TEXT, "absolute paths without \"..\", with a ':' between them, such as \"/usr/lib/stepgate/modules:/opt/acme/modules\"") \
	X(DOMAIN, TEXT, "a SPIFFE trust domain in lower case, such as \"acme.example\"")                               \
	X(ORIGIN, TEXT, "https:// and a host, perhaps a port, nothing behind it; http:// for localhost and 127.0.0.1 alone")          \
	X(ADDRESS, TEXT, "an address and a port in numbers, such as \"127.0.0.1:8443\" or \"[::1]:8443\"")           \
	X(DATE, TEXT, "a day, such as \"2027-01-31\"")                                                                 \
	X(ACTION, TEXT, "an action's name, such as \"deploy.run\"")                                                    \
	X(CHOICE, TEXT, "a word")                                                                                      \
	X(INTEGER, WHOLE, "a number, such as 10")                                                                      \
	X(BOOL, FLAG, "true or false")                                                                                 \
	X(DURATION, TEXT, "a time with its unit (ms, s, m, h, d), such as \"60s\"")                                    \
	X(LIFE, TEXT, "a time with its unit, such as \"1h\", or \"never\"")                                            \
	X(SIZE, TEXT, "a size with its unit (B, KiB, MiB, GiB), such as \"64KiB\"")                                    \
	X(MODE, TEXT, "a mode, such as \"0660\"")                                                                      \
	X(STRINGS, LIST, "strings, such as [ \"a\", \"b\" ]")                                                          \
	X(NAMES, LIST, "names, such as [ \"fix-bug\" ]")                                                               \
	X(AGENTS, LIST, "names of agents, or [ \"*\" ]")                                                               \
	X(ACTIONS, LIST, "dotted patterns, such as [ \"repo.*\", \"deploy.run\" ]")                                    \
	X(RESOURCES, LIST, "slashed patterns, such as [ \"/srv/data/**\" ]")                                           \
	X(MATCHES, LIST, "STEP:fact=value, !=value, ~pattern or the fact alone, such as [ \"peer:uid=1001\", \"peer:exe~/usr/lib/agents/*\" ]")                                                       \
	X(BUDGETS, LIST, "budgets DIMENSION=AMOUNT or DIMENSION=AMOUNT/WINDOW (calls, bytes, money, tokens), such as [ \"money=10000/1d\", \"calls=100\" ]") \
	X(COSTS, LIST, "costs DIMENSION=NUMBER or DIMENSION=ARGUMENT, such as [ \"money=amount\", \"bytes=4096\" ]")   \
	X(ARGUMENTS, LIST, "arguments NAME:TYPE or NAME?:TYPE (any, string, number, integer, boolean, array, object, or a form of a text: exact, email, host, iban, ip, name, path, relative, uri, uuid; email[] is an array of them), with a range where there can be one, such as [ \"amount:number(0..2000)\", \"iban:iban\" ]") \
	X(DIGEST, TEXT, "a SHA-256 digest: 64 hexadecimal digits")                                                     \
	X(PATHS, LIST, "argument paths, such as [ \"amount\" ]")                                                       \
	X(GRANTS, LIST, "grants NAME=KIND:WHAT (secret, file, folder, read, unix, tcp, url, run), or locks, resolver, network, such as [ \"key=secret:/etc/stepgate/key.pem\" ]")  \
	X(ZONE, TEXT, "a zone of the system's zone data, such as \"Europe/Berlin\"")                                    \
	X(DATES, LIST, "days, such as [ \"2026-12-25\", \"2027-01-01\" ]")                                             \
	X(HOURS, LIST, "days of the week and hours, such as [ \"mon-fri 08:00-18:00\", \"sat 09:00-12:00\", \"sun 22:00-06:00\" ], the last one into Monday") \
	X(OFFSETS, LIST, "") /* not settable: what the zone's offsets were found to be (conf/zone.h) */                 \
	X(REST, TEXT, "")   /* all other keys of the stanza: one value each, handed to the module as strings */        \
	X(ORDER, WHOLE, "") /* not settable: the stanza's place among its like, from 0 */

#define SG_CONF_TYPE_ENUM(type, kind, wants) SG_CONF_##type##_OPTION,
enum sg_conf_type { SG_CONF_TYPES(SG_CONF_TYPE_ENUM) SG_CONF_TYPE_COUNT };

struct sg_conf_option {
	const char *section;
	const char *key;
	enum sg_conf_type type;
	const char *standard; /* as text, lists separated by blanks; NULL: must be given */
	int64_t min, max;     /* of the number; of a string its bytes; of a list its entries */
	const char *choices;  /* CHOICE: words separated by '|' */
	const char *help;     /* one line */
};

/* True if `node` is a good value; a string with a unit then has its `number`. Else one error more per mistake. */
bool sg_conf_option_read(const struct sg_conf_option *option, struct sg_conf_node *node, struct sg_conf_errors *errors);

/* A node with the option's standard value, unchecked; NULL on no memory. */
struct sg_conf_node *sg_conf_option_standard(struct sg_arena *arena, const struct sg_conf_option *option);

/* [a-z0-9][a-z0-9._-]{0,62} */
bool sg_conf_is_name(struct sg_str text);


/* What a type wants, in words. */
const char *sg_conf_type_wants(enum sg_conf_type type);
enum sg_conf_kind sg_conf_type_kind(enum sg_conf_type type);
/* True if the document holds a number for this type. */
bool sg_conf_type_is_number(enum sg_conf_type type);

#endif
