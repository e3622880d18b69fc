// OpenAI Chat Completions as a vendor that no reasoning model is known of. Shapes: npm openai 6.49.0,
// resources/chat/completions/completions.d.ts; what an answer looks like: resources/chat/completions, "Streaming" of the API reference.
import { all, anyObject, between, boolean, byMember, demand, either, integer, list, map, matching, number, object, oneOf, string } from '../shape.mjs';
import { fragments, joined, sse } from './telling.mjs';

const mark = { prompt_cache_breakpoint: object({ mode: oneOf('explicit') }) };
const name = matching(/^[A-Za-z0-9_-]{1,64}$/);
const textPart = object({ type: oneOf('text'), text: string }, mark);
const userPart = byMember('type', {
  text: textPart,
  image_url: object({ type: string, image_url: object({ url: matching(/^(https?:\/\/|data:image\/(png|jpeg|gif|webp);base64,)/) }, { detail: oneOf('auto', 'low', 'high') }) }, mark),
  input_audio: object({ type: string, input_audio: object({ data: string, format: oneOf('wav', 'mp3') }) }, mark),
  file: object({ type: string, file: either(object({ file_id: string }), object({ file_data: matching(/^data:/), filename: string })) }, mark),
});
const texts = either(string, list(textPart, 1));
const call = byMember('type', {
  function: object({ id: matching(/^[A-Za-z0-9_-]{1,40}$/), type: string, function: object({ name, arguments: string }) }),
  custom: object({ id: matching(/^[A-Za-z0-9_-]{1,40}$/), type: string, custom: object({ name, input: string }) }),
});
const nullable = (shape) => (value, path) => value === null || shape(value, path);
const message = byMember('role', {
  // No vendor that is only compatible knows the developer; a relayed request may name one all the same.
  system: object({ role: string, content: texts }, { name: string }),
  user: object({ role: string, content: either(string, list(userPart, 1)) }, { name: string }),
  assistant: object({ role: string, content: nullable(texts) }, { name: string, refusal: nullable(string), tool_calls: list(call, 1) }),
  tool: object({ role: string, tool_call_id: string, content: texts }),
});
const tool = byMember('type', {
  function: object({ type: string, function: object({ name }, { description: string, parameters: anyObject, strict: boolean }) }),
  custom: object({ type: string, custom: object({ name }, { description: string, format: anyObject }) }),
});

/** A call is answered before anything else is said, once, and nothing answers what was not called. */
function answersItsCalls(body) {
  let open = [];
  body.messages.forEach((each, place) => {
    if (each.role === 'tool') {
      demand(open.includes(each.tool_call_id), `messages[${place}]`, `answers no open call: ${each.tool_call_id}`);
      open = open.filter((id) => id !== each.tool_call_id);
      return;
    }
    demand(open.length === 0, `messages[${place}]`, `stands before the answers to ${open}`);
    open = (each.tool_calls ?? []).map((one) => one.id);
    demand(new Set(open).size === open.length, `messages[${place}]`, 'has an id twice');
  });
  demand(open.length === 0, 'messages', `have no answers to ${open}`);
}

export const path = /^\/v1\/chat\/completions$/;

export const shape = all(
  object(
    { model: string, messages: list(message, 1) },
    {
      temperature: between(0, 2), top_p: between(0, 1), presence_penalty: between(-2, 2), frequency_penalty: between(-2, 2), seed: integer, n: between(1, 128),
      logprobs: boolean, top_logprobs: between(0, 20), max_tokens: integer, max_completion_tokens: integer, stop: either(string, list(string, 1)),
      response_format: byMember('type', {
        text: object({ type: string }),
        json_object: object({ type: string }),
        json_schema: object({ type: string, json_schema: object({ name, schema: anyObject }, { description: string, strict: boolean }) }),
      }),
      reasoning_effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'), verbosity: oneOf('low', 'medium', 'high'),
      tools: list(tool, 1), parallel_tool_calls: boolean,
      tool_choice: either(oneOf('none', 'auto', 'required'), byMember('type', { function: object({ type: string, function: object({ name }) }), allowed_tools: object({ type: string, allowed_tools: object({ mode: oneOf('auto', 'required'), tools: list(anyObject, 1) }) }) })),
      web_search_options: anyObject, stream: boolean, stream_options: object({}, { include_usage: boolean, include_obfuscation: boolean }),
      service_tier: oneOf('auto', 'default', 'flex', 'scale', 'priority'), metadata: map(string), safety_identifier: string, user: string, store: boolean,
      prompt_cache_key: string, prompt_cache_options: anyObject, logit_bias: map(number), modalities: list(oneOf('text', 'audio'), 1),
    },
  ),
  (body) => demand(!('tool_choice' in body) || body.tools, 'tool_choice', 'needs tools'),
  (body) => demand(!('parallel_tool_calls' in body) || body.tools, 'parallel_tool_calls', 'needs tools'),
  (body) => demand(!('top_logprobs' in body) || body.logprobs, 'top_logprobs', 'needs logprobs'),
  (body) => demand(!('stream_options' in body) || body.stream, 'stream_options', 'needs stream'),
  answersItsCalls,
);

const parts = (content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content ?? []);

function partSeen(part) {
  switch (part.type) {
    case 'text':
      return { text: part.text };
    case 'image_url':
      return part.image_url.url.startsWith('data:') ? { image: part.image_url.url.split(',')[1] } : { imageUrl: part.image_url.url };
    case 'input_audio':
      return { audio: part.input_audio.data };
    default:
      return { file: part.file.file_data.split(',')[1] };
  }
}

function turnSeen(each) {
  if (each.role === 'tool') return { tool: [{ id: each.tool_call_id, text: parts(each.content).map((part) => part.text).join('') }] };
  if (each.role === 'user') return { user: parts(each.content).map(partSeen) };
  const calls = (each.tool_calls ?? []).map((one) => ({ call: { id: one.id, name: one.function.name, args: one.function.arguments } }));
  return { assistant: [...(each.refusal ? [{ text: each.refusal }] : []), ...parts(each.content).map((part) => ({ text: part.text })), ...calls] };
}

const TIERS = { auto: 'auto', default: 'standard', flex: 'flex', priority: 'priority' };

/** What the request asks for, in no vendor's terms. */
export function seen(body) {
  const isSystem = (each) => each.role === 'system' || each.role === 'developer';
  const spoken = body.messages.filter((each) => !isSystem(each));
  const choice = body.tool_choice;
  return {
    stream: body.stream ?? false,
    system: body.messages.filter(isSystem).flatMap((each) => parts(each.content).map((part) => part.text)),
    turns: joined(spoken.map(turnSeen)),
    tools: body.tools?.map((each) => ({ name: each.function.name, description: each.function.description, schema: each.function.parameters })),
    strict: body.tools?.some((each) => each.function?.strict),
    choice: typeof choice === 'object' ? { name: choice.function?.name, allowed: choice.allowed_tools?.tools.map((each) => each.function.name) } : choice,
    parallel: body.parallel_tool_calls,
    max: body.max_tokens ?? body.max_completion_tokens,
    temperature: body.temperature, topP: body.top_p, seed: body.seed, presence: body.presence_penalty, frequency: body.frequency_penalty,
    n: body.n, logprobs: body.logprobs, topLogprobs: body.top_logprobs, stop: [body.stop ?? []].flat(), verbosity: body.verbosity,
    schema: body.response_format?.json_schema?.schema, json: body.response_format?.type === 'json_object', effort: body.reasoning_effort,
    tier: TIERS[body.service_tier], metadata: body.metadata, user: body.safety_identifier ?? body.user, store: body.store, cacheKey: body.prompt_cache_key,
    search: 'web_search_options' in body,
    marks: body.messages.flatMap((each) => parts(each.content)).filter((part) => part.prompt_cache_breakpoint).length,
  };
}

const FINISH = { stop: 'stop', length: 'length', calls: 'tool_calls', filter: 'content_filter' };
const callOf = ({ id, name: toolName, args }) => ({ id, type: 'function', function: { name: toolName, arguments: args } });
const annotationOf = ({ url, title, start, end }) => ({ type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } });
const tokensOf = (found) => found && { content: found.map(({ token, logprob, top }) => ({ token, logprob, bytes: [...Buffer.from(token)], top_logprobs: (top ?? []).map((other) => ({ ...other, bytes: [...Buffer.from(other.token)] })) })), refusal: null };

const usageOf = ({ input, cacheRead, cacheWrite, output, reasoning }) => ({
  prompt_tokens: input + cacheRead + cacheWrite,
  completion_tokens: output,
  total_tokens: input + cacheRead + cacheWrite + output,
  prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: 0, cache_write_tokens: cacheWrite },
  completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
});

const head = (object_, model) => ({ id: 'chatcmpl-1', object: object_, created: 1760000000, model });

export function document(script, model) {
  const choices = script.choices.map((said, index) => {
    const calls = said.filter((part) => part.call).map((part) => callOf(part.call));
    const citations = said.flatMap((part) => part.citations ?? []);
    const found = said.map((part) => part.text).filter((part) => part !== undefined);
    const thoughts = said.map((part) => part.reasoning).filter(Boolean);
    const refusals = said.map((part) => part.refusal).filter(Boolean);
    return {
      index,
      message: {
        role: 'assistant', content: found.length > 0 ? found.join('') : null, refusal: refusals[0] ?? null, annotations: citations.map(annotationOf),
        ...(thoughts.length > 0 && { reasoning_content: thoughts.join('\n\n') }), ...(calls.length > 0 && { tool_calls: calls }),
      },
      logprobs: tokensOf(script.logprobs) ?? null,
      finish_reason: FINISH[script.finish],
    };
  });
  return { ...head('chat.completion', model), choices, usage: usageOf(script.usage), service_tier: 'default' };
}

const inTurns = (lists) => Array.from({ length: Math.max(0, ...lists.map((each) => each.length)) }, (_, place) => lists.flatMap((each) => each[place] ?? [])).flat();

export function stream(script, model, body) {
  const asked = body.stream_options?.include_usage ?? false;
  const chunk = (index, delta, more = {}) => sse({ ...head('chat.completion.chunk', model), choices: [{ index, delta, logprobs: null, finish_reason: null, ...more }], ...(asked && { usage: null }) });
  const events = [];
  script.choices.forEach((said, index) => {
    events.push(chunk(index, { role: 'assistant', content: '', refusal: null }));
    let calls = 0;
    const beginnings = [];
    const pieces = [];
    for (const part of said) {
      if (part.reasoning) events.push(...fragments(part.reasoning).map((text) => chunk(index, { reasoning_content: text })));
      if (part.text) events.push(...fragments(part.text).map((text) => chunk(index, { content: text })));
      if (part.refusal) events.push(...fragments(part.refusal).map((text) => chunk(index, { refusal: text })));
      if (part.citations) events.push(chunk(index, { annotations: part.citations.map(annotationOf) }));
      if (part.call) {
        const at = calls++;
        beginnings.push(chunk(index, { tool_calls: [{ index: at, ...callOf({ ...part.call, args: '' }) }] }));
        pieces.push(fragments(part.call.args).map((text) => chunk(index, { tool_calls: [{ index: at, function: { arguments: text } }] })));
      }
    }
    // Some vendors tell the arguments of parallel calls in turns.
    if (script.interleaved) events.push(...beginnings, ...inTurns(pieces));
    else beginnings.forEach((beginning, place) => events.push(beginning, ...pieces[place]));
    if (script.logprobs) events.push(chunk(index, { content: '' }, { logprobs: tokensOf(script.logprobs) }));
  });
  script.choices.forEach((_, index) => events.push(chunk(index, {}, { finish_reason: FINISH[script.finish] })));
  if (asked) events.push(sse({ ...head('chat.completion.chunk', model), choices: [], usage: usageOf(script.usage) }));
  return [...events, 'data: [DONE]\n\n'];
}

const TYPES = { 400: ['invalid_request_error', null], 429: ['requests', 'rate_limit_exceeded'], 500: ['server_error', null], 529: ['server_error', null] };

export const error = (status, text) => ({ error: { message: text, type: TYPES[status][0], param: null, code: TYPES[status][1] } });

export const streamError = (text) => sse({ error: { message: text, type: 'server_error', param: null, code: null } });
