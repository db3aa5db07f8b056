/* SPDX-License-Identifier: Apache-2.0
 * verify/x509, part of the program: the client certificate that a peer presents in TLS, which has proven its key. A certificate ends; that it
 * does is seen at the next look, so no date is a fact. Anchors are read at start; new ones when the configuration is loaded again. */
#include "base/err.h"
#include "base/str.h"
#include "host/built_in.h"
#include "token/chain.h"

#include <stepgate/verify.h>

enum { PEM_MAX = 256 << 10 };
enum { DEPTH, DNS, TRUST_DOMAIN };

static const struct sg_option options_table[] = {
	[DEPTH] = {"depth", SG_OPTION_INTEGER, "4", 0, SG_CHAIN_DEPTH_MAX, "intermediate certificates at most"},
	[DNS] = {"dns", SG_OPTION_BOOL, "false", 0, 0, "accept certificates without SPIFFE ID, by their one DNS name"},
	[TRUST_DOMAIN] = {"trust_domain", SG_OPTION_TEXT, "", 0, 255, "the trust domain of SPIFFE IDs; empty: none is accepted"},
	{NULL},
};

struct reader {
	const struct sg_host *host;
	X509_STORE *anchors;
	struct sg_chain_rules rules;
};

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	if (options->values[TRUST_DOMAIN].text.len == 0 && options->values[DNS].number == 0)
		return sg_fail(err, SG_MALFORMED, "option_trust_domain", "say which trust domain is accepted, or dns = true");
	return SG_OK;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct reader *self = host->alloc(host, sizeof(*self));
	struct sg_str pem;
	enum sg_status status = self == NULL ? sg_fail(err, SG_NOMEM, "no_memory", "no memory for a reader") : sg_chain_start(err);
	if (status == SG_OK)
		status = sg_granted_text(host, "ca", PEM_MAX, "ca_unreadable", &pem, err);
	if (status == SG_OK)
		status = sg_anchors_read(&self->anchors, pem, err);
	if (status != SG_OK)
		return status;
	self->host = host;
	self->rules = (struct sg_chain_rules){.trust_domain = options->values[TRUST_DOMAIN].text, .dns = options->values[DNS].number != 0,
					      .depth = (int)options->values[DEPTH].number};
	*state = self;
	return SG_OK;
}

static void
stop(void *state)
{
	X509_STORE_free(((struct reader *)state)->anchors);
}

static enum sg_status
identify(void *state, const struct sg_identify_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	struct reader *self = state;
	struct sg_chain_rules rules = self->rules;
	struct sg_chain_facts *facts = self->host->alloc(self->host, sizeof(*facts));
	if (in->form != SG_PRESENTED_CHAIN)
		return SG_NOT_FOUND;
	if (facts == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for facts");
	rules.wall = self->host->wall(self->host) / SG_SEC;
	enum sg_status status = sg_chain_read(self->anchors, in->bytes, &rules, facts, err);
	const struct {
		const char *name, *value;
	} rows[] = {{"dns", facts->dns}, {"fingerprint", facts->fingerprint}, {"issuer_fingerprint", facts->issuer_fingerprint},
		    {"serial", facts->serial}, {"spiffe_id", facts->spiffe_id}, {"subject", facts->subject}};
	for (size_t i = 0; status == SG_OK && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value[0] != '\0')
			sg_fact(out, rows[i].name, rows[i].value, SG_FACT_BOUNDARY);
	return status;
}

static const struct sg_verify_ops operations = {.size = sizeof(operations), .identify = identify};
const struct sg_module sg_verify_x509 = {
	.size = sizeof(sg_verify_x509),
	.abi = SG_ABI,
	.kind = SG_KIND_verify,
	.name = "x509",
	.options = options_table,
	.configure = configure,
	.start = start,
	.stop = stop,
	.verify = &operations,
};
