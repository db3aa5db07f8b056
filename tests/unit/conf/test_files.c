/* SPDX-License-Identifier: Apache-2.0
 * Which files count, in which order, and which are refused for what they are. */
#include "base/canon.h"
#include "unit/conf/folder.h"

#include <sys/socket.h>
#include <sys/un.h>

static const char *
first_code(const struct folder *f)
{
	return f->errors.count == 0 ? "ok" : f->errors.list[0].code;
}

static void
expect(struct folder *f, const char *vendor, const char *code, const char *file)
{
	char path[256];
	folder_load(f, vendor);
	snprintf(path, sizeof(path), "%s/%s", f->path, file);
	if (strcmp(first_code(f), code) != 0)
		folder_show(f);
	CU_ASSERT_STRING_EQUAL(first_code(f), code);
	if (f->errors.count > 0)
		CU_ASSERT_STRING_EQUAL(f->errors.list[0].file, path);
}

static void
path_in(const struct folder *f, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", f->path, name);
}

/* A number out of limits, or -1. */
static int64_t
limit(const struct folder *f, const char *name)
{
	struct sg_arena arena;
	const struct sg_json *root;
	int64_t number = -1;
	sg_arena_init(&arena, 1 << 20);
	if (sg_canon_parse(&arena, sg_buf_view(&f->document), &sg_conf_document_limits, &root, NULL) == SG_OK)
		sg_json_int(sg_json_get(sg_json_get(root, "limits"), name), &number);
	sg_arena_done(&arena);
	return number;
}

static void
test_order(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "vendor/50-v.conf", SG_STR("limits : { rate = 1  burst = 1  tasks = 1  doors = 1 }\n"));
	folder_put(&f, "stepgate.conf", SG_STR("limits : { rate = 2  burst = 2  tasks = 2 }\n"));
	folder_put(&f, "conf.d/9-late.conf", SG_STR("limits : { rate = 4 }\n"));
	folder_put(&f, "conf.d/10-early.conf", SG_STR("limits : { rate = 3  burst = 3 }\n"));
	folder_put(&f, "conf.d/.hidden.conf", SG_STR("limits : { rate = 9 }\n"));
	folder_put(&f, "conf.d/99-x.conf.bak", SG_STR("limits : { rate = 9 }\n"));
	folder_put(&f, "conf.d/.conf", SG_STR("limits : { rate = 9 }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, "vendor"), SG_OK);
	CU_ASSERT_EQUAL(limit(&f, "rate"), 4);
	CU_ASSERT_EQUAL(limit(&f, "burst"), 3);
	CU_ASSERT_EQUAL(limit(&f, "tasks"), 2);
	CU_ASSERT_EQUAL(limit(&f, "doors"), 1);
	CU_ASSERT_EQUAL(limit(&f, "connections"), 4096);
	CU_ASSERT_EQUAL(folder_load(&f, "absent"), SG_OK);
	CU_ASSERT_EQUAL(limit(&f, "doors"), 64);
	folder_close(&f);
}

static void
test_mask(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	folder_put(&f, "vendor/10-a.conf", SG_STR("limits : { rate = 1  nonsense = 1 }\n"));
	folder_put(&f, "vendor/20-b.conf", SG_STR("limits : { burst = 5 }\n"));
	expect(&f, "vendor", "conf_unknown", "vendor/10-a.conf");
	folder_put(&f, "conf.d/10-a.conf", SG_STR("# nothing\n"));
	CU_ASSERT_EQUAL(folder_load(&f, "vendor"), SG_OK);
	CU_ASSERT_EQUAL(limit(&f, "rate"), 20);
	CU_ASSERT_EQUAL(limit(&f, "burst"), 5);
	folder_close(&f);
}

static void
test_merge(void)
{
	struct folder f;
	struct sg_buf *doc = &f.document;
	folder_open(&f);
	folder_put(&f, "stepgate.conf",
		   SG_STR("attest : { peer : { use = \"peer\" } exe : { use = \"exe\"  control = \"requisite\" } }\n"
			  "intents : { i : { actions = [ \"a\", \"b\" ]  sensitivity = \"public\" } }\n"));
	folder_put(&f, "conf.d/10.conf",
		   SG_STR("attest : { exe : { control = \"optional\"  depth = 2 } tpm : { use = \"tpm2\" } }\n"
			  "intents : { i : { actions = [ \"c\" ] } }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	sg_buf_add(doc, "", 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(doc->ptr,
				      "\"attest\":{\"exe\":{\"after\":\"\",\"before\":\"\",\"control\":\"optional\",\"grants\":[],\"kind\":\"attest\",\"log_level\":\"info\",\"options\":{\"depth\":\"2\"},"
				      "\"order\":1,\"refresh\":0,\"use\":\"exe\"},\"peer\":{\"after\":\"\",\"before\":\"\",\"control\":\"required\",\"grants\":[],\"kind\":\"attest\",\"log_level\":\"info\",\"options\":"
				      "{},\"order\":0,\"refresh\":0,\"use\":\"peer\"},\"tpm\":{\"after\":\"\",\"before\":\"\",\"control\":\"required\",\"grants\":[],\"kind\":\"attest\",\"log_level\":\"info\","
				      "\"options\":{},\"order\":2,\"refresh\":0,\"use\":\"tpm2\"}}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(doc->ptr, "\"intents\":{\"i\":{\"actions\":[\"c\"],"));

	folder_put(&f, "conf.d/20.conf", SG_STR("\n  limits : { rate = \"x\" }\nattest : { peer = 5 }\n"));
	folder_put(&f, "conf.d/10.conf", SG_STR("limits : { rate = 5 }\n"));
	expect(&f, NULL, "conf_type_change", "conf.d/20.conf");
	CU_ASSERT_EQUAL(f.errors.count, 2);
	CU_ASSERT_EQUAL(f.errors.list[0].line, 2);
	CU_ASSERT_EQUAL(f.errors.list[0].column, 14);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.errors.list[0].what, "conf.d/10.conf:1:12"));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.errors.list[1].what, "stepgate.conf:1:12"));
	folder_close(&f);
}

static void
test_kinds(void)
{
	struct folder f;
	char path[256], other[256];
	folder_open(&f);
	expect(&f, NULL, "conf_missing", "stepgate.conf");

	folder_put(&f, "real.conf", SG_STR(""));
	path_in(&f, "real.conf", other);
	CU_ASSERT_EQUAL(symlink(other, f.file), 0);
	expect(&f, NULL, "conf_symlink", "stepgate.conf");
	unlink(f.file);
	CU_ASSERT_EQUAL(symlink("/nowhere/at/all", f.file), 0);
	expect(&f, NULL, "conf_symlink", "stepgate.conf");
	unlink(f.file);

	CU_ASSERT_EQUAL(mkdir(f.file, 0755), 0);
	expect(&f, NULL, "conf_not_file", "stepgate.conf");
	rmdir(f.file);
	CU_ASSERT_EQUAL(mkfifo(f.file, 0644), 0); /* must not block either */
	expect(&f, NULL, "conf_not_file", "stepgate.conf");
	unlink(f.file);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.100s", f.file);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	expect(&f, NULL, "conf_unreadable", "stepgate.conf");
	close(fd);
	unlink(f.file);

	folder_put(&f, "stepgate.conf", SG_STR(""));
	path_in(&f, "conf.d", path);
	CU_ASSERT_EQUAL(symlink(f.path, path), 0);
	expect(&f, NULL, "conf_symlink", "conf.d");
	unlink(path);
	folder_put(&f, "conf.d", SG_STR(""));
	expect(&f, NULL, "conf_not_file", "conf.d");
	unlink(path);
	folder_put(&f, "conf.d/x.conf", SG_STR(""));
	path_in(&f, "conf.d/y.conf", path);
	CU_ASSERT_EQUAL(symlink(other, path), 0);
	expect(&f, NULL, "conf_symlink", "conf.d/y.conf");
	unlink(path);
	expect(&f, NULL, "ok", "");
	folder_close(&f);
}

static void
test_modes(void)
{
	struct folder f;
	char path[256];
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	folder_put(&f, "conf.d/x.conf", SG_STR(""));
	chmod(f.file, 0664);
	expect(&f, NULL, "conf_writable", "stepgate.conf");
	chmod(f.file, 0646);
	expect(&f, NULL, "conf_writable", "stepgate.conf");
	chmod(f.file, 0644);
	path_in(&f, "conf.d", path);
	chmod(path, 0775);
	expect(&f, NULL, "conf_writable", "conf.d");
	chmod(path, 0755);
	path_in(&f, "conf.d/x.conf", path);
	chmod(path, 0602);
	expect(&f, NULL, "conf_writable", "conf.d/x.conf");
	chmod(path, 0444);
	expect(&f, NULL, "ok", "");
	folder_close(&f);
}

static void
test_owners(void)
{
	struct folder f;
	char path[256];
	if (geteuid() != 0) {
		printf("NOT RUN (needs root) ");
		return;
	}
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	folder_put(&f, "conf.d/x.conf", SG_STR(""));
	CU_ASSERT_EQUAL(chown(f.file, 65534, 65534), 0);
	expect(&f, NULL, "conf_owner", "stepgate.conf");
	CU_ASSERT_EQUAL(chown(f.file, 0, 65534), 0);
	path_in(&f, "conf.d", path);
	CU_ASSERT_EQUAL(chown(path, 65534, 0), 0);
	expect(&f, NULL, "conf_owner", "conf.d");
	CU_ASSERT_EQUAL(chown(path, 0, 0), 0);
	expect(&f, NULL, "ok", "");

	CU_ASSERT_EQUAL(chmod(f.path, 0755), 0); /* another user may read root's files, and its own */
	CU_ASSERT_EQUAL(seteuid(65534), 0);
	enum sg_status status = folder_load(&f, NULL);
	CU_ASSERT_EQUAL(seteuid(0), 0);
	CU_ASSERT_EQUAL(status, SG_OK);
	CU_ASSERT_EQUAL(chmod(f.file, 0600), 0);
	CU_ASSERT_EQUAL(seteuid(65534), 0);
	folder_load(&f, NULL);
	CU_ASSERT_EQUAL(seteuid(0), 0);
	CU_ASSERT_STRING_EQUAL(first_code(&f), "conf_unreadable");
	folder_close(&f);
}

static void
test_bounds(void)
{
	static char big[SG_CONF_MAX_FILE_BYTES + 1];
	struct folder f;
	folder_open(&f);
	memset(big, ' ', sizeof(big));
	folder_put(&f, "stepgate.conf", (struct sg_str){big, SG_CONF_MAX_FILE_BYTES});
	expect(&f, NULL, "ok", "");
	folder_put(&f, "stepgate.conf", (struct sg_str){big, SG_CONF_MAX_FILE_BYTES + 1});
	expect(&f, NULL, "conf_too_large", "stepgate.conf");

	folder_put(&f, "stepgate.conf", SG_STR(""));
	for (int i = 1; i < SG_CONF_MAX_FILES; i++) {
		char name[32];
		snprintf(name, sizeof(name), "conf.d/%03d.conf", i);
		folder_put(&f, name, SG_STR("# empty\n"));
	}
	expect(&f, NULL, "ok", "");
	folder_put(&f, "conf.d/999.conf", SG_STR(""));
	expect(&f, NULL, "conf_too_many", "conf.d/999.conf");
	folder_close(&f);
}

/* Every unreadable file is told, not only the first. */
static void
test_all_files(void)
{
	struct folder f;
	char path[256];
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR("mode = dev\n"));
	folder_put(&f, "conf.d/a.conf", SG_STR("@include \"x\"\n"));
	folder_put(&f, "conf.d/b.conf", SG_STR("x = \"open\n"));
	folder_put(&f, "conf.d/c.conf", SG_STR(""));
	path_in(&f, "conf.d/c.conf", path);
	chmod(path, 0666);
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_MALFORMED);
	CU_ASSERT_EQUAL(f.errors.count, 4);
	folder_close(&f);
}

SG_CASES("conf.files", {"later files win, in byte order", test_order},
	 {"a drop-in masks the vendor's of its name", test_mask},
	 {"groups merge, values replace, kinds stay", test_merge}, {"only real files in real folders", test_kinds},
	 {"nobody else may write them", test_modes}, {"root or the reader owns them", test_owners},
	 {"bounds at the bound and beyond", test_bounds}, {"every bad file is told", test_all_files})
