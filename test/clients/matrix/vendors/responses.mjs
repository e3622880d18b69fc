// The Responses API as a vendor. Shapes: npm openai 6.49.0, resources/responses/responses.d.ts; the order of events: the API
// reference, "Streaming events".
import { all, anyObject, between, boolean, byMember, demand, either, integer, list, map, matching, object, oneOf, string } from '../shape.mjs';
import { fragments, joined, sse } from './telling.mjs';

const mark = { prompt_cache_breakpoint: object({ mode: oneOf('explicit') }) };
const name = matching(/^[A-Za-z0-9_-]{1,64}$/);
const callId = matching(/^[A-Za-z0-9_-]{1,64}$/);
const inputPart = byMember('type', {
  input_text: object({ type: string, text: string }, mark),
  input_image: either(
    object({ type: string, image_url: matching(/^(https?:\/\/|data:image\/(png|jpeg|gif|webp);base64,)/), detail: oneOf('auto', 'low', 'high') }, mark),
    object({ type: string, file_id: string, detail: oneOf('auto', 'low', 'high') }, mark),
  ),
  input_file: either(object({ type: string, file_data: matching(/^data:/), filename: string }, mark), object({ type: string, file_url: matching(/^https?:/) }, mark), object({ type: string, file_id: string }, mark)),
  input_audio: object({ type: string, input_audio: object({ data: string, format: oneOf('wav', 'mp3') }) }, mark),
});
const outputPart = byMember('type', {
  output_text: object({ type: string, text: string, annotations: list(anyObject) }, { logprobs: list(anyObject) }),
  refusal: object({ type: string, refusal: string }),
});
const status = { id: string, status: oneOf('in_progress', 'completed', 'incomplete') };
const spoken = (value, path) =>
  value.role === 'assistant'
    ? object({ role: string, content: either(string, list(outputPart, 1)) }, { type: string, ...status })(value, path)
    : object({ role: oneOf('system', 'user'), content: either(string, list(inputPart, 1)) }, { type: string })(value, path);
const summary = list(object({ type: oneOf('summary_text'), text: string }));
const items = {
  message: spoken,
  reasoning: object({ type: string, id: string, summary }, { encrypted_content: string, content: list(anyObject), status: string }),
  function_call: object({ type: string, call_id: callId, name, arguments: string }, status),
  function_call_output: object({ type: string, call_id: callId, output: either(string, list(inputPart, 1)) }, status),
  web_search_call: object({ type: string, id: string, status: string }, { action: anyObject }),
};
const item = (value, path) => byMember('type', items)({ type: 'message', ...value }, path);
const tool = byMember('type', {
  function: object({ type: string, name, parameters: (value, path) => value === null || anyObject(value, path), strict: boolean }, { description: string }),
  web_search: object({ type: string }, { filters: anyObject, user_location: anyObject, search_context_size: string }),
});

function answersItsCalls(body) {
  const open = new Set();
  body.input.forEach((each, place) => {
    if (each.type === 'function_call') {
      demand(!open.has(each.call_id), `input[${place}]`, 'has the id of another call');
      open.add(each.call_id);
    }
    if (each.type === 'function_call_output') demand(open.delete(each.call_id), `input[${place}]`, `answers no open call: ${each.call_id}`);
  });
  demand(open.size === 0, 'input', `has no answers to ${[...open]}`);
}

export const path = /^\/v1\/responses$/;

export const shape = all(
  object(
    { model: string, input: list(item, 1) },
    {
      instructions: string, max_output_tokens: integer, temperature: between(0, 2), top_p: between(0, 1), top_logprobs: between(0, 20),
      include: list(oneOf('reasoning.encrypted_content', 'message.output_text.logprobs', 'web_search_call.action.sources'), 1),
      reasoning: object({}, { effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'), summary: oneOf('auto', 'concise', 'detailed') }),
      text: object({}, {
        format: byMember('type', {
          text: object({ type: string }),
          json_object: object({ type: string }),
          json_schema: object({ type: string, name, schema: anyObject }, { description: string, strict: boolean }),
        }),
        verbosity: oneOf('low', 'medium', 'high'),
      }),
      tools: list(tool, 1), parallel_tool_calls: boolean,
      tool_choice: either(oneOf('none', 'auto', 'required'), byMember('type', { function: object({ type: string, name }), allowed_tools: object({ type: string, mode: oneOf('auto', 'required'), tools: list(anyObject, 1) }) })),
      store: boolean, stream: boolean, service_tier: oneOf('auto', 'default', 'flex', 'scale', 'priority'), metadata: map(string), safety_identifier: string,
      user: string, prompt_cache_key: string, prompt_cache_options: anyObject,
    },
  ),
  answersItsCalls,
);

const parts = (content) => (typeof content === 'string' ? [{ type: 'input_text', text: content }] : content);

function partSeen(part) {
  switch (part.type) {
    case 'input_image':
      return part.image_url.startsWith('data:') ? { image: part.image_url.split(',')[1] } : { imageUrl: part.image_url };
    case 'input_file':
      return part.file_url ? { fileUrl: part.file_url } : { file: part.file_data.split(',')[1] };
    case 'input_audio':
      return { audio: part.input_audio.data };
    default:
      return { text: part.text ?? part.refusal };
  }
}

function turnSeen(each) {
  switch (each.type ?? 'message') {
    case 'function_call':
      return { assistant: [{ call: { id: each.call_id, name: each.name, args: each.arguments } }] };
    case 'function_call_output': {
      const found = parts(each.output).map(partSeen);
      const media = found.filter((part) => !('text' in part));
      return { tool: [{ id: each.call_id, text: found.map((part) => part.text ?? '').join(''), ...(media.length > 0 && { media }) }] };
    }
    case 'reasoning':
      return { assistant: [{ reasoning: each.summary.map((part) => part.text).join('\n\n'), signature: each.encrypted_content }] };
    case 'web_search_call':
      return { assistant: [] };
    default:
      return { [each.role]: parts(each.content).map(partSeen) };
  }
}

const TIERS = { auto: 'auto', default: 'standard', flex: 'flex', priority: 'priority' };

/** What the request asks for, in no vendor's terms. */
export function seen(body) {
  const choice = body.tool_choice;
  const isSystem = (each) => each.role === 'system' || each.role === 'developer';
  const said = body.input.filter((each) => !isSystem(each));
  const functions = body.tools?.filter((each) => each.type === 'function');
  return {
    stream: body.stream ?? false,
    system: [...(body.instructions ? [body.instructions] : []), ...body.input.filter(isSystem).flatMap((each) => parts(each.content).map((part) => part.text))],
    turns: joined(said.map(turnSeen)),
    tools: functions?.map((each) => ({ name: each.name, description: each.description, schema: each.parameters })),
    strict: functions?.some((each) => each.strict),
    choice: typeof choice === 'object' ? { name: choice.name, allowed: choice.tools?.map((each) => each.name) } : choice,
    parallel: body.parallel_tool_calls,
    max: body.max_output_tokens,
    temperature: body.temperature, topP: body.top_p, logprobs: body.include?.includes('message.output_text.logprobs'), topLogprobs: body.top_logprobs,
    verbosity: body.text?.verbosity, schema: body.text?.format?.schema, json: body.text?.format?.type === 'json_object',
    effort: body.reasoning?.effort, shows: body.reasoning?.summary !== undefined,
    tier: TIERS[body.service_tier], metadata: body.metadata, user: body.safety_identifier ?? body.user, store: body.store, cacheKey: body.prompt_cache_key,
    search: body.tools?.some((each) => each.type === 'web_search') ?? false,
    marks: body.input.flatMap((each) => (Array.isArray(each.content) ? each.content : [])).filter((part) => part.prompt_cache_breakpoint).length,
  };
}

const usageOf = ({ input, cacheRead, cacheWrite, output, reasoning }) => ({
  input_tokens: input + cacheRead + cacheWrite,
  input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + cacheRead + cacheWrite + output,
});

const tokensOf = (found) => (found ?? []).map(({ token, logprob, top }) => ({ token, logprob, bytes: [...Buffer.from(token)], top_logprobs: (top ?? []).map((other) => ({ ...other, bytes: [...Buffer.from(other.token)] })) }));
const annotationOf = ({ url, title, start, end }) => ({ type: 'url_citation', url, title, start_index: start, end_index: end });

/** One item for each part; a refusal and a text are messages of their own. */
function itemOf(part, place, script) {
  if (part.reasoning) return { id: `rs_${place}`, type: 'reasoning', summary: [{ type: 'summary_text', text: part.reasoning }], ...(part.signature && { encrypted_content: part.signature }) };
  if (part.call) return { id: `fc_${place}`, type: 'function_call', status: 'completed', call_id: part.call.id, name: part.call.name, arguments: part.call.args };
  if (part.search) return { id: `ws_${place}`, type: 'web_search_call', status: 'completed', action: { type: 'search', query: part.search } };
  const content = part.refusal
    ? { type: 'refusal', refusal: part.refusal }
    : { type: 'output_text', text: part.text, annotations: (part.citations ?? []).map(annotationOf), logprobs: tokensOf(script.logprobs) };
  return { id: `msg_${place}`, type: 'message', status: 'completed', role: 'assistant', content: [content] };
}

const envelope = (model, state, output, more = {}) => ({
  id: 'resp_1', object: 'response', created_at: 1760000000, status: state, model, output, error: null, incomplete_details: null, instructions: null, metadata: {},
  parallel_tool_calls: true, temperature: 1, tool_choice: 'auto', tools: [], top_p: 1, service_tier: 'default', usage: null, ...more,
});

const whole = (script, model) => {
  const cut = { length: 'max_output_tokens', filter: 'content_filter' }[script.finish];
  const output = script.choices[0].map((part, place) => itemOf(part, place, script));
  return envelope(model, cut ? 'incomplete' : 'completed', output, { usage: usageOf(script.usage), incomplete_details: cut ? { reason: cut } : null });
};

export const document = whole;

export function stream(script, model) {
  let number = 0;
  const tell = (type, data) => sse({ type, sequence_number: number++, ...data }, type);
  const events = [tell('response.created', { response: envelope(model, 'in_progress', []) }), tell('response.in_progress', { response: envelope(model, 'in_progress', []) })];
  script.choices[0].forEach((part, place) => events.push(...itemEvents(itemOf(part, place, script), place, tell)));
  const end = whole(script, model);
  return [...events, tell(`response.${end.status}`, { response: end })];
}

function itemEvents(full, place, tell) {
  const at = { item_id: full.id, output_index: place };
  const begun = { ...full, status: 'in_progress', ...(full.arguments !== undefined && { arguments: '' }), ...(full.content && { content: [] }), ...(full.summary && { summary: [], encrypted_content: undefined, status: undefined }) };
  const events = [tell('response.output_item.added', { output_index: place, item: begun })];
  if (full.type === 'function_call') {
    events.push(...fragments(full.arguments).map((delta) => tell('response.function_call_arguments.delta', { ...at, delta })));
    events.push(tell('response.function_call_arguments.done', { ...at, name: full.name, arguments: full.arguments }));
  } else if (full.type === 'reasoning') {
    const text = full.summary[0].text;
    const sum = { ...at, summary_index: 0 };
    events.push(tell('response.reasoning_summary_part.added', { ...sum, part: { type: 'summary_text', text: '' } }));
    events.push(...fragments(text).map((delta) => tell('response.reasoning_summary_text.delta', { ...sum, delta })));
    events.push(tell('response.reasoning_summary_text.done', { ...sum, text }), tell('response.reasoning_summary_part.done', { ...sum, part: full.summary[0] }));
  } else if (full.type === 'web_search_call') {
    events.push(...['in_progress', 'searching', 'completed'].map((state) => tell(`response.web_search_call.${state}`, at)));
  } else {
    events.push(...partEvents(full.content[0], { ...at, content_index: 0 }, tell));
  }
  return [...events, tell('response.output_item.done', { output_index: place, item: full })];
}

function partEvents(part, at, tell) {
  if (part.type === 'refusal') {
    return [
      tell('response.content_part.added', { ...at, part: { ...part, refusal: '' } }),
      ...fragments(part.refusal).map((delta) => tell('response.refusal.delta', { ...at, delta })),
      tell('response.refusal.done', { ...at, refusal: part.refusal }),
      tell('response.content_part.done', { ...at, part }),
    ];
  }
  return [
    tell('response.content_part.added', { ...at, part: { ...part, text: '', annotations: [], logprobs: [] } }),
    ...fragments(part.text).map((delta) => tell('response.output_text.delta', { ...at, delta, logprobs: [] })),
    ...part.annotations.map((annotation, place) => tell('response.output_text.annotation.added', { ...at, annotation_index: place, annotation })),
    tell('response.output_text.done', { ...at, text: part.text, logprobs: part.logprobs }),
    tell('response.content_part.done', { ...at, part }),
  ];
}

const TYPES = { 400: ['invalid_request_error', null], 429: ['requests', 'rate_limit_exceeded'], 500: ['server_error', null], 529: ['server_error', null] };

export const error = (code, text) => ({ error: { message: text, type: TYPES[code][0], param: null, code: TYPES[code][1] } });

export const streamError = (text) => sse({ type: 'error', code: 'server_error', message: text, param: null, sequence_number: 99 }, 'error');
