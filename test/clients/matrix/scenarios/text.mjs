// Words: who says them, how they end, what they cost, how they are chosen.

import assert from 'node:assert/strict';

const say = (text) => [{ user: [{ text }] }];
const stop = { text: 'Hello there', finish: 'stop' };

// Every character must survive: quotes, control characters, what looks like an event, what takes four bytes.
const ODD = 'größe "你好" \\ 😀\n\tdata: [DONE]\n\nevent: x {"a":1}</s>\u2028';

export const text = [
  { name: 'a word', ask: { turns: say('say hello') }, hear: { ...stop, calls: [], reasoning: '' } },
  { name: 'nothing to say', ask: { turns: say('be silent') }, answer: { choices: [[]] }, hear: { text: '', calls: [], finish: 'stop' } },
  { name: 'odd characters', ask: { turns: say(ODD), system: [ODD] }, answer: { parts: [{ text: ODD }] }, hear: { text: ODD, finish: 'stop' } },
  { name: 'system texts in order', ask: { system: ['Be brief.', 'Be kind.', 'Speak Latin.'], turns: say('hi') }, hear: stop },
  {
    name: 'several turns',
    ask: { system: ['Be brief.'], turns: [...say('one'), { assistant: [{ text: 'two' }] }, ...say('three'), { assistant: [{ text: 'four' }] }, ...say('five')] },
    hear: stop,
  },
  { name: 'a limit', ask: { max: 7, turns: say('tell a long story') }, answer: { finish: 'length' }, hear: { text: 'Hello there', finish: 'length' } },
  { name: 'a filter', ask: { turns: say('something dark') }, answer: { finish: 'filter' }, hear: { finish: 'filter' } },
  {
    name: 'a filter that says why',
    ask: { turns: say('something dark') },
    gives: (upstream) => upstream === 'messages' || upstream === 'gemini',
    answer: { finish: 'filter', explanation: 'It is against the rules.' },
    hear: { finish: 'filter' },
    hearAs: (client) => ({ chat: { refusal: 'It is against the rules.' }, responses: { refusal: 'It is against the rules.' }, messages: { explanation: 'It is against the rules.' } })[client],
    // Google's SDK leaves the message out of what it gives.
    check: ({ raw }) => assert.match(raw, /It is against the rules\./),
  },
  {
    name: 'stop texts',
    needs: ['stop'],
    ask: { stop: ['END', '\n\n'], turns: say('count') },
    // Anthropic refuses stop texts of white space alone.
    arrives: (feature, upstream, client) => (feature === 'stop' && upstream === 'messages' && client !== 'messages' ? { stop: ['END'], dropped: true } : undefined),
    hear: stop,
  },
  {
    name: 'the stop text that was met',
    needs: ['stop'],
    ask: { stop: ['END'], turns: say('count') },
    answer: { stopText: 'END' },
    gives: (upstream) => upstream === 'messages',
    hear: stop,
    hearAs: (client) => (client === 'messages' ? { stopText: 'END' } : {}),
  },
  {
    name: 'sampling',
    ask: { temperature: 0.5, topP: 0.9, topK: 40, seed: 7, presence: 0.5, frequency: -0.25, max: 100, turns: say('choose') },
    hear: stop,
  },
  {
    name: 'a temperature that Anthropic does not know',
    needs: ['seed'],
    ask: { temperature: 1.5, turns: say('choose') },
    arrives: (feature, upstream) => (feature === 'temperature' && upstream === 'messages' ? { temperature: 1 } : undefined),
    hear: stop,
  },
  {
    name: 'probabilities',
    needs: ['logprobs'],
    ask: { logprobs: true, topLogprobs: 2, turns: say('sure?') },
    gives: (upstream) => upstream !== 'messages',
    answer: {
      logprobs: [
        { token: 'Hello', logprob: -0.25, top: [{ token: 'Hello', logprob: -0.25 }, { token: 'Hi', logprob: -1.5 }] },
        { token: ' there', logprob: -0.5, top: [{ token: ' there', logprob: -0.5 }, { token: ' you', logprob: -2 }] },
      ],
    },
    hear: { ...stop, logprobs: [{ token: 'Hello', logprob: -0.25 }, { token: ' there', logprob: -0.5 }] },
  },
  { name: 'probabilities that nobody can tell', needs: ['logprobs'], ask: { logprobs: true, topLogprobs: 2, turns: say('sure?') }, gives: (upstream) => upstream === 'messages', hear: stop },
  {
    name: 'several choices',
    needs: ['n'],
    ask: { n: 2, turns: say('choose') },
    gives: (upstream) => upstream === 'chat' || upstream === 'gemini',
    answer: { choices: [[{ text: 'Heads it is' }], [{ text: 'Tails it is' }]] },
    hear: { choices: ['Heads it is', 'Tails it is'], finish: 'stop' },
  },
  { name: 'several choices of a vendor that gives one', needs: ['n'], ask: { n: 2, turns: say('choose') }, gives: (upstream) => upstream === 'messages' || upstream === 'responses', hear: stop },
  {
    name: 'a refusal',
    ask: { turns: say('do harm') },
    answer: { parts: [{ refusal: 'I can not help with that.' }], finish: 'stop' },
    hearAs: (client, upstream) => {
      const told = 'I can not help with that.';
      const tells = upstream === 'chat' || upstream === 'responses';
      if ((client === 'chat' || client === 'responses') && tells) return { refusal: told, text: '' };
      return tells ? { text: told } : { text: told, finish: 'filter' };
    },
  },
  {
    name: 'usage in buckets that do not overlap',
    ask: { turns: say('count') },
    answer: { usage: { input: 60, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 12 } },
    hear: { usage: { input: 60, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 12 } },
  },
  {
    name: 'usage with a cache that was written',
    ask: { turns: say('count') },
    gives: (upstream) => upstream !== 'gemini',
    answer: { usage: { input: 60, cacheRead: 40, cacheWrite: 25, output: 30, reasoning: 0 } },
    // Google has no word for it, and counts it among the input.
    hearAs: (client) => ({ usage: client === 'gemini' ? { input: 85, cacheRead: 40, cacheWrite: 0, output: 30, reasoning: 0 } : { input: 60, cacheRead: 40, cacheWrite: 25, output: 30, reasoning: 0 } }),
  },
  { name: 'no usage where nobody asked for it', needs: ['seed'], withUsage: false, ask: { turns: say('hi') }, hear: { text: 'Hello there' } },
];
