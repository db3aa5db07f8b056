/* SPDX-License-Identifier: Apache-2.0
 * Mistakes that are not in one file: what a file is, and what two files say about each other. Each has its code, its
 * place, its text and a hint; %s in a text stands for the folder. */
#include "unit/conf/folder.h"

struct put {
	const char *name, *text; /* text NULL: none */
	int mode;                /* 0: 0644 */
	char kind;               /* 0 file, 'l' link to /etc/passwd, 'p' FIFO, 'd' folder */
};

#define ACTION "effect = \"read\"  sensitivity = \"public\""

static const struct mistaken {
	struct put puts[3];
	const char *code, *file;
	uint32_t line, column;
	const char *what, *hint;
} mistakes[] = {
	{{{NULL}}, "conf_missing", "stepgate.conf", 0, 0, "there is no such file", "make it, or name another file"},
	{{{"stepgate.conf", NULL, 0, 'l'}},
	 "conf_symlink",
	 "stepgate.conf",
	 0,
	 0,
	 "a symbolic link is not followed",
	 "put the file itself here"},
	{{{"stepgate.conf", NULL, 0, 'p'}},
	 "conf_not_file",
	 "stepgate.conf",
	 0,
	 0,
	 "not a regular file",
	 "put a regular file there"},
	{{{"stepgate.conf", ""}, {"conf.d/10.conf", NULL, 0, 'p'}},
	 "conf_not_file",
	 "conf.d/10.conf",
	 0,
	 0,
	 "not a regular file",
	 "put a regular file there"},
	{{{"stepgate.conf", ""}, {"conf.d/10.conf", NULL, 0, 'l'}},
	 "conf_symlink",
	 "conf.d/10.conf",
	 0,
	 0,
	 "a symbolic link is not followed",
	 "put the file itself here"},
	{{{"stepgate.conf", ""}, {"conf.d/10.conf", NULL, 0, 'd'}},
	 "conf_not_file",
	 "conf.d/10.conf",
	 0,
	 0,
	 "not a regular file",
	 "put a regular file there"},
	{{{"stepgate.conf", ""}, {"conf.d", ""}},
	 "conf_not_file",
	 "conf.d",
	 0,
	 0,
	 "not a directory",
	 "put a folder there"},
	{{{"stepgate.conf", "", 0666}},
	 "conf_writable",
	 "stepgate.conf",
	 0,
	 0,
	 "group or others may write it (mode 0666)",
	 "chmod go-w"},
	{{{"stepgate.conf", ""}, {"conf.d/10.conf", "", 0620}},
	 "conf_writable",
	 "conf.d/10.conf",
	 0,
	 0,
	 "group or others may write it (mode 0620)",
	 "chmod go-w"},
	{{{"stepgate.conf", ""}, {"vendor/10.conf", "nonsense = 1\n"}},
	 "conf_unknown",
	 "vendor/10.conf",
	 1,
	 1,
	 "unknown option \"nonsense\"",
	 "`stepgate config explain` lists what there is"},
	{{{"stepgate.conf", ""}, {"vendor/10.conf", "nonsense = 1\n"}, {"conf.d/10.conf", "\n\tnonsens = 1\n"}},
	 "conf_unknown",
	 "conf.d/10.conf",
	 2,
	 2,
	 "unknown option \"nonsens\"",
	 "`stepgate config explain` lists what there is"},
	{{{"stepgate.conf", "limits : { rate = 5 }\n"},
	  {"conf.d/10.conf", "/* \xc3\xa9 */ limits : { rate = \"5\" }\n"}},
	 "conf_type_change",
	 "conf.d/10.conf",
	 1,
	 20,
	 "\"rate\" is a string here and a number at %s/stepgate.conf:1:12",
	 "give both the same kind of value"},
	{{{"stepgate.conf", "\nlimits : { }\n"}, {"conf.d/10.conf", "limits = 5\n"}},
	 "conf_type_change",
	 "conf.d/10.conf",
	 1,
	 1,
	 "\"limits\" is a number here and a group at %s/stepgate.conf:2:1",
	 "give both the same kind of value"},
	{{{"stepgate.conf", ""}, {"vendor/5.conf", "mode = \"dev\"\n"}, {"conf.d/10.conf", "mode : { }\n"}},
	 "conf_type_change",
	 "conf.d/10.conf",
	 1,
	 1,
	 "\"mode\" is a group here and a string at %s/vendor/5.conf:1:1",
	 "give both the same kind of value"},
	{{{"stepgate.conf", "actions : { a : { name = \"d\"  " ACTION " } }\n"},
	  {"conf.d/10.conf", "actions : {\n  b : { name = \"d\"  " ACTION " }\n}\n"}},
	 "conf_not_unique",
	 "conf.d/10.conf",
	 2,
	 16,
	 "\"d\" is the name of actions.a already (%s/stepgate.conf:1:26)",
	 "give each action a name of its own"},
	{{{"stepgate.conf", "admins : { mira : { uid = 1 } }\n"},
	  {"conf.d/10.conf", "groups : {\n  ops : { members = [ \"mia\" ] }\n}\n"}},
	 "conf_reference",
	 "conf.d/10.conf",
	 2,
	 23,
	 "there is no \"mia\" in admins",
	 "did you mean \"mira\"?"},
	{{{"stepgate.conf", "issue : { t : { use = \"jwt\"  ttl = \"60s\" } }\n"},
	  {"conf.d/10.conf", "limits : { credential_ttl_max = \"30s\" }\n"}},
	 "conf_range",
	 "stepgate.conf",
	 1,
	 36,
	 "ttl of issue.t (\"60s\") is beyond limits.credential_ttl_max (\"30s\")",
	 "lower it, or raise limits.credential_ttl_max"},
	{{{"stepgate.conf", "attest : { a : { use = \"a\"  after = \"b\" } }\n"},
	  {"conf.d/10.conf", "attest : { b : { use = \"b\"  after = \"a\" } }\n"}},
	 "conf_order",
	 "stepgate.conf",
	 1,
	 37,
	 "no step of these can be first: a waits for b waits for a",
	 "remove one after or before of them"},
	{{{"stepgate.conf", ""}, {"conf.d/10.conf", "mode = \"dev\n"}, {"conf.d/20.conf", ""}},
	 "conf_string_open",
	 "conf.d/10.conf",
	 1,
	 8,
	 "the string that starts here is not closed",
	 "end it with \" on the same line"},
};

static void
put(struct folder *f, const struct put *what)
{
	char path[256];
	folder_put(f, what->name, sg_str(what->text == NULL ? "" : what->text)); /* makes the folder as well */
	snprintf(path, sizeof(path), "%s/%s", f->path, what->name);
	if (what->kind != 0)
		unlink(path);
	if (what->kind == 'l')
		CU_ASSERT_EQUAL(symlink("/etc/passwd", path), 0);
	if (what->kind == 'p')
		CU_ASSERT_EQUAL(mkfifo(path, 0644), 0);
	if (what->kind == 'd')
		CU_ASSERT_EQUAL(mkdir(path, 0755), 0);
	if (what->mode != 0)
		CU_ASSERT_EQUAL(chmod(path, (mode_t)what->mode), 0);
}

static void
test_each(void)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		const struct mistaken *want = &mistakes[i];
		struct folder f;
		char file[256], what[512];
		const char *hole = strstr(want->what, "%s");
		folder_open(&f);
		for (size_t k = 0; k < 3 && want->puts[k].name != NULL; k++)
			put(&f, &want->puts[k]);
		CU_ASSERT_EQUAL(folder_load(&f, "vendor"), SG_MALFORMED);
		CU_ASSERT_EQUAL(f.document.len, 0);
		CU_ASSERT_EQUAL_FATAL(f.errors.count, 1);
		const struct sg_conf_error *got = &f.errors.list[0];
		snprintf(file, sizeof(file), "%s/%s", f.path, want->file);
		snprintf(what, sizeof(what), "%.*s%s%s",
			 hole == NULL ? (int)strlen(want->what) : (int)(hole - want->what), want->what,
			 hole == NULL ? "" : f.path, hole == NULL ? "" : hole + 2);
		bool same = strcmp(got->code, want->code) == 0 && strcmp(got->file, file) == 0 &&
			    got->line == want->line && got->column == want->column && strcmp(got->what, what) == 0 &&
			    strcmp(got->hint, want->hint) == 0;
		if (!same) {
			printf("\n    mistake %zu: wanted %s at %u:%u \"%s\", got %s", i, want->code, want->line,
			       want->column, what, got->code);
			folder_show(&f);
		}
		CU_ASSERT(same);
		folder_close(&f);
	}
}

SG_CASES("conf.mistaken_files", {"each has its code, place, text and hint", test_each})
