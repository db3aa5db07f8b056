/* SPDX-License-Identifier: Apache-2.0
 * What a module is given, how long it keeps, and its errors made safe. */
#include "host/instance.h"

#include "base/str.h"
#include "unit/cases.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static int started, stopped, cleaned;
static struct sg_str seen_secret;
static char secret_copy[16];

static void
clean(void *argument)
{
	cleaned += *(int *)argument;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options;
	static int ten = 10;
	started++;
	*state = host->alloc(host, 8);
	CU_ASSERT(host->size == sizeof(*host) && *state != NULL && host->on_cleanup(host, clean, &ten) == SG_OK);
	CU_ASSERT(host->now(host) > 0 && host->wall(host) > 1700000000 * SG_SEC);
	if (host->secret(host, "key", &seen_secret) == SG_OK)
		memcpy(secret_copy, seen_secret.ptr, seen_secret.len + 1);
	return host->secret(host, "refuse", &seen_secret) == SG_OK ? sg_refuse(err, SG_REFUSED, "as_told", "no")
								   : SG_OK;
}

static void
stop(void *state)
{
	CU_ASSERT_PTR_NOT_NULL(state);
	stopped++;
}

static const struct sg_module module = {
	.size = sizeof(module), .kind = SG_KIND_attest, .name = "test", .start = start, .stop = stop};

static void
give(struct sg_instance *i, const char *name, const char *text)
{
	int fd = memfd_create("secret", MFD_CLOEXEC);
	CU_ASSERT(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CU_ASSERT(sg_instance_secret(i, name, fd, NULL) == SG_OK);
	close(fd);
}

static void
a_life(void)
{
	struct sg_instance i;
	struct sg_err err = {0};
	unsigned char random[2][16] = {{0}};
	started = stopped = cleaned = 0;
	sg_instance_init(&i);
	give(&i, "key", "hush");
	CU_ASSERT(sg_instance_start(&i, &module, NULL, &err) == SG_OK);
	CU_ASSERT_STRING_EQUAL(secret_copy, "hush");
	CU_ASSERT(i.secret_count == 0 && i.host.secret(&i.host, "key", &seen_secret) == SG_NOT_FOUND);
	CU_ASSERT(i.host.random(&i.host, random[0], 16) == SG_OK && memcmp(random[0], random[1], 16) != 0);

	int one = 1;
	sg_instance_begin(&i);
	char *memory = i.host.alloc(&i.host, 100);
	CU_ASSERT(memory != NULL && memory[0] == 0 && memory[99] == 0);
	i.host.on_cleanup(&i.host, clean, &one);
	CU_ASSERT_EQUAL(cleaned, 0);
	CU_ASSERT(sg_instance_end(&i));
	CU_ASSERT_EQUAL(cleaned, 1);
	sg_instance_begin(&i);
	CU_ASSERT_PTR_NOT_NULL(i.host.alloc(&i.host, SG_CALL_BUDGET - 64));
	CU_ASSERT_PTR_NULL(i.host.alloc(&i.host, 128));
	CU_ASSERT(!sg_instance_end(&i));
	sg_instance_begin(&i);
	CU_ASSERT(sg_instance_end(&i)); /* the next call has its memory again */
	sg_instance_done(&i);
	CU_ASSERT(started == 1 && stopped == 1 && cleaned == 11);
}

static void
no_start_no_stop(void)
{
	struct sg_instance i;
	struct sg_err err = {0};
	started = stopped = cleaned = 0;
	sg_instance_init(&i);
	give(&i, "refuse", "x");
	CU_ASSERT(sg_instance_start(&i, &module, NULL, &err) == SG_REFUSED);
	CU_ASSERT_STRING_EQUAL(err.code, "as_told");
	CU_ASSERT_EQUAL(i.secret_count, 0);
	sg_instance_done(&i);
	CU_ASSERT(started == 1 && stopped == 0 && cleaned == 10);
}

static void
secrets_have_bounds(void)
{
	struct sg_instance i;
	struct sg_err err = {0};
	int fds[2];
	sg_instance_init(&i);
	for (int n = 0; n < SG_SECRETS_MAX; n++)
		give(&i, "n", "x");
	CU_ASSERT(sg_instance_secret(&i, "n", 0, &err) == SG_LIMIT);
	CU_ASSERT_STRING_EQUAL(err.code, "secret_many");
	sg_instance_done(&i);
	sg_instance_init(&i);
	CU_ASSERT(pipe(fds) == 0 && write(fds[1], "piped", 5) == 5);
	close(fds[1]);
	CU_ASSERT(sg_instance_secret(&i, "n", fds[0], NULL) == SG_OK && i.secrets[0].len == 5);
	close(fds[0]);
	sg_instance_done(&i);
}

static void
errors_are_made_safe(void)
{
	static const struct {
		const char *code, *text, *safe_code, *safe_text;
		int status, safe_status;
	} cases[] = {
		{"cloud_away", "later", "cloud_away", "later", SG_UNAVAILABLE, SG_UNAVAILABLE},
		{NULL, "", "module_error", "the module refused without a reason", SG_REFUSED, SG_REFUSED},
		{"", "x", "module_error", "x", SG_REFUSED, SG_REFUSED},
		{"Upper", "x", "module_error", "x", SG_REFUSED, SG_REFUSED},
		{"a-b", "x", "module_error", "x", SG_REFUSED, SG_REFUSED},
		{"a\"b", "x", "module_error", "x", SG_REFUSED, SG_REFUSED},
		{"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeee", "x",
		 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeee", "x", SG_LIMIT, SG_LIMIT},
		{"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeef", "x", "module_error", "x", SG_LIMIT, SG_LIMIT},
		{"a", "b\n\x1b[31m\xc3\xa9", "a", "b??[31m??", SG_REFUSED, SG_REFUSED},
		{"a", "b", "a", "b", 1, SG_BUG},
		{"a", "b", "a", "b", -77, SG_BUG},
		{"a", "b", "a", "b", SG_OK, SG_BUG},
	};
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct sg_err from = {.code = cases[n].code}, safe = {0};
		strcpy(from.text, cases[n].text);
		sg_module_err(&safe, &from, cases[n].status);
		CU_ASSERT_STRING_EQUAL(safe.code, cases[n].safe_code);
		CU_ASSERT_STRING_EQUAL(safe.text, cases[n].safe_text);
		CU_ASSERT_EQUAL((int)safe.status, cases[n].safe_status);
	}
}

SG_CASES("host.instance", {"a life", a_life}, {"no start, no stop", no_start_no_stop},
	 {"secrets have bounds", secrets_have_bounds}, {"errors are made safe", errors_are_made_safe})
