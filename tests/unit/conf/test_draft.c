/* SPDX-License-Identifier: Apache-2.0
 * A draft is read in its place among the files, and a file under somebody's pen is not read at all. */
#include "unit/conf/folder.h"

#include <fcntl.h>

static enum sg_status
load_draft(struct folder *f, const char *vendor, const char *name, struct sg_str text)
{
	char path[256];
	struct sg_conf_source source = {.file = f->file, .draft = name, .draft_text = text};
	snprintf(path, sizeof(path), "%s/%s", f->path, vendor == NULL ? "" : vendor);
	source.vendor_dir = vendor == NULL ? NULL : path;
	sg_conf_errors_done(&f->errors);
	sg_buf_clear(&f->document);
	enum sg_status status = sg_conf_load(&source, &f->document, &f->errors);
	sg_buf_add(&f->document, "", 1);
	return status;
}

static bool
has(const struct folder *f, const char *part)
{
	return f->document.len > 0 && strstr(f->document.ptr, part) != NULL;
}

static void
test_place(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR("limits : { rate = 1  burst = 1 }\n"));
	CU_ASSERT_EQUAL(load_draft(&f, NULL, "20.conf", SG_STR("limits : { rate = 2 }\n")), SG_OK); /* no conf.d yet */
	CU_ASSERT(has(&f, "\"rate\":2,") && has(&f, "\"burst\":1,"));
	folder_put(&f, "conf.d/10.conf", SG_STR("limits : { rate = 3  burst = 3 }\n"));
	folder_put(&f, "conf.d/30.conf", SG_STR("limits : { burst = 4 }\n"));
	CU_ASSERT_EQUAL(load_draft(&f, NULL, "20.conf", SG_STR("limits : { rate = 2  burst = 2 }\n")), SG_OK);
	CU_ASSERT(has(&f, "\"rate\":2,") && has(&f, "\"burst\":4,"));
	CU_ASSERT_EQUAL(load_draft(&f, NULL, "05.conf", SG_STR("limits : { rate = 2 }\n")), SG_OK);
	CU_ASSERT(has(&f, "\"rate\":3,"));
	CU_ASSERT_EQUAL(load_draft(&f, NULL, "99.conf", SG_STR("limits : { burst = 9 }\n")), SG_OK);
	CU_ASSERT(has(&f, "\"burst\":9,"));
	CU_ASSERT_EQUAL(load_draft(&f, NULL, "30.conf", SG_STR("")), SG_OK); /* instead of the file of its name */
	CU_ASSERT(has(&f, "\"burst\":3,"));
	folder_put(&f, "vendor/40.conf", SG_STR("nonsense = 1\n"));
	CU_ASSERT_EQUAL(load_draft(&f, "vendor", "41.conf", SG_STR("")), SG_MALFORMED);
	CU_ASSERT_EQUAL(load_draft(&f, "vendor", "40.conf", SG_STR("")), SG_OK); /* masks the vendor's */
	folder_close(&f);
}

static void
test_mistake(void)
{
	struct folder f;
	char path[256];
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	folder_put(&f, "conf.d/10.conf", SG_STR("nonsense = 1\n"));
	CU_ASSERT_EQUAL(load_draft(&f, NULL, "10.conf", SG_STR("\n  limits : { rat = 1 }\n")), SG_MALFORMED);
	snprintf(path, sizeof(path), "%s/conf.d/10.conf", f.path);
	CU_ASSERT_EQUAL_FATAL(f.errors.count, 1);
	CU_ASSERT_STRING_EQUAL(f.errors.list[0].file, path);
	CU_ASSERT_EQUAL(f.errors.list[0].line, 2);
	CU_ASSERT_EQUAL(f.errors.list[0].column, 14);
	CU_ASSERT_STRING_EQUAL(f.errors.list[0].source, "  limits : { rat = 1 }");
	folder_close(&f);
}

/* A file that is open for writing may be half written, however good what is there looks. */
static void
test_busy(void)
{
	struct folder f;
	char path[256];
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	folder_put(&f, "conf.d/10.conf", SG_STR("limits : { rate = 5 }\n"));
	snprintf(path, sizeof(path), "%s/conf.d/10.conf", f.path);
	static const int ways[] = {O_WRONLY, O_RDWR, O_WRONLY | O_APPEND, O_WRONLY | O_TRUNC};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int fd = open(path, ways[i] | O_CLOEXEC);
		CU_ASSERT_FATAL(fd >= 0);
		CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_MALFORMED);
		CU_ASSERT_EQUAL_FATAL(f.errors.count, 1);
		CU_ASSERT_STRING_EQUAL(f.errors.list[0].code, "conf_busy");
		CU_ASSERT_STRING_EQUAL(f.errors.list[0].file, path);
		CU_ASSERT_STRING_EQUAL(f.errors.list[0].what, "somebody has it open for writing");
		CU_ASSERT_PTR_NOT_NULL(strstr(f.errors.list[0].hint, "load again"));
		close(fd);
		CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	}
	int reader = open(path, O_RDONLY | O_CLOEXEC); /* who reads is not in the way */
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	close(reader);
	folder_close(&f);
}

SG_CASES("conf.draft", {"a draft in its place", test_place}, {"its mistakes stand where it will", test_mistake},
	 {"a file being written", test_busy})
