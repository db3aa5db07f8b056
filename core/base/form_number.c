/* SPDX-License-Identifier: Apache-2.0
 * Numbers that name something: accounts and UUIDs. */
#include "base/form_in.h"

#include "base/str.h"

enum { IBAN_LEAST = 15, IBAN_MOST = 34 };

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Without blanks, in capitals; 0 if it is too long or has other marks. */
static size_t
squeeze(struct sg_str text, char out[IBAN_MOST])
{
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == ' ')
			continue;
		if (len == IBAN_MOST || !(sg_form_is_letter(text.ptr[i]) || sg_form_is_digit(text.ptr[i])))
			return 0;
		out[len++] = upper(text.ptr[i]);
	}
	return len;
}

/* ISO 7064, MOD 97-10: the first four characters behind the others, letters as 10 to 35. */
static bool
checks(const char *iban, size_t len)
{
	unsigned rest = 0;
	for (size_t i = 0; i < len; i++) {
		char c = iban[(i + 4) % len];
		rest = sg_form_is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A') + 10;
		rest %= 97;
	}
	return rest == 1;
}

const char *
sg_form_iban(struct sg_str text, struct sg_buf *out)
{
	char iban[IBAN_MOST];
	size_t len = squeeze(text, iban);
	if (len < IBAN_LEAST || !sg_form_is_letter(iban[0]) || !sg_form_is_letter(iban[1]) || !sg_form_is_digit(iban[2]) || !sg_form_is_digit(iban[3]))
		return "an IBAN has a country, two check digits and 11 to 30 letters and digits, and blanks alone between them";
	if (!checks(iban, len))
		return "the check digits do not fit";
	sg_buf_add(out, iban, len);
	return NULL;
}

const char *
sg_form_uuid(struct sg_str text, struct sg_buf *out)
{
	static const char shape[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
	bool good = text.len == sizeof(shape) - 1;
	for (size_t i = 0; good && i < text.len; i++)
		good = shape[i] == '-' ? text.ptr[i] == '-' : text.ptr[i] != '\0' && strchr("0123456789abcdefABCDEF", text.ptr[i]) != NULL;
	if (!good)
		return "a UUID is 8-4-4-4-12 hexadecimal digits";
	sg_form_lower(text, out);
	return NULL;
}
