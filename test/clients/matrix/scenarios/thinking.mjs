// Thoughts: asked for, shown, signed, given back; and searches of the web with what they cite.
import assert from 'node:assert/strict';
import { counted, exchange } from '../pairs.mjs';

const say = (text) => [{ user: [{ text }] }];
const THOUGHT = 'Rome is in Italy.\n\nSo it is warm.';
const thinking = { parts: [{ reasoning: THOUGHT, signature: 'c2lnbmVkIHRob3VnaHQ=' }, { text: 'Hello there' }], usage: { output: 30, reasoning: 12 } };
const hear = { text: 'Hello there', reasoning: THOUGHT, finish: 'stop' };
const WEATHER = { name: 'get_weather', description: 'The weather', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };

const TEXT = 'Größe: Rome has 2.8 million people.';
const found = [
  { url: 'https://example.com/rome', title: 'Rome', quote: 'Rome has 2.8 million', start: 7, end: 19 },
  { url: 'https://example.com/people', title: 'People 你好', quote: 'people', start: 20, end: 34 },
];

export const thoughts = [
  { name: 'an effort', needs: ['effort'], ask: { effort: 'low', max: 6000, turns: say('think') }, answer: thinking, hear },
  { name: 'a great effort', needs: ['effort'], ask: { effort: 'high', turns: say('think hard') }, answer: thinking, hear },
  { name: 'a budget', needs: ['budget'], ask: { budget: 2048, max: 6000, turns: say('think') }, answer: thinking, hear },
  {
    name: 'a budget and thoughts to see',
    needs: ['budget'],
    ask: { budget: 2048, shows: true, max: 6000, turns: say('think') },
    answer: thinking,
    hear,
  },
  {
    name: 'no thoughts',
    needs: ['effort'],
    ask: { effort: 'none', turns: say('hi') },
    arrives: (feature, upstream, client) => (feature === 'effort' && client !== upstream ? { messages: { off: true }, gemini: { budget: 0, shows: false } }[upstream] : undefined),
    hear: { text: 'Hello there', reasoning: '' },
  },
  {
    name: 'thinking with sampling',
    needs: ['effort'],
    ask: { effort: 'medium', temperature: 0.5, topP: 0.5, max: 20_000, turns: say('think') },
    // Anthropic takes hardly any sampling from who thinks.
    arrives: (feature, upstream) => (['temperature', 'topP'].includes(feature) && upstream === 'messages' ? { dropped: true } : undefined),
    answer: thinking,
    hear,
  },
  {
    name: 'thoughts that another vendor signed',
    needs: ['reasoning'],
    ask: { turns: [...say('one'), { assistant: [{ reasoning: 'A thought.', signature: 'c2lnbmVkIHRob3VnaHQ=' }, { text: 'two' }] }, ...say('three')] },
    hear: { text: 'Hello there' },
    check: ({ taken, client, upstream }) => assert.equal(taken.text.includes('c2lnbmVkIHRob3VnaHQ='), client === upstream),
  },
  {
    name: 'thoughts of a tool loop go back to who signed them',
    ask: { effort: 'low', budget: 1024, shows: true, max: 6000, tools: [WEATHER], turns: say('weather in Rome?') },
    // Chat has no signatures, and between equals nothing is taken out.
    gives: (upstream, client) => upstream !== 'chat' && upstream !== client,
    run: toolLoop,
  },
];

let loops = 0;

/** The client gives back what it got, as its SDK keeps it, and the vendor sees its own signature again. */
async function toolLoop(run, scenario, client, upstream, streams) {
  // What is kept of a conversation is found by the id of its call.
  const id = `call_${upstream}_${++loops}`;
  const signature = Buffer.from(`thought ${loops}`).toString('base64');
  const parts = [{ reasoning: THOUGHT, signature }, { call: { id, name: 'get_weather', args: '{"city":"Rome"}' }, signature }];
  const first = await exchange(run, { ...scenario, answer: { parts, finish: 'calls' } }, client, upstream, streams);
  assert.equal(first.heard.reasoning, THOUGHT);
  const [call] = first.heard.calls;
  // A client that keeps no thoughts, as every agent on Chat does.
  const turns = [...scenario.ask.turns, { assistant: [{ call }] }, { tool: [{ id: call.id, name: 'get_weather', text: 'sunny' }] }];
  const second = await exchange(run, { ...scenario, ask: { ...scenario.ask, turns } }, client, upstream, streams);
  assert.ok(second.taken.text.includes(signature), `the signature returns: ${second.taken.text}`);
  assert.equal(second.heard.text, 'Hello there');
  counted();
}

const cites = (client, upstream) => {
  const whole = upstream === 'messages';
  return found.map(({ url, title, start, end }) => ({ url, title, ...(client !== 'messages' && { cites: whole ? TEXT : [...TEXT].slice(start, end).join('') }) }));
};

const LOST = { chat: 'web_search_call', messages: 'server_tool_use', gemini: 'server_tool_use' };

export const searches = [
  {
    name: 'a search of the web',
    ask: { search: true, turns: say('how many people live in Rome?') },
    answer: { parts: [{ search: 'people rome', sources: found }, { text: TEXT, citations: found }] },
    hear: { text: TEXT, finish: 'stop' },
    hearAs: (client, upstream) => ({ citations: cites(client, upstream) }),
    // Chat and Google tell what was found without the search as a part of its own.
    lostInAnswer: (client, upstream) => (upstream === 'chat' || upstream === 'gemini' || client === 'responses' ? [] : [LOST[client], ...(upstream === 'messages' && client === 'gemini' ? ['server_tool_result'] : [])]),
  },
  {
    name: 'a search beside tools',
    ask: { search: true, tools: [WEATHER], turns: say('hi') },
    hear: { text: 'Hello there', finish: 'stop' },
  },
];

