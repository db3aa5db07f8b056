/* SPDX-License-Identifier: Apache-2.0
 * Reading what was asked for strictly: what sshd would read in another way, or refuse, is refused here. */
#include "bounds.h"

#include "ca.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const char ed25519[] = "ssh-ed25519", ecdsa[] = "ecdsa-sha2-nistp256";

static bool
good_fields(struct agent_key *key)
{
	struct wire_view rest = key->fields, name, part;
	if (key->type == ed25519)
		return wire_take_string(&rest, &part) && part.len == 32 && rest.len == 0;
	return wire_take_string(&rest, &name) && wire_is(name, "nistp256") && wire_take_string(&rest, &part) && rest.len == 0 &&
	       ca_point(part.ptr, part.len);
}

bool
bounds_key(struct sg_str text, struct agent_key *key)
{
	const char *space = text.len == 0 ? NULL : memchr(text.ptr, ' ', text.len);
	struct wire_view whole, type, word = {(const unsigned char *)text.ptr, 0};
	if (space == NULL)
		return false;
	word.len = (size_t)(space - text.ptr);
	key->type = wire_is(word, ed25519) ? ed25519 : wire_is(word, ecdsa) ? ecdsa : NULL;
	size_t at = word.len + 1;
	whole = (struct wire_view){key->blob, wire_decode(text.ptr + at, text.len - at, key->blob, sizeof(key->blob))};
	if (key->type == NULL || whole.len == 0 || !wire_take_string(&whole, &type) || !wire_is(type, key->type))
		return false;
	key->fields = whole;
	return good_fields(key);
}

bool
bounds_principal(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (c == '\0' || strchr("._@+-", c) == NULL))
			return false;
	}
	return text.len > 0 && text.len <= PRINCIPAL_MAX;
}

bool
bounds_command(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127)
			return false;
	return text.len > 0 && text.len <= COMMAND_MAX;
}

/* Decimal without leading zeros, from 1 to `most`; 0 otherwise. */
static unsigned
prefix_of(const char *text, unsigned most)
{
	unsigned value = 0;
	if (text[0] < '1' || text[0] > '9' || strlen(text) > 3)
		return 0;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		value = value * 10 + (unsigned)(*text - '0');
	}
	return value <= most ? value : 0;
}

static bool
rest_is_zero(const unsigned char *address, unsigned bits, unsigned prefix)
{
	for (unsigned i = prefix; i < bits; i++)
		if ((address[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

static bool
one_source(char *text)
{
	unsigned char address[16];
	char *slash = strchr(text, '/');
	if (slash != NULL)
		*slash = '\0';
	unsigned bits = strchr(text, ':') != NULL ? 128 : 32;
	if (inet_pton(bits == 128 ? AF_INET6 : AF_INET, text, address) != 1)
		return false;
	unsigned prefix = slash == NULL ? bits : prefix_of(slash + 1, bits);
	return prefix > 0 && rest_is_zero(address, bits, prefix);
}

bool
bounds_source(struct sg_str text)
{
	char copy[SOURCE_MAX + 1];
	if (text.len == 0 || text.len > SOURCE_MAX || memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	size_t count = 0;
	for (char *next, *at = copy; at != NULL; at = next) {
		next = strchr(at, ',');
		if (next != NULL)
			*next++ = '\0';
		if (!one_source(at) || ++count > SOURCES_MAX)
			return false;
	}
	return true;
}
