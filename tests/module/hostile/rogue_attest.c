/* SPDX-License-Identifier: Apache-2.0
 * An attest module that misbehaves as its option says: in start, or in a look. */
#include <stepgate/attest.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 40, "what to do wrong"},
	{"count", SG_OPTION_INTEGER, "1", 1, 100, "of facts"},
	{"flag", SG_OPTION_BOOL, "false", 0, 0, "nothing"},
	{NULL},
};

static const struct sg_host *host;
static const char *how;
static int64_t count;

static bool
is(const char *word)
{
	return strcmp(how, word) == 0;
}

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	how = options->values[0].text.ptr;
	count = options->values[1].number;
	return is("configure") ? sg_refuse(err, SG_MALFORMED, "rogue_configure", "no") : SG_OK;
}

/* What the host would say if it were behind its second wall, on every descriptor there is; then it never returns. */
static void
say_ready(void)
{
	static const char text[] = "{\"durable\":0,\"enforcer_only\":false,\"format\":null,\"jwks\":null,\"kind\":\"attest\",\"module\":\"rogue\",\"name\":\"bad\",\"revocation\":null}";
	unsigned char frame[16 + sizeof(text) - 1] = {sizeof(text) - 1, 0, 0, 0, 50};
	memcpy(frame + 16, text, sizeof(text) - 1);
	for (int fd = 3; fd < 64; fd++)
		if (write(fd, frame, sizeof(frame)) < 0)
			continue;
	for (;;)
		poll(NULL, 0, 1000);
}

/* True if another page lies at `place` now. */
static bool
covered(void *place, const struct sock_fprog *own)
{
	char *high = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(high, own, sizeof(*own));
	mprotect(place, 65536, PROT_READ | PROT_WRITE);
	munmap(place, 65536);
	mremap(place, 65536, 65536, MREMAP_MAYMOVE | MREMAP_FIXED, high + (1 << 20));
	mmap(NULL, (uintptr_t)place + 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (mremap(high, 65536, 65536, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place)
		return true;
	bool put = mmap(place, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == place;
	if (put)
		memcpy(place, own, sizeof(*own));
	return put;
}

/* A list of system calls that forbids nothing, so that the kernel counts one more: from where it lies, and from where the host's own does. */
static void
load_own_list(void)
{
	static struct sock_filter all[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
	struct sock_fprog own = {1, all};
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &own);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &own);
	for (uintptr_t at = 0x10000; at <= 0x200000; at *= 2)
		if (covered((void *)at, &own))
			syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (void *)at);
}

static enum sg_status
start(const struct sg_host *given, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)state;
	host = given;
	if (is("start"))
		return sg_refuse(err, SG_REFUSED, "rogue_start", "no, \n\x1b[31mnever\xff");
	if (is("start_silent"))
		return SG_REFUSED;
	if (is("start_code"))
		return sg_refuse(err, SG_REFUSED, "Not A Code!", "no");
	if (is("start_status"))
		return (enum sg_status)17;
	if (is("start_crash"))
		abort();
	if (is("start_own_list"))
		load_own_list();
	if (is("start_ready") || is("start_own_list"))
		say_ready();
	if (is("start_hang"))
		for (;;)
			poll(NULL, 0, 1000);
	if (is("start_exit"))
		exit(0);
	if (is("start_memory"))
		while (host->alloc(host, 4096) != NULL)
			;
	return SG_OK;
}

static void
stop(void *state)
{
	(void)state;
	while (is("stop_hang"))
		poll(NULL, 0, 1000);
}

static char *
filled(size_t len, char with)
{
	char *text = host->alloc(host, len + 1);
	return text == NULL ? NULL : memset(text, with, len);
}

static void
say_hello(void *argument)
{
	host->log(host, SG_LOG_INFO, argument);
}

static void
state_facts(struct sg_attest_out *out)
{
	static char wide[] = "a\xc3\xa9";
	if (is("many"))
		for (int64_t i = 0; i < count; i++) {
			char *name = host->alloc(host, 16);
			snprintf(name, 16, "f%d", (int)(count - i));
			sg_fact(out, name, "v", SG_FACT_HINT);
		}
	else if (is("count"))
		out->count = SIZE_MAX;
	else if (is("pointer"))
		out->facts = NULL;
	else if (is("null"))
		sg_fact(out, NULL, NULL, SG_FACT_HINT);
	else if (is("twice"))
		sg_fact(out, "a", "1", SG_FACT_HINT), sg_fact(out, "b", "2", SG_FACT_HINT),
			sg_fact(out, "a", "3", SG_FACT_BOUNDARY);
	else if (is("upper"))
		sg_fact(out, "Uid", "0", SG_FACT_BOUNDARY);
	else if (is("colon"))
		sg_fact(out, "peer:uid", "0", SG_FACT_BOUNDARY);
	else if (is("digit"))
		sg_fact(out, "1a", "0", SG_FACT_BOUNDARY);
	else if (is("empty_name"))
		sg_fact(out, "", "0", SG_FACT_BOUNDARY);
	else if (is("empty_value"))
		sg_fact(out, "a", "", SG_FACT_BOUNDARY);
	else if (is("control"))
		sg_fact(out, "a", "b\nc", SG_FACT_BOUNDARY);
	else if (is("bytes"))
		sg_fact(out, "a", "\xff", SG_FACT_BOUNDARY);
	else if (is("cut_utf8"))
		sg_fact(out, "a", "\xc3", SG_FACT_BOUNDARY);
	else if (is("wide"))
		sg_fact(out, "a", wide, SG_FACT_CONTENT);
	else if (is("zero_strength"))
		sg_fact(out, "a", "b", 0);
	else if (is("strength"))
		sg_fact(out, "a", "b", 4);
	else if (is("name48"))
		sg_fact(out, filled(48, 'n'), "b", SG_FACT_HINT);
	else if (is("name49"))
		sg_fact(out, filled(49, 'n'), "b", SG_FACT_HINT);
	else if (is("value256"))
		sg_fact(out, "a", filled(256, 'v'), SG_FACT_HINT);
	else if (is("value257"))
		sg_fact(out, "a", filled(257, 'v'), SG_FACT_HINT);
}

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state;
	state_facts(out);
	if (is("crash"))
		abort();
	if (is("null_write"))
		*(volatile char *)NULL = 1;
	if (is("leave"))
		_exit(0);
	if (is("hang") || (is("hang_for_odd") && in->uid % 2 == 1))
		for (;;)
			pause();
	if (is("slow_for_odd") && in->uid % 2 == 1)
		nanosleep(&(struct timespec){.tv_nsec = 240 * 1000 * 1000}, NULL);
	if (is("spin"))
		for (volatile int i = 0;; i = i + 1)
			;
	if (is("memory")) {
		while (host->alloc(host, 1000) != NULL)
			;
		sg_fact(out, "a", "b", SG_FACT_HINT);
	}
	if (is("cleanup"))
		for (int i = 0; i < 34; i++) {
			static char words[34][8];
			snprintf(words[i], sizeof(words[i]), "c%d", i);
			host->on_cleanup(host, say_hello, words[i]);
		}
	if (is("secret"))
		return host->secret(host, "key", &(struct sg_str){0}) == SG_OK
			       ? SG_OK
			       : sg_refuse(err, SG_NOT_FOUND, "no_secret_now", "gone");
	if (is("again"))
		return SG_AGAIN;
	if (is("positive"))
		return (enum sg_status)1;
	if (is("wild_code")) {
		err->code = (const char *)in;
		memset(err->text, 'x', sizeof(err->text));
		return SG_REFUSED;
	}
	if (is("deadline"))
		sg_fact(out, "a",
			in->deadline > host->now(host) && in->deadline <= host->now(host) + 3 * SG_SEC ? "yes" : "no",
			SG_FACT_HINT);
	if (is("cleanup"))
		sg_fact(out, "a", "b", SG_FACT_HINT);
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};
SG_MODULE(attest, "rogue", .options = options_table, .configure = configure, .start = start, .stop = stop, .attest = &operations);
