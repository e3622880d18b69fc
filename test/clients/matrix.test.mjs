// Every client dialect before every vendor's dialect: the vendors' own SDKs against a vendor that is strict about its own shapes.
import { after, before, describe } from 'node:test';
import { startVendor } from './matrix/vendor.mjs';
import { startGateway } from './gateway.mjs';
import { cells, CLIENTS, DIALECTS, forEachPair } from './matrix/pairs.mjs';
import { failingProviders, failures, interruptions } from './matrix/scenarios/failures.mjs';
import { media } from './matrix/scenarios/media.mjs';
import { settings } from './matrix/scenarios/settings.mjs';
import { text } from './matrix/scenarios/text.mjs';
import { searches, thoughts } from './matrix/scenarios/thinking.mjs';
import { toolUse } from './matrix/scenarios/tools.mjs';

const TYPES = {
  chat: (url) => `type: openai-compatible, base_url: "${url}/v1"`,
  responses: (url) => `type: openai-compatible, dialects: [openai-responses], base_url: "${url}/v1"`,
  messages: (url) => `type: anthropic, base_url: "${url}"`,
  gemini: (url) => `type: gemini, base_url: "${url}"`,
};

const provider = (name, upstream, url) => `  - { name: ${name}, ${TYPES[upstream](url)}, credentials: [ { name: k, api_key: "sk-vendor-${name}" } ] }\n`;

describe('clients before vendors', () => {
  const run = {};
  before(async () => {
    run.vendor = await startVendor();
    const all = [...DIALECTS.map((upstream) => ({ name: upstream, upstream })), ...failingProviders()];
    run.gateway = await startGateway(`providers:\n${all.map(({ name, upstream }) => provider(name, upstream, run.vendor.url)).join('')}`);
    run.sdks = Object.fromEntries(DIALECTS.map((client) => [client, CLIENTS[client].create(run.gateway)]));
  });
  after(async () => {
    console.log(`${cells} cells of scenario, client and vendor held`);
    await run.gateway?.stop();
    await run.vendor?.stop();
  });

  const groups = { text, settings, toolUse, media, thoughts, searches, failures, interruptions };
  for (const [name, scenarios] of Object.entries(groups)) describe(name, () => forEachPair(run, scenarios));
});
