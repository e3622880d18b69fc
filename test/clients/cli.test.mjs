// The vendors' command-line agents complete a prompt through the gateway against the simulator. Each has a home of its own,
// telemetry and updates are off, and the only address it is given is the gateway's.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, connect } from './gateway.mjs';

const bin = (name) => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));

function run(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    // The whole group: agents start children of their own.
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 60_000);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

describe('command-line agents', () => {
  let gateway;
  let home;
  let work;
  before(async () => {
    gateway = await connect();
    home = mkdtempSync(join(tmpdir(), 'sluice-agent-home-'));
    work = mkdtempSync(join(tmpdir(), 'sluice-agent-work-'));
  });
  after(async () => {
    await gateway?.stop();
    for (const folder of [home, work]) rmSync(folder, { recursive: true, force: true });
  });
  const completes = ({ code, signal, stdout, stderr }) => {
    assert.equal(code, 0, `ended with ${code ?? signal}\n${stdout}\n${stderr}`);
    assert.ok(stdout.trim().length > 0, stderr);
    assert.doesNotMatch(stdout, /API Error|error sending|"error"/i);
  };

  it('Claude Code completes a prompt', async () => {
    completes(
      await run(bin('claude'), ['-p', 'say hello'], {
        cwd: work,
        env: {
          HOME: home,
          ANTHROPIC_BASE_URL: gateway.url,
          ANTHROPIC_AUTH_TOKEN: gateway.key,
          ANTHROPIC_MODEL: 'sim-small',
          ANTHROPIC_SMALL_FAST_MODEL: 'sim-small',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
          DISABLE_TELEMETRY: '1',
          DISABLE_AUTOUPDATER: '1',
        },
      }),
    );
  });

  it('Codex completes a prompt', async () => {
    const codexHome = join(home, 'codex');
    mkdirSync(codexHome);
    writeFileSync(
      join(codexHome, 'config.toml'),
      `model = "sim-small"
model_provider = "sluice"
[model_providers.sluice]
name = "Sluice"
base_url = "${gateway.url}/v1"
env_key = "GATEWAY_KEY"
wire_api = "responses"
[analytics]
enabled = false
`,
    );
    completes(
      await run(bin('codex'), ['exec', '--skip-git-repo-check', 'say hello'], {
        cwd: work,
        env: { HOME: home, CODEX_HOME: codexHome, GATEWAY_KEY: gateway.key },
      }),
    );
  });

  it('Gemini CLI completes a prompt', async () => {
    mkdirSync(join(home, '.gemini'));
    writeFileSync(
      join(home, '.gemini', 'settings.json'),
      JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      }),
    );
    completes(
      await run(bin('gemini'), ['-m', 'sim-small', '-p', 'say hello'], {
        cwd: work,
        env: { HOME: home, GEMINI_API_KEY: gateway.key, GOOGLE_GEMINI_BASE_URL: gateway.url, GEMINI_CLI_TRUST_WORKSPACE: 'true' },
      }),
    );
  });
});
