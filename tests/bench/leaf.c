/* SPDX-License-Identifier: Apache-2.0
 * What a certificate of issue/x509 costs beside a bare signature with the same key, in one run and in turns: leaf KEY.pem CA.pem prints both medians in
 * microseconds and their ratio. Run by hand. */
#include "base/str.h"
#include "host/instance.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stepgate/issue.h>
#include <stdlib.h>
#include <time.h>
#include <fcntl.h>

extern const struct sg_module sg_module;

enum { ROUNDS = 200, TURN = 100 };

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void
leaves(struct sg_instance *instance, const struct sg_issue_in *in)
{
	for (int i = 0; i < TURN; i++) {
		struct sg_issue_out out = {.size = sizeof(out)};
		struct sg_err err = {0};
		sg_instance_begin(instance);
		if (sg_module.issue->make(instance->state, in, &out, &err) != SG_OK) {
			fprintf(stderr, "%s: %s\n", err.code, err.text);
			exit(1);
		}
		sg_instance_end(instance);
	}
}

static void
signatures(EVP_PKEY_CTX *context)
{
	static const unsigned char digest[32] = {1};
	for (int i = 0; i < TURN; i++) {
		unsigned char signature[80];
		size_t len = sizeof(signature);
		if (EVP_PKEY_sign(context, signature, &len, digest, sizeof(digest)) != 1)
			exit(1);
	}
}

/* The dearer kind of key: a point, which is looked at. */
static struct sg_str
arguments_for(EVP_PKEY *key)
{
	static char text[256];
	unsigned char der[128], *at = der, base64[192];
	int len = i2d_PUBKEY(key, NULL) <= (int)sizeof(der) ? i2d_PUBKEY(key, &at) : 0;
	EVP_EncodeBlock(base64, der, len);
	return (struct sg_str){text, (size_t)snprintf(text, sizeof(text), "{\"public_key\":\"%s\"}", (const char *)base64)};
}

static void
measure(struct sg_instance *instance, EVP_PKEY_CTX *context, struct sg_str arguments)
{
	static double leaf[ROUNDS], bare[ROUNDS];
	int64_t wall = instance->host.wall(&instance->host) / SG_SEC;
	struct sg_issue_in in = {.size = sizeof(in), .lease = SG_STR("l-1"), .jti = SG_STR("l-1"), .sub = SG_STR("spiffe://acme.example/agent/helper"), .iat = wall,
				 .exp = wall + 200, .arguments = arguments, .decision = SG_STR("d1")};
	for (int i = 0; i < ROUNDS; i++) {
		double begin = now();
		signatures(context);
		double middle = now();
		leaves(instance, &in);
		bare[i] = (middle - begin) / TURN;
		leaf[i] = (now() - middle) / TURN;
	}
	qsort(leaf, ROUNDS, sizeof(leaf[0]), by_value);
	qsort(bare, ROUNDS, sizeof(bare[0]), by_value);
	printf("leaf %.1f us  bare signature %.1f us  ratio %.2f\n", leaf[ROUNDS / 2], bare[ROUNDS / 2], leaf[ROUNDS / 2] / bare[ROUNDS / 2]);
}

int
main(int argc, char **argv)
{
	struct sg_instance instance;
	struct sg_err err = {0};
	FILE *file = argc == 3 ? fopen(argv[1], "re") : NULL;
	EVP_PKEY *key = file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);
	if (key == NULL)
		return 64;
	rewind(file);
	sg_instance_init(&instance);
	instance.grants.count = 1;
	instance.grants.list[0] = (struct sg_open_grant){.name = "ca", .kind = SG_GRANT_file, .fd = open(argv[2], O_RDONLY | O_CLOEXEC)};
	if (sg_instance_secret(&instance, "key", fileno(file), &err) != SG_OK || sg_instance_start(&instance, &sg_module, NULL, &err) != SG_OK) {
		fprintf(stderr, "%s: %s\n", err.code, err.text);
		return 1;
	}
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	if (context == NULL || EVP_PKEY_sign_init(context) != 1)
		return 1;
	measure(&instance, context, arguments_for(key));
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(key);
	fclose(file);
	sg_instance_done(&instance);
	return 0;
}
