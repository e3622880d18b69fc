// The order in which each dialect must tell a streamed answer, checked on the bytes that the client got.
import assert from 'node:assert/strict';

function eventsOf(raw) {
  return raw.split(/\r?\n\r?\n/).filter((block) => /^data:/m.test(block)).map((block) => {
    const lines = block.split(/\r?\n/);
    const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n');
    return { name: lines.find((line) => line.startsWith('event:'))?.slice(6).trim(), data: data === '[DONE]' ? data : JSON.parse(data) };
  });
}

export function chat(raw, { withUsage }) {
  const events = eventsOf(raw).map((event) => event.data);
  assert.equal(events.at(-1), '[DONE]', 'the last event is [DONE]');
  const chunks = events.slice(0, -1);
  assert.ok(chunks.every((chunk) => chunk.object === 'chat.completion.chunk' && chunk.id === chunks[0].id && chunk.model === chunks[0].model));
  const finished = new Set();
  const begun = new Set();
  const calls = new Map();
  for (const chunk of chunks) {
    for (const { index, delta, finish_reason: finish } of chunk.choices) {
      assert.equal(delta.role === 'assistant', !begun.has(index), 'the role stands in the first chunk of a choice, and there alone');
      begun.add(index);
      assert.ok(!finished.has(index), 'nothing follows the end of a choice');
      if (finish) finished.add(index);
      for (const call of delta.tool_calls ?? []) {
        const key = `${index}.${call.index}`;
        assert.equal(call.id !== undefined, !calls.has(key), 'id and name stand in the first fragment of a call');
        calls.set(key, (calls.get(key) ?? '') + (call.function?.arguments ?? ''));
      }
    }
  }
  assert.deepEqual([...begun].sort(), [...finished].sort(), 'each choice ends');
  for (const text of calls.values()) JSON.parse(text);
  const counted = chunks.filter((chunk) => chunk.usage);
  assert.equal(counted.length, withUsage ? 1 : 0, 'usage is told once where it was asked for');
  if (withUsage) assert.deepEqual(chunks.at(-1).choices, [], 'usage is told in a chunk of its own, the last one');
}

export function messages(raw) {
  const events = eventsOf(raw).filter(({ name }) => name !== 'ping');
  assert.ok(events.every(({ name, data }) => name === data.type), 'the name of an event is its type');
  const kinds = events.map(({ name }) => name);
  assert.equal(kinds[0], 'message_start');
  assert.deepEqual(kinds.slice(-2), ['message_delta', 'message_stop']);
  let open = null;
  let next = 0;
  for (const { data } of events.slice(1, -2)) {
    if (data.type === 'content_block_start') {
      assert.equal(open, null, 'a block begins when no other is open');
      assert.equal(data.index, next++, 'blocks are counted');
      open = { index: data.index, type: data.content_block.type, json: '' };
      continue;
    }
    assert.equal(data.index, open?.index, `${data.type} belongs to the open block`);
    if (data.type === 'content_block_delta') {
      const takers = { text_delta: 'text', citations_delta: 'text', thinking_delta: 'thinking', signature_delta: 'thinking', input_json_delta: /tool_use$/ }[data.delta.type];
      assert.match(open.type, new RegExp(takers), `${data.delta.type} in a block of ${open.type}`);
      open.json += data.delta.partial_json ?? '';
    } else {
      assert.equal(data.type, 'content_block_stop');
      if (open.type === 'tool_use') JSON.parse(open.json || '{}');
      open = null;
    }
  }
  assert.equal(open, null, 'the last block ends');
}

export function responses(raw) {
  const events = eventsOf(raw);
  assert.ok(events.every(({ name, data }) => name === data.type), 'the name of an event is its type');
  assert.deepEqual(events.map(({ data }) => data.sequence_number), events.map((_, place) => place), 'events are counted');
  assert.deepEqual(events.slice(0, 2).map(({ name }) => name), ['response.created', 'response.in_progress']);
  assert.match(events.at(-1).name, /^response\.(completed|incomplete)$/);
  const items = new Map();
  const parts = new Map();
  for (const { name, data } of events.slice(2, -1)) {
    if (name === 'response.output_item.added') {
      assert.equal(data.output_index, items.size, 'items are counted');
      assert.ok([...items.values()].every((item) => item.done), 'an item begins when no other is open');
      items.set(data.output_index, { id: data.item.id, done: false, text: '' });
      continue;
    }
    const item = items.get(data.output_index);
    assert.ok(item && !item.done, `${name} belongs to an open item`);
    if (data.item_id) assert.equal(data.item_id, item.id);
    const part = `${data.output_index}.${data.content_index}`;
    if (name === 'response.content_part.added') parts.set(part, { done: false, text: '' });
    if (/output_text\.delta|refusal\.delta/.test(name)) parts.get(part).text += data.delta;
    if (/output_text\.done|refusal\.done/.test(name)) assert.equal(data.text ?? data.refusal, parts.get(part).text, 'the whole is the sum of its pieces');
    if (name === 'response.content_part.done') parts.get(part).done = true;
    if (name === 'response.function_call_arguments.delta') item.text += data.delta;
    if (name === 'response.function_call_arguments.done') {
      assert.equal(data.arguments, item.text, 'the arguments are the sum of their pieces');
      JSON.parse(data.arguments);
    }
    if (name === 'response.output_item.done') {
      item.done = true;
      assert.deepEqual(events.at(-1).data.response.output[data.output_index], data.item, 'the end repeats the item');
    }
  }
  assert.ok([...items.values(), ...parts.values()].every((one) => one.done), 'every item and every part ends');
  assert.equal(events.at(-1).data.response.output.length, items.size);
}

export function gemini(raw) {
  const chunks = eventsOf(raw).map((event) => event.data);
  const indexes = new Set(chunks.flatMap((chunk) => chunk.candidates ?? []).map((candidate) => candidate.index));
  for (const index of indexes) {
    const own = chunks.flatMap((chunk) => chunk.candidates ?? []).filter((candidate) => candidate.index === index);
    assert.deepEqual(own.map((candidate) => candidate.finishReason !== undefined), own.map((_, place) => place === own.length - 1), 'the reason stands in the last chunk alone');
  }
  assert.ok(chunks.at(-1).usageMetadata, 'the last chunk counts');
  for (const part of chunks.flatMap((chunk) => chunk.candidates ?? []).flatMap((candidate) => candidate.content?.parts ?? [])) {
    if (part.functionCall) assert.equal(typeof part.functionCall.args, 'object');
  }
}
