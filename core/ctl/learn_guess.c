/* SPDX-License-Identifier: Apache-2.0
 * Guessing from names. A guess may only make things stricter: what no row knows is asked about by a person, see catalogue learn. */
#include "ctl/learn.h"

#include "base/str.h"

#include <string.h>

enum { WORD_MAX = 32 };

/* The first row that has one of the words wins: the three classes in which one mistake is dear stand first. */
static const struct {
	const char *kind, *words;
} classes[] = {
	{"payment", " pay payment payout money transfer invoice refund charge iban wallet purchase order checkout bank billing subscription "},
	{"secret", " secret token password credential key vault certificate cert ssh login auth session cookie env "},
	{"infrastructure", " deploy server host vm instance cluster kubernetes k8s container docker dns network firewall terraform restart reboot scale "
			   "cloud region node pod service config configuration permission policy role user account "},
	{"code", " code exec execute eval run shell command bash script python git repo repository commit branch merge pull push build test ci sandbox process "},
	{"data", " data db database sql query table row record file directory folder document read write edit move delete search memory note knowledge "
		 "entity observation csv sheet calendar mail email message "},
	{"web", " web http https url fetch browse browser page crawl scrape site click navigate screenshot "},
	{"api", " api request call webhook rest graphql endpoint "},
};

static const char *const executes = " exec execute eval run shell command bash script spawn start launch deploy build install restart stop kill click ";
static const char *const delegates = " delegate subagent agent handoff assign dispatch ";
static const char *const bears = " to cc bcc recipient payee beneficiary creditor receiver addressee iban bic swift account acct card wallet address host "
				 "hostname server domain url uri link endpoint webhook callback origin proxy port branch ref remote upstream repo repository "
				 "email mail phone mobile channel chat user username member owner assignee reviewer group team role permission scope bucket "
				 "destination dest target tenant org organization project environment env region attendee participant contact customer inbox routing "
				 "employee client supplier vendor merchant partner person ";
/* Texts that say what, not who or where. A name of other words may say anything, in any language. */
static const char *const says_what = " note text content body message title subject description comment summary caption label query search q term keyword question prompt instruction "
				     "pattern regex glob filter format encoding language lang locale style color unit currency sort sorted order by direction limit offset page "
				     "per size count max min cursor date day time since until before after start end timezone old new replacement reason thought html markdown "
				     "sql expression formula level mode type kind priority status state ";

static bool
is_one_of(const char *words, const char *word, size_t len)
{
	char padded[WORD_MAX + 3];
	int size = snprintf(padded, sizeof(padded), " %.*s ", (int)len, word);
	return len > 0 && len < WORD_MAX && size > 0 && strstr(words, padded) != NULL;
}

/* As it is, and as one of many: recipients, addresses, repositories. */
static bool
fits(const char *words, const char *word, size_t len)
{
	char one[WORD_MAX + 1];
	bool many = len > 2 && len < WORD_MAX && word[len - 1] == 's';
	int size = many && len > 4 ? snprintf(one, sizeof(one), "%.*sy", (int)len - 3, word) : 0;
	return is_one_of(words, word, len) || (many && is_one_of(words, word, len - 1)) ||
	       (many && word[len - 2] == 'e' && is_one_of(words, word, len - 2)) || (size > 0 && memcmp(word + len - 3, "ies", 3) == 0 && is_one_of(words, one, (size_t)size));
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Cuts the next word off "toAccount", "to_account", "HTTPHost", lower case. */
static size_t
next_word(struct sg_str *rest, char out[WORD_MAX])
{
	size_t len = 0, at = 0;
	while (at < rest->len && !is_letter(rest->ptr[at]))
		at++;
	for (; at < rest->len && is_letter(rest->ptr[at]); at++) {
		char c = rest->ptr[at];
		bool after_lower = len > 0 && is_upper(c) && !is_upper(rest->ptr[at - 1]);
		bool before_lower = len > 0 && is_upper(c) && at + 1 < rest->len && is_letter(rest->ptr[at + 1]) && !is_upper(rest->ptr[at + 1]);
		if (after_lower || before_lower)
			break;
		if (len + 1 < WORD_MAX)
			out[len++] = is_upper(c) ? (char)(c + 32) : c;
	}
	*rest = (struct sg_str){rest->ptr + at, rest->len - at};
	return len;
}

static bool
any_word(const char *words, struct sg_str name)
{
	char word[WORD_MAX];
	for (size_t len; (len = next_word(&name, word)) > 0;)
		if (fits(words, word, len))
			return true;
	return false;
}

const char *
sg_guess_class(struct sg_str name)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (any_word(classes[i].words, name))
			return classes[i].kind;
	return "other";
}

const char *
sg_guess_effect(struct sg_str name)
{
	return any_word(delegates, name) ? "delegate" : any_word(executes, name) ? "execute" : "write";
}

bool
sg_guess_authority(struct sg_str name)
{
	return any_word(bears, name);
}

bool
sg_guess_harmless(struct sg_str name)
{
	char word[WORD_MAX];
	size_t words = 0;
	for (size_t len; (len = next_word(&name, word)) > 0; words++)
		if (!fits(says_what, word, len))
			return false;
	return words > 0;
}
