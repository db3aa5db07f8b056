// SPDX-License-Identifier: Apache-2.0
// A small resource server: it takes an action only with a token that it verified offline (npm's jose), whose digest it recomputed from what it is asked
// to do, and that introspection says is still active. Arguments: folder of the sockets.
import http from 'node:http';
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';

const [run] = process.argv.slice(2);
globalThis.crypto ??= webcrypto; // jose wants it; Node.js 18, which Debian 12 has, does not name it

// One connection a face: an instance is a process, and this one plays agent and resource server.
function ask(face, method, path, body, type = 'application/json') {
  return new Promise((good, bad) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const headers = text === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) };
    const r = http.request({ socketPath: `${run}/${face}.sock`, method, path, headers, agent: false }, (res) => {
      let data = '';
      res.on('data', (d) => (data += d)).on('end', () => good({ status: res.statusCode, body: JSON.parse(data) }));
    });
    r.on('error', bad);
    r.end(text);
  });
}

// RFC 8785 for what is sent here: plain strings, small integers, objects.
const canonical = (v) =>
  Array.isArray(v) ? `[${v.map(canonical)}]`
  : v !== null && typeof v === 'object' ? `{${Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canonical(v[k]))}}`
  : JSON.stringify(v);

const digest = (claims, action, resource, args) => {
  const { credential, enforcer, environment, instance, nonce, task, tool, v } = claims.sg;
  assert.deepEqual([credential.audience, credential.scope], [claims.aud, claims.scope]); // what was approved is what the token says
  const whole = { action, agent: claims.sub, arguments: args, credential, enforcer, environment, instance, nonce, resource, task, tool, v };
  return createHash('sha256').update(canonical(whole)).digest('hex');
};

const keys = createLocalJWKSet((await ask('enforcer', 'GET', '/oauth2/jwks')).body);

async function serve(token, action, resource, args) {
  const { payload } = await jwtVerify(token, keys, { issuer: 'spiffe://acme.example', audience: 'repo-api', typ: 'at+jwt', algorithms: ['ES256'] });
  if (digest(payload, action, resource, args) !== payload.sg.digest) throw new Error('not what was decided');
  const said = await ask('enforcer', 'POST', '/oauth2/introspect', 'token=' + token, 'application/x-www-form-urlencoded');
  if (said.body.active !== true) throw new Error('not active');
  return 'served';
}

const task = (await ask('agent', 'POST', '/v1/tasks', { intent: 'work', key: 'r1' })).body.task;
const resource = { id: 'billing-api', type: 'repo' };
const acted = await ask('agent', 'POST', '/v1/act', { task: task.id, action: 'repo.read', resource, arguments: { depth: 1 }, key: 'k1' });
assert.equal(acted.body.verdict, 'allow', JSON.stringify(acted.body));
const token = acted.body.credential.token;

assert.equal(await serve(token, 'repo.read', resource, { depth: 1 }), 'served');
await assert.rejects(serve(token, 'repo.read', resource, { depth: 2 }), /not what was decided/);
await assert.rejects(serve(token, 'repo.write', resource, { depth: 1 }), /not what was decided/);
await assert.rejects(serve(token, 'repo.read', { id: 'payroll', type: 'repo' }, { depth: 1 }), /not what was decided/);
const [head, body, signature] = token.split('.');
const claims = JSON.parse(Buffer.from(body, 'base64url'));
const forged = Buffer.from(JSON.stringify({ ...claims, aud: 'other' })).toString('base64url');
await assert.rejects(serve(`${head}.${forged}.${signature}`, 'repo.read', resource, { depth: 1 }));
const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
await assert.rejects(serve(`${none}.${body}.`, 'repo.read', resource, { depth: 1 }));
assert.ok(claims.exp - claims.iat <= 60, 'a bearer token lives a minute at most');

await ask('agent', 'DELETE', '/v1/tasks/' + task.id);
await assert.rejects(serve(token, 'repo.read', resource, { depth: 1 }), /not active/);
console.log('resource server: good');
