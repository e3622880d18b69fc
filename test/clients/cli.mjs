// The vendors' command-line agents: how each is started without a person, and told of nothing but the gateway. Each has a home
// and a folder of its own; telemetry and updates are off.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './gateway.mjs';

const LONGEST_RUN = 60_000;
const bin = (name) => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));

/** A home and a working folder for one agent. */
export function makeDesk() {
  const home = mkdtempSync(join(tmpdir(), 'sluice-agent-home-'));
  const work = mkdtempSync(join(tmpdir(), 'sluice-agent-work-'));
  return {
    home,
    work,
    put: (name, text) => writeFileSync(join(work, name), text),
    get: (name) => readFileSync(join(work, name), 'utf8'),
    clear: () => [home, work].forEach((folder) => rmSync(folder, { recursive: true, force: true })),
  };
}

/** Claude Code, which may use its tools for files and commands unasked. */
export const claude = (desk, gateway, model, prompt, options = ['--allowedTools', 'Bash,Read,Write']) =>
  run('claude', ['-p', prompt, ...options], desk, {
    ANTHROPIC_BASE_URL: gateway.url,
    ANTHROPIC_AUTH_TOKEN: gateway.key,
    ANTHROPIC_MODEL: model,
    ANTHROPIC_SMALL_FAST_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
  });

/** Codex over the Responses API. Its sandbox needs rights that a test's machine may not give. */
export function codex(desk, gateway, model, prompt) {
  const codexHome = join(desk.home, 'codex');
  mkdirSync(codexHome, { recursive: true });
  writeFileSync(
    join(codexHome, 'config.toml'),
    `model = "${model}"
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
  return run('codex', ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt], desk, {
    CODEX_HOME: codexHome,
    GATEWAY_KEY: gateway.key,
  });
}

/** Gemini CLI, which may use every tool unasked. */
export function gemini(desk, gateway, model, prompt) {
  mkdirSync(join(desk.home, '.gemini'), { recursive: true });
  writeFileSync(
    join(desk.home, '.gemini', 'settings.json'),
    JSON.stringify({
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    }),
  );
  return run('gemini', ['-m', model, '--approval-mode', 'yolo', '-p', prompt], desk, {
    GEMINI_API_KEY: gateway.key,
    GOOGLE_GEMINI_BASE_URL: gateway.url,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  });
}

function run(name, args, desk, environment) {
  return new Promise((resolve, reject) => {
    const env = cleanEnvironment({ HOME: desk.home, ...environment });
    const child = spawn(bin(name), args, { cwd: desk.work, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    // The whole group: agents start children of their own.
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), LONGEST_RUN);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
