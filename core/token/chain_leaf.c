/* SPDX-License-Identifier: Apache-2.0
 * What a leaf must be: X.509-SVID section 4 and 5, and the same for certificates that only have a DNS name. */
#include "token/chain_leaf.h"

#include "base/err.h"
#include "base/str.h"
#include "token/spiffe.h"

#include <openssl/x509v3.h>

static enum sg_status
check_usage(X509 *leaf, struct sg_err *err)
{
	uint32_t usage = X509_get_key_usage(leaf), extended = X509_get_extended_key_usage(leaf);
	if (X509_get_version(leaf) != X509_VERSION_3 || X509_check_ca(leaf) != 0)
		return sg_fail(err, SG_REFUSED, "leaf_ca", "a CA, or a certificate before version 3, is no peer's own");
	if (usage == UINT32_MAX || (usage & KU_DIGITAL_SIGNATURE) == 0 || (usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0)
		return sg_fail(err, SG_REFUSED, "leaf_usage", "key usage must have digitalSignature, and neither keyCertSign nor cRLSign");
	if (extended != UINT32_MAX && (extended & XKU_SSL_CLIENT) == 0)
		return sg_fail(err, SG_REFUSED, "leaf_extended", "extended key usage is there and lacks clientAuth");
	return SG_OK;
}

static struct sg_str
text_of(const ASN1_STRING *string)
{
	return (struct sg_str){(const char *)ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)};
}

/* Labels of lower-case letters, digits and inner hyphens. */
static bool
is_dns(struct sg_str name)
{
	if (name.len == 0 || name.len > 253)
		return false;
	for (struct sg_str rest = name; rest.ptr != NULL;) {
		struct sg_str label = sg_str_cut(&rest, '.');
		if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++) {
			char c = label.ptr[i];
			if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
				return false;
		}
	}
	return true;
}

struct names {
	struct sg_str uri, dns;
	size_t uris, dnses;
	bool wild;
};

static struct names
count_names(const GENERAL_NAMES *list)
{
	struct names names = {.uris = 0};
	for (int i = 0; i < sk_GENERAL_NAME_num(list); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(list, i);
		if (name->type == GEN_URI) {
			names.uris++;
			names.uri = text_of(name->d.uniformResourceIdentifier);
		} else if (name->type == GEN_DNS) {
			names.dnses++;
			names.dns = text_of(name->d.dNSName);
			names.wild |= memchr(names.dns.ptr, '*', names.dns.len) != NULL;
		}
	}
	return names;
}

static enum sg_status
check_names(const struct names *names, const struct sg_chain_rules *rules, struct sg_chain_facts *facts, struct sg_err *err)
{
	struct sg_str domain, path;
	if (names->uris > 1)
		return sg_fail(err, SG_REFUSED, "leaf_uris", "more than one URI");
	if (names->uris == 1) {
		if (rules->trust_domain.len == 0 || names->uri.len > SG_NAME_MAX || sg_spiffe_read(names->uri, &domain, &path, NULL) != SG_OK ||
		    path.len == 0 || !sg_str_eq(domain, rules->trust_domain))
			return sg_fail(err, SG_REFUSED, "leaf_spiffe", "the URI is no SPIFFE ID with a path in the trust domain");
		memcpy(facts->spiffe_id, names->uri.ptr, names->uri.len);
	}
	bool one = names->dnses == 1 && is_dns(names->dns);
	if (names->wild || (names->uris == 0 && (!rules->dns || !one)))
		return sg_fail(err, SG_REFUSED, "leaf_dns", "no URI, and not exactly one plain DNS name, or such are not accepted here");
	if (one && rules->dns)
		memcpy(facts->dns, names->dns.ptr, names->dns.len);
	return SG_OK;
}

/* For people and for matching; not said at all rather than cut. */
static void
write_subject(X509 *leaf, char out[SG_NAME_MAX + 1])
{
	char *text = NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	long len = 0;
	if (bio != NULL && X509_NAME_print_ex(bio, X509_get_subject_name(leaf), 0, XN_FLAG_RFC2253) >= 0)
		len = BIO_get_mem_data(bio, &text);
	bool plain = len > 0 && len <= SG_NAME_MAX;
	for (long i = 0; plain && i < len; i++)
		plain = text[i] >= ' ' && text[i] <= '~';
	if (plain)
		memcpy(out, text, (size_t)len);
	BIO_free(bio);
}

enum sg_status
sg_chain_leaf(X509 *leaf, const struct sg_chain_rules *rules, struct sg_chain_facts *facts, struct sg_err *err)
{
	int critical = 0;
	enum sg_status status = check_usage(leaf, err);
	if (status != SG_OK)
		return status;
	GENERAL_NAMES *list = X509_get_ext_d2i(leaf, NID_subject_alt_name, &critical, NULL);
	if (list == NULL)
		return sg_fail(err, SG_REFUSED, "leaf_names", "no subject alternative name, or more than one such extension");
	struct names names = count_names(list);
	status = check_names(&names, rules, facts, err);
	GENERAL_NAMES_free(list);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(leaf);
	if (status == SG_OK && (ASN1_STRING_length(serial) > 20 || ASN1_STRING_length(serial) == 0))
		status = sg_fail(err, SG_REFUSED, "leaf_serial", "the serial number is longer than 20 bytes");
	if (status != SG_OK)
		return status;
	sg_hex(facts->serial, ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
	write_subject(leaf, facts->subject);
	return SG_OK;
}
