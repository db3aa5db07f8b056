// SPDX-License-Identifier: Apache-2.0
// npm's jose as the issuers of the world: one key set for each profile, good tokens, and tokens with one rule broken. Prints
// {"jwks": {profile: set}, "cases": [{"profile","name","token","good"}]}.
import { SignJWT, exportJWK, generateKeyPair, base64url, UnsecuredJWT } from "jose";

const now = Math.floor(Date.now() / 1000);
const AUD = "stepgate";
const profiles = {
  oidc: { iss: "https://idp.example", claims: { sub: "user-7" } },
  svid: { iss: undefined, claims: { sub: "spiffe://acme.example/ci" }, use: "jwt-svid" },
  k8s: {
    iss: "https://kubernetes.default.svc",
    claims: {
      sub: "system:serviceaccount:build:runner",
      "kubernetes.io": {
        namespace: "build", node: { name: "n1", uid: "u-n1" }, pod: { name: "runner-1", uid: "u-p1" },
        serviceaccount: { name: "runner", uid: "u-sa" },
      },
    },
  },
  gh: {
    iss: "https://token.actions.githubusercontent.com",
    claims: {
      sub: "repo:acme/app:ref:refs/heads/main", repository: "acme/app", repository_id: "42", repository_owner: "acme", repository_owner_id: "7",
      ref: "refs/heads/main", ref_type: "branch", workflow: "ci", job_workflow_ref: "acme/app/.github/workflows/ci.yml@refs/heads/main",
      environment: "prod", event_name: "push", run_id: "99",
    },
  },
};

const jwks = {}, cases = [], keys = {};
for (const [name, p] of Object.entries(profiles)) {
  jwks[name] = { keys: [] };
  keys[name] = {};
  for (const alg of ["RS256", "PS256", "ES256", "ES384", "EdDSA"]) {
    const pair = await generateKeyPair(alg, { extractable: true });
    keys[name][alg] = pair.privateKey;
    jwks[name].keys.push({ ...(await exportJWK(pair.publicKey)), kid: name + "-" + alg, alg, use: p.use ?? "sig" });
  }
}
const stranger = (await generateKeyPair("RS256")).privateKey;

async function sign(name, { header = {}, claims = {}, key, alg = "RS256" } = {}) {
  const p = profiles[name];
  const payload = { iss: p.iss, aud: AUD, iat: now, nbf: now, exp: now + 300, jti: "j", ...p.claims, ...claims };
  for (const k of Object.keys(payload)) if (payload[k] === undefined) delete payload[k];
  const jwt = new SignJWT(payload).setProtectedHeader({ alg, kid: name + "-" + alg, typ: "JWT", ...header });
  return jwt.sign(key ?? keys[name][alg], { crit: header.crit ? { "x-odd": true } : undefined });
}
const add = async (profile, name, good, how) => cases.push({ profile, name, good, token: typeof how === "string" ? how : await sign(profile, how) });

for (const name of Object.keys(profiles)) {
  for (const alg of ["RS256", "PS256", "ES256", "ES384", "EdDSA"]) await add(name, "signed with " + alg, name !== "svid" || alg !== "EdDSA", { alg });
  await add(name, "an audience in a list", true, { claims: { aud: [AUD] } });
  await add(name, "no iat", true, { claims: { iat: undefined } });
  await add(name, "a stranger's key", false, { key: stranger });
  await add(name, "no kid", false, { header: { kid: undefined } });
  await add(name, "an unknown kid", false, { header: { kid: "x" } });
  await add(name, "another algorithm's kid", false, { header: { kid: name + "-ES256" } });
  await add(name, "critical extension", false, { header: { crit: ["x-odd"], "x-odd": 1 } });
  await add(name, "typ of an access token", false, { header: { typ: "at+jwt" } });
  await add(name, "another audience", false, { claims: { aud: "other" } });
  await add(name, "two audiences", false, { claims: { aud: [AUD, "other"] } });
  await add(name, "no audience", false, { claims: { aud: undefined } });
  await add(name, "no exp", false, { claims: { exp: undefined } });
  await add(name, "expired", false, { claims: { iat: now - 100, nbf: now - 100, exp: now - 30 } });
  await add(name, "not yet", false, { claims: { nbf: now + 120 } });
  await add(name, "made in the future", false, { claims: { iat: now + 120, exp: now + 240 } });
  await add(name, "lives too long", false, { claims: { exp: now + 7200 } });
  await add(name, "no subject", false, { claims: { sub: undefined } });
  if (profiles[name].iss) await add(name, "another issuer", false, { claims: { iss: profiles[name].iss + "/" } });
  const parts = (await sign(name)).split(".");
  await add(name, "none", false, new UnsecuredJWT({ iss: profiles[name].iss, ...profiles[name].claims, aud: AUD, exp: now + 60 }).encode());
  await add(name, "HMAC with the public key", false, await new SignJWT({ iss: profiles[name].iss, aud: AUD, exp: now + 60, ...profiles[name].claims })
    .setProtectedHeader({ alg: "HS256", kid: name + "-RS256", typ: "JWT" }).sign(new TextEncoder().encode(JSON.stringify(jwks[name].keys[0]))));
  await add(name, "signature of another token", false, [parts[0], base64url.encode(JSON.stringify({ ...profiles[name].claims, aud: AUD, exp: now + 9 })), parts[2]].join("."));
  await add(name, "padded", false, parts.join(".") + "=");
}
await add("svid", "a header of its own", false, { header: { x5t: "abc" } });
await add("svid", "a domain without path", false, { claims: { sub: "spiffe://acme.example" } });
await add("svid", "another trust domain", false, { claims: { sub: "spiffe://evil.example/ci" } });
await add("svid", "no SPIFFE ID", false, { claims: { sub: "ci" } });
await add("oidc", "header with a key of its own, not looked at", true, { header: { jwk: jwks.gh.keys[0], jku: "https://evil.example/" } });
await add("k8s", "another account than its subject", false, { claims: { sub: "system:serviceaccount:build:admin" } });
await add("k8s", "without its claims", false, { claims: { "kubernetes.io": undefined } });
await add("gh", "without a repository", false, { claims: { repository_id: undefined } });
await add("gh", "a number where a text belongs", false, { claims: { repository_id: 42 } });
await add("gh", "another repository", false, { claims: { repository_id: "43" } });
await add("gh", "another branch", false, { claims: { ref: "refs/heads/evil" } });
await add("gh", "a text too long for a fact", false, { claims: { workflow: "w".repeat(300) } });
console.log(JSON.stringify({ jwks, cases }));
