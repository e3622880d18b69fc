// What a vendor refuses, and what breaks in the middle.
import assert from 'node:assert/strict';
import { wire } from '../clients/asking.mjs';
import { CLIENTS, counted, DIALECTS } from '../pairs.mjs';

const WORDS = 'too odd for the vendor';
const STATUSES = [400, 429, 500, 529];

/** A credential that has failed rests for a while, so that each call that fails has a provider of its own. */
const nameOf = (status, client, upstream, streams) => `f${status}-${client}-${upstream}-${streams ? 's' : 'd'}`;

export const failingProviders = () =>
  STATUSES.flatMap((status) => DIALECTS.flatMap((client) => DIALECTS.flatMap((upstream) => [false, true].map((streams) => ({ name: nameOf(status, client, upstream, streams), upstream })))));

const TYPES = {
  chat: { 400: 'invalid_request_error', 429: 'rate_limit_error', 500: 'server_error', 529: 'server_error' },
  responses: { 400: 'invalid_request_error', 429: 'rate_limit_error', 500: 'server_error', 529: 'server_error' },
  messages: { 400: 'invalid_request_error', 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' },
  gemini: { 400: 'INVALID_ARGUMENT', 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL', 529: 'UNAVAILABLE' },
};

const ask = { turns: [{ user: [{ text: 'hi' }] }] };

export const failures = STATUSES.map((status) => ({
  name: `the vendor answers ${status}`,
  run: async ({ vendor, sdks }, _, client, upstream, streams) => {
    vendor.answer({ status, words: WORDS, headers: status === 429 && upstream !== 'gemini' ? { 'retry-after': '2' } : {} });
    const body = CLIENTS[client].request(ask, `${nameOf(status, client, upstream, streams)}/real-${upstream}`);
    const failed = await CLIENTS[client].call(sdks[client], body, { streams }).catch((error) => error);
    const { is, status: told, words, type } = CLIENTS[client].errorOf(failed);
    assert.ok(is, `an error of the SDK's own kind: ${failed}`);
    // Only Anthropic has a status of its own for a vendor that is overloaded.
    assert.equal(told, status === 529 && client !== upstream && client !== 'messages' ? 503 : status);
    if (status === 429) assert.match(wire.retryAfter ?? (await wire.raw), /^[12]$|"[12]s"/, 'when to come back');
    assert.match(words, new RegExp(WORDS));
    if (client !== upstream) assert.equal(type, TYPES[client][status]);
    counted();
  },
}));

const breaks = (how, name) => ({
  name,
  streamedOnly: true,
  run: async ({ vendor, sdks }, _, client, upstream, streams) => {
    vendor.answer({ breaks: how, words: WORDS, parts: [{ text: 'Hello there, this is a long text that will not be told to its end.' }] });
    const body = CLIENTS[client].request(ask, `${upstream}/real-${upstream}`);
    await assert.rejects(CLIENTS[client].call(sdks[client], body, { streams }), 'what breaks off does not end well');
    const raw = await wire.raw;
    assert.match(raw, /Hello/, 'what came is told');
    assert.doesNotMatch(raw, /\[DONE\]|message_stop|response\.completed|"finishReason"/, 'there is no clean end');
    assert.equal(vendor.taken().length, 1, 'nothing is tried again');
    counted();
  },
});

export const interruptions = [breaks('error', 'the vendor fails in the middle'), breaks('cut', 'the vendor breaks off')];
