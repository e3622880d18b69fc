// The gateway under test: SLUICE_URL and SLUICE_KEY where they are set, else a service of our own on a free port.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { it as nodeIt } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const KEY = 'sk-clients-full-0123456789';
export const ADMIN_KEY = 'sk-clients-admin-0123456789abcdef0123456789';
export const NARROW_KEY = 'sk-clients-narrow-0123456789';

const SIMULATOR = `
providers:
  - { name: sim, type: simulator }
`;

// The narrow key may use one model; the other exists, so that "not allowed" and "unknown" are told apart.
export const KEYS = `
keys:
  - { name: full, key: "${KEY}" }
  - { name: narrow, key: "${NARROW_KEY}", models: ["sim-small"] }
`;

/**
 * The gateway with a configuration of its own, or the usual one before its own simulator.
 * @param {string} [config] What its sluice.yaml says.
 * @param {{own?: boolean}} [options] `own` starts one in any case: the test needs its very configuration.
 * @returns {Promise<{url: string, key: string, narrowKey: string | undefined, adminKey: string | undefined, configure?: (text: string) => void, stop: () => Promise<void>}>}
 */
export async function connect(config = `${SIMULATOR}${KEYS}`, { own = false } = {}) {
  if (process.env.SLUICE_URL && !own) {
    return {
      url: process.env.SLUICE_URL.replace(/\/$/, ''),
      key: process.env.SLUICE_KEY ?? KEY,
      narrowKey: process.env.SLUICE_NARROW_KEY,
      adminKey: process.env.SLUICE_ADMIN_KEY,
      stop: async () => {},
    };
  }

  const folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'));
  writeFileSync(join(folder, 'sluice.yaml'), config);
  const service = await start(['serve', '--data', join(folder, 'data'), '--config', join(folder, 'sluice.yaml')], folder);
  return {
    url: service.url,
    key: KEY,
    narrowKey: NARROW_KEY,
    adminKey: ADMIN_KEY,
    configure: (text) => writeFileSync(join(folder, 'sluice.yaml'), text),
    stop: async () => {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// The runner ends a file that takes too long with SIGTERM: what was started must not outlive it.
const children = new Set();
process.once('SIGTERM', () => {
  children.forEach((child) => child.kill('SIGKILL'));
  process.exit(1);
});

/** The simulator alone: the vendors, for a gateway that is told nothing of it. */
export const simulate = () => start(['simulate'], tmpdir());

async function start(args, folder) {
  const built = fileURLToPath(new URL('../../artifacts/bin/Sluice/release/sluice.dll', import.meta.url));
  const binary = process.env.SLUICE_BINARY ?? built;
  const options = { cwd: folder, env: cleanEnvironment({ SLUICE_ADMIN_KEY: ADMIN_KEY }) };
  const all = [...args, '--urls', `http://127.0.0.1:${await freePort()}`];
  const child = binary.endsWith('.dll') ? spawn('dotnet', [binary, ...all], options) : spawn(binary, all, options);
  children.add(child);
  return {
    url: await listening(child),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(late);
      children.delete(child);
    },
  };
}

/** A test with a deadline of its own, so that a call which hangs is named. */
export const it = (name, run) => nodeIt(name, { timeout: 20_000 }, run);

/** A developer's own vendor keys must neither be used nor change what a test sees. */
export function cleanEnvironment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/_API_KEY$|_AUTH_TOKEN$|_BASE_URL$|^(SLUICE|ANTHROPIC|OPENAI|GEMINI|GOOGLE|CLAUDE|CODEX|ASPNETCORE|NODE_TEST)/.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...more };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
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
