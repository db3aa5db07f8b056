/* SPDX-License-Identifier: Apache-2.0
 * Patterns: what fits, what must never fit, and what is not a pattern. */
#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

#include "base/pattern.h"
#include "base/str.h"

struct row {
	const char *pattern, *text;
	bool fits;
};

static void
check(const struct row *rows, size_t count, char separator)
{
	for (size_t i = 0; i < count; i++) {
		bool got = sg_pattern_match(sg_str(rows[i].pattern), sg_str(rows[i].text), separator);
		if (got != rows[i].fits)
			printf("\n  %s on %s gave %d ", rows[i].pattern, rows[i].text, got);
		CU_ASSERT_EQUAL(got, rows[i].fits);
	}
}

static void
dotted(void)
{
	static const struct row rows[] = {
		{"pay.transfer", "pay.transfer", true},
		{"pay.transfer", "pay.transfers", false},
		{"pay.*", "pay.transfer", true},
		{"pay.*", "pay", false},
		{"pay.*", "pay.", false},
		{"pay.*", "pay.a.b", false},
		{"pay.**", "pay.a.b", true},
		{"pay.**", "pay.a", true},
		{"pay.**", "pay", false},
		{"**", "anything.at.all", true},
		{"*", "one", true},
		{"*", "one.two", false},
		{"*.read", "mail.read", true},
		{"*.read", "mail.write", false},
		{"pay.*", "PAY.transfer", false},
		{"**", "", false},
		{"pay*", "payment", false},
		{"**.pay", "a.pay", false},
	};
	check(rows, sizeof(rows) / sizeof(rows[0]), '.');
}

static void
slashed(void)
{
	static const struct row rows[] = {
		{"/srv/**", "/srv/a/b", true},
		{"/srv/**", "/srv", false},
		{"/srv/**", "/srv/", false},
		{"/srv/**", "/srv/../etc/passwd", false},
		{"/srv/**", "/srv/a/../../etc", false},
		{"/srv/**", "/srv/./a", false},
		{"/srv/*", "/srv/..", false},
		{"/srv/*", "/srv/a.txt", true},
		{"/srv/*/log", "/srv/x/log", true},
		{"/srv/../etc", "/srv/../etc", true},
		{"file:///srv/**", "file:///srv/a", true},
		{"/srv/**", "/srv/a/", false}, /* a server takes it for /srv/a, and a rule that looks at how it ends does not */
		{"/srv/**", "/srv/key//", false},
		{"/srv/**", "/srv//key", false},
		{"/srv/**", "/srv/a//key", false},
		{"/srv/*/key", "/srv//key", false},
		{"/srv/**", "/srv/..\\etc", false},
		{"/srv/**", "/srv/a\\..\\..\\etc", false},
		{"/srv/**", "/srv/%2e%2e/etc", false},
		{"/srv/**", "/srv/\uff0e\uff0e/etc", false},
		{"/srv/**", "/srv/\u2025/etc", false},
		{"/srv/**", "/srv/%ef%bc%8e%EF%BC%8E/etc", false},
		{"/srv/**", "/srv/a\uff0f\u2025\uff0fetc", false},
		{"/srv/**", "/srv/%25ef%25bc%258e%2525ef%bc%8e/etc", false},
		{"/srv/*", "/srv/se\u200bcret", false},
		{"/srv/*", "/srv/se%e2%80%8bcret", false},
		{"/srv/*", "/srv/se%25e2%2580%258bcret", false},
		{"/srv/*", "/srv/secret%c2%ad", false},
		{"/srv/*", "/srv/tag%f3%a0%81%81", false},
		{"/srv/*", "/srv/b%c3%bccher", true},
		{"/srv/*", "/srv/b%fccher", true},
		{"/srv/*", "/srv/\u65e5%e6%9c%ac%e2%80%a6", true},
		{"/srv/*", "/srv/secret ", false},
		{"/srv/*", "/srv/secret\u00a0", false},
		{"/srv/*", "/srv/a b", true},
		{"/srv/*", "/srv/\u65e5\u672c\u2026", true},
		{"/srv/**", "/srv/.%2E/etc", false},
		{"/srv/**", "/srv/..%2fetc", false},
		{"/srv/**", "/srv/..%5Cetc", false},
		{"/srv/**", "/srv/a%2f..%2f..%2fetc", false},
		{"/srv/**", "/srv/..;/etc", false},
		{"/srv/**", "/srv/..;x=1/etc", false},
		{"/srv/**", "/srv/..%00", false},
		{"/srv/*", "/srv/%2e", false},
		{"/srv/**", "/srv/.\t./etc", false},
		{"/srv/**", "/srv/.\n./etc", false},
		{"/srv/**", "/srv/.\r./etc", false},
		{"/srv/**", "/srv/a\tb", false},
		{"/srv/**", "/srv/..?x", false},
		{"/srv/**", "/srv/..#x", false},
		{"/srv/**", "/srv/..%3fx", false},
		{"/srv/**", "/srv/..%23x", false},
		{"/srv/**", "/srv/.. ", false},
		{"/srv/**", "/srv/.. /etc", false},
		{"/srv/**", "/srv/..%20/etc", false},
		{"/srv/**", "/srv/%252e%252e/etc", false},
		{"/srv/**", "/srv/..%252fetc", false},
		{"/srv/**", "/srv/%25252e./etc", false},
		{"/srv/**", "/srv/%25%32%65%25%32%65/etc", false},
		{"/srv/**", "/srv/%2%65./etc", false},
		{"/srv/**", "/srv/%25%32%65./etc", false},
		{"/srv/**", "/srv/..%25%32%66etc", false},
		{"/srv/**", "/srv/%25%25%33%32%25%36%35./etc", false},
		{"/srv/**", "/srv/%%32%65./etc", false},
		{"/srv/**", "/srv/%%32e%25%32e", false},
		{"/srv/**", "/srv/%25%34%31/x", true}, /* A */
		{"/srv/**", "/srv/50%25%20off", true},
		{"/srv/**", "/srv/%c0%ae%C0%AE/etc", false},
		{"/srv/**", "/srv/a?x=..", true},
		{"/srv/**", "/srv/a b", true},
		{"/srv/**", "/srv/100%25", true},
		{"/srv/**", "/srv/...", true},
		{"/srv/**", "/srv/..a", true},
		{"/srv/**", "/srv/a..", true},
		{"/srv/**", "/srv/a;b", true},
		{"/srv/**", "/srv/a%2fb", true},
		{"**", "https://acme.example/", true},
		{"**", "file:///srv/a", true},
		{"**", "/srv/../etc", false},
		{"**", "/", true},
		{"file:///**", "file:////etc", false},
		{"a:*", "a:../x", false},
		{"https://h/api/*/read", "https://h/api/42/read", true},
		{"https://h/api/*/read", "https://h/api/delete-all?x=/read", false},
		{"https://h/api/*/read", "https://h/api/delete-all?/read", false},
		{"https://h/api/*/read", "https://h/api?/x/read", false},
		{"https://h/*/*", "https://h/a?x=/b", false},
		{"https://h/api/*", "https://h/api/42?x=1", true},
		{"https://h/api/*", "https://h/api/42?x=/1", true},
		{"https://h/**", "https://h/a?u=https://x//y", true},
		{"https://h/**", "https://h/a?u=/../etc", true}, /* what restricts a folder restricts it with every query */
		{"https://h/admin/**", "https://h/admin/users?x=//", true},
		{"https://h/admin/**", "https://h/admin/users?/", true},
		{"https://h/admin/**", "https://h/admin/users?x=/./y", true},
		{"https://h/admin/**", "https://h/admin/users?..", true},
		{"https://h/admin/**", "https://h/admin/../users?x", false},
		{"https://h/admin/**", "https://h/admin/..?x", false},
		{"https://h/admin/**", "https://h/admin/?x", true},
		{"https://h/**", "https://h/?x", true},
		{"https://h/admin/*", "https://h/admin/a?x=\n", false},
		{"**", "https://h/a?u=/../etc", true},
		{"https://h/a?x=/b", "https://h/a?x=/b", true},
		{"https://h/a", "https://h/a?x", false},
		{"https://*/read", "https://h?x=/read", false},
		{"**", "https://h/a?u=//x", true},
		{"/srv/*/log", "/srv/a?b/log", true}, /* a file may be called so */
		/* the name of a host ends before its query, whatever the scheme */
		{"s3://pay/**", "s3://pay?versions", true},
		{"s3://pay/**", "s3://pay/?versions", true},
		{"s3://pay/**", "s3://pays?versions", false},
		{"s3://*/**", "s3://pay?versions", true},
		{"postgres://db/**", "postgres://db?dbname=x", true},
		{"postgres://db:5433/**", "postgres://db:5433?dbname=x", true},
		{"mongodb://prod/**", "mongodb://prod/?authSource=admin", true},
		{"ldaps://dc/**", "ldaps://dc/??sub", true},
		{"docs://team/**", "docs://team?../../x", false},
		{"docs://team/**", "docs://team?a=/../b", false},
		{"https://h/**", "https://h?x", true},
		{"https://h/**", "https://h#x", true},
		{"https://h.evil/**", "https://h?.evil/x", false},
		{"s3://pay?x/**", "s3://pay?x/y", true},
		{"s3://pay/*", "s3://pay?versions", true},
		{"https://h/**", "https://h/", true}, /* the root of a host is below it */
		{"https://*/**", "https://h/", true},
		{"HTTP://h/**", "HTTP://h/", true},
		{"wss://h/**", "wss://h/", true},
		{"https://h/**", "https://h", true},
		{"https://h/**", "https://h//", false},
		{"https://h/a/**", "https://h/a/", false},
		{"https://h/*", "https://h/", false},
		{"https://**", "https://h/", true},
		{"https://**", "https://h", true},
		{"https://**", "https://h/a", true},
		{"https://**", "https://h/?x", true},
		{"https://**", "https://h//", false},
		{"https://**", "https://h/a/", false},
		{"https://**", "https:///a", false},
		{"https://*", "https://h/", true},
		{"https://*", "https://h", true},
		{"https://*", "https://h/a", false},
		{"https://*", "https:///", false},
		{"https://h", "https://h/", true},
		{"https://h/", "https://h", false}, /* forms write the slash */
		{"s3://*", "s3://b", true},
		{"s3://*", "s3://b/k", false},
		{"s3://**", "s3://b?versions", true},
		{"file://**", "file:///etc", true},
		{"file://**", "file:///", true},
		{"file://**", "file:///etc//x", false},
		{"file://**", "file:///etc/../x", false},
		{"s3://**", "s3:///k", false},
		{"docs://h/**", "docs://h/", true},
		{"docs://h/**", "docs://h", true},
		{"s3://pay/**", "s3://pay", true},
		{"s3://pay/**", "s3://pays", false},
		{"s3://*/**", "s3://pay", true},
		{"s3://pay/a/**", "s3://pay/a", false},
		{"s3://pay/*", "s3://pay", false},
		{"sftp://h:22/**", "sftp://h:22", true},
		{"/**", "/", true},
		{"/**", "//", false},
		{"/srv/**", "/srv", false},
		{"a/**", "a", false},
		{"a/b/c/**", "a/b/c", false},
		{"file:///**", "file:///", true},
		{"/srv/**", "/srv/", false},
		{"/srv/docs/**", "/srv/docs/..%c0%af..%c0%afetc", false},
		{"/srv/docs/**", "/srv/docs/%e0%80%ae%e0%80%ae/etc", false},
		{"/srv/docs/**", "/srv/docs/%u002e%U002E/etc", false},
		{"/srv/docs/**", "/srv/docs/..%0d/etc", false},
		{"/srv/docs/**", "/srv/docs/..%09/etc", false},
		{"/srv/docs/**", "/srv/docs/..%7F/etc", false},
		{"/srv/docs/**", "/srv/docs/..%2509", false},
		{"/srv/docs/**", "/srv/docs/..%c1%9cetc", false},
		{"/srv/docs/**", "/srv/docs/a%09b", false},
		{"/srv/docs/**", "/srv/docs/..¥..¥etc", false},
		{"/srv/docs/**", "/srv/docs/..%u2216..", false},
		{"/srv/docs/**", "/srv/docs/%uff0e%uff0e/x", false},
		{"/srv/docs/**", "/srv/docs/key%20", false},
		{"/srv/docs/**", "/srv/docs/%25u2024", false},
		{"/srv/docs/**", "/srv/docs/a%20b", true},
		{"/srv/docs/**", "/srv/docs/50% off", true},
		/* of other schemes nobody knows that '?' begins a query, and who cuts the scheme off opens what is below */
		{"file:///srv/**", "file:///srv/x?/../../etc/passwd", false},
		{"file:///srv/**", "file:///srv/?/../../etc/passwd", false},
		{"file:///srv/**", "FILE:///srv/x", false},
		{"docs://team/**", "docs://team/x?/../../boss/salary", false},
		{"docs://team/**", "docs://team/x?/%2e%2e/..", false},
		{"docs://team/**", "docs://team/x?..", false},
		{"docs://team/**", "docs://team/x?a=//b", false},
		{"docs://team/**", "docs://team/x?a=/b", true},
		{"docs://team/**", "docs://team/x?a=b", true},
		{"docs://team/*", "docs://team/x?a=b", true},
		{"docs://team/*", "docs://team/x?a=/b", false},
		{"httpx://h/**", "httpx://h/x?/../y", false},
		{"http:/h/**", "http:/h/x?/../y", false},
		{"x/https://h/**", "x/https://h/a?/../y", false},
		{"s3://b/**", "s3://b/k?/../../other/k", false},
		{"HTTPS://h/**", "HTTPS://h/a?u=/../x", true},
		{"wss://h/**", "wss://h/a?u=/../x", true},
	};
	check(rows, sizeof(rows) / sizeof(rows[0]), '/');
	CU_ASSERT_FALSE(sg_pattern_match(SG_STR("/srv/**"), ((struct sg_str){"/srv/key\0", 9}), '/'));
	CU_ASSERT_FALSE(sg_pattern_match(SG_STR("/srv/*"), ((struct sg_str){"/srv/key\0.txt", 13}), '/'));
}

/* A name is looked at once, byte for byte: this ends by itself, and did not within minutes. */
static void
long_names(void)
{
	static char text[4096];
	static const char *const parts[] = {"%", "%25", "%2525", "%c", "%C3%A4", "%u00", "..%", ".%2e", "%252e%"};
	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "/srv/docs/x");
		while (len + strlen(parts[p]) < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", parts[p]);
		for (int i = 0; i < 5000; i++)
			CU_ASSERT_TRUE_FATAL(sg_pattern_match(SG_STR("/srv/docs/**"), (struct sg_str){text, len}, '/'));
	}
}

static void
valid(void)
{
	CU_ASSERT_TRUE(sg_pattern_valid(SG_STR("a.b.**"), '.'));
	CU_ASSERT_FALSE(sg_pattern_valid(SG_STR(""), '.'));
	CU_ASSERT_FALSE(sg_pattern_valid(SG_STR("a..b"), '.'));
	CU_ASSERT_FALSE(sg_pattern_valid(SG_STR("a.b*"), '.'));
	CU_ASSERT_FALSE(sg_pattern_valid(SG_STR("***"), '.'));
	CU_ASSERT_FALSE(sg_pattern_valid(SG_STR("a.**.b"), '.'));
	CU_ASSERT_FALSE(sg_pattern_valid(((struct sg_str){"a\0b", 3}), '.'));
	CU_ASSERT_TRUE(sg_pattern_valid(SG_STR("/a//b"), '/'));
}

static void
bounds(void)
{
	char text[SG_PATTERN_MAX + 1];
	memset(text, 'a', sizeof(text));
	CU_ASSERT_TRUE(sg_pattern_valid((struct sg_str){text, SG_PATTERN_MAX}, '.'));
	CU_ASSERT_FALSE(sg_pattern_valid((struct sg_str){text, SG_PATTERN_MAX + 1}, '.'));
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = '.';
	CU_ASSERT_TRUE(sg_pattern_valid((struct sg_str){text, 2 * SG_PATTERN_SEGMENTS - 1}, '.'));
	CU_ASSERT_FALSE(sg_pattern_valid((struct sg_str){text, 2 * SG_PATTERN_SEGMENTS + 1}, '.'));
}

static void
covers(void)
{
	CU_ASSERT_TRUE(sg_pattern_covers(SG_STR("pay.**"), SG_STR("pay.*"), '.'));
	CU_ASSERT_TRUE(sg_pattern_covers(SG_STR("pay.*"), SG_STR("pay.*"), '.'));
	CU_ASSERT_TRUE(sg_pattern_covers(SG_STR("pay.*"), SG_STR("pay.a"), '.'));
	CU_ASSERT_TRUE(sg_pattern_covers(SG_STR("**"), SG_STR("**"), '.'));
	CU_ASSERT_FALSE(sg_pattern_covers(SG_STR("pay.*"), SG_STR("pay.**"), '.'));
	CU_ASSERT_FALSE(sg_pattern_covers(SG_STR("pay.a"), SG_STR("pay.*"), '.'));
	CU_ASSERT_FALSE(sg_pattern_covers(SG_STR("*.read"), SG_STR("mail.*"), '.'));
	CU_ASSERT_TRUE(sg_pattern_covers(SG_STR("https://h/**"), SG_STR("https://h/"), '/'));
	CU_ASSERT_TRUE(sg_pattern_covers(SG_STR("https://h/**"), SG_STR("https://h/**"), '/'));
}

SG_CASES("base.pattern", {"long names", long_names}, {"dotted patterns take whole segments", dotted},
	 {"slashed patterns never follow a path that climbs", slashed}, {"what is not a pattern", valid},
	 {"bounds at the limit and one beyond", bounds}, {"a pattern inside another", covers})
