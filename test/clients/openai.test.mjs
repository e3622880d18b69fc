import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import OpenAI from 'openai';
import { connect, it } from './gateway.mjs';

const WEATHER = {
  name: 'get_weather',
  description: 'The weather at a place',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['C', 'F'] } },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
};
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

describe('openai', () => {
  let gateway;
  let client;
  const clientWith = (apiKey) => new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  before(async () => {
    gateway = await connect();
    client = clientWith(gateway.key);
  });
  after(() => gateway?.stop());

  describe('chat completions', () => {
    const messages = [{ role: 'user', content: 'say hello' }];

    it('answers with text and usage', async () => {
      const { data, response, request_id } = await client.chat.completions.create({ model: 'sim-small', messages }).withResponse();
      assert.ok(data.choices[0].message.content.length > 0);
      assert.equal(data.choices[0].finish_reason, 'stop');
      assert.ok(data.usage.prompt_tokens > 0 && data.usage.completion_tokens > 0);
      assert.equal(request_id, response.headers.get('x-request-id'));
      assert.ok(request_id);
    });

    it('streams, without a usage chunk that nobody asked for', async () => {
      const chunks = [];
      for await (const chunk of await client.chat.completions.create({ model: 'sim-small', messages, stream: true })) chunks.push(chunk);
      assert.ok(chunks.map((c) => c.choices[0].delta.content ?? '').join('').length > 0);
      assert.ok(chunks.every((c) => c.choices.length === 1));
      assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
    });

    it('streams the same text as it answers at once', async () => {
      const whole = await client.chat.completions.create({ model: 'sim-small', messages });
      const streamed = await client.chat.completions.stream({ model: 'sim-small', messages }).finalContent();
      assert.equal(streamed, whole.choices[0].message.content);
    });

    it('streams usage where it is asked for', async () => {
      const stream = client.chat.completions.stream({ model: 'sim-small', messages, stream_options: { include_usage: true } });
      const usage = await stream.totalUsage();
      assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0);
    });

    for (const stream of [false, true]) {
      it(`calls a tool and takes its result, ${stream ? 'streamed' : 'at once'}`, async () => {
        const tools = [{ type: 'function', function: WEATHER }];
        const asked = [{ role: 'user', content: 'use the tool get_weather' }];
        const ask = async (body) => (stream ? await client.chat.completions.stream(body).finalChatCompletion() : await client.chat.completions.create(body));
        const first = await ask({ model: 'sim-small', messages: asked, tools });
        assert.equal(first.choices[0].finish_reason, 'tool_calls');
        const call = first.choices[0].message.tool_calls[0];
        assert.equal(call.function.name, 'get_weather');
        assert.match(call.id, /^[A-Za-z0-9_-]{1,40}$/);
        assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
        const second = await ask({
          model: 'sim-small',
          tools,
          messages: [...asked, first.choices[0].message, { role: 'tool', tool_call_id: call.id, content: '{"degrees": 21}' }],
        });
        assert.equal(second.choices[0].finish_reason, 'stop');
        assert.ok(second.choices[0].message.content.length > 0);
      });
    }

    it('keeps to a JSON schema', async () => {
      const answer = await client.chat.completions.create({
        model: 'sim-small',
        messages,
        response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: PERSON } },
      });
      const person = JSON.parse(answer.choices[0].message.content);
      assert.equal(typeof person.name, 'string');
      assert.ok(Number.isInteger(person.age));
    });
  });

  describe('responses', () => {
    it('answers with text and usage', async () => {
      const answer = await client.responses.create({ model: 'sim-small', input: 'say hello' });
      assert.equal(answer.status, 'completed');
      assert.ok(answer.output_text.length > 0);
      assert.ok(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0);
    });

    it('streams in order to a completed response', async () => {
      const events = [];
      for await (const event of await client.responses.create({ model: 'sim-small', input: 'say hello', stream: true })) events.push(event);
      assert.equal(events[0].type, 'response.created');
      assert.equal(events.at(-1).type, 'response.completed');
      const numbers = events.map((e) => e.sequence_number);
      assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
      const text = events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join('');
      assert.equal(text, events.find((e) => e.type === 'response.output_text.done').text);
    });

    it('calls a tool with streamed arguments and takes its result', async () => {
      const tools = [{ type: 'function', strict: true, ...WEATHER }];
      const input = [{ role: 'user', content: 'use the tool get_weather' }];
      const first = await client.responses.stream({ model: 'sim-small', input, tools }).finalResponse();
      const call = first.output.find((item) => item.type === 'function_call');
      assert.equal(call.name, 'get_weather');
      assert.equal(typeof JSON.parse(call.arguments).city, 'string');
      const second = await client.responses.create({
        model: 'sim-small',
        tools,
        input: [...input, ...first.output.map(({ parsed_arguments, ...item }) => item), { type: 'function_call_output', call_id: call.call_id, output: '{"degrees": 21}' }],
      });
      assert.ok(second.output_text.length > 0);
    });

    it('keeps to a JSON schema', async () => {
      const answer = await client.responses.create({
        model: 'sim-small',
        input: 'a person please',
        text: { format: { type: 'json_schema', name: 'person', strict: true, schema: PERSON } },
      });
      assert.equal(typeof JSON.parse(answer.output_text).name, 'string');
    });
  });

  it('completes a prompt on the old endpoint', async () => {
    const answer = await client.completions.create({ model: 'sim-small', prompt: 'say hello' });
    assert.ok(answer.choices[0].text.length > 0);
  });

  it('embeds, in the base64 that the SDK asks for and in floats', async () => {
    const packed = await client.embeddings.create({ model: 'sim-embed', input: ['one', 'two'] });
    const plain = await client.embeddings.create({ model: 'sim-embed', input: ['one', 'two'], encoding_format: 'float' });
    assert.equal(packed.data.length, 2);
    assert.ok(packed.data[0].embedding.length > 0);
    packed.data[0].embedding.forEach((value, i) => assert.ok(Math.abs(value - plain.data[0].embedding[i]) < 1e-6));
  });

  it('moderates', async () => {
    const answer = await client.moderations.create({ model: 'sim-moderation', input: 'a kind word' });
    assert.equal(typeof answer.results[0].flagged, 'boolean');
  });

  it('lists models and gets one', async () => {
    const ids = [];
    for await (const model of client.models.list()) {
      assert.equal(model.object, 'model');
      assert.equal(typeof model.created, 'number');
      assert.ok(model.owned_by);
      ids.push(model.id);
    }
    assert.ok(ids.includes('sim-small'));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal((await client.models.retrieve('sim-small')).id, 'sim-small');
  });

  describe('errors', () => {
    const body = { model: 'sim-small', messages: [{ role: 'user', content: 'hi' }] };

    it('a wrong key is an AuthenticationError', async () => {
      const error = await clientWith('sk-wrong').chat.completions.create(body).catch((e) => e);
      assert.ok(error instanceof OpenAI.AuthenticationError, String(error));
      assert.equal(error.code, 'invalid_api_key');
    });

    it('an unknown model is a NotFoundError', async () => {
      const error = await client.chat.completions.create({ ...body, model: 'no-such-model' }).catch((e) => e);
      assert.ok(error instanceof OpenAI.NotFoundError, String(error));
      assert.equal(error.code, 'model_not_found');
      assert.ok(error.requestID);
    });

    it('an unknown model of a stream is a NotFoundError too', async () => {
      const error = await client.responses.create({ model: 'no-such-model', input: 'hi', stream: true }).catch((e) => e);
      assert.ok(error instanceof OpenAI.NotFoundError, String(error));
    });

    it('a model that the key may not use is a PermissionDeniedError', async (t) => {
      if (!gateway.narrowKey) return t.skip('SLUICE_NARROW_KEY is not set');
      const error = await clientWith(gateway.narrowKey).chat.completions.create({ ...body, model: 'sim-large' }).catch((e) => e);
      assert.ok(error instanceof OpenAI.PermissionDeniedError, String(error));
    });

    it("a vendor's 429 is a RateLimitError", async () => {
      const error = await client.chat.completions.create({ ...body, model: 'sim/sim-429' }).catch((e) => e);
      assert.ok(error instanceof OpenAI.RateLimitError, String(error));
    });

    it("a stream that breaks is an error, not an end", async () => {
      const read = async () => {
        for await (const _ of await client.chat.completions.create({ ...body, model: 'sim/sim-cut', stream: true }));
      };
      await assert.rejects(read);
    });
  });
});
