/* SPDX-License-Identifier: Apache-2.0
 * Modules that must not start: each refused with its own code, and none of its code run before the loader says so. */
#include "guest.h"

#include "base/fd.h"
#include "base/str.h"
#include "host/instance.h"
#include "unit/cases.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char hostile[] = SG_BUILD_DIR "/modules/hostile";

/* Starts it, expects no READY, returns the exit code; `said` gets what stood on stderr. */
static int
run(struct sg_host_process how, char said[4096])
{
	struct guest g;
	guest_start(&g, how);
	CU_ASSERT_PTR_NULL(guest_ready(&g));
	int code = guest_end(&g);
	strcpy(said, g.said);
	return code;
}

static void
refused(struct sg_host_process how, const char *code)
{
	char said[4096], want[100];
	int left = run(how, said);
	snprintf(want, sizeof(want), ": %s: ", code);
	if (left != 78 || strstr(said, want) == NULL)
		printf("\n    %s/%s: want %s, got %d %s", how.kind, how.module, code, left, said);
	CU_ASSERT_EQUAL(left, 78);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, want));
	CU_ASSERT(strchr(said, '\n') == said + strlen(said) - 1); /* one line */
}

static struct sg_host_process
of(const char *kind, const char *module)
{
	return (struct sg_host_process){.kind = kind, .name = "x", .module = module, .module_dir = hostile};
}

static struct sg_host_process
with(const char *kind, const char *module, const char *options)
{
	struct sg_host_process how = of(kind, module);
	how.stanza = sg_str(options);
	return how;
}

static void
files(void)
{
	refused(of("attest", "ordinary"), "module_no_note");
	refused(of("attest", "abi"), "module_abi");
	refused(of("attest", "kind"), "module_kind");
	refused(of("attest", "name"), "module_name");
	refused(of("attest", "twice"), "module_note");
	refused(of("attest", "symbols"), "module_symbols");
	refused(of("attest", "undefined"), "module_load");
	refused(of("attest", "rpath"), "module_needs");
	refused(of("attest", "runpath"), "module_needs");
	refused(of("attest", "origin"), "module_needs");
	refused(of("attest", "slash"), "module_needs");
	refused(of("attest", "filter"), "module_needs");
	refused(of("attest", "descriptor"), "module_descriptor");
	refused(of("attest", "operations"), "module_operations");
	refused(of("attest", "table"), "option_table");
	refused(of("attest", "absent"), "path_missing");
}

static void
names(void)
{
	static const char *const bad[] = {"",
					  ".",
					  "..",
					  "../attest-abi",
					  "a/b",
					  "Peer",
					  "-x",
					  "_x",
					  "a b",
					  "peer\n",
					  "abcdefghijabcdefghijabcdefghijab"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(of("attest", bad[i]), "module_name");
	refused(of("attests", "peer"), "module_name");
	refused(of("", "peer"), "module_name");
	refused(of("attest", "abcdefghijabcdefghijabcdefghija"), "path_missing"); /* 31 */
}

static void
options(void)
{
	refused(of("attest", "rogue"), "option_missing");
	refused(with("attest", "rogue", "{}"), "option_missing");
	refused(with("attest", "rogue", "{\"how\":\"x\",\"howl\":\"y\"}"), "option_unknown");
	refused(with("attest", "rogue", "{\"how\":\"\"}"), "option_range");
	refused(with("attest", "rogue", "{\"how\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"), "option_range");
	refused(with("attest", "rogue", "{\"how\":1}"), "option_type");
	refused(with("attest", "rogue", "{\"how\":\"a\\u0000b\"}"), "option_type");
	refused(with("attest", "rogue", "{\"count\":\"0\",\"how\":\"x\"}"), "option_range");
	refused(with("attest", "rogue", "{\"count\":\"101\",\"how\":\"x\"}"), "option_range");
	refused(with("attest", "rogue", "{\"count\":\"1x\",\"how\":\"x\"}"), "option_type");
	refused(with("attest", "rogue", "{\"count\":\"99999999999999999999\",\"how\":\"x\"}"), "option_type");
	refused(with("attest", "rogue", "{\"flag\":\"yes\",\"how\":\"x\"}"), "option_type");
	refused(with("attest", "rogue", "[]"), "option_form");
	refused(with("attest", "rogue", "{\"how\":\"x\" }"), "json_not_canonical");
	refused(with("attest", "rogue", "{\"how\":"), "json_syntax");
	refused(with("attest", "rogue", "{\"options\":{\"howl\":\"x\"},\"use\":\"rogue\"}"), "option_unknown");
	refused(with("verify", "jwt", "{\"how\":\"x\"}"), "option_unknown");
}

static void
starts(void)
{
	refused(with("attest", "rogue", "{\"how\":\"configure\"}"), "rogue_configure");
	refused(with("attest", "rogue", "{\"how\":\"start\"}"), "rogue_start");
	refused(with("attest", "rogue", "{\"how\":\"start_silent\"}"), "module_error");
	refused(with("attest", "rogue", "{\"how\":\"start_code\"}"), "module_error");
	refused(with("attest", "rogue", "{\"how\":\"start_status\"}"), "module_error");
	refused(with("attest", "rogue", "{\"how\":\"start_memory\"}"), "module_memory");
	refused(with("issue", "rogue", "{\"how\":\"keys\"}"), "cloud_away");
	refused(with("issue", "rogue", "{\"how\":\"private\"}"), "module_keys");
	refused(with("issue", "rogue", "{\"how\":\"broken\"}"), "module_keys");
	refused(with("issue", "rogue", "{\"how\":\"no_keys\"}"), "module_keys");
}

static bool
died(int code)
{
#ifdef SG_SANITIZE
	return code < 0 || code == 1;
#else
	return code < 0;
#endif
}

static void
crashes_stay_in_their_process(void)
{
	char said[4096];
	/* by which signal depends on the wall: a confined process cannot send itself SIGABRT; a sanitizer catches it and exits with 1 */
	CU_ASSERT(died(run(of("attest", "early"), said)));
	CU_ASSERT(died(run(with("attest", "rogue", "{\"how\":\"start_crash\"}"), said)));
	run(with("attest", "rogue", "{\"how\":\"start_exit\"}"), said);
}

static void
secrets(void)
{
	static char large[SG_SECRET_MAX + 2];
	memset(large, 'x', SG_SECRET_MAX + 1);
	struct sg_host_process how = {
		.kind = "issue", .name = "x", .module = "jwt", .module_dir = SG_BUILD_DIR "/modules"};
	refused(how, "jwt_no_key");
	how.key = 999; /* closed */
	refused(how, "secret_unreadable");
	static const struct {
		const char *text, *code;
	} bad[] = {{"", "secret_unreadable"}, {"x", "jwt_key"}, {large, "secret_size"}};
	for (size_t i = 0; i < 3; i++) {
		int fd = guest_secret(bad[i].text);
		how.key = fd;
		refused(how, bad[i].code);
		close(fd);
	}
	large[SG_SECRET_MAX] = '\0';
	int fd = guest_secret(large);
	how.key = fd;
	refused(how, "jwt_key");
	close(fd);
}

/* ---- the path ---- */

static char folder[] = "/tmp/sg-module-XXXXXX";

static void
copy_file(const char *from, const char *to, size_t len)
{
	struct stat st;
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	CU_ASSERT_FATAL(in >= 0 && out >= 0 && fstat(in, &st) == 0);
	char *bytes = malloc((size_t)st.st_size);
	CU_ASSERT_FATAL(sg_read_whole(in, bytes, (size_t)st.st_size));
	len = len < (size_t)st.st_size ? len : (size_t)st.st_size;
	CU_ASSERT_FATAL(write(out, bytes, len) == (ssize_t)len);
	free(bytes);
	close(in);
	close(out);
}

static void
paths(void)
{
	char file[200], other[200];
	static const char good[] = SG_BUILD_DIR "/modules/attest-peer.so";
	struct sg_host_process how = {.kind = "attest", .name = "x", .module = "peer", .module_dir = folder};
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/attest-peer.so", folder);
	snprintf(other, sizeof(other), "%s/other.so", folder);

	copy_file(good, file, SIZE_MAX);
	struct guest g;
	guest_start(&g, how);
	CU_ASSERT_PTR_NOT_NULL(guest_ready(&g)); /* positive control */
	CU_ASSERT_EQUAL(guest_end(&g), 0);

	chmod(file, 0664);
	refused(how, "path_writable");
	chmod(file, 0646);
	refused(how, "path_writable");
	chmod(file, 0644);
	chmod(folder, 0720);
	refused(how, "path_writable");
	chmod(folder, 01777);
	refused(how, "path_writable"); /* sticky does not help where the file itself lies */
	chmod(folder, 0700);
	rename(file, other);
	CU_ASSERT(symlink(other, file) == 0);
	refused(how, "path_link");
	unlink(file);
	mkdir(file, 0755);
	refused(how, "path_type");
	rmdir(file);
	mkfifo(file, 0644);
	refused(how, "path_type");
	unlink(file);
	copy_file(good, file, 0);
	refused(how, "module_size");
	static const size_t cuts[] = {1, 16, 63, 64, 200, 600, 4096, 10000};
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		copy_file(good, file, cuts[i]);
		refused(how, "module_elf");
	}
	copy_file(good, file, SIZE_MAX);
	if (geteuid() == 0) {
		CU_ASSERT(chown(file, 65534, 65534) == 0);
		refused(how, "path_owner");
		CU_ASSERT(chown(file, 0, 0) == 0 && chown(folder, 65534, 65534) == 0);
		refused(how, "path_owner");
		CU_ASSERT(chown(folder, 0, 0) == 0);
	} else
		printf(" owner: NOT RUN (needs root) ");

	snprintf(other, sizeof(other), "%s-link", folder);
	CU_ASSERT(symlink(folder, other) == 0);
	how.module_dir = other;
	refused(how, "path_link");
	unlink(other);
	how.module_dir = "tmp";
	refused(how, "path_form");
	how.module_dir = "";
	refused(how, "path_missing");
	how.module_dir = "/tmp/../tmp";
	refused(how, "path_form");
	how.module_dir = "/tmp//";
	refused(how, "path_form");
	how.module_dir = "/dev/null";
	refused(how, "path_type");
	unlink(file);
	snprintf(other, sizeof(other), "%s/other.so", folder);
	unlink(other);
	rmdir(folder);
}

static void
large_files(void)
{
	char file[200], large[] = "/tmp/sg-large-XXXXXX";
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(large));
	snprintf(file, sizeof(file), "%s/attest-peer.so", large);
	struct sg_host_process how = {.kind = "attest", .name = "x", .module = "peer", .module_dir = large};
	int fd = open(file, O_WRONLY | O_CREAT, 0644);
	CU_ASSERT(ftruncate(fd, 16 << 20) == 0);
	refused(how, "module_elf");
	CU_ASSERT(ftruncate(fd, (16 << 20) + 1) == 0);
	refused(how, "module_size");
	close(fd);
	unlink(file);
	rmdir(large);
}

SG_CASES("module.refused", {"files", files}, {"names", names}, {"options", options}, {"starts", starts},
	 {"crashes stay in their process", crashes_stay_in_their_process}, {"secrets", secrets}, {"paths", paths},
	 {"large files", large_files})
