// The vendors' command-line agents complete a task with tools at models of other vendors. The simulator plays those vendors and
// is strict: a step of a turn that comes back without its thinking signature, thought signature or encrypted reasoning, or with
// another's, is refused, and so would be the agent's task.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { claude, codex, gemini, makeDesk } from './cli.mjs';
import { ADMIN_KEY, connect, simulate } from './gateway.mjs';

const NOTE = 'the-word-is-4711';
const MADE = 'made-by-the-agent';
const COMMAND = `printf ${MADE} > made.txt && cat note.txt`;
const SHOW = 'cat made.txt';

// Each agent's own tool for commands, asked for twice, so that the signatures of a step travel through the next one.
const task = (tool, argument, more = {}) =>
  `use the tool ${tool} ${JSON.stringify({ [argument]: COMMAND, ...more })} then use the tool ${tool} ${JSON.stringify({ [argument]: SHOW, ...more })}`;
const TASKS = {
  claude: [claude, task('Bash', 'command', { description: 'as asked' })],
  codex: [codex, task('exec_command', 'cmd')],
  gemini: [gemini, task('run_shell_command', 'command')],
};

const config = (url) => `
providers:
  - { name: anthropic, type: anthropic, base_url: "${url}", credentials: [ { name: k1, api_key: simulated } ] }
  - { name: google, type: gemini, base_url: "${url}", credentials: [ { name: k1, api_key: simulated } ] }
  - { name: openai, type: openai, base_url: "${url}/v1", credentials: [ { name: k1, api_key: simulated } ] }
  - { name: chat-only, type: openai-compatible, base_url: "${url}/v1", credentials: [ { name: k1, api_key: simulated } ] }
models:
  - { name: on-claude, targets: [ { provider: anthropic, model: claude-opus-5-5.strict-signatures } ] }
  - { name: on-older-claude, targets: [ { provider: anthropic, model: claude-sonnet-4-5.strict-signatures } ] }
  - { name: on-gemini, targets: [ { provider: google, model: gemini-3.1-pro-preview.strict-signatures } ] }
  - { name: on-responses, targets: [ { provider: openai, model: gpt-5.6-sol.strict-signatures } ] }
  - { name: on-chat, targets: [ { provider: chat-only, model: local-model } ] }
keys:
  - { name: full, key: "sk-clients-full-0123456789" }
`;

describe('command-line agents at other vendors', { skip: process.env.SLUICE_URL && 'needs a configuration of its own' }, () => {
  let gateway;
  let simulator;
  before(async () => {
    simulator = await simulate();
    gateway = await connect(config(simulator.url));
  });
  after(async () => {
    await gateway?.stop();
    await simulator?.stop();
  });

  const records = async (model) => {
    const reply = await fetch(`${gateway.url}/api/admin/usage/records?model=${model}&limit=100`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    assert.equal(reply.status, 200);
    return (await reply.json()).data;
  };

  const completes = (agent, model, provider) =>
    it(`${agent} completes a task with tools ${model}`, { timeout: 90_000 }, async () => {
      const [start, prompt] = TASKS[agent];
      const desk = makeDesk();
      try {
        desk.put('note.txt', NOTE);
        const before = new Set((await records(model)).map((record) => record.id));

        const { code, signal, stdout, stderr } = await start(desk, gateway, model, prompt);

        assert.equal(code, 0, `ended with ${code ?? signal}\n${stdout}\n${stderr}`);
        assert.equal(desk.get('made.txt'), MADE);
        assert.match(stdout, new RegExp(`The tool answered:[^]*${NOTE}[^]*The tool answered:[^]*${MADE}`));
        const calls = (await settled(model, 3)).filter((record) => !before.has(record.id));
        assert.ok(calls.length >= 3, `${calls.length} calls`);
        for (const call of calls) {
          assert.equal(call.provider, provider);
          assert.equal(call.status, 'settled', JSON.stringify(call));
        }
      } finally {
        desk.clear();
      }
    });

  // Records are written a moment after the answer.
  const settled = async (model, count) => {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const found = await records(model);
      if (found.length >= count) return found;
    }
    return records(model);
  };

  completes('claude', 'on-gemini', 'google');
  completes('claude', 'on-responses', 'openai');
  completes('claude', 'on-chat', 'chat-only');
  completes('codex', 'on-claude', 'anthropic');
  completes('codex', 'on-older-claude', 'anthropic');
  completes('codex', 'on-gemini', 'google');
  completes('gemini', 'on-claude', 'anthropic');
  completes('gemini', 'on-responses', 'openai');
});
