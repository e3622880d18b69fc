// The vendors' command-line agents complete a prompt through the gateway against the simulator, in their own dialect.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { claude, codex, gemini, makeDesk } from './cli.mjs';
import { connect } from './gateway.mjs';

describe('command-line agents', () => {
  let gateway;
  let desk;
  before(async () => {
    gateway = await connect();
    desk = makeDesk();
  });
  after(async () => {
    await gateway?.stop();
    desk?.clear();
  });

  for (const [name, agent] of Object.entries({ 'Claude Code': claude, Codex: codex, 'Gemini CLI': gemini })) {
    it(`${name} completes a prompt`, async () => {
      const { code, signal, stdout, stderr } = await agent(desk, gateway, 'sim-small', 'say hello');
      assert.equal(code, 0, `ended with ${code ?? signal}\n${stdout}\n${stderr}`);
      assert.ok(stdout.trim().length > 0, stderr);
      assert.doesNotMatch(stdout, /API Error|error sending|"error"/i);
    });
  }
});
