/* SPDX-License-Identifier: Apache-2.0
 * The loader. The only file that may call dlopen. */
#include "host/load.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "host/note.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

static bool
good_name(const char *name)
{
	size_t len = strnlen(name, SG_NOTE_NAME);
	for (size_t i = 0; i < len; i++) {
		char c = name[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && (i == 0 || (c != '-' && c != '_')))
			return false;
	}
	return len > 0 && len < SG_NOTE_NAME;
}

/* Kernels from 6.3 on may forbid memory that can be run unless it was asked for; older ones do not know the question.
 */
static int
make_copy(void)
{
	int fd = memfd_create("stepgate-module", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	return fd >= 0 || errno != EINVAL ? fd : memfd_create("stepgate-module", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static bool
copy_bytes(int from, int to, size_t len)
{
	char chunk[16384];
	for (size_t at = 0; at < len;) {
		size_t want = len - at < sizeof(chunk) ? len - at : sizeof(chunk);
		ssize_t got = pread(from, chunk, want, (off_t)at);
		if (got <= 0 || !sg_write_whole(to, (struct sg_str){chunk, (size_t)got}))
			return false;
		at += (size_t)got;
	}
	return true;
}

/* `*copy` cannot be changed by anyone any more, this process included. */
static enum sg_status
seal_copy(int fd, int *copy, size_t *len, struct sg_err *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || st.st_size <= 0 || st.st_size > SG_MODULE_FILE_MAX)
		return sg_fail(err, SG_REFUSED, "module_size", "a module has 1 to %d bytes", SG_MODULE_FILE_MAX);
	int made = make_copy();
	if (made >= 0 && copy_bytes(fd, made, (size_t)st.st_size) &&
	    fcntl(made, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0) {
		*copy = made;
		*len = (size_t)st.st_size;
		return SG_OK;
	}
	int error = errno;
	if (made >= 0)
		close(made);
	return sg_fail(err, SG_UNAVAILABLE, "module_copy", "no sealed copy could be made (error %d)", error);
}

static enum sg_status
check_note(struct sg_str bytes, enum sg_kind kind, const char *name, struct sg_err *err)
{
	struct sg_note note;
	enum sg_status status = sg_note_read(bytes, &note, err);
	if (status != SG_OK)
		return status;
	if (note.abi != SG_ABI)
		return sg_fail(err, SG_REFUSED, "module_abi", "built for ABI %u, this is ABI %d", (unsigned)note.abi,
			       SG_ABI);
	if (note.kind != kind)
		return sg_fail(err, SG_REFUSED, "module_kind", "a module of kind %u was put where %s modules lie",
			       (unsigned)note.kind, sg_kind_name(kind));
	if (strcmp(note.name, name) != 0)
		return sg_fail(err, SG_REFUSED, "module_name", "the file is named for \"%s\", its note for another",
			       name);
	return SG_OK;
}

static enum sg_status
check_copy(struct sg_loaded *loaded, size_t len, enum sg_kind kind, const char *name, struct sg_err *err)
{
	void *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, loaded->fd, 0);
	if (bytes == MAP_FAILED)
		return sg_fail(err, SG_UNAVAILABLE, "module_copy", "the copy cannot be read (error %d)", errno);
	struct sg_str file = {bytes, len};
	enum sg_status status = check_note(file, kind, name, err);
	sg_sha256_hex(loaded->digest, file);
	munmap(bytes, len);
	return status;
}

/* Versions of ABI 1 so far, by the size of each struct: what may not be missing. */
enum { MODULE_LEAST = offsetof(struct sg_module, prove), ISSUE_LEAST = offsetof(struct sg_issue_ops, revocations) };

/* Takes over as much of `from` as both sides know; false if it is smaller than the first version was, or says a size beyond reason. */
static bool
adopt(void *to, size_t known, const void *from, size_t least)
{
	size_t size = 0;
	if (from == NULL)
		return false;
	memcpy(&size, from, sizeof(size));
	if (size < least || size > 4096)
		return false;
	memcpy(to, from, size < known ? size : known);
	return true;
}

static bool
adopt_issue(struct sg_loaded *l)
{
	const struct sg_issue_ops *ops = &l->ops.issue;
	bool good = adopt(&l->ops.issue, sizeof(l->ops.issue), l->own.issue, ISSUE_LEAST) && ops->make != NULL &&
		    ops->revoke != NULL && ops->revocation >= SG_REVOKE_INSTANT && ops->revocation <= SG_REVOKE_EXPIRY &&
		    ops->format >= SG_FORMAT_JWT && ops->format <= SG_FORMAT_OPAQUE &&
		    (ops->keys != NULL || ops->format == SG_FORMAT_OPAQUE);
	l->own.issue = ops;
	return good;
}

static bool
adopt_prove(struct sg_loaded *l)
{
	const struct sg_prove_ops *ops = &l->ops.prove;
	bool good = adopt(&l->ops.prove, sizeof(l->ops.prove), l->own.prove, sizeof(l->ops.prove)) && ops->enrol != NULL && ops->prove != NULL &&
		    (ops->form == SG_PROVE_CODE || ops->form == SG_PROVE_WEBAUTHN);
	l->own.prove = ops;
	return good;
}

static bool
adopt_operations(struct sg_loaded *l)
{
	struct sg_module *m = &l->own;
	bool good = false;
	switch (m->kind) {
	case SG_KIND_attest:
		good = adopt(&l->ops.attest, sizeof(l->ops.attest), m->attest, sizeof(l->ops.attest)) && l->ops.attest.look != NULL;
		m->attest = &l->ops.attest;
		return good;
	case SG_KIND_issue:
		return adopt_issue(l);
	case SG_KIND_verify:
		good = adopt(&l->ops.verify, sizeof(l->ops.verify), m->verify, sizeof(l->ops.verify)) &&
		       (l->ops.verify.verify != NULL || l->ops.verify.identify != NULL);
		m->verify = &l->ops.verify;
		return good;
	case SG_KIND_audit:
		good = adopt(&l->ops.audit, sizeof(l->ops.audit), m->audit, sizeof(l->ops.audit)) && l->ops.audit.write != NULL &&
		       l->ops.audit.flush != NULL;
		m->audit = &l->ops.audit;
		return good;
	case SG_KIND_prove:
		return adopt_prove(l);
	}
	return false;
}

static enum sg_status
adopt_module(struct sg_loaded *loaded, const struct sg_module *m, enum sg_kind kind, const char *name, struct sg_err *err)
{
	struct sg_module *own = &loaded->own;
	if (!adopt(own, sizeof(*own), m, MODULE_LEAST) || own->abi != SG_ABI || own->kind != kind || own->name == NULL ||
	    strncmp(own->name, name, SG_NOTE_NAME) != 0)
		return sg_fail(err, SG_REFUSED, "module_descriptor", "sg_module is not what the note says");
	if (!adopt_operations(loaded))
		return sg_fail(err, SG_REFUSED, "module_operations",
			       "a required function or word is missing, or of another ABI");
	loaded->module = own;
	return SG_OK;
}

static enum sg_status
open_library(struct sg_loaded *loaded, enum sg_kind kind, const char *name, struct sg_err *err)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", loaded->fd);
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		const char *why = dlerror();
		return sg_fail(err, SG_REFUSED, "module_load", "%s", why != NULL ? why : "dlopen failed");
	}
	return adopt_module(loaded, dlsym(library, "sg_module"), kind, name, err);
}

static enum sg_status
load_built_in(const struct sg_module *module, struct sg_loaded *loaded, struct sg_err *err)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes = MAP_FAILED;
	if (fd >= 0 && fstat(fd, &st) == 0)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (bytes == MAP_FAILED)
		return sg_fail(err, SG_UNAVAILABLE, "module_copy", "this program cannot be read (error %d)", errno);
	sg_sha256_hex(loaded->digest, (struct sg_str){bytes, (size_t)st.st_size});
	munmap(bytes, (size_t)st.st_size);
	return adopt_module(loaded, module, module->kind, module->name, err);
}

enum sg_status
sg_load_file(int fd, const char *kind, const char *name, struct sg_loaded *loaded, struct sg_err *err)
{
	size_t len = 0;
	*loaded = (struct sg_loaded){.fd = -1};
	enum sg_status status = seal_copy(fd, &loaded->fd, &len, err);
	return status == SG_OK ? check_copy(loaded, len, sg_kind_named(kind), name, err) : status;
}

/* In the first folder that has it: one that may not be trusted is not passed over for another behind it. */
static enum sg_status
find_file(const char *folders, const char *kind, const char *name, int *fd, struct sg_err *err)
{
	enum sg_status status = SG_NOT_FOUND;
	size_t count = 0;
	for (struct sg_str rest = sg_str(folders); rest.ptr != NULL && status == SG_NOT_FOUND; count++) {
		char path[PATH_MAX];
		struct sg_str folder = sg_str_cut(&rest, ':');
		if (snprintf(path, sizeof(path), "%.*s/%s-%s.so", SG_STR_ARG(folder), kind, name) >= (int)sizeof(path))
			return sg_fail(err, SG_MALFORMED, "path_form", "the path of the module is too long");
		status = sg_open_trusted(path, fd, err);
	}
	return status == SG_NOT_FOUND && count > 1 ? sg_fail(err, status, "path_missing", "%s-%s.so lies in none of %.160s", kind, name, folders) : status;
}

enum sg_status
sg_load_open(const char *folders, const char *kind_name, const char *name, struct sg_loaded *loaded, struct sg_err *err)
{
	enum sg_kind kind = sg_kind_named(kind_name);
	*loaded = (struct sg_loaded){.fd = -1};
	if (kind == 0 || !good_name(name))
		return sg_fail(err, SG_REFUSED, "module_name", "no kind or name of a module");
	if (sg_built_in(kind, name) != NULL)
		return load_built_in(sg_built_in(kind, name), loaded, err);
	int fd = -1;
	enum sg_status status = find_file(folders, kind_name, name, &fd, err);
	if (status == SG_OK)
		status = sg_load_file(fd, kind_name, name, loaded, err);
	if (fd >= 0)
		close(fd);
	return status;
}

enum sg_status
sg_load_run(struct sg_loaded *loaded, const char *kind, const char *name, struct sg_err *err)
{
	return loaded->module != NULL ? SG_OK : open_library(loaded, sg_kind_named(kind), name, err);
}
