import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe } from 'node:test';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { WebSocket } from 'ws';
import { connect, it } from './gateway.mjs';

const MODEL = 'sim-realtime';
const SILENCE = Buffer.alloc(4800).toString('base64');
const SPEECH = Buffer.from(Array.from({ length: 4800 }, (_, i) => (i % 2 ? 16 : 0))).toString('base64');
const TOOL = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };

describe('openai realtime', () => {
  let gateway;
  let client;
  before(async () => {
    gateway = await connect();
    client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  after(() => gateway?.stop());

  // The SDK always says wss; the gateway under test listens without TLS, so the socket is opened plainly.
  const plain = { createConnection: (options) => net.connect({ host: options.host, port: Number(new URL(gateway.url).port) }) };

  /** Opens a session and collects its events; `until` resolves with the first event of a type that has not been taken yet. */
  async function open(props = { model: MODEL }) {
    const rt = await OpenAIRealtimeWS.create(client, { ...props, options: plain });
    const session = listen(rt);
    await session.until('session.created');
    return session;
  }

  function listen(rt) {
    const events = [];
    const waiting = [];
    rt.on('event', (event) => {
      events.push(event);
      for (const one of waiting.splice(0)) one();
    });
    rt.on('error', () => {});
    let taken = 0;
    const until = async (type) => {
      for (;;) {
        while (taken < events.length) {
          const event = events[taken++];
          if (event.type === type) return event;
        }
        await new Promise((resolve) => waiting.push(resolve));
      }
    };
    return { rt, events, until };
  }

  const say = (rt, text) => rt.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
  const closed = (socket) => new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })));

  it('answers in text with usage', async () => {
    const { rt, events, until } = await open();
    rt.send({ type: 'session.update', session: { type: 'realtime', model: MODEL, output_modalities: ['text'] } });
    assert.deepEqual((await until('session.updated')).session.output_modalities, ['text']);
    say(rt, 'say hello');
    await until('conversation.item.done');
    rt.send({ type: 'response.create' });
    const done = await until('response.done');
    const text = events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join('');
    assert.equal(text, events.find((e) => e.type === 'response.output_text.done').text);
    assert.equal(done.response.status, 'completed');
    assert.ok(done.response.usage.input_tokens > 0 && done.response.usage.output_token_details.text_tokens > 0);
    rt.close();
    assert.equal((await closed(rt.socket)).code, 1000);
  });

  it('answers in audio with its transcript', async () => {
    const { rt, events, until } = await open();
    say(rt, 'say hello');
    rt.send({ type: 'response.create' });
    const done = await until('response.done');
    const audio = Buffer.concat(events.filter((e) => e.type === 'response.output_audio.delta').map((e) => Buffer.from(e.delta, 'base64')));
    assert.ok(audio.length > 2400);
    assert.ok(done.response.usage.output_token_details.audio_tokens > 0);
    rt.close();
  });

  it('listens for speech and answers by itself, with a transcript', async () => {
    const { rt, until } = await open();
    rt.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } } });
    await until('session.updated');
    rt.send({ type: 'input_audio_buffer.append', audio: SPEECH });
    await until('input_audio_buffer.speech_started');
    rt.send({ type: 'input_audio_buffer.append', audio: SILENCE });
    await until('input_audio_buffer.committed');
    assert.ok((await until('conversation.item.input_audio_transcription.completed')).usage.input_tokens > 0);
    assert.ok((await until('response.done')).response.usage.input_token_details.audio_tokens > 0);
    rt.close();
  });

  it('calls a function and takes its result', async () => {
    const { rt, until } = await open();
    rt.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'], tools: [TOOL] } });
    say(rt, 'use the tool get_weather {"city":"Oslo"}');
    rt.send({ type: 'response.create' });
    const call = await until('response.function_call_arguments.done');
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Oslo' });
    await until('response.done');
    rt.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: 'minus 3 degrees' } });
    rt.send({ type: 'response.create' });
    assert.match((await until('response.output_text.done')).text, /minus 3 degrees/);
    await until('response.done');
    rt.close();
  });

  it('cancels a response', async () => {
    const { rt, until } = await open({ model: 'sim-realtime.slow-tokens=50' });
    say(rt, 'tell me a long story');
    rt.send({ type: 'response.create' });
    await until('response.output_audio.delta');
    rt.send({ type: 'response.cancel' });
    assert.equal((await until('response.done')).response.status, 'cancelled');
    rt.close();
  });

  it('refuses what is no event and goes on', async () => {
    const { rt, until } = await open();
    rt.socket.send('{"type":"response.create","type":"session.update"}');
    assert.equal((await until('error')).error.code, 'duplicate_key');
    rt.socket.send('not json');
    assert.equal((await until('error')).error.code, 'invalid_json');
    rt.send({ type: 'session.update', event_id: 'mine', session: { type: 'realtime', model: 'another-model' } });
    const refused = await until('error');
    assert.equal(refused.error.code, 'model_not_allowed');
    assert.equal(refused.error.event_id, 'mine');
    say(rt, 'still there?');
    rt.send({ type: 'response.create' });
    await until('response.done');
    rt.close();
  });

  it('passes the close code of the vendor on', async () => {
    const { rt } = await open({ model: 'sim-realtime.close=4001' });
    say(rt, 'hello');
    rt.send({ type: 'response.create' });
    assert.equal((await closed(rt.socket)).code, 4001);
  });

  it('ends with an error event when the vendor breaks off', async () => {
    const { rt, until } = await open({ model: 'sim-realtime.cut' });
    const end = closed(rt.socket);
    say(rt, 'hello');
    rt.send({ type: 'response.create' });
    assert.equal((await until('error')).error.code, 'upstream_stream_broken');
    assert.equal((await end).code, 1011);
  });

  it('takes the key of a browser from the subprotocol, and does not repeat it', async () => {
    const native = globalThis.WebSocket;
    let socket;
    globalThis.WebSocket = class extends WebSocket {
      constructor(url, protocols) {
        super(url.replace(/^wss/, 'ws'), protocols);
        socket = this;
      }
    };
    try {
      const session = listen(new OpenAIRealtimeWebSocket({ model: MODEL }, client));
      await session.until('session.created');
      assert.equal(socket.protocol, 'realtime');
      session.rt.close();
    } finally {
      globalThis.WebSocket = native;
    }
  });

  const refusal = (path, headers = {}) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}${path}`, { headers });
      socket.on('error', () => {});
      socket.on('unexpected-response', (_, response) => {
        let body = '';
        response.on('data', (data) => (body += data));
        response.on('end', () => resolve({ status: response.statusCode, code: JSON.parse(body).error?.code }));
      });
      socket.on('open', () => resolve({ status: 101 }));
    });
  const refused = {
    'a wrong key': [{ status: 401, code: 'invalid_api_key' }, `?model=${MODEL}`, 'sk-wrong'],
    'an unknown model': [{ status: 404, code: 'model_not_found' }, '?model=nothing-of-the-kind'],
    'no model': [{ status: 400, code: 'missing_member' }, ''],
    'a vendor without capacity': [{ status: 429, code: 'rate_limit_exceeded' }, '?model=sim-realtime.429'],
    'a vendor that does not accept the key of the gateway': [{ status: 502, code: 'upstream_credential_rejected' }, '?model=sim-realtime.401'],
    'a call that was not made here': [{ status: 400, code: 'unsupported_session' }, `?model=${MODEL}&call_id=rtc_1`],
  };
  for (const [what, [expected, query, key]] of Object.entries(refused)) {
    it(`answers ${what} with a status before the upgrade`, async () => {
      assert.deepEqual(await refusal(`/v1/realtime${query}`, { authorization: `Bearer ${key ?? gateway.key}` }), expected);
    });
  }

  it('tells a plain request that a WebSocket is wanted', async () => {
    const answer = await fetch(`${gateway.url}/v1/realtime?model=${MODEL}`, { headers: { authorization: `Bearer ${gateway.key}` } });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).error.code, 'websocket_required');
  });
});
