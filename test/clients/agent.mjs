// Runs a vendor's command-line agent to its end.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @returns {Promise<{code: number | null, signal: string | null, stdout: string, stderr: string}>} */
export function run(name, args, { cwd, env }) {
  const command = fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
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
