// The gateway under test: SLUICE_URL and SLUICE_KEY where they are set, else a service of our own on a free port.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { it as nodeIt } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KEY = 'sk-clients-full-0123456789';
const NARROW_KEY = 'sk-clients-narrow-0123456789';

const ADMIN_KEY = 'sk-clients-admin-0123456789abcdef0123';

// The narrow key may use one model; the other exists, so that "not allowed" and "unknown" are told apart.
const CONFIG = `
providers:
  - { name: sim, type: simulator }
keys:
  - { name: full, key: "${KEY}" }
  - { name: narrow, key: "${NARROW_KEY}", models: ["sim-small"] }
`;

/** @returns {Promise<{url: string, key: string, narrowKey: string | undefined, adminKey: string | undefined, stop: () => Promise<void>}>} */
export async function connect() {
  if (process.env.SLUICE_URL) {
    return {
      url: process.env.SLUICE_URL.replace(/\/$/, ''),
      key: process.env.SLUICE_KEY ?? KEY,
      narrowKey: process.env.SLUICE_NARROW_KEY,
      adminKey: process.env.SLUICE_ADMIN_KEY,
      stop: async () => {},
    };
  }

  const folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  writeFileSync(join(folder, 'sluice.yaml'), CONFIG);
  const child = start(['serve', '--urls', 'http://127.0.0.1:0', '--data', join(folder, 'data'), '--config', join(folder, 'sluice.yaml')], folder);
  // The runner ends a file that takes too long with SIGTERM: the service must not outlive it.
  const abandon = () => {
    child.kill('SIGKILL');
    process.exit(1);
  };
  process.once('SIGTERM', abandon);
  const url = await listening(child);
  return {
    url,
    key: KEY,
    narrowKey: NARROW_KEY,
    adminKey: ADMIN_KEY,
    stop: async () => {
      process.off('SIGTERM', abandon);
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The vendors' simulator alone, on a free port. */
export async function simulate() {
  const child = start(['simulate', '--urls', `http://127.0.0.1:${await freePort()}`], tmpdir());
  const abandon = () => child.kill('SIGKILL');
  process.once('SIGTERM', abandon);
  const url = await listening(child);
  return {
    url,
    stop: async () => {
      process.off('SIGTERM', abandon);
      await end(child);
    },
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function start(args, cwd) {
  const built = fileURLToPath(new URL('../../artifacts/bin/Sluice/release/sluice.dll', import.meta.url));
  const binary = process.env.SLUICE_BINARY ?? built;
  const options = { cwd, env: cleanEnvironment({ SLUICE_ADMIN_KEY: ADMIN_KEY }) };
  return binary.endsWith('.dll') ? spawn('dotnet', [binary, ...args], options) : spawn(binary, args, options);
}

async function end(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(late);
}

/** A test with a deadline of its own, so that a call which hangs is named. */
export const it = (name, run) => nodeIt(name, { timeout: 20_000 }, run);

/** A developer's own vendor keys must neither be used nor change what a test sees. */
export function cleanEnvironment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/_API_KEY$|_AUTH_TOKEN$|_BASE_URL$|^(SLUICE|ANTHROPIC|OPENAI|GEMINI|GOOGLE|CLAUDE|CODEX|ASPNETCORE|NODE_TEST)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...more };
}

function listening(child) {
  let output = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The service does not listen. Its output:\n${output}`));
    }, 30_000);
    const take = (data) => {
      output += data;
      const match = /listen(?:ing|s)(?: on)?:? *"?(http:\/\/127\.0\.0\.1:[1-9]\d*)/i.exec(output);
      if (match) {
        clearTimeout(late);
        resolve(match[1]);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`The service ended with ${code}. Its output:\n${output}`));
    });
  });
}
