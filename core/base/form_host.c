/* SPDX-License-Identifier: Apache-2.0
 * Hosts, addresses and who has a mailbox at one. A name of digits is an address or nothing: 127.1 and 0x7f000001 are other ways to write one for some. */
#include "base/form_in.h"

#include "base/str.h"

#include <arpa/inet.h>

enum { HOST_MAX = 253, LABEL_MAX = 63, LOCAL_MAX = 64 };

static struct sg_str
unbracketed(struct sg_str text)
{
	bool brackets = text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']';
	return brackets ? (struct sg_str){text.ptr + 1, text.len - 2} : text;
}

/* IPv6 addresses in which an IPv4 address stands: to some they are that one, and to others they are not. */
static bool
holds_another(const unsigned char bytes[16])
{
	static const struct {
		unsigned char bytes[12];
		size_t bits;
	} rows[] = {
		{{[10] = 0xFF, [11] = 0xFF}, 96},      /* mapped (RFC 4291 2.5.5.2) */
		{{[8] = 0xFF, [9] = 0xFF}, 96},        /* translated (RFC 7915) */
		{{0x00, 0x64, 0xFF, 0x9B}, 96},        /* NAT64 (RFC 6052) */
		{{0x00, 0x64, 0xFF, 0x9B, 0, 1}, 48},  /* the same within a site (RFC 8215) */
		{{0x20, 0x02}, 16},                    /* 6to4 (RFC 3056) */
		{{0x20, 0x01, 0, 0}, 32},              /* Teredo (RFC 4380) */
	};
	static const unsigned char nothing[12] = {0}, isatap[3] = {0x00, 0x5E, 0xFE};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (memcmp(bytes, rows[i].bytes, rows[i].bits / 8) == 0)
			return true;
	if ((bytes[8] & 0xFC) == 0 && memcmp(bytes + 9, isatap, sizeof(isatap)) == 0)
		return true; /* within any prefix (RFC 5214 6.1) */
	return memcmp(bytes, nothing, sizeof(nothing)) == 0 && (bytes[12] != 0 || bytes[13] != 0); /* compatible (RFC 4291 2.5.5.1), but not :: and ::1 */
}

static bool
write_address(int family, struct sg_str text, struct sg_buf *out)
{
	char copy[INET6_ADDRSTRLEN], normal[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	if (text.len >= sizeof(copy))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (inet_pton(family, copy, bytes) != 1 || inet_ntop(family, bytes, normal, sizeof(normal)) == NULL)
		return false;
	if (family == AF_INET6 && holds_another(bytes))
		return false;
	sg_buf_text(out, normal);
	return true;
}

const char *
sg_form_ip(struct sg_str text, struct sg_buf *out)
{
	bool good = memchr(text.ptr, ':', text.len) != NULL ? write_address(AF_INET6, unbracketed(text), out) : write_address(AF_INET, text, out);
	return good ? NULL : "it is no IPv4 address of four numbers and no IPv6 address, or one in which the other stands";
}

static bool
is_label(struct sg_str label)
{
	bool good = label.len > 0 && label.len <= LABEL_MAX && label.ptr[0] != '-' && label.ptr[label.len - 1] != '-';
	for (size_t i = 0; good && i < label.len; i++)
		good = sg_form_is_letter(label.ptr[i]) || sg_form_is_digit(label.ptr[i]) || label.ptr[i] == '-' || label.ptr[i] == '_';
	return good;
}

/* No resolver takes such a name for a number: its last label begins with no digit. */
static const char *
write_domain(struct sg_str text, struct sg_buf *out)
{
	struct sg_str last = {NULL, 0};
	if (text.len > 1 && text.ptr[text.len - 1] == '.')
		text.len--;
	for (struct sg_str rest = text; rest.ptr != NULL;)
		if (!is_label(last = sg_str_cut(&rest, '.')))
			return "a name of a host has labels of letters, digits, '-' and '_', at most 63 each; others are written xn--";
	if (text.len > HOST_MAX)
		return "a name of a host has at most 253 bytes";
	if (sg_form_is_digit(last.ptr[0]))
		return "what ends with a number is no name of a host, nor an IPv4 address of four numbers";
	sg_form_lower(text, out);
	return NULL;
}

const char *
sg_form_host(struct sg_str text, struct sg_buf *out)
{
	if (memchr(text.ptr, ':', text.len) != NULL || write_address(AF_INET, text, out))
		return memchr(text.ptr, ':', text.len) != NULL ? sg_form_ip(text, out) : NULL;
	return write_domain(text, out);
}

static bool
is_local(struct sg_str local)
{
	bool good = local.len > 0 && local.len <= LOCAL_MAX && (sg_form_is_letter(local.ptr[0]) || sg_form_is_digit(local.ptr[0])) && local.ptr[local.len - 1] != '.';
	for (size_t i = 0; good && i < local.len; i++)
		good = sg_form_is_letter(local.ptr[i]) || sg_form_is_digit(local.ptr[i]) || (local.ptr[i] == '.' && local.ptr[i - 1] != '.') ||
		       (local.ptr[i] != '.' && strchr("#$&'*+=^_{}~-", local.ptr[i]) != NULL);
	return good;
}

/* RFC 5321 section 4.1.2 without quotes and addresses in brackets, and without what names another host before the '@' to somebody: routes (a!b, a%b), words in another
 * code (RFC 2047, "=?utf-8?q?..?="), fields of a mailto (RFC 6068); nor what names a file, a program or an option of one (/dev/null, |sh, `id`, -oQ). */
const char *
sg_form_email(struct sg_str text, struct sg_buf *out)
{
	struct sg_str domain = text, local = sg_str_cut(&domain, '@');
	if (domain.ptr == NULL || memchr(domain.ptr, '@', domain.len) != NULL)
		return "an address has one '@'";
	if (!is_local(local))
		return "what stands before '@' begins with a letter or digit and has letters, digits, single dots and #$&'*+=^_{}~-, at most 64: no % ! ? / | or `, which name another host, a file or a program to some";
	if (domain.len == 0)
		return "an address names a host behind '@'";
	sg_form_lower(local, out);
	sg_buf_text(out, "@");
	return write_domain(domain, out);
}
