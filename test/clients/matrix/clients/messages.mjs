// Anthropic's SDK.
import Anthropic from '@anthropic-ai/sdk';
import { some } from './asking.mjs';

export const create = ({ url, key }) => new Anthropic({ apiKey: key, authToken: null, baseURL: url, maxRetries: 0 });

/** What a client of this dialect can ask for, and how it spells that. */
export const names = {
  max: 'max_tokens', temperature: 'temperature', topP: 'top_p', topK: 'top_k', stop: 'stop_sequences', schema: 'output_config.format', budget: 'thinking.budget_tokens',
  shows: 'thinking.display', tools: 'tools', strict: 'tools.strict', choice: 'tool_choice', parallel: 'tool_choice.disable_parallel_tool_use', tier: 'service_tier',
  user: 'metadata.user_id', marks: 'cache_control', search: 'tools.web_search', system: 'system', turns: 'messages', image: 'image', imageUrl: 'image', file: 'document',
  fileUrl: 'document', reasoning: 'thinking', media: 'tool_result.content', error: 'tool_result.is_error',
};

const part = (marks) => (said, place) => ({ ...bare(said), ...(place < marks && { cache_control: { type: 'ephemeral' } }) });

function bare(said) {
  if (said.image) return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: said.image } };
  if (said.imageUrl) return { type: 'image', source: { type: 'url', url: said.imageUrl } };
  if (said.file) return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: said.file } };
  if (said.fileUrl) return { type: 'document', source: { type: 'url', url: said.fileUrl } };
  if (said.reasoning) return { type: 'thinking', thinking: said.reasoning, signature: said.signature };
  if (said.call) return { type: 'tool_use', id: said.call.id, name: said.call.name, input: JSON.parse(said.call.args) };
  return { type: 'text', text: said.text };
}

function messageOf(turn, marks) {
  if (turn.user) return { role: 'user', content: turn.user.map(part(marks)) };
  if (turn.assistant) return { role: 'assistant', content: turn.assistant.map(bare) };
  return {
    role: 'user',
    content: turn.tool.map(({ id, text, media, error }) => ({
      type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text }, ...(media ?? []).map(bare)], ...(error && { is_error: true }),
    })),
  };
}

const TIERS = { auto: 'auto', standard: 'standard_only' };
const CHOICES = { required: 'any', auto: 'auto', none: 'none' };

export function request(ask, model) {
  const choice = ask.choice?.name ? { type: 'tool', name: ask.choice.name } : ask.choice || ask.parallel !== undefined ? { type: CHOICES[ask.choice] ?? 'auto' } : undefined;
  if (ask.parallel !== undefined) choice.disable_parallel_tool_use = !ask.parallel;
  const tools = [
    ...(ask.tools ?? []).map(({ name, description, schema }) => ({ name, description, input_schema: schema, strict: ask.strict })),
    ...(ask.search ? [{ type: 'web_search_20250305', name: 'web_search' }] : []),
  ];
  return {
    model,
    max_tokens: ask.max ?? 4000,
    ...some('system', (ask.system ?? []).map((text) => ({ type: 'text', text }))),
    messages: ask.turns.map((turn) => messageOf(turn, ask.marks ?? 0)),
    temperature: ask.temperature, top_p: ask.topP, top_k: ask.topK, stop_sequences: ask.stop,
    thinking: ask.budget ? { type: 'enabled', budget_tokens: ask.budget, display: ask.shows ? 'summarized' : undefined } : undefined,
    output_config: ask.schema && { format: { type: 'json_schema', schema: ask.schema } },
    ...some('tools', tools),
    tool_choice: choice, service_tier: TIERS[ask.tier], metadata: ask.user && { user_id: ask.user },
  };
}

export const call = async (sdk, body, { streams }) => heard(streams ? await sdk.messages.stream(body).finalMessage() : await sdk.messages.create(body));

const FINISH = { end_turn: 'stop', stop_sequence: 'stop', max_tokens: 'length', tool_use: 'calls', refusal: 'filter' };

function heard({ content, stop_reason: finish, stop_sequence: stopText, stop_details: details, usage, model }) {
  const of = (type) => content.filter((block) => block.type === type);
  return {
    model,
    text: of('text').map((block) => block.text).join(''),
    reasoning: of('thinking').map((block) => block.thinking).join('\n\n'),
    calls: of('tool_use').map(({ id, name, input }) => ({ id, name, args: JSON.stringify(input) })),
    citations: of('text').flatMap((block) => (block.citations ?? []).map(({ url, title }) => ({ url, title }))),
    choices: [of('text').map((block) => block.text).join('')],
    finish: FINISH[finish],
    stopText: stopText ?? undefined,
    explanation: details?.explanation,
    usage: {
      input: usage.input_tokens, cacheRead: usage.cache_read_input_tokens, cacheWrite: usage.cache_creation_input_tokens, output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
  };
}

export const LONGEST_ID = 64;

export const errorOf = (error) => ({ is: error instanceof Anthropic.APIError, status: error.status, words: error.error?.error?.message ?? error.message, type: error.error?.error?.type });
