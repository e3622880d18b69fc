// OpenAI's SDK with answers that are kept: by a vendor that keeps them itself, and by Sluice for vendors that keep nothing.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import OpenAI from 'openai';
import { connect, it, simulate } from './gateway.mjs';

const OTHER_KEY = 'sk-clients-other-0123456789';
const TOOLS = [{
  type: 'function',
  name: 'get_weather',
  strict: true,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
}];
const MODELS = ['vendor/sim-small', 'chat/sim-small', 'claude/sim-small', 'gemini/sim-small', 'thin/sim-small'];

// The vendor that keeps answers has a memory of its own: what another has made it does not know.
const configOf = (simulator, keeper) => `
providers:
  - { name: vendor, type: openai, base_url: "${keeper}/v1", credentials: [ { api_key: sk-sim } ] }
  - { name: chat, type: openai-compatible, base_url: "${simulator}/v1", credentials: [ { api_key: sk-sim } ] }
  - { name: claude, type: anthropic, base_url: "${simulator}", credentials: [ { api_key: sk-sim } ] }
  - { name: gemini, type: gemini, base_url: "${simulator}", credentials: [ { api_key: sk-sim } ] }
  - { name: thin, type: openai-compatible, base_url: "${simulator}/v1", dialects: [openai-responses], credentials: [ { api_key: sk-sim } ] }
keys:
  - { name: full, key: "sk-clients-full-0123456789" }
  - { name: other, key: "${OTHER_KEY}" }
`;

describe('kept responses', () => {
  let simulator;
  let keeper;
  let gateway;
  let client;
  let other;
  before(async () => {
    [simulator, keeper] = await Promise.all([simulate(), simulate()]);
    gateway = await connect(configOf(simulator.url, keeper.url), { own: true });
    client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    other = new OpenAI({ apiKey: OTHER_KEY, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  after(async () => {
    await gateway?.stop();
    await Promise.all([simulator?.stop(), keeper?.stop()]);
  });

  for (const model of MODELS) {
    describe(model, () => {
      it('goes on from an answer with a tool\'s result alone', async () => {
        const first = await client.responses.create({ model, tools: TOOLS, input: 'use the tool get_weather' });
        const call = first.output.find((item) => item.type === 'function_call');
        const second = await client.responses.create({
          model,
          tools: TOOLS,
          previous_response_id: first.id,
          input: [{ type: 'function_call_output', call_id: call.call_id, output: '{"degrees":21}' }],
        });
        assert.equal(second.status, 'completed');
        assert.equal(second.previous_response_id, first.id);
        assert.match(second.output_text, /21/);
        const third = await client.responses.stream({ model, tools: TOOLS, previous_response_id: second.id, input: 'say hello' }).finalResponse();
        assert.ok(third.usage.input_tokens > second.usage.input_tokens);
      });

      it('gives a streamed answer again as it was streamed', async () => {
        const streamed = await client.responses.stream({ model, input: `say something nice about ${model}` }).finalResponse();
        const kept = await client.responses.retrieve(streamed.id);
        assert.equal(kept.output_text, streamed.output_text);
        assert.deepEqual(kept.output.map((item) => item.id), streamed.output.map((item) => item.id));
        assert.deepEqual(kept.usage, streamed.usage);
      });

      it('lists what an answer was made of', async () => {
        const first = await client.responses.create({ model, input: `one, ${model}` });
        const second = await client.responses.create({ model, previous_response_id: first.id, input: 'two' });
        const items = [];
        for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 })) items.push(item);
        assert.deepEqual(items.map((item) => item.content.map((part) => part.text).join('')), [`one, ${model}`, first.output_text, 'two']);
        assert.equal(new Set(items.map((item) => item.id)).size, 3);
      });

      it('deletes an answer', async () => {
        const made = await client.responses.create({ model, input: `forget this, ${model}` });
        await client.responses.delete(made.id);
        await assert.rejects(client.responses.retrieve(made.id), OpenAI.NotFoundError);
        await assert.rejects(
          client.responses.create({ model, previous_response_id: made.id, input: 'well?' }),
          (error) => error instanceof OpenAI.BadRequestError && error.code === 'previous_response_not_found',
        );
      });

      it('hides an answer from another key', async () => {
        const made = await client.responses.create({ model, input: `mine alone, ${model}` });
        await assert.rejects(other.responses.retrieve(made.id), OpenAI.NotFoundError);
        await assert.rejects(other.responses.delete(made.id), OpenAI.NotFoundError);
        await assert.rejects(other.responses.cancel(made.id), OpenAI.NotFoundError);
        await assert.rejects(other.responses.create({ model, previous_response_id: made.id, input: 'and?' }), OpenAI.BadRequestError);
        assert.equal((await client.responses.retrieve(made.id)).id, made.id);
      });

      it('works in the background', async () => {
        let answer = await client.responses.create({ model, input: `take your time, ${model}`, background: true });
        assert.equal(answer.status, 'queued');
        while (answer.status === 'queued' || answer.status === 'in_progress') {
          await new Promise((resolve) => setTimeout(resolve, 50));
          answer = await client.responses.retrieve(answer.id);
        }
        assert.equal(answer.status, 'completed');
        assert.ok(answer.output_text.length > 0);
      });

      it('cancels work in the background', async () => {
        const slow = model.startsWith('vendor/') ? model : `${model}.slow-first-token=20000`;
        const made = await client.responses.create({ model: slow, input: `never mind, ${model}`, background: true });
        assert.equal((await client.responses.cancel(made.id)).status, 'cancelled');
        assert.equal((await client.responses.retrieve(made.id)).status, 'cancelled');
      });

      it('refuses to cancel what was answered at once', async () => {
        const made = await client.responses.create({ model, input: `at once, ${model}` });
        await assert.rejects(client.responses.cancel(made.id), OpenAI.BadRequestError);
      });

      it('counts the tokens of an input', async () => {
        const counted = await client.responses.inputTokens.count({ model, input: 'one two three' });
        assert.equal(counted.object, 'response.input_tokens');
        assert.ok(counted.input_tokens > 0);
      });

      it('keeps nothing where nothing is to be kept', async () => {
        const made = await client.responses.create({ model, input: `do not keep this, ${model}`, store: false });
        await assert.rejects(client.responses.retrieve(made.id), OpenAI.NotFoundError);
      });
    });
  }

  it('takes a stream in the background up again where it was left', async () => {
    const model = 'chat/sim-small.slow-tokens=30';
    const seen = [];
    const stream = await client.responses.create({ model, input: 'tell a story of herons', background: true, stream: true });
    for await (const event of stream) {
      seen.push(event);
      if (seen.length === 6) break;
    }
    const { id } = seen[0].response;
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: seen.at(-1).sequence_number })) seen.push(event);
    assert.deepEqual(seen.map((event) => event.sequence_number), seen.map((_, index) => index));
    assert.equal(seen.at(-1).type, 'response.completed');
    const text = seen.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join('');
    assert.equal(text, (await client.responses.retrieve(id)).output_text);
  });
});
