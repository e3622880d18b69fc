// Anthropic Messages, version 2023-06-01, as a vendor. Shapes: npm @anthropic-ai/sdk 1.12.0, resources/messages/messages.d.ts;
// rules and the order of events: Anthropic documentation, "Messages", "Extended thinking", "Streaming messages".
import { all, anyObject, between, boolean, byMember, demand, either, integer, list, matching, object, oneOf, string } from '../shape.mjs';
import { fragments, joined, sse } from './telling.mjs';

const mark = { cache_control: object({ type: oneOf('ephemeral') }, { ttl: oneOf('5m', '1h') }) };
const id = matching(/^[a-zA-Z0-9_-]{1,64}$/);
const text = object({ type: string, text: matching(/\S/) }, { ...mark, citations: (value, path) => value === null || list(anyObject)(value, path) });
const base64 = (types) => object({ type: string, media_type: matching(types), data: string });
const image = object({ type: string, source: byMember('type', { base64: base64(/^image\/(jpeg|png|gif|webp)$/), url: object({ type: string, url: matching(/^https?:/) }) }) }, mark);
const document_ = object(
  { type: string, source: byMember('type', { base64: base64(/^application\/pdf$/), text: object({ type: string, media_type: oneOf('text/plain'), data: string }), url: object({ type: string, url: matching(/^https?:/) }) }) },
  { ...mark, title: string, context: string, citations: object({ enabled: boolean }) },
);
const result = object({ type: string, tool_use_id: id }, { content: either(string, list(byMember('type', { text, image, document: document_ }), 1)), is_error: boolean, ...mark });
const userBlock = byMember('type', { text, image, document: document_, tool_result: result });
const assistantBlock = byMember('type', {
  text,
  thinking: object({ type: string, thinking: string, signature: matching(/./) }),
  redacted_thinking: object({ type: string, data: string }),
  tool_use: object({ type: string, id, name: string, input: anyObject }, mark),
  server_tool_use: object({ type: string, id: string, name: string, input: anyObject }),
  web_search_tool_result: object({ type: string, tool_use_id: string, content: list(anyObject) }),
});
const message = byMember('role', {
  user: object({ role: string, content: either(string, list(userBlock, 1)) }),
  assistant: object({ role: string, content: either(string, list(assistantBlock, 1)) }),
});
const tool = (value, path) =>
  value.type?.startsWith('web_search_')
    ? object({ type: oneOf('web_search_20250305', 'web_search_20260209', 'web_search_20260318'), name: oneOf('web_search') }, { max_uses: integer, allowed_domains: list(string), blocked_domains: list(string), user_location: anyObject, ...mark })(value, path)
    : object({ name: matching(/^[a-zA-Z0-9_-]{1,128}$/), input_schema: object({ type: oneOf('object') }, { properties: anyObject, required: list(string), additionalProperties: boolean, $defs: anyObject }) }, { type: oneOf('custom'), description: string, strict: boolean, ...mark })(value, path);

const blocks = (content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content);

/** The results of all calls of a turn lead the next one, which is the user's. */
function answersItsCalls(body) {
  body.messages.forEach((each, place) => {
    const calls = each.role === 'assistant' ? blocks(each.content).filter((block) => block.type === 'tool_use').map((block) => block.id) : [];
    const next = body.messages[place + 1];
    const results = next ? blocks(next.content).filter((block) => block.type === 'tool_result').map((block) => block.tool_use_id) : [];
    const path = `messages[${place + 1}]`;
    if (each.role === 'assistant') demand([...calls].sort().join() === [...results].sort().join(), path, `answers ${results}, not ${calls}`);
    const kinds = blocks(each.content).map((block) => block.type === 'tool_result');
    demand(!kinds.slice(kinds.indexOf(false)).includes(true) || !kinds.includes(false), `messages[${place}]`, 'has a result after something else');
    if (place > 0) demand(each.role !== body.messages[place - 1].role, `messages[${place}]`, 'has the speaker of the one before');
  });
  demand(body.messages[0].role === 'user', 'messages[0]', 'is not the user\'s');
  demand(!blocks(body.messages[0].content).some((block) => block.type === 'tool_result'), 'messages[0]', 'answers nothing');
}

function thinksWithinReason(body) {
  if (body.thinking?.type !== 'enabled') return;
  demand(body.thinking.budget_tokens < body.max_tokens, 'thinking.budget_tokens', 'is not less than max_tokens');
  demand([undefined, 1].includes(body.temperature) && body.top_k === undefined, 'temperature or top_k', 'does not go with thinking');
  demand(![ 'any', 'tool' ].includes(body.tool_choice?.type), 'tool_choice', 'may not force a tool while thinking');
}

export const path = /^\/v1\/messages$/;

export const shape = all(
  object(
    { model: string, max_tokens: between(1, 1_000_000), messages: list(message, 1) },
    {
      system: either(string, list(text, 1)), stop_sequences: list(matching(/\S/), 1), stream: boolean, temperature: between(0, 1), top_p: between(0, 1), top_k: integer,
      thinking: byMember('type', { enabled: object({ type: string, budget_tokens: between(1024, 1_000_000) }, { display: oneOf('summarized', 'omitted') }), adaptive: object({ type: string }, { display: oneOf('summarized', 'omitted') }), disabled: object({ type: string }) }),
      output_config: object({}, { effort: oneOf('low', 'medium', 'high', 'xhigh', 'max'), format: object({ type: oneOf('json_schema'), schema: anyObject }) }),
      tools: list(tool, 1), service_tier: oneOf('auto', 'standard_only'), metadata: object({}, { user_id: string }), ...mark,
      tool_choice: byMember('type', {
        auto: object({ type: string }, { disable_parallel_tool_use: boolean }), any: object({ type: string }, { disable_parallel_tool_use: boolean }),
        tool: object({ type: string, name: string }, { disable_parallel_tool_use: boolean }), none: object({ type: string }),
      }),
    },
  ),
  (body) => demand(!body.tool_choice || body.tools, 'tool_choice', 'needs tools'),
  answersItsCalls,
  thinksWithinReason,
);

function partSeen(block) {
  switch (block.type) {
    case 'image':
      return block.source.type === 'url' ? { imageUrl: block.source.url } : { image: block.source.data };
    case 'document':
      return block.source.type === 'url' ? { fileUrl: block.source.url } : { file: block.source.data };
    case 'tool_use':
      return { call: { id: block.id, name: block.name, args: JSON.stringify(block.input) } };
    case 'thinking':
      return { reasoning: block.thinking, signature: block.signature };
    default:
      return { text: block.text };
  }
}

function resultSeen(block) {
  const found = blocks(block.content ?? []).map(partSeen);
  const media = found.filter((part) => !('text' in part));
  return { id: block.tool_use_id, text: found.map((part) => part.text ?? '').join(''), ...(media.length > 0 && { media }), ...(block.is_error && { error: true }) };
}

function turnsSeen(each) {
  const found = blocks(each.content);
  if (each.role === 'assistant') return [{ assistant: found.filter((block) => !/^(server_tool_use|web_search)/.test(block.type)).map(partSeen) }];
  return [{ tool: found.filter((block) => block.type === 'tool_result').map(resultSeen) }, { user: found.filter((block) => block.type !== 'tool_result').map(partSeen) }];
}

const CHOICES = { any: 'required', auto: 'auto', none: 'none' };

/** What the request asks for, in no vendor's terms. */
export function seen(body) {
  const functions = body.tools?.filter((each) => each.input_schema);
  const marked = [...blocks(body.system ?? []), ...body.messages.flatMap((each) => blocks(each.content))];
  return {
    stream: body.stream ?? false,
    system: blocks(body.system ?? []).map((block) => block.text),
    turns: joined(body.messages.flatMap(turnsSeen)),
    tools: functions?.map((each) => ({ name: each.name, description: each.description, schema: each.input_schema })),
    strict: functions?.some((each) => each.strict),
    choice: body.tool_choice?.type === 'tool' ? { name: body.tool_choice.name, allowed: undefined } : CHOICES[body.tool_choice?.type],
    parallel: body.tool_choice?.disable_parallel_tool_use === undefined ? undefined : !body.tool_choice.disable_parallel_tool_use,
    max: body.max_tokens, temperature: body.temperature, topP: body.top_p, topK: body.top_k, stop: body.stop_sequences ?? [],
    schema: body.output_config?.format?.schema, effort: body.output_config?.effort, budget: body.thinking?.budget_tokens,
    off: body.thinking?.type === 'disabled',
    shows: body.thinking?.type === 'enabled' && body.thinking.display !== 'omitted',
    tier: { auto: 'auto', standard_only: 'standard' }[body.service_tier], user: body.metadata?.user_id,
    search: body.tools?.some((each) => each.name === 'web_search') ?? false,
    marks: marked.filter((block) => block.cache_control).length,
  };
}

const FINISH = { stop: 'end_turn', length: 'max_tokens', calls: 'tool_use', filter: 'refusal' };

const usageOf = ({ input, cacheRead, cacheWrite, output, reasoning }) => ({
  input_tokens: input, cache_creation_input_tokens: cacheWrite, cache_read_input_tokens: cacheRead,
  cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
  output_tokens: output, output_tokens_details: { thinking_tokens: reasoning }, service_tier: 'standard',
});

const citationOf = ({ url, title, quote }) => ({ type: 'web_search_result_location', url, title, cited_text: quote ?? '', encrypted_index: 'RW5j' });

function blocksOf(part, place) {
  if (part.reasoning) return [{ type: 'thinking', thinking: part.reasoning, signature: part.signature ?? 'c2ln' }];
  if (part.call) return [{ type: 'tool_use', id: part.call.id, name: part.call.name, input: JSON.parse(part.call.args), raw: part.call.args }];
  if (part.search) {
    const found = part.sources.map(({ url, title }) => ({ type: 'web_search_result', url, title, encrypted_content: 'RW5j', page_age: null }));
    return [
      { type: 'server_tool_use', id: `srvtoolu_${place}`, name: 'web_search', input: { query: part.search } },
      { type: 'web_search_tool_result', tool_use_id: `srvtoolu_${place}`, content: found },
    ];
  }
  return [{ type: 'text', text: part.refusal ?? part.text, citations: part.citations ? part.citations.map(citationOf) : null }];
}

const ended = (script) => ({
  stop_reason: script.stopText ? 'stop_sequence' : script.choices[0].some((part) => part.refusal) ? 'refusal' : FINISH[script.finish],
  stop_sequence: script.stopText ?? null,
  ...(script.explanation && { stop_details: { type: 'refusal', category: null, explanation: script.explanation } }),
});

const head = (model, content, usage, end) => ({ id: 'msg_1', type: 'message', role: 'assistant', model, content, ...end, usage });

export function document(script, model) {
  const content = script.choices[0].flatMap(blocksOf).map(({ raw, ...block }) => block);
  // The arguments as the model wrote them: JSON.parse would spoil long numbers.
  let told = JSON.stringify(head(model, content, usageOf(script.usage), ended(script)));
  for (const { call } of script.choices[0].filter((part) => part.call)) told = told.replace(`"input":${JSON.stringify(JSON.parse(call.args))}`, () => `"input":${call.args}`);
  return told;
}

export function stream(script, model) {
  const tell = (type, data) => sse({ type, ...data }, type);
  const usage = usageOf(script.usage);
  const events = [tell('message_start', { message: head(model, [], { ...usage, output_tokens: 1 }, { stop_reason: null, stop_sequence: null }) }), tell('ping', {})];
  script.choices[0].flatMap(blocksOf).forEach((block, index) => {
    const delta = (type, member, value) => fragments(value).map((piece) => tell('content_block_delta', { index, delta: { type, [member]: piece } }));
    events.push(tell('content_block_start', { index, content_block: emptied(block) }));
    if (block.type === 'thinking') events.push(...delta('thinking_delta', 'thinking', block.thinking), tell('content_block_delta', { index, delta: { type: 'signature_delta', signature: block.signature } }));
    if (block.type === 'text') events.push(...delta('text_delta', 'text', block.text), ...(block.citations ?? []).map((citation) => tell('content_block_delta', { index, delta: { type: 'citations_delta', citation } })));
    if (block.type === 'tool_use') events.push(tell('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: '' } }), ...delta('input_json_delta', 'partial_json', block.raw));
    if (block.type === 'server_tool_use') events.push(...delta('input_json_delta', 'partial_json', JSON.stringify(block.input)));
    events.push(tell('content_block_stop', { index }));
  });
  return [...events, tell('message_delta', { delta: ended(script), usage }), tell('message_stop', {})];
}

function emptied({ raw, ...block }) {
  switch (block.type) {
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'text':
      return { ...block, text: '', citations: null };
    case 'tool_use':
    case 'server_tool_use':
      return { ...block, input: {} };
    default:
      return block;
  }
}

const TYPES = { 400: 'invalid_request_error', 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' };

export const error = (status, words) => ({ type: 'error', error: { type: TYPES[status], message: words }, request_id: 'req_vendor' });

export const streamError = (words) => sse({ type: 'error', error: { type: 'api_error', message: words } }, 'error');
