// Google's SDK.
import { ApiError, GoogleGenAI } from '@google/genai';

export const create = ({ url, key }) => new GoogleGenAI({ apiKey: key, vertexai: false, httpOptions: { baseUrl: url } });

/** What a client of this dialect can ask for, and how it spells that. */
export const names = {
  max: 'generationConfig.maxOutputTokens', temperature: 'generationConfig.temperature', topP: 'generationConfig.topP', topK: 'generationConfig.topK', seed: 'generationConfig.seed',
  presence: 'generationConfig.presencePenalty', frequency: 'generationConfig.frequencyPenalty', n: 'generationConfig.candidateCount', logprobs: 'generationConfig.responseLogprobs',
  topLogprobs: 'generationConfig.logprobs', stop: 'generationConfig.stopSequences', schema: 'generationConfig.responseJsonSchema', json: 'generationConfig.responseMimeType',
  budget: 'generationConfig.thinkingConfig.thinkingBudget', shows: 'generationConfig.thinkingConfig.includeThoughts', tools: 'tools.functionDeclarations',
  choice: 'toolConfig.functionCallingConfig', tier: 'serviceTier', search: 'tools.googleSearch', system: 'systemInstruction', turns: 'contents', image: 'inlineData',
  imageUrl: 'fileData', file: 'inlineData', fileUrl: 'fileData', audio: 'inlineData', reasoning: 'thought', media: 'functionResponse.parts', error: 'functionResponse.response.error',
};

/** How it spells the signature of its own vendor, which it gives back with the calls of earlier turns. */
export const signs = 'thoughtSignature';

function part(said) {
  if (said.reasoning) return { text: said.reasoning, thought: true, thoughtSignature: said.signature };
  if (said.image) return { inlineData: { mimeType: 'image/png', data: said.image } };
  if (said.imageUrl) return { fileData: { mimeType: 'image/png', fileUri: said.imageUrl } };
  if (said.audio) return { inlineData: { mimeType: 'audio/wav', data: said.audio } };
  if (said.file) return { inlineData: { mimeType: 'application/pdf', data: said.file } };
  if (said.fileUrl) return { fileData: { mimeType: 'application/pdf', fileUri: said.fileUrl } };
  return { text: said.text };
}

function contentOf(turn) {
  if (turn.user) return { role: 'user', parts: turn.user.map(part) };
  if (turn.tool) {
    return {
      role: 'user',
      parts: turn.tool.map(({ id, name, text, media, error }) => ({
        functionResponse: { id, name, response: error ? { error: text } : text.startsWith('{') ? JSON.parse(text) : { output: text }, ...(media && { parts: media.map(part) }) },
      })),
    };
  }
  // Google signs the first call of a step; a history without would be refused by a model of the third generation.
  let signed = false;
  const sign = () => (signed ? {} : (signed = true) && { thoughtSignature: 'c2ln' });
  return { role: 'model', parts: turn.assistant.map((said) => (said.call ? { functionCall: { id: said.call.id, name: said.call.name, args: JSON.parse(said.call.args) }, ...sign() } : part(said))) };
}

const MODES = { auto: 'AUTO', required: 'ANY', none: 'NONE' };

export function request(ask, model) {
  const tools = [
    ...(ask.tools ? [{ functionDeclarations: ask.tools.map(({ name, description, schema }) => ({ name, description, parametersJsonSchema: schema })) }] : []),
    ...(ask.search ? [{ googleSearch: {} }] : []),
  ];
  const calling = ask.choice?.name ? { mode: 'ANY', allowedFunctionNames: [ask.choice.name] } : { mode: MODES[ask.choice] };
  return {
    model,
    contents: ask.turns.map(contentOf),
    config: {
      systemInstruction: ask.system && { parts: ask.system.map((text) => ({ text })) },
      maxOutputTokens: ask.max, temperature: ask.temperature, topP: ask.topP, topK: ask.topK, seed: ask.seed, presencePenalty: ask.presence, frequencyPenalty: ask.frequency,
      candidateCount: ask.n, responseLogprobs: ask.logprobs, logprobs: ask.topLogprobs, stopSequences: ask.stop,
      responseMimeType: ask.schema || ask.json ? 'application/json' : undefined, responseJsonSchema: ask.schema,
      thinkingConfig: ask.budget || ask.shows ? { thinkingBudget: ask.budget, includeThoughts: ask.shows } : undefined,
      tools: tools.length > 0 ? tools : undefined, toolConfig: ask.choice && { functionCallingConfig: calling }, serviceTier: ask.tier,
    },
  };
}

export async function call(sdk, body, { streams }) {
  if (!streams) return heard([await sdk.models.generateContent(body)]);
  const chunks = [];
  for await (const chunk of await sdk.models.generateContentStream(body)) chunks.push(chunk);
  return heard(chunks);
}

const FINISH = { STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'filter', PROHIBITED_CONTENT: 'filter' };

function heard(chunks) {
  const candidates = chunks.flatMap((chunk) => chunk.candidates ?? []);
  const partsOf = (index) => candidates.filter((candidate) => candidate.index === index).flatMap((candidate) => candidate.content?.parts ?? []);
  const textOf = (index) => partsOf(index).filter((one) => !one.thought).map((one) => one.text ?? '').join('');
  const parts = partsOf(0);
  const calls = parts.filter((one) => one.functionCall);
  const end = candidates.find((candidate) => candidate.index === 0 && candidate.finishReason);
  const usage = chunks.at(-1).usageMetadata;
  const grounding = candidates.find((candidate) => candidate.groundingMetadata)?.groundingMetadata;
  const cited = (support) => Buffer.from(textOf(0)).subarray(support.segment.startIndex ?? 0, support.segment.endIndex).toString();
  return {
    model: chunks[0].modelVersion,
    text: textOf(0),
    reasoning: parts.filter((one) => one.thought).map((one) => one.text).join(''),
    calls: calls.map(({ functionCall: { id, name, args } }) => ({ id, name, args: JSON.stringify(args) })),
    citations: (grounding?.groundingSupports ?? []).flatMap((support) => support.groundingChunkIndices.map((place) => ({ url: grounding.groundingChunks[place].web.uri, title: grounding.groundingChunks[place].web.title, cites: cited(support) }))),
    logprobs: candidates.flatMap((candidate) => candidate.logprobsResult?.chosenCandidates ?? []).map(({ token, logProbability }) => ({ token, logprob: logProbability })),
    choices: [...new Set(candidates.map((candidate) => candidate.index))].sort().map(textOf),
    finish: calls.length > 0 && end?.finishReason === 'STOP' ? 'calls' : FINISH[end?.finishReason],
    usage: usage && {
      input: usage.promptTokenCount - (usage.cachedContentTokenCount ?? 0), cacheRead: usage.cachedContentTokenCount ?? 0, cacheWrite: 0,
      output: usage.candidatesTokenCount + (usage.thoughtsTokenCount ?? 0), reasoning: usage.thoughtsTokenCount ?? 0,
    },
  };
}

export const LONGEST_ID = 64;

export const errorOf = (error) => ({ is: error instanceof ApiError, status: error.status, words: error.message, type: /"status":\s*"([A-Z_]+)"/.exec(error.message)?.[1] });
