// Starts a vendor and a gateway before it, and declares groups of scenarios for every pair of dialects.
import { after, before, describe } from 'node:test';
import { connect, KEYS } from '../gateway.mjs';
import { cells, CLIENTS, DIALECTS, forEachPair } from './pairs.mjs';
import { startVendor } from './vendor.mjs';

const TYPES = {
  chat: (url) => `type: openai-compatible, base_url: "${url}/v1"`,
  responses: (url) => `type: openai-compatible, dialects: [openai-responses], base_url: "${url}/v1"`,
  messages: (url) => `type: anthropic, base_url: "${url}"`,
  gemini: (url) => `type: gemini, base_url: "${url}"`,
};

const provider = (name, upstream, url) => `  - { name: ${name}, ${TYPES[upstream](url)}, credentials: [ { name: k, api_key: "sk-vendor-${name}" } ] }\n`;

/** The groups, by name; `others` are providers beside the one that each dialect has. */
export function describePairs(groups, others = []) {
  describe('clients before vendors', { skip: process.env.SLUICE_URL ? 'they need a gateway of their own' : false }, () => {
    const run = {};
    before(async () => {
      run.vendor = await startVendor();
      const all = [...DIALECTS.map((upstream) => ({ name: upstream, upstream })), ...others];
      run.gateway = await connect(`providers:\n${all.map(({ name, upstream }) => provider(name, upstream, run.vendor.url)).join('')}${KEYS}`);
      run.sdks = Object.fromEntries(DIALECTS.map((client) => [client, CLIENTS[client].create(run.gateway)]));
    });
    after(async () => {
      console.log(`${cells} cells of scenario, client and vendor held: ${Object.keys(groups).join(', ')}`);
      await run.gateway?.stop();
      await run.vendor?.stop();
    });

    for (const [name, scenarios] of Object.entries(groups)) describe(name, () => forEachPair(run, scenarios));
  });
}
