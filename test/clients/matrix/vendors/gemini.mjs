// Gemini generateContent as a vendor. Shapes: npm @google/genai 2.32.0, dist/genai.d.ts, and the Gemini API reference,
// "Generating content", "Function calling", "Thought signatures", "Grounding with Google Search".
import { all, anyObject, between, boolean, byPresence, demand, either, integer, list, matching, number, object, oneOf, string } from '../shape.mjs';
import { fragments, joined, sse } from './telling.mjs';

const blob = object({ mimeType: matching(/^[a-z]+\/[a-z0-9.+-]+$/), data: string });
const file = object({ fileUri: string }, { mimeType: string });
const name = matching(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/);
const media = byPresence({ inlineData: blob, fileData: file });
const part = byPresence(
  {
    text: string, inlineData: blob, fileData: file,
    functionCall: object({ name, args: anyObject }, { id: string }),
    functionResponse: object({ name, response: anyObject }, { id: string, parts: list(media, 1) }),
  },
  { thought: boolean, thoughtSignature: string, mediaResolution: anyObject },
);
const declaration = object({ name }, { description: string, parameters: anyObject, parametersJsonSchema: anyObject });
const tool = byPresence({ functionDeclarations: list(declaration, 1), googleSearch: object({}), urlContext: object({}), codeExecution: object({}) });
const config = object({}, {
  temperature: between(0, 2), topP: between(0, 1), topK: integer, candidateCount: between(1, 8), maxOutputTokens: integer, seed: integer,
  stopSequences: (value, path) => list(string, 1)(value, path) ?? demand(value.length <= 5, path, 'has more than five'),
  presencePenalty: number, frequencyPenalty: number, responseLogprobs: boolean, logprobs: between(0, 20),
  responseMimeType: oneOf('text/plain', 'application/json'), responseSchema: anyObject, responseJsonSchema: anyObject,
  responseModalities: list(oneOf('TEXT', 'IMAGE', 'AUDIO'), 1),
  thinkingConfig: object({}, { includeThoughts: boolean, thinkingBudget: between(-1, 32_768), thinkingLevel: oneOf('MINIMAL', 'LOW', 'MEDIUM', 'HIGH') }),
});

/** As many responses as calls, in the turn behind them; each step's first call is signed. */
function answersItsCalls(body) {
  const turns = body.contents;
  turns.forEach(({ role, parts }, place) => {
    const calls = parts.filter((each) => each.functionCall);
    const path = `contents[${place}]`;
    if (place > 0) demand(role !== turns[place - 1].role, path, 'has the speaker of the one before');
    if (calls.length === 0) return;
    demand(role === 'model', path, 'has calls that are not the model\'s');
    demand(calls[0].thoughtSignature, path, 'has a first call without a thought_signature');
    const answers = (turns[place + 1]?.parts ?? []).filter((each) => each.functionResponse);
    demand(answers.map((each) => each.functionResponse.name).join() === calls.map((each) => each.functionCall.name).join(), path, `is answered by ${answers.map((each) => each.functionResponse.name)}`);
  });
  demand(turns[0].role !== 'model', 'contents[0]', 'is the model\'s');
}

export const path = /^\/v1beta\/models\/[^/:]+:(generateContent|streamGenerateContent)$/;

export const shape = all(
  object(
    { contents: list(object({ parts: list(part, 1), role: oneOf('user', 'model') }), 1) },
    {
      systemInstruction: object({ parts: list(object({ text: string }), 1) }, { role: string }), generationConfig: config, tools: list(tool, 1),
      toolConfig: object({}, { functionCallingConfig: object({}, { mode: oneOf('AUTO', 'ANY', 'NONE', 'VALIDATED'), allowedFunctionNames: list(string, 1) }) }),
      serviceTier: either(oneOf('flex', 'standard', 'priority'), oneOf('FLEX', 'STANDARD', 'PRIORITY')), store: boolean, safetySettings: list(anyObject),
    },
  ),
  (body) => demand(!body.generationConfig?.logprobs || body.generationConfig.responseLogprobs, 'logprobs', 'needs responseLogprobs'),
  (body) => demand(!(body.generationConfig?.thinkingConfig?.thinkingBudget !== undefined && body.generationConfig.thinkingConfig.thinkingLevel), 'thinkingConfig', 'has both budget and level'),
  answersItsCalls,
);

function partSeen(each) {
  if (each.inlineData) return { [KINDS[each.inlineData.mimeType.split('/')[0]] ?? 'file']: each.inlineData.data };
  if (each.fileData) return { [each.fileData.mimeType?.startsWith('image/') ? 'imageUrl' : 'fileUrl']: each.fileData.fileUri };
  if (each.functionCall) return { call: { id: each.functionCall.id, name: each.functionCall.name, args: JSON.stringify(each.functionCall.args) } };
  if (each.thought) return { reasoning: each.text, signature: each.thoughtSignature };
  return { text: each.text };
}

const KINDS = { image: 'image', audio: 'audio' };

function resultSeen({ functionResponse: found }) {
  const { output, error: failed } = found.response;
  const said = failed ?? output;
  return {
    id: found.id,
    text: typeof said === 'string' ? said : JSON.stringify(said ?? found.response),
    ...(found.parts && { media: found.parts.map(partSeen) }),
    ...(failed !== undefined && { error: true }),
  };
}

function turnsSeen({ role, parts }) {
  if (role === 'model') return [{ assistant: parts.map(partSeen) }];
  return [{ tool: parts.filter((each) => each.functionResponse).map(resultSeen) }, { user: parts.filter((each) => !each.functionResponse).map(partSeen) }];
}

/** What the request asks for, in no vendor's terms. */
export function seen(body, url) {
  const wish = body.generationConfig ?? {};
  const functions = body.tools?.flatMap((each) => each.functionDeclarations ?? []);
  const calling = body.toolConfig?.functionCallingConfig;
  const mode = { AUTO: 'auto', ANY: 'required', NONE: 'none' }[calling?.mode];
  return {
    stream: url.includes(':streamGenerateContent'),
    system: (body.systemInstruction?.parts ?? []).map((each) => each.text),
    turns: joined(body.contents.flatMap(turnsSeen)),
    tools: functions?.map((each) => ({ name: each.name, description: each.description, schema: each.parametersJsonSchema ?? each.parameters })),
    choice: calling?.allowedFunctionNames?.length === 1 ? { name: calling.allowedFunctionNames[0], allowed: undefined } : mode,
    max: wish.maxOutputTokens, temperature: wish.temperature, topP: wish.topP, topK: wish.topK, seed: wish.seed,
    presence: wish.presencePenalty, frequency: wish.frequencyPenalty, n: wish.candidateCount, logprobs: wish.responseLogprobs, topLogprobs: wish.logprobs,
    stop: wish.stopSequences ?? [], schema: wish.responseJsonSchema, json: wish.responseMimeType === 'application/json' && !wish.responseJsonSchema,
    budget: wish.thinkingConfig?.thinkingBudget, shows: wish.thinkingConfig?.includeThoughts ?? false,
    tier: body.serviceTier?.toLowerCase(), store: body.store,
    search: body.tools?.some((each) => each.googleSearch) ?? false,
  };
}

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', calls: 'STOP', filter: 'SAFETY' };

const usageOf = ({ input, cacheRead, cacheWrite, output, reasoning }) => ({
  promptTokenCount: input + cacheRead + cacheWrite, cachedContentTokenCount: cacheRead, candidatesTokenCount: output - reasoning,
  thoughtsTokenCount: reasoning, totalTokenCount: input + cacheRead + cacheWrite + output,
});

const rawArgs = (args) => ({ toJSON: () => `RAW${args}RAW` });

/** The arguments as the model wrote them: JSON.parse would spoil long numbers. */
const told = (value) => JSON.stringify(value).replace(/"RAW(.*?)RAW"/g, (_, args) => JSON.parse(`"${args}"`));

function partsOf(each, signed) {
  if (each.reasoning) return [{ text: each.reasoning, thought: true }];
  if (each.call) return [{ functionCall: { id: each.call.id, name: each.call.name, args: rawArgs(each.call.args) }, ...(signed && { thoughtSignature: each.signature ?? 'c2ln' }) }];
  if (each.search) return [];
  return [{ text: each.refusal ?? each.text }];
}

function groundingOf(said) {
  const text = said.map((each) => each.text ?? '').join('');
  const citations = said.flatMap((each) => each.citations ?? []);
  if (citations.length === 0) return {};
  const bytes = (chars) => Buffer.byteLength([...text].slice(0, chars).join(''));
  return {
    groundingMetadata: {
      webSearchQueries: said.filter((each) => each.search).map((each) => each.search),
      searchEntryPoint: { renderedContent: '<div></div>' },
      groundingChunks: citations.map(({ url, title }) => ({ web: { uri: url, title } })),
      groundingSupports: citations.map(({ start, end }, place) => ({ segment: { startIndex: bytes(start), endIndex: bytes(end), text: [...text].slice(start, end).join('') }, groundingChunkIndices: [place] })),
    },
  };
}

const tokensOf = (found) =>
  found && {
    logprobsResult: {
      chosenCandidates: found.map(({ token, logprob }) => ({ token, logProbability: logprob })),
      topCandidates: found.map(({ top }) => ({ candidates: (top ?? []).map((other) => ({ token: other.token, logProbability: other.logprob })) })),
    },
  };

const candidate = (parts, index, more = {}) => ({ content: { role: 'model', parts }, index, ...more });
const head = (model, candidates, more = {}) => ({ candidates, modelVersion: model, responseId: 'r-1', ...more });
const endOf = (script) => ({ finishReason: script.choices[0].some((each) => each.refusal) ? 'PROHIBITED_CONTENT' : FINISH[script.finish], finishMessage: script.explanation });
const signs = (said, place) => said.findIndex((each) => each.call) === place;

export function document(script, model) {
  const candidates = script.choices.map((said, index) =>
    candidate(said.flatMap((each, place) => partsOf(each, signs(said, place))), index, { ...endOf(script), ...groundingOf(said), ...tokensOf(script.logprobs) }));
  return told(head(model, candidates, { usageMetadata: usageOf(script.usage) }));
}

export function stream(script, model) {
  const events = [];
  const tell = (candidates, more) => events.push(`data: ${told(head(model, candidates, more))}\r\n\r\n`);
  const early = { usageMetadata: { ...usageOf(script.usage), candidatesTokenCount: 1 } };
  script.choices.forEach((said, index) => {
    said.forEach((each, place) => {
      for (const one of partsOf(each, signs(said, place))) {
        if (one.text === undefined) tell([candidate([one], index)], early);
        else for (const text of fragments(one.text)) tell([candidate([{ ...one, text }], index)], early);
      }
    });
  });
  script.choices.forEach((said, index) => tell([candidate([{ text: '' }], index, { ...endOf(script), ...groundingOf(said), ...tokensOf(script.logprobs) })], { usageMetadata: usageOf(script.usage) }));
  return events;
}

const STATUSES = { 400: 'INVALID_ARGUMENT', 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL', 529: 'UNAVAILABLE' };

/** Google says when to come back in the document. */
const waitOf = (status) => (status === 429 ? { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }] } : {});

export const error = (status, text) => ({ error: { code: status, message: text, status: STATUSES[status], ...waitOf(status) } });

export const streamError = (text) => sse({ error: { code: 500, message: text, status: 'INTERNAL' } });
