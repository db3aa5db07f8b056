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

/* A network, or one address. */
struct source {
	unsigned char address[16];
	unsigned bits, prefix; /* of its family; of the network */
};

static bool
read_source(char *text, struct source *out)
{
	char *slash = strchr(text, '/');
	if (slash != NULL)
		*slash = '\0';
	*out = (struct source){.bits = strchr(text, ':') != NULL ? 128 : 32};
	if (inet_pton(out->bits == 128 ? AF_INET6 : AF_INET, text, out->address) != 1)
		return false;
	out->prefix = slash == NULL ? out->bits : prefix_of(slash + 1, out->bits);
	return out->prefix > 0 && rest_is_zero(out->address, out->bits, out->prefix);
}

static bool
lies_in(const struct source *small, const struct source *large)
{
	bool in = small->bits == large->bits && small->prefix >= large->prefix;
	for (unsigned i = 0; in && i < large->prefix; i++)
		in = ((small->address[i / 8] ^ large->address[i / 8]) >> (7 - i % 8) & 1) == 0;
	return in;
}

/* Do they add up to every address of a family? So few can only with networks of at most SOURCES_MAX - 1 bits: each halves what is left. */
static bool
is_everything(const struct source *sources, size_t count, unsigned bits)
{
	unsigned long covered = 0;
	for (size_t i = 0; i < count; i++) {
		bool counts = sources[i].bits == bits && sources[i].prefix <= SOURCES_MAX;
		for (size_t k = 0; k < count && counts; k++) /* what lies in another, or stands there before, counts once */
			counts = k == i || !lies_in(&sources[i], &sources[k]) || (sources[i].prefix == sources[k].prefix && k > i);
		covered += counts ? 1UL << (SOURCES_MAX - sources[i].prefix) : 0;
	}
	return covered >= 1UL << SOURCES_MAX;
}

bool
bounds_source(struct sg_str text)
{
	char copy[SOURCE_MAX + 1];
	struct source sources[SOURCES_MAX];
	size_t count = 0;
	if (text.len == 0 || text.len > SOURCE_MAX || memchr(text.ptr, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	for (char *next, *at = copy; at != NULL; at = next) {
		next = strchr(at, ',');
		if (next != NULL)
			*next++ = '\0';
		if (count == SOURCES_MAX || !read_source(at, &sources[count++]))
			return false;
	}
	return !is_everything(sources, count, 32) && !is_everything(sources, count, 128);
}
