// The OpenAI SDK on Chat Completions.
import OpenAI from 'openai';
import { lengthOf, some } from './asking.mjs';

export const create = ({ url, key }) => new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });

/** What a client of this dialect can ask for, and how it spells that. */
export const names = {
  max: 'max_completion_tokens', temperature: 'temperature', topP: 'top_p', topK: 'top_k', seed: 'seed', presence: 'presence_penalty', frequency: 'frequency_penalty',
  n: 'n', logprobs: 'logprobs', topLogprobs: 'top_logprobs', stop: 'stop', schema: 'response_format', json: 'response_format', verbosity: 'verbosity',
  effort: 'reasoning_effort', tools: 'tools', strict: 'tools.function.strict', choice: 'tool_choice', parallel: 'parallel_tool_calls', tier: 'service_tier',
  metadata: 'metadata', user: 'safety_identifier', store: 'store', cacheKey: 'prompt_cache_key', marks: 'prompt_cache_breakpoint', search: 'web_search_options',
  system: 'messages', turns: 'messages', image: 'image_url', imageUrl: 'image_url', file: 'file', audio: 'input_audio',
};

const part = (marks) => (said, place) => ({ ...bare(said), ...(place < marks && { prompt_cache_breakpoint: { mode: 'explicit' } }) });

function bare(said) {
  if (said.image) return { type: 'image_url', image_url: { url: `data:image/png;base64,${said.image}` } };
  if (said.imageUrl) return { type: 'image_url', image_url: { url: said.imageUrl } };
  if (said.audio) return { type: 'input_audio', input_audio: { data: said.audio, format: 'wav' } };
  if (said.file) return { type: 'file', file: { filename: 'report.pdf', file_data: `data:application/pdf;base64,${said.file}` } };
  return { type: 'text', text: said.text };
}

function messagesOf(turn, marks) {
  if (turn.user) return [{ role: 'user', content: turn.user.map(part(marks)) }];
  if (turn.tool) return turn.tool.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }));
  const calls = turn.assistant.filter((said) => said.call).map(({ call }) => ({ id: call.id, type: 'function', function: { name: call.name, arguments: call.args } }));
  const text = turn.assistant.map((said) => said.text ?? '').join('');
  return [{ role: 'assistant', content: text || null, ...some('tool_calls', calls) }];
}

const TIERS = { auto: 'auto', standard: 'default', flex: 'flex', priority: 'priority' };

export function request(ask, model) {
  const [first, ...others] = ask.system ?? [];
  return {
    model,
    messages: [
      ...(first ? [{ role: 'system', content: first }] : []),
      ...others.map((content) => ({ role: 'developer', content })),
      ...ask.turns.flatMap((turn) => messagesOf(turn, ask.marks ?? 0)),
    ],
    max_completion_tokens: ask.max, temperature: ask.temperature, top_p: ask.topP, top_k: ask.topK, seed: ask.seed, presence_penalty: ask.presence,
    frequency_penalty: ask.frequency, n: ask.n, logprobs: ask.logprobs, top_logprobs: ask.topLogprobs, stop: ask.stop, verbosity: ask.verbosity, reasoning_effort: ask.effort,
    response_format: ask.schema ? { type: 'json_schema', json_schema: { name: 'person', schema: ask.schema } } : ask.json ? { type: 'json_object' } : undefined,
    tools: ask.tools?.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema, strict: ask.strict } })),
    tool_choice: ask.choice?.name ? { type: 'function', function: { name: ask.choice.name } } : ask.choice,
    parallel_tool_calls: ask.parallel, service_tier: TIERS[ask.tier], metadata: ask.metadata, safety_identifier: ask.user, store: ask.store, prompt_cache_key: ask.cacheKey,
    web_search_options: ask.search && {},
  };
}

export async function call(sdk, body, { streams, withUsage = true }) {
  if (!streams) return heard(await sdk.chat.completions.create(body));
  const stream = sdk.chat.completions.stream({ ...body, ...(withUsage && { stream_options: { include_usage: true } }) });
  const deltas = [];
  stream.on('chunk', (chunk) => deltas.push(...chunk.choices.map((choice) => choice.delta)));
  const whole = await stream.finalChatCompletion();
  // The SDK's types do not know the text of thoughts, nor annotations of a stream, so that its helper keeps only the last piece.
  const message = whole.choices[0].message;
  message.reasoning_content = deltas.map((delta) => delta.reasoning_content ?? '').join('');
  message.annotations = deltas.flatMap((delta) => delta.annotations ?? []);
  return heard(whole);
}

const FINISH = { stop: 'stop', length: 'length', tool_calls: 'calls', content_filter: 'filter' };

function heard({ choices, usage, model }) {
  const { message, finish_reason: finish, logprobs } = choices[0];
  return {
    model,
    text: message.content ?? '',
    reasoning: message.reasoning_content ?? '',
    refusal: message.refusal ?? undefined,
    calls: (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({ id, name, args })),
    citations: (message.annotations ?? []).map(({ url_citation: { url, title, start_index, end_index } }) => ({ url, title, cites: lengthOf(message.content, start_index, end_index) })),
    logprobs: logprobs?.content?.map(({ token, logprob }) => ({ token, logprob })),
    choices: choices.map((choice) => choice.message.content),
    finish: FINISH[finish],
    usage: usage && {
      input: usage.prompt_tokens - usage.prompt_tokens_details.cached_tokens - (usage.prompt_tokens_details.cache_write_tokens ?? 0),
      cacheRead: usage.prompt_tokens_details.cached_tokens,
      cacheWrite: usage.prompt_tokens_details.cache_write_tokens ?? 0,
      output: usage.completion_tokens,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  };
}

export const LONGEST_ID = 40;

export const errorOf = (error) => ({ is: error instanceof OpenAI.APIError, status: error.status, words: error.message, type: error.type });
