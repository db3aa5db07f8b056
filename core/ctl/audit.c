/* SPDX-License-Identifier: Apache-2.0
 * Looking at the record: its newest leaves, and whether all of it is still what was written. */
#include "ctl/leaf_filter.h"
#include "ctl/segments.h"
#include "ctl/show.h"

#include "base/str.h"

#include <poll.h>
#include <unistd.h>

enum { TAIL = 20, PAUSE_MS = 500, TRIES = 10, TRY_MS = 100 };

/* ---- tail ---- */

static void
print_leaf(const struct sg_ctl *ctl, const struct sg_leaf_filter *filter, const struct sg_json *leaf)
{
	struct sg_buf json;
	if (!sg_leaf_filter_takes(filter, leaf))
		return;
	if (!ctl->json) {
		sg_show_leaf(ctl, leaf);
		return;
	}
	sg_buf_init(&json, 1 << 20);
	sg_canon_write(&json, leaf);
	sg_show_answer(sg_buf_view(&json));
	sg_buf_done(&json);
}

/* With --json one leaf is one line, so the answer around them is taken off. */
static int
fetch(const struct sg_ctl *ctl, const struct sg_leaf_filter *filter, int64_t *after, size_t *count)
{
	struct sg_ctl quiet = *ctl;
	struct sg_ctl_answer answer;
	char path[64] = "/v1/events";
	quiet.json = false;
	if (*after >= 0)
		snprintf(path, sizeof(path), "/v1/events?after=%lld", (long long)*after);
	int code = sg_ctl_ask(&quiet, SG_FACE_ADMIN, "GET", path, NULL, NULL, &answer);
	const struct sg_json *events = sg_json_get(answer.json, "events");
	*count = 0;
	for (const struct sg_json *e = sg_json_first(events); e != NULL && code == SG_CTL_OK;
	     e = sg_json_next(events, e)) {
		print_leaf(ctl, filter, e);
		(*count)++;
	}
	if (code == SG_CTL_OK)
		*after = sg_show_int(answer.json, "next");
	fflush(stdout);
	sg_ctl_answer_done(&answer);
	return code;
}

struct from_file {
	const struct sg_ctl *ctl;
	const struct sg_leaf_filter *filter;
	int64_t after;
};

static void
leaf_from_file(void *to, const struct sg_record *record)
{
	const struct from_file *from = to;
	if ((int64_t)record->number > from->after)
		print_leaf(from->ctl, from->filter, record->json);
}

static int
tail_file(const struct sg_ctl *ctl, const struct sg_leaf_filter *filter, int64_t after)
{
	struct sg_verify_result result;
	struct from_file from = {ctl, filter, after};
	const char *folder = ctl->option[SG_CTL_OPTION_file];
	if (after < 0) { /* first how many there are, then the last of them */
		sg_verify_journal(folder, NULL, NULL, NULL, &result);
		from.after = result.last > TAIL ? (int64_t)result.last - TAIL : 0;
	}
	sg_verify_journal(folder, NULL, leaf_from_file, &from, &result);
	if (result.verdict == SG_VERIFY_UNREADABLE)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, result.err.code, "--file takes a state folder", "%s: %s",
				   folder, result.err.text);
	if (result.verdict != SG_VERIFY_INTACT)
		fprintf(stderr, "stepgate: %s: %s (stepgate audit verify says more)\n", result.file, result.err.text);
	if (result.verdict == SG_VERIFY_INTACT && sg_leaf_filter_within(filter, result.last) != SG_CTL_OK)
		return SG_CTL_USAGE;
	return result.verdict == SG_VERIFY_TAMPERED ? SG_CTL_DENIED
	       : result.verdict == SG_VERIFY_TORN   ? SG_CTL_TORN
						    : SG_CTL_OK;
}

/* Behind which leaf it begins; below 0: with the last few. What is picked out may stand anywhere. */
static int
first_leaf(const struct sg_ctl *ctl, const struct sg_leaf_filter *filter, int64_t *after)
{
	const char *given = ctl->option[SG_CTL_OPTION_after];
	bool picks = false;
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		picks |= ctl->option[i] != NULL && (SG_CTL_LEAVES & (UINT64_C(1) << i)) != 0;
	*after = !picks ? -1 : filter->since_leaf > 0 ? filter->since_leaf - 1 : 0; /* that one is asked for too: there must be one */
	if (given != NULL && !sg_str_int(sg_str(given), 0, INT64_MAX, after))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--after takes a leaf number");
	return SG_CTL_OK;
}

int
sg_ctl_audit_tail(struct sg_ctl *ctl)
{
	int64_t after;
	size_t count = 0;
	struct sg_leaf_filter filter;
	bool follow = ctl->option[SG_CTL_OPTION_follow] != NULL;
	int code = sg_leaf_filter_read(&filter, ctl);
	if (code == SG_CTL_OK)
		code = first_leaf(ctl, &filter, &after);
	if (code != SG_CTL_OK)
		return code;
	if (ctl->option[SG_CTL_OPTION_file] != NULL)
		return follow ? sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--file and --follow do not go together")
			      : tail_file(ctl, &filter, after);
	code = fetch(ctl, &filter, &after, &count);
	if (code == SG_CTL_OK && count == 0 && !follow && ctl->option[SG_CTL_OPTION_after] == NULL)
		code = sg_leaf_filter_within(&filter, 0);
	while (code == SG_CTL_OK && (follow || count >= 200)) { /* 200: an answer's most, so there is more */
		if (count == 0)
			poll(NULL, 0, PAUSE_MS);
		code = fetch(ctl, &filter, &after, &count);
	}
	return code;
}

/* ---- verify ---- */

static bool
read_anchor(const char *text, struct sg_verify_anchor *anchor)
{
	struct sg_str hex = sg_str(text), number = sg_str_cut(&hex, ':');
	int64_t n = 0;
	if (hex.ptr == NULL || !sg_str_int(number, 1, INT64_MAX, &n) ||
	    !sg_unhex(anchor->chain, sizeof(anchor->chain), hex))
		return false;
	anchor->number = (uint64_t)n;
	return true;
}

static void
print_cut(const struct sg_verify_result *r)
{
	char when[32];
	if (r->cut.segment == 0)
		return;
	sg_show_time(when, r->cut.at_ms / 1000);
	sg_show_rowf("from", "leaf %llu on; what was before was deleted by retention at %s", (unsigned long long)r->cut.last + 1, when);
	if (!r->based)
		sg_show_row("no start", SG_STR("no snapshot behind what was deleted can be read: a daemon does not start on it; restore a backup"));
}

static void
print_result(const struct sg_ctl *ctl, const struct sg_verify_result *r)
{
	char head[SG_SHA256_HEX];
	struct sg_str verdict = sg_str(sg_verify_name(r->verdict));
	bool intact = r->verdict == SG_VERIFY_INTACT;
	sg_hex(head, r->chain, sizeof(r->chain));
	if (ctl->json) {
		struct sg_buf text, line;
		sg_buf_init(&text, 4096);
		sg_buf_init(&line, 16 << 10);
		sg_canon_string(&text, sg_str(intact ? "" : r->err.text));
		sg_buf_printf(&line, "{\"ahead\":%llu,\"beside\":%u,\"beside_unreadable\":%u,\"code\":\"%s\",\"deleted_at\":%lld,\"file\":\"%s\",\"from\":%llu,\"head\":\"%s\",\"last\":%llu,\"leaves\":%llu,\"not_reproducible\":%llu,\"opened\":%llu,"
		       "\"result\":\"%.*s\","
		       "\"sealed\":%llu,\"segments\":%llu,\"torn_bytes\":%zu,\"void_segments\":%llu,\"what\":%.*s}",
		       (unsigned long long)r->ahead, r->beside, r->beside_bad, intact ? "" : r->err.code, (long long)r->cut.at_ms, r->file, (unsigned long long)r->cut.last + 1, head, (unsigned long long)r->last,
		       (unsigned long long)r->leaves, (unsigned long long)(r->sealed - r->opened), (unsigned long long)r->opened, SG_STR_ARG(verdict),
		       (unsigned long long)r->sealed, (unsigned long long)r->segments, r->torn,
		       (unsigned long long)r->void_segments, (int)text.len, text.ptr);
		sg_show_answer(sg_buf_view(&line));
		sg_buf_done(&line);
		sg_buf_done(&text);
		return;
	}
	sg_show_verdict(ctl, verdict, 0);
	printf(": %llu leaves in %llu segments\n", (unsigned long long)r->leaves, (unsigned long long)r->segments);
	if (!intact)
		sg_show_rowf("what", "%s: %s (%s)", r->file, r->err.text, r->err.code);
	print_cut(r);
	sg_show_rowf("last leaf", "%llu", (unsigned long long)r->last);
	sg_show_row("chain head", sg_str(head));
	if (r->sealed > 0)
		sg_show_rowf("sealed", "%llu inputs, %llu opened", (unsigned long long)r->sealed, (unsigned long long)r->opened);
	if (r->opened < r->sealed)
		sg_show_rowf("not reproducible", "%llu inputs: their day keys are gone, others have taken their names, or you may not read them",
			     (unsigned long long)(r->sealed - r->opened));
	if (r->void_segments > 0)
		sg_show_rowf("void", "%llu segments behind syncs that failed", (unsigned long long)r->void_segments);
	if (r->beside > 0)
		sg_show_rowf("beside", "%u of head and snapshots%s", r->beside, intact ? ": they agree with it" : "");
	if (r->beside_bad > 0)
		sg_show_rowf("passed over", "%u beside it; %s", r->beside_bad, r->beside_why);
	if (intact && !r->anchored)
		sg_show_row("not known", SG_STR("whether leaves behind the last one were taken away together with what stood beside them: note the last leaf and "
						"the chain head somewhere else, and give them as --anchor LEAF:HEAD"));
	if (r->verdict == SG_VERIFY_TORN)
		sg_show_rowf("torn",
			     "%zu bytes behind the last leaf: the next start drops what a crash left; if there was "
			     "none, they were cut",
			     r->torn);
}

/* A daemon may be writing: what looks torn is looked at again until it stands still. */
static void
verify(const char *folder, const struct sg_verify_anchor *anchor, struct sg_verify_result *result)
{
	sg_verify_journal(folder, anchor, NULL, NULL, result);
	for (int i = 0; i < TRIES && result->verdict == SG_VERIFY_TORN; i++) {
		uint64_t last = result->last;
		size_t torn = result->torn;
		poll(NULL, 0, TRY_MS);
		sg_verify_journal(folder, anchor, NULL, NULL, result);
		if (result->last == last && result->torn == torn)
			return;
	}
	/* retention may delete what is being read */
	for (uint64_t cut = UINT64_MAX; result->verdict > SG_VERIFY_INTACT && result->verdict != SG_VERIFY_TORN && cut != result->cut.segment;) {
		cut = result->cut.segment;
		sg_verify_journal(folder, anchor, NULL, NULL, result);
	}
}

/* The folder of `stepgate dev` holds the state folder. */
void
sg_ctl_state_folder(const struct sg_ctl *ctl, char *out, size_t room)
{
	const char *given = ctl->arg_count > 0 ? ctl->args[0] : "/var/lib/stepgate";
	snprintf(out, room, "%s/state", given);
	if (access(out, F_OK) != 0)
		snprintf(out, room, "%s", given);
}

int
sg_ctl_audit_verify(struct sg_ctl *ctl)
{
	static const int exits[] = {SG_CTL_OK, SG_CTL_DENIED, SG_CTL_TORN, SG_CTL_UNREADABLE};
	struct sg_verify_result result;
	struct sg_verify_anchor anchor = {0};
	char folder[1200];
	const char *noted = ctl->option[SG_CTL_OPTION_anchor];
	if (noted != NULL && !read_anchor(noted, &anchor))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "both are printed by stepgate audit verify",
				   "--anchor takes NUMBER:CHAINHEAD");
	sg_ctl_state_folder(ctl, folder, sizeof(folder));
	verify(folder, noted != NULL ? &anchor : NULL, &result);
	if (result.verdict == SG_VERIFY_UNREADABLE)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, result.err.code,
				   "give the state folder; its owner may read it", "%s: %s", folder, result.err.text);
	print_result(ctl, &result);
	return exits[result.verdict];
}
