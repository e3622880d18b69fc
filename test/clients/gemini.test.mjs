import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai';
import { connect, it } from './gateway.mjs';

const WEATHER = {
  name: 'get_weather',
  description: 'The weather at a place',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
};

describe('@google/genai', () => {
  let gateway;
  let client;
  const clientWith = (apiKey) => new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl: gateway.url } });
  const body = { model: 'sim-small', contents: 'say hello' };
  before(async () => {
    gateway = await connect();
    client = clientWith(gateway.key);
  });
  after(() => gateway?.stop());

  it('answers with text and usage', async () => {
    const answer = await client.models.generateContent(body);
    assert.ok(answer.text.length > 0);
    assert.equal(answer.candidates[0].finishReason, 'STOP');
    assert.ok(answer.usageMetadata.promptTokenCount > 0 && answer.usageMetadata.candidatesTokenCount > 0);
  });

  it('streams the same text as it answers at once', async () => {
    const whole = await client.models.generateContent(body);
    let text = '';
    let last;
    for await (const chunk of await client.models.generateContentStream(body)) {
      text += chunk.text ?? '';
      last = chunk;
    }
    assert.equal(text, whole.text);
    assert.equal(last.candidates[0].finishReason, 'STOP');
    assert.ok(last.usageMetadata.totalTokenCount > 0);
  });

  it('calls a tool and takes its result, signatures included', async () => {
    const contents = [{ role: 'user', parts: [{ text: 'use the tool get_weather' }] }];
    const config = {
      tools: [{ functionDeclarations: [WEATHER] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
    };
    const first = await client.models.generateContent({ ...body, contents, config });
    const call = first.functionCalls[0];
    assert.equal(call.name, 'get_weather');
    assert.equal(typeof call.args.city, 'string');
    const second = await client.models.generateContent({
      ...body,
      config,
      contents: [
        ...contents,
        first.candidates[0].content,
        { role: 'user', parts: [{ functionResponse: { id: call.id, name: call.name, response: { degrees: 21 } } }] },
      ],
    });
    assert.ok(second.text.length > 0);
  });

  it('keeps to a JSON schema', async () => {
    const answer = await client.models.generateContent({
      ...body,
      config: { responseMimeType: 'application/json', responseSchema: { type: Type.OBJECT, properties: { name: { type: Type.STRING } }, required: ['name'] } },
    });
    assert.equal(typeof JSON.parse(answer.text).name, 'string');
  });

  it('counts tokens', async () => {
    assert.ok((await client.models.countTokens(body)).totalTokens > 0);
  });

  it('embeds one and several', async () => {
    const one = await client.models.embedContent({ model: 'sim-embed', contents: 'one' });
    assert.ok(one.embeddings[0].values.length > 0);
    const two = await client.models.embedContent({ model: 'sim-embed', contents: ['one', 'two'] });
    assert.equal(two.embeddings.length, 2);
  });

  it('lists models', async () => {
    const names = [];
    for await (const model of await client.models.list()) names.push(model.name);
    assert.ok(names.includes('models/sim-small'));
    assert.equal(new Set(names).size, names.length);
  });

  describe('errors', () => {
    it('a wrong key is refused as Google refuses it', async () => {
      const error = await clientWith('sk-wrong').models.generateContent(body).catch((e) => e);
      assert.ok(error instanceof ApiError, String(error));
      assert.ok([400, 401, 403].includes(error.status), String(error.status));
    });

    it('an unknown model is NOT_FOUND', async () => {
      const error = await client.models.generateContent({ ...body, model: 'no-such-model' }).catch((e) => e);
      assert.equal(error.status, 404);
      assert.match(error.message, /NOT_FOUND/);
    });

    it('a model that the key may not use is PERMISSION_DENIED', async (t) => {
      if (!gateway.narrowKey) return t.skip('SLUICE_NARROW_KEY is not set');
      const error = await clientWith(gateway.narrowKey).models.generateContent({ ...body, model: 'sim-large' }).catch((e) => e);
      assert.equal(error.status, 403);
      assert.match(error.message, /PERMISSION_DENIED/);
    });

    it('an unknown model of a stream is NOT_FOUND too', async () => {
      const error = await client.models.generateContentStream({ ...body, model: 'no-such-model' }).catch((e) => e);
      assert.equal(error.status, 404);
    });
  });
});
