/* SPDX-License-Identifier: Apache-2.0
 * Codes of the loader and the readers before a module's first line, and what to do about each. */
#include "host/inspect.h"

#include <string.h>

static const struct {
	const char *code, *hint;
} hints[] = {
	{"path_form", "name the file by an absolute path without . and .."},
	{"path_missing", "install the file there"},
	{"path_link", "install the file itself, not a link to it"},
	{"path_type", "a regular file in real folders is needed"},
	{"path_owner", "chown to root, or to the user the daemon runs as (here: you): the file and every folder above it"},
	{"path_writable", "chmod go-w: the file and every folder above it"},
	{"path_unreadable", "chmod a+r, and +x for the folders above"},
	{"module_size", "strip it; link large tables as files and grant those"},
	{"module_copy", "the kernel gave no sealed memory; see memory limits of this process"},
	{"module_elf", "build it for this machine as a shared object: stepgate_add_module() does"},
	{"module_no_note", "end the source with SG_MODULE(KIND, \"NAME\", ...), and do not strip notes (objcopy -R .note.stepgate)"},
	{"module_note", "exactly one SG_MODULE() in one file"},
	{"module_symbols", "link with only_sg_module.map: stepgate_add_module() does, `pkg-config --variable=module_map stepgate` tells where it lies"},
	{"module_needs", "link without -rpath (CMake: SKIP_BUILD_RPATH, no INSTALL_RPATH) and by -lNAME; a library of your own: link it in statically"},
	{"module_abi", "build it with the headers of the host that loads it"},
	{"module_kind", "rename the file to KIND-NAME.so with the kind that stands in SG_MODULE()"},
	{"module_name", "name the file KIND-NAME.so as SG_MODULE(KIND, \"NAME\") says"},
	{"module_built_in", "choose another name"},
	{"module_load", "link every library it needs, and with -Wl,-z,defs; nothing of stepgate is there at run time"},
	{"module_descriptor", "let SG_MODULE() make the descriptor and the note together"},
	{"module_operations", "set the required functions, and the words of its kind, in the struct of operations"},
	{"option_table", "at most 32 rows of a known type, and a last one {NULL}"},
	{"option_form", "options are texts: NAME=VALUE"},
	{"option_unknown", "only what stands in the module's table"},
	{"option_missing", "give it: --option NAME=VALUE, or NAME = \"VALUE\" in the stanza"},
	{"option_type", "a number in decimal digits; true or false"},
	{"option_range", "within min and max of its row"},
	{"issue_ttl", "lower ttl of the stanza, or raise lifetime_max where the module allows it"},
	{"secret_many", "join secrets into one file"},
	{"secret_size", "a secret has 1 to 65536 bytes"},
	{"secret_unreadable", "the file is empty or cannot be read"},
	{"grant_form", "NAME=KIND:WHAT; kinds are secret, file, folder, unix, tcp, run"},
	{"grant_many", "at most 8"},
	{"grant_twice", "each name once"},
	{"grant_readable", "chmod 0600"},
	{"grant_connect", "start what should listen there"},
	{"grant_run", "a program that its owner alone may write"},
};

const char *
sg_host_hint(const char *code)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strcmp(hints[i].code, code) == 0)
			return hints[i].hint;
	return "";
}
