// SPDX-License-Identifier: Apache-2.0
// The official MCP client talks to the official file server through `stepgate mcp`: reads below one folder go through, writes ask, the rest is denied.
// Arguments: stepgate-mcp, run folder, folder with documents, the server's script. The approver is the parent process: lines on fd 3 and 4.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { execFileSync } from 'node:child_process';

const [program, run, docs, server, python, approver] = process.argv.slice(2);
const approve = (id) => execFileSync(python, [approver, run, id]);
const transport = new StdioClientTransport({
  command: program,
  args: ['--run', run, '--name', 'files', '--intent', 'documents', '--', process.execPath, server, docs],
  stderr: 'inherit',
});
const client = new Client({ name: 'stepgate-test', version: '1' });
await client.connect(transport);

// the list leaves out what ceilings can never allow
const { tools } = await client.listTools();
const names = tools.map((t) => t.name).sort();
assert.deepEqual(names, ['edit_file', 'list_directory', 'read_text_file', 'write_file']);

// a read below the folder
const good = await client.callTool({ name: 'read_text_file', arguments: { path: docs + '/a.txt' } });
assert.ok(!good.isError, JSON.stringify(good));
assert.equal(good.content[0].text.trim(), 'hello');

// a key file is refused by a rule: a result that the model can read, with what, why and the decision
const denied = await client.callTool({ name: 'read_text_file', arguments: { path: docs + '/secret.key' } });
assert.equal(denied.isError, true);
assert.match(denied.content[0].text, /mcp\.files\.tools\.read_text_file/);
assert.match(denied.content[0].text, /policy_denied/);
assert.match(denied.content[0].text, /Key files are not for agents/);
assert.match(denied.content[0].text, /decision d\d+-[0-9a-f]{16}/);
assert.equal(denied._meta['dev.stepgate/decision'].verdict, 'deny');

// outside the folder no rule allows it
const outside = await client.callTool({ name: 'read_text_file', arguments: { path: '/etc/passwd' } });
assert.equal(outside.isError, true);
assert.match(outside.content[0].text, /policy_none/);

// an unlisted tool stays callable by name, and is refused
const unlisted = await client.callTool({ name: 'move_file', arguments: { source: docs + '/a.txt', destination: docs + '/b.txt' } });
assert.equal(unlisted.isError, true);
assert.match(unlisted.content[0].text, /unknown_action/);
assert.ok(fs.existsSync(docs + '/a.txt'));

// a write steps up; repeated unchanged it still waits; approved it goes through, once
const write = { name: 'write_file', arguments: { path: docs + '/new.txt', content: 'made' } };
const asked = await client.callTool(write);
assert.equal(asked.isError, true);
assert.match(asked.content[0].text, /Approval pending \(a-[0-9a-f]{32}\).*Repeat the call unchanged/s);
const id = asked._meta['dev.stepgate/decision'].approval;
const still = await client.callTool(write);
assert.equal(still._meta['dev.stepgate/decision'].approval, id);
assert.ok(!fs.existsSync(docs + '/new.txt'));
approve(id);
const other = await client.callTool({ name: 'write_file', arguments: { path: docs + '/new.txt', content: 'something else' } });
assert.equal(other.isError, true);
assert.notEqual(other._meta['dev.stepgate/decision'].approval, id);
const done = await client.callTool(write);
assert.ok(!done.isError, JSON.stringify(done));
assert.equal(fs.readFileSync(docs + '/new.txt', 'utf8'), 'made');
const again = await client.callTool(write);
assert.equal(again.isError, true);

// a tool that fails is passed on as it is
const missing = await client.callTool({ name: 'read_text_file', arguments: { path: docs + '/none.txt' } });
assert.equal(missing.isError, true);
assert.equal(missing._meta?.['dev.stepgate/decision'], undefined);

// many calls at once keep their ids
const many = await Promise.all(Array.from({ length: 50 }, () => client.callTool({ name: 'read_text_file', arguments: { path: docs + '/a.txt' } })));
assert.ok(many.every((r) => r.content[0].text.trim() === 'hello'));

await client.close();
console.log('cooperative: good');
