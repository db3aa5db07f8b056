/* SPDX-License-Identifier: Apache-2.0
 * A sorted list of lengths and fingerprints: each length is rolled over the text once. */
#include "gate/state/mask.h"

#include <stdlib.h>
#include <string.h>

static uint64_t
fingerprint(uint64_t key, const char *bytes, size_t len)
{
	uint64_t print = 0;
	for (size_t i = 0; i < len; i++)
		print = print * key + (unsigned char)bytes[i] + 1;
	return print;
}

struct sg_masked
sg_mask_of(uint64_t key, struct sg_str secret)
{
	if (secret.len < SG_MASK_LEAST || secret.len > SG_MASK_MOST)
		return (struct sg_masked){0, 0};
	return (struct sg_masked){secret.len, fingerprint(key, secret.ptr, secret.len)};
}

static int
by_length(const void *one, const void *other)
{
	const struct sg_masked *a = one, *b = other;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->print < b->print ? -1 : a->print > b->print;
}

static bool
has(const struct sg_mask *mask, struct sg_masked secret)
{
	return mask->count > 0 && bsearch(&secret, mask->items, mask->count, sizeof(secret), by_length) != NULL;
}

bool
sg_mask_room(const struct sg_mask *mask, struct sg_masked secret)
{
	return secret.len == 0 || mask->count < SG_MASK_SECRETS || has(mask, secret);
}

bool
sg_mask_add(struct sg_mask *mask, struct sg_masked secret)
{
	if (secret.len == 0 || has(mask, secret))
		return true;
	struct sg_masked *more = mask->count < SG_MASK_SECRETS ? realloc(mask->items, (mask->count + 1) * sizeof(*more)) : NULL;
	if (more == NULL)
		return false;
	mask->items = more;
	mask->items[mask->count++] = secret;
	qsort(mask->items, mask->count, sizeof(*more), by_length);
	return true;
}

static bool
finds_length(const struct sg_mask *mask, uint64_t key, struct sg_str text, size_t len)
{
	uint64_t print = fingerprint(key, text.ptr, len), first = 1;
	for (size_t i = 1; i < len; i++)
		first *= key;
	for (size_t i = len; !has(mask, (struct sg_masked){len, print}); i++) {
		if (i == text.len)
			return false;
		print = (print - first * ((unsigned char)text.ptr[i - len] + UINT64_C(1))) * key + (unsigned char)text.ptr[i] + 1;
	}
	return true;
}

bool
sg_mask_finds(const struct sg_mask *mask, uint64_t key, struct sg_str text)
{
	for (size_t i = 0, before = 0; i < mask->count && mask->items[i].len <= text.len; before = mask->items[i++].len)
		if (mask->items[i].len != before && finds_length(mask, key, text, mask->items[i].len))
			return true;
	return false;
}

void
sg_mask_free(struct sg_mask *mask)
{
	free(mask->items);
	*mask = (struct sg_mask){NULL, 0};
}
