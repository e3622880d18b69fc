import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { connect, it } from './gateway.mjs';

// Every place in which some client puts its key, on every kind of path.
const PATHS = {
  '/v1/chat/completions': { model: 'sim-small', messages: [{ role: 'user', content: 'hi' }] },
  '/v1/responses': { model: 'sim-small', input: 'hi' },
  '/v1/messages': { model: 'sim-small', max_tokens: 16, messages: [{ role: 'user', content: 'hi' }] },
  '/v1beta/models/sim-small:generateContent': { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
  '/v1/models': undefined,
  '/v1beta/models': undefined,
};

describe('credential carriers', () => {
  let gateway;
  before(async () => (gateway = await connect()));
  after(() => gateway?.stop());

  const carriers = {
    'Authorization: Bearer': (key) => ({ headers: { authorization: `Bearer ${key}` } }),
    'x-api-key': (key) => ({ headers: { 'x-api-key': key } }),
    'x-goog-api-key': (key) => ({ headers: { 'x-goog-api-key': key } }),
    'api-key': (key) => ({ headers: { 'api-key': key } }),
    '?key=': (key) => ({ headers: {}, query: `?key=${encodeURIComponent(key)}` }),
  };
  const call = (path, { headers, query = '' }) =>
    fetch(`${gateway.url}${path}${query}`, {
      method: PATHS[path] ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
      body: PATHS[path] && JSON.stringify(PATHS[path]),
    });

  for (const path of Object.keys(PATHS)) {
    for (const [name, carry] of Object.entries(carriers)) {
      it(`${path} takes ${name}`, async () => {
        const right = await call(path, carry(gateway.key));
        assert.equal(right.status, 200, await right.text());
        const wrong = await call(path, carry('sk-wrong'));
        assert.ok([400, 401, 403].includes(wrong.status), String(wrong.status));
      });
    }
  }
});
