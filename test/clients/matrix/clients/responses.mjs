// The OpenAI SDK on the Responses API.
import OpenAI from 'openai';
import { lengthOf } from './asking.mjs';

export const create = ({ url, key }) => new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });

/** What a client of this dialect can ask for, and how it spells that. */
export const names = {
  max: 'max_output_tokens', temperature: 'temperature', topP: 'top_p', logprobs: 'include', topLogprobs: 'top_logprobs', schema: 'text.format', json: 'text.format',
  verbosity: 'text.verbosity', effort: 'reasoning.effort', shows: 'reasoning.summary', tools: 'tools', strict: 'tools.strict', choice: 'tool_choice',
  parallel: 'parallel_tool_calls', tier: 'service_tier', metadata: 'metadata', user: 'safety_identifier', store: 'store', cacheKey: 'prompt_cache_key',
  marks: 'prompt_cache_breakpoint', search: 'tools.web_search', system: 'input', turns: 'input', image: 'input_image', imageUrl: 'input_image', file: 'input_file',
  fileUrl: 'input_file.file_url', audio: 'input_audio', reasoning: 'reasoning', media: 'function_call_output.output',
};

const part = (marks) => (said, place) => ({ ...bare(said), ...(place < marks && { prompt_cache_breakpoint: { mode: 'explicit' } }) });

function bare(said) {
  if (said.image) return { type: 'input_image', image_url: `data:image/png;base64,${said.image}`, detail: 'auto' };
  if (said.imageUrl) return { type: 'input_image', image_url: said.imageUrl, detail: 'auto' };
  if (said.audio) return { type: 'input_audio', input_audio: { data: said.audio, format: 'wav' } };
  if (said.file) return { type: 'input_file', filename: 'report.pdf', file_data: `data:application/pdf;base64,${said.file}` };
  if (said.fileUrl) return { type: 'input_file', file_url: said.fileUrl };
  return { type: 'input_text', text: said.text };
}

function itemsOf(turn, marks) {
  if (turn.user) return [{ role: 'user', content: turn.user.map(part(marks)) }];
  if (turn.tool) {
    return turn.tool.map(({ id, text, media }) => ({
      type: 'function_call_output', call_id: id, output: media ? [{ type: 'input_text', text }, ...media.map(bare)] : text,
    }));
  }
  const thought = ({ reasoning, signature }) => ({ type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: reasoning }], encrypted_content: signature });
  return turn.assistant.map((said) => (said.reasoning ? thought(said) : said.call ? { type: 'function_call', call_id: said.call.id, name: said.call.name, arguments: said.call.args } : { role: 'assistant', content: said.text }));
}

const TIERS = { auto: 'auto', standard: 'default', flex: 'flex', priority: 'priority' };

export function request(ask, model) {
  const [instructions, ...others] = ask.system ?? [];
  const format = ask.schema ? { type: 'json_schema', name: 'person', schema: ask.schema } : ask.json ? { type: 'json_object' } : undefined;
  const tools = [
    ...(ask.tools ?? []).map(({ name, description, schema }) => ({ type: 'function', name, description, parameters: schema, strict: ask.strict ?? false })),
    ...(ask.search ? [{ type: 'web_search' }] : []),
  ];
  return {
    model,
    instructions,
    input: [...others.map((content) => ({ role: 'developer', content })), ...ask.turns.flatMap((turn) => itemsOf(turn, ask.marks ?? 0))],
    max_output_tokens: ask.max, temperature: ask.temperature, top_p: ask.topP, include: ask.logprobs && ['message.output_text.logprobs'], top_logprobs: ask.topLogprobs,
    text: format || ask.verbosity ? { format, verbosity: ask.verbosity } : undefined,
    reasoning: ask.effort || ask.shows ? { effort: ask.effort, summary: ask.shows ? 'auto' : undefined } : undefined,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: ask.choice?.name ? { type: 'function', name: ask.choice.name } : ask.choice,
    parallel_tool_calls: ask.parallel, service_tier: TIERS[ask.tier], metadata: ask.metadata, safety_identifier: ask.user, store: ask.store, prompt_cache_key: ask.cacheKey,
  };
}

export const call = async (sdk, body, { streams }) => heard(streams ? await sdk.responses.stream(body).finalResponse() : await sdk.responses.create(body));

function finishOf({ status, incomplete_details: cut, output }) {
  if (status === 'incomplete') return { max_output_tokens: 'length', content_filter: 'filter' }[cut.reason];
  return output.some((item) => item.type === 'function_call') ? 'calls' : 'stop';
}

function heard(answer) {
  const said = answer.output.filter((item) => item.type === 'message').flatMap((item) => item.content);
  const texts = said.filter((one) => one.type === 'output_text');
  const { usage } = answer;
  return {
    model: answer.model,
    text: answer.output_text,
    reasoning: answer.output.filter((item) => item.type === 'reasoning').flatMap((item) => item.summary.map((one) => one.text)).join('\n\n'),
    refusal: said.find((one) => one.type === 'refusal')?.refusal,
    calls: answer.output.filter((item) => item.type === 'function_call').map(({ call_id: id, name, arguments: args }) => ({ id, name, args })),
    citations: texts.flatMap((one) => one.annotations.map(({ url, title, start_index, end_index }) => ({ url, title, cites: lengthOf(one.text, start_index, end_index) }))),
    logprobs: texts.flatMap((one) => one.logprobs ?? []).map(({ token, logprob }) => ({ token, logprob })),
    choices: [answer.output_text],
    finish: finishOf(answer),
    usage: usage && {
      input: usage.input_tokens - usage.input_tokens_details.cached_tokens - (usage.input_tokens_details.cache_write_tokens ?? 0),
      cacheRead: usage.input_tokens_details.cached_tokens,
      cacheWrite: usage.input_tokens_details.cache_write_tokens ?? 0,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details.reasoning_tokens,
    },
  };
}

export const LONGEST_ID = 64;

export const errorOf = (error) => ({ is: error instanceof OpenAI.APIError, status: error.status, words: error.message, type: error.type });
