// The official MCP clients of both revisions, and Claude Code, before servers made with the official SDKs.
import { Client as SessionlessClient, StreamableHTTPClientTransport as SessionlessTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import assert from 'node:assert/strict';
import { after, before, describe, it as nodeIt } from 'node:test';
import { fileURLToPath } from 'node:url';
import { claude, makeDesk } from './cli.mjs';
import { ADMIN_KEY, connect, it, KEY, NARROW_KEY } from './gateway.mjs';
import { eventStream, sessionless, streamable } from './mcp/servers.mjs';
import { PNG } from './mcp/tools.mjs';

const POOR_KEY = 'sk-clients-poor-0123456789';
const SLOW_KEY = 'sk-clients-slow-0123456789';
const SERVER_SECRET = 'server-secret-0123456789';
const TOOLS = fileURLToPath(new URL('mcp/tools.mjs', import.meta.url));

describe('mcp', () => {
  let web;
  let old;
  let modern;
  let gateway;
  const opened = [];
  const config = (more = '') => `
server: { keep_alive: 1s }
providers:
  - { name: sim, type: simulator }
mcp:
  servers:
    - { name: web, url: "${web.url}/mcp", api_key: "${SERVER_SECRET}", headers: { x-team: "blue" }, price_per_call: 0.25 }
    - { name: local, transport: stdio, command: "${process.execPath}", args: ["${TOOLS}"], env: { ONLY: "this" }, tools: ["echo", "env", "pid", "steps"] }
    - { name: old, transport: sse, url: "${old.url}/sse", tools: ["echo"] }
    - { name: modern, url: "${modern.url}/mcp" }
    - { name: dead, url: "http://127.0.0.1:1/mcp" }
${more}
keys:
  - { name: full, key: "${KEY}", mcp: ["*"] }
  - { name: narrow, key: "${NARROW_KEY}", mcp: ["web/echo", "local/e*"] }
  - { name: poor, key: "${POOR_KEY}", mcp: ["*"], budget: { usd: 0.6, per: total } }
  - { name: slow, key: "${SLOW_KEY}", mcp: ["*"], limits: { rpm: 2 } }
  - { name: none, key: "sk-clients-none-0123456789" }
`;
  const client = async (key = KEY, options = {}) => {
    const made = new Client({ name: 'test', version: '1' }, options);
    const transport = new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), { requestInit: { headers: { authorization: `Bearer ${key}` } } });
    await made.connect(transport);
    opened.push(made);
    return Object.assign(made, { channel: transport });
  };
  const admin = async (path) => (await fetch(`${gateway.url}${path}`, { headers: { 'x-api-key': ADMIN_KEY } })).json();
  const eventually = async (what, ask) => {
    for (const deadline = Date.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const found = await ask();
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    }
  };
  const post = (body, headers = {}) =>
    fetch(`${gateway.url}/mcp`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers }, body });
  before(async () => {
    [web, old, modern] = await Promise.all([streamable(), eventStream(), sessionless()]);
    gateway = await connect(config(), { own: true });
    await eventually('every server that lives', async () => (await admin('/api/admin/mcp')).data?.filter((s) => s.state === 'ready').length === 4);
  });
  after(async () => {
    const [{ text: pid }] = (await (await client()).callTool({ name: 'local__pid' })).content;
    process.kill(Number(pid), 0);
    await Promise.all(opened.map((made) => made.close()));
    await gateway?.stop();
    assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' }, 'the program ends with the gateway');
    await Promise.all([web, old, modern].map((server) => server?.stop()));
  });

  it('joins the tools of all servers, a dead one beside them', async () => {
    const { tools, nextCursor } = await (await client()).listTools();
    const names = tools.map((tool) => tool.name);
    for (const name of ['web__echo', 'web__picture', 'local__echo', 'local__env', 'old__echo', 'modern__order']) assert.ok(names.includes(name), `${name} in ${names}`);
    assert.ok(!names.includes('local__fail'), 'left out by the configuration');
    assert.ok(names.every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name)), names.join());
    assert.equal(new Set(names).size, names.length);
    assert.equal(nextCursor, undefined);
    const echo = tools.find((tool) => tool.name === 'web__echo');
    assert.equal(echo.title, 'Echo');
    assert.deepEqual(echo.annotations, { readOnlyHint: true });
    assert.equal(echo.outputSchema.type, 'object');
  });

  for (const server of ['web', 'local', 'old']) {
    it(`calls a tool of ${server}, arguments and structured content untouched`, async () => {
      const args = { text: 'grüße "\u2028', nested: { deep: [1, 2.5, null, { '': 'x' }] } };
      const result = await (await client()).callTool({ name: `${server}__echo`, arguments: args });
      assert.deepEqual(result.structuredContent, { said: args });
      assert.equal(result.content[0].text, JSON.stringify(args));
    });
  }

  it('keeps the digits of numbers', async () => {
    const made = await client();
    const answer = await post(
      '{"jsonrpc":"2.0","id":"n","method":"tools/call","params":{"name":"web__echo","arguments":{"nested":{\n"big":12345678901234567890123.10}}}}',
      { 'mcp-session-id': made.channel.sessionId },
    );
    // The server is JavaScript and cannot keep them; that the call succeeds shows that line ends between tokens do no harm.
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).id, 'n');
  });

  it('gives images and links as they are', async () => {
    const { content } = await (await client()).callTool({ name: 'web__picture' });
    assert.deepEqual(content[0], { type: 'image', data: PNG, mimeType: 'image/png' });
    assert.equal(content[1].uri, 'note://1');
  });

  it('tells failures of tools from errors of the protocol', async () => {
    const made = await client();
    const failed = await made.callTool({ name: 'web__fail' });
    assert.equal(failed.isError, true);
    assert.equal(failed.content[0].text, 'it did not work');
    await assert.rejects(made.callTool({ name: 'web__nothing' }), { code: -32602 });
    await assert.rejects(made.callTool({ name: 'dead__anything' }), { code: -32602 });
    await assert.rejects(made.request({ method: 'no/such', params: {} }, LoggingMessageNotificationSchema), { code: -32601 });
  });

  it('calls a tool whose name no model takes', async () => {
    const made = await client();
    const { tools } = await made.listTools();
    const odd = tools.find((tool) => tool.description === 'Has a name that no model takes');
    assert.match(odd.name, /^web__odd_name_with_a_blank-[0-9a-f]{12}$/);
    assert.equal((await made.callTool({ name: odd.name })).content[0].text, 'odd');
  });

  for (const server of ['web', 'local']) {
    it(`passes progress on from ${server}`, async () => {
      const made = await client();
      const steps = [];
      const result = await made.callTool({ name: `${server}__steps`, arguments: { steps: 4 } }, undefined, { onprogress: (step) => steps.push(step) });
      assert.equal(result.content[0].text, 'done');
      assert.deepEqual(steps.map((step) => step.progress), [1, 2, 3, 4]);
      assert.equal(steps[0].message, 'step 1');
    });
  }

  it('passes on the log lines that a client asks for', async () => {
    const made = await client();
    const lines = [];
    made.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void lines.push(params.data));
    await made.setLoggingLevel('warning');
    await made.callTool({ name: 'web__steps', arguments: { steps: 4 } });
    assert.deepEqual(lines, ['line 2', 'line 4']);
  });

  it('cancels a call at its server', async () => {
    const made = await client();
    web.events.length = 0;
    const cancel = new AbortController();
    const call = made.callTool({ name: 'web__wait' }, undefined, { signal: cancel.signal });
    await eventually('the tool at work', () => web.events.includes('waiting'));
    cancel.abort('enough');
    await assert.rejects(call);
    await eventually('the tool cancelled', () => web.events.includes('cancelled'));
  });

  it('refuses what a server asks of the client', async () => {
    const { content } = await (await client()).callTool({ name: 'web__ask' });
    assert.match(content[0].text, /^refused: /);
  });

  it('offers prompts and resources', async () => {
    const made = await client();
    const { prompts } = await made.listPrompts();
    assert.deepEqual(prompts.map((prompt) => prompt.name), ['web__greet']);
    const { messages } = await made.getPrompt({ name: 'web__greet', arguments: { who: 'Ada' } });
    assert.equal(messages[0].content.text, 'Greet Ada');
    const { resources } = await made.listResources();
    assert.deepEqual([...new Set(resources.map((resource) => resource.uri))], ['note://1']);
    assert.equal((await made.readResource({ uri: 'note://1' })).contents[0].text, 'a note');
    assert.equal((await made.readResource({ uri: 'page://7' })).contents[0].text, 'page 7');
    await assert.rejects(made.readResource({ uri: 'other://1' }), { code: -32002 });
  });

  it('shows a key its own tools and no others', async () => {
    const narrow = await client(NARROW_KEY);
    assert.deepEqual((await narrow.listTools()).tools.map((tool) => tool.name), ['local__echo', 'local__env', 'web__echo']);
    const refused = await narrow.callTool({ name: 'web__fail' }).catch((error) => error);
    const unknown = await narrow.callTool({ name: 'web__nope' }).catch((error) => error);
    assert.equal(refused.message.replace('web__fail', 'X'), unknown.message.replace('web__nope', 'X'));
    assert.deepEqual((await narrow.listResources()).resources, []);
    assert.deepEqual((await (await client('sk-clients-none-0123456789')).listTools()).tools, []);
  });

  it('asks who calls, in any carrier, before anything else', async () => {
    const nobody = await fetch(`${gateway.url}/mcp`, { method: 'POST', body: 'nonsense' });
    assert.equal(nobody.status, 401);
    assert.equal(nobody.headers.get('www-authenticate'), 'Bearer');
    assert.equal((await fetch(`${gateway.url}/mcp`, { method: 'POST', body: '{}', headers: { 'x-api-key': 'wrong' } })).status, 401);
    const handshake = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } });
    for (const name of ['x-api-key', 'api-key', 'x-goog-api-key']) {
      const answer = await fetch(`${gateway.url}/mcp`, { method: 'POST', body: handshake, headers: { 'content-type': 'application/json', [name]: KEY } });
      assert.equal(answer.status, 200, name);
      assert.equal((await answer.json()).result.protocolVersion, '2025-06-18');
    }
  });

  it('lets no foreign web page in', async () => {
    const handshake = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } } });
    assert.equal((await post(handshake, { origin: 'http://evil.example' })).status, 403);
    assert.equal((await post(handshake, { origin: 'http://localhost:3000' })).status, 200);
  });

  it('keeps the secrets of each side from the other', async () => {
    const made = await client();
    const { content } = await made.callTool({ name: 'local__env' });
    assert.deepEqual(JSON.parse(content[0].text), { ONLY: 'this' });
    assert.ok(process.env.PATH, 'the control: there is more in our own environment');
    await made.callTool({ name: 'web__echo', arguments: { text: 'x' } });
    assert.equal(web.headers.authorization, `Bearer ${SERVER_SECRET}`);
    assert.equal(web.headers['x-team'], 'blue');
    assert.ok(!JSON.stringify(web.headers).includes(KEY));
    assert.ok(!JSON.stringify(await admin('/api/admin/mcp')).includes(SERVER_SECRET));
    assert.ok(!JSON.stringify(await admin('/api/admin/config')).includes(SERVER_SECRET));
  });

  it('ends sessions', async () => {
    const made = await client();
    const id = made.channel.sessionId;
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'ping' });
    assert.equal((await post(ping)).status, 400);
    assert.equal((await post(ping, { 'mcp-session-id': id })).status, 200);
    assert.equal((await post(ping, { 'mcp-session-id': id, authorization: `Bearer ${NARROW_KEY}` })).status, 404);
    await made.channel.terminateSession();
    assert.equal((await post(ping, { 'mcp-session-id': id })).status, 404);
  });

  it('connects again to a server that has forgotten the session', async () => {
    const made = await client();
    for (const [id, { transport }] of web.sessions) {
      web.sessions.delete(id);
      await transport.close();
    }
    assert.equal((await made.callTool({ name: 'web__echo', arguments: { text: 'again' } })).structuredContent.said.text, 'again');
  });

  it('tells a client that tools have come', async () => {
    const made = await client();
    let told = 0;
    made.setNotificationHandler(ToolListChangedNotificationSchema, () => void told++);
    for (const { server } of web.sessions.values()) server.registerTool('late', { description: 'New' }, async () => ({ content: [] }));
    await eventually('the notification', () => told > 0);
    await eventually('the tool', async () => (await made.listTools()).tools.some((tool) => tool.name === 'web__late'));
  });

  it('takes servers from a changed configuration without a restart', async () => {
    const made = await client();
    let told = 0;
    made.setNotificationHandler(ToolListChangedNotificationSchema, () => void told++);
    gateway.configure(config(`    - { name: second, url: "${web.url}/mcp", tools: ["echo"] }`));
    await eventually('the new server', async () => (await made.listTools()).tools.some((tool) => tool.name === 'second__echo'));
    await eventually('the notification', () => told > 0);
    assert.equal((await made.callTool({ name: 'second__echo', arguments: { text: 'hi' } })).structuredContent.said.text, 'hi');
    gateway.configure(config());
    await eventually('its end', async () => !(await made.listTools()).tools.some((tool) => tool.name === 'second__echo'));
  });

  it('counts a call as a request of its key', async () => {
    const slow = await client(SLOW_KEY);
    await slow.listTools();
    await slow.listTools();
    await slow.callTool({ name: 'old__echo' });
    await slow.callTool({ name: 'old__echo' });
    const refused = await post(JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'old__echo' } }), {
      authorization: `Bearer ${SLOW_KEY}`,
      'mcp-session-id': slow.channel.sessionId,
    });
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal(refused.headers.get('x-ratelimit-limit-requests'), '2');
    const { id, error } = await refused.json();
    assert.equal(id, 9);
    assert.equal(error.data.code, 'rate_limit_exceeded');
  });

  it('charges a call and stops at the budget', async () => {
    const poor = await client(POOR_KEY);
    await poor.callTool({ name: 'web__echo' });
    await poor.callTool({ name: 'web__fail' });
    const refused = await poor.callTool({ name: 'web__echo' }).catch((error) => error);
    assert.match(refused.message, /budget/);
    await poor.callTool({ name: 'old__echo' });
    const records = await eventually('the records', async () => {
      const { data } = await admin('/api/admin/usage/records?key=poor');
      return data?.length === 3 && data;
    });
    const [free, failed, paid] = records;
    assert.deepEqual([free.provider, free.upstream_model, free.cost_nano_usd], ['old', 'echo', 0]);
    assert.deepEqual([failed.provider, failed.upstream_model, failed.model, failed.status, failed.cost_nano_usd], ['web', 'fail', 'web__fail', 'settled', 250_000_000]);
    assert.equal(paid.cost_nano_usd, 250_000_000);
    const trace = await admin(`/api/admin/requests/${paid.request_id}`);
    assert.equal(trace.operation, 'tool_call');
  });

  it('shows how servers stand', async () => {
    const { data } = await admin('/api/admin/mcp');
    const dead = data.find((server) => server.name === 'dead');
    assert.equal(dead.state, 'down');
    assert.match(dead.reason, /could not be reached/);
    assert.equal(data.find((server) => server.name === 'modern').protocol_version, '2026-07-28');
    assert.equal(data.find((server) => server.name === 'web').protocol_version, '2025-11-25');
    const health = await admin('/health/detailed');
    assert.equal(health.components.mcp.status, 'degraded');
    assert.equal(health.components.mcp.details.web, 'ready');
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /sluice_requests_total\{operation="tool_call",dialect="mcp",provider="web",model="web__echo",status="200"\}/);
  });

  describe('the revision without sessions', () => {
    const modernClient = async (key = KEY) => {
      const made = new SessionlessClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
      await made.connect(new SessionlessTransport(new URL(`${gateway.url}/mcp`), { requestInit: { headers: { authorization: `Bearer ${key}` } } }));
      opened.push(made);
      return made;
    };

    it('lists and calls, to servers of every revision', async () => {
      const made = await modernClient();
      const { tools } = await made.listTools();
      assert.ok(tools.some((tool) => tool.name === 'web__echo'));
      for (const server of ['web', 'local', 'old']) {
        const result = await made.callTool({ name: `${server}__echo`, arguments: { text: 'ü' } });
        assert.deepEqual(result.structuredContent, { said: { text: 'ü' } });
      }
      const ordered = await made.callTool({ name: 'modern__order', arguments: { region: 'Köln', count: 3 } });
      assert.deepEqual(JSON.parse(ordered.content[0].text), { region: 'Köln', count: 3 });
    });

    it('passes progress, prompts and resources', async () => {
      const made = await modernClient();
      const steps = [];
      await made.callTool({ name: 'web__steps', arguments: { steps: 2 } }, { onprogress: (step) => steps.push(step.progress) });
      assert.deepEqual(steps, [1, 2]);
      assert.equal((await made.getPrompt({ name: 'web__greet', arguments: { who: 'Bo' } })).messages[0].content.text, 'Greet Bo');
      assert.equal((await made.readResource({ uri: 'page://9' })).contents[0].text, 'page 9');
    });

    it('refuses headers that say something else than the message', async () => {
      const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'web__echo', _meta: meta } });
      const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'web__echo' };
      assert.equal((await post(body, headers)).status, 200);
      for (const wrong of [{ 'mcp-method': 'tools/list' }, { 'mcp-name': 'web__fail' }, { 'mcp-protocol-version': '2025-11-25' }]) {
        const answer = await post(body, { ...headers, ...wrong });
        assert.equal(answer.status, 400);
        assert.equal((await answer.json()).error.code, -32020);
      }
    });
  });

  nodeIt('Claude Code calls a joined tool', { timeout: 90_000 }, async () => {
    const desk = makeDesk();
    try {
      desk.put('mcp.json', JSON.stringify({ mcpServers: { sluice: { type: 'http', url: `${gateway.url}/mcp`, headers: { Authorization: `Bearer ${KEY}` } } } }));
      const tool = 'mcp__sluice__web__echo';
      const calls = async () => (await admin('/api/admin/usage/records?key=full')).data.filter((record) => record.model === 'web__echo').length;
      const before = await calls();
      const ended = await claude(desk, gateway, 'sim-small', `use the tool ${tool}`, ['--mcp-config', 'mcp.json', '--strict-mcp-config', '--allowedTools', tool]);
      assert.equal(ended.code, 0, `${ended.stdout}\n${ended.stderr}`);
      await eventually('the call on the account', async () => (await calls()) > before);
    } finally {
      desk.clear();
    }
  });
});
