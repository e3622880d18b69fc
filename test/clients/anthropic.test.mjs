import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { connect, it } from './gateway.mjs';

const WEATHER = {
  name: 'get_weather',
  description: 'The weather at a place',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('@anthropic-ai/sdk', () => {
  let gateway;
  let client;
  const clientWith = (options) => new Anthropic({ apiKey: null, authToken: null, baseURL: gateway.url, maxRetries: 0, ...options });
  const body = { model: 'sim-small', max_tokens: 256, messages: [{ role: 'user', content: 'say hello' }] };
  before(async () => {
    gateway = await connect();
    client = clientWith({ apiKey: gateway.key });
  });
  after(() => gateway?.stop());

  it('answers with text and usage', async () => {
    const { data, response } = await client.messages.create(body).withResponse();
    assert.equal(data.content[0].type, 'text');
    assert.ok(data.content[0].text.length > 0);
    assert.equal(data.stop_reason, 'end_turn');
    assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
    assert.ok(response.headers.get('x-request-id'));
  });

  it('streams the same text as it answers at once', async () => {
    const whole = await client.messages.create(body);
    const stream = client.messages.stream(body);
    let text = '';
    stream.on('text', (delta) => (text += delta));
    const final = await stream.finalMessage();
    assert.equal(text, whole.content[0].text);
    assert.equal(final.content[0].text, text);
    assert.equal(final.usage.output_tokens, whole.usage.output_tokens);
  });

  it('takes an auth token', async () => {
    const answer = await clientWith({ authToken: gateway.key }).messages.create(body);
    assert.ok(answer.content[0].text.length > 0);
  });

  for (const stream of [false, true]) {
    it(`calls a tool and takes its result, ${stream ? 'streamed' : 'at once'}`, async () => {
      const messages = [{ role: 'user', content: 'use the tool get_weather' }];
      const ask = (request) => (stream ? client.messages.stream(request).finalMessage() : client.messages.create(request));
      const first = await ask({ ...body, tools: [WEATHER], messages });
      assert.equal(first.stop_reason, 'tool_use');
      const call = first.content.find((block) => block.type === 'tool_use');
      assert.equal(call.name, 'get_weather');
      assert.equal(typeof call.input.city, 'string');
      const second = await ask({
        ...body,
        tools: [WEATHER],
        messages: [
          ...messages,
          { role: 'assistant', content: first.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '21 degrees' }] },
        ],
      });
      assert.equal(second.stop_reason, 'end_turn');
    });
  }

  it('thinks, with a signature that a next turn accepts', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    const first = await client.messages.stream({ ...body, max_tokens: 4096, thinking }).finalMessage();
    const thought = first.content.find((block) => block.type === 'thinking');
    assert.ok(thought.signature.length > 0);
    const second = await client.messages.create({
      ...body,
      max_tokens: 4096,
      thinking,
      messages: [...body.messages, { role: 'assistant', content: first.content }, { role: 'user', content: 'and again' }],
    });
    assert.equal(second.type, 'message');
  });

  it('keeps to a JSON schema', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };
    const answer = await client.messages.create({ ...body, output_config: { format: { type: 'json_schema', schema } } });
    assert.equal(typeof JSON.parse(answer.content.find((block) => block.type === 'text').text).name, 'string');
  });

  it('counts tokens', async () => {
    const { input_tokens } = await client.messages.countTokens({ model: body.model, messages: body.messages });
    assert.ok(input_tokens > 0);
  });

  it('lists models and gets one', async () => {
    const ids = [];
    for await (const model of client.models.list()) {
      assert.equal(model.type, 'model');
      assert.ok(model.display_name);
      assert.ok(!Number.isNaN(Date.parse(model.created_at)));
      ids.push(model.id);
    }
    assert.ok(ids.includes('sim-small'));
    assert.equal(new Set(ids).size, ids.length);
    const page = await client.models.list();
    assert.equal(page.first_id, ids[0]);
    assert.equal(page.last_id, page.data.at(-1).id);
    assert.equal((await client.models.retrieve('sim-small')).id, 'sim-small');
  });

  describe('errors', () => {
    it('a wrong key is an AuthenticationError', async () => {
      const error = await clientWith({ apiKey: 'sk-wrong' }).messages.create(body).catch((e) => e);
      assert.ok(error instanceof Anthropic.AuthenticationError, String(error));
      assert.equal(error.error.error.type, 'authentication_error');
    });

    it('an unknown model is a NotFoundError', async () => {
      const error = await client.messages.create({ ...body, model: 'no-such-model' }).catch((e) => e);
      assert.ok(error instanceof Anthropic.NotFoundError, String(error));
      assert.equal(error.error.error.type, 'not_found_error');
    });

    it('a model that the key may not use is a PermissionDeniedError', async (t) => {
      if (!gateway.narrowKey) return t.skip('SLUICE_NARROW_KEY is not set');
      const error = await clientWith({ apiKey: gateway.narrowKey }).messages.create({ ...body, model: 'sim-large' }).catch((e) => e);
      assert.ok(error instanceof Anthropic.PermissionDeniedError, String(error));
      assert.equal(error.error.error.type, 'permission_error');
    });

    it("a vendor's overload keeps its type", async () => {
      const error = await client.messages.create({ ...body, model: 'sim/sim-529' }).catch((e) => e);
      assert.equal(error.status, 529);
      assert.equal(error.error.error.type, 'overloaded_error');
    });

    it('a stream that breaks is an error, not an end', async () => {
      await assert.rejects(client.messages.stream({ ...body, model: 'sim/sim-cut' }).finalMessage());
    });
  });
});
