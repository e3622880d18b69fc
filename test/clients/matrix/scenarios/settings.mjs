// What a request says besides words: the form of the answer, how it is served, who asks, what is cached.

const say = (text) => [{ user: [{ text }] }];
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', description: 'in years' }, of: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
  required: ['name', 'age', 'of'],
  additionalProperties: false,
};
const stop = { text: 'Hello there', finish: 'stop' };
const only = (asked, sent) => (feature, upstream, client) => (feature === asked && client !== upstream ? sent[upstream] : undefined);

export const settings = [
  {
    name: 'an answer of a schema',
    ask: { schema: PERSON, turns: say('a person') },
    answer: { parts: [{ text: '{"name":"Ada","age":36,"of":null}' }] },
    hear: { text: '{"name":"Ada","age":36,"of":null}', finish: 'stop' },
  },
  {
    name: 'an answer that is some object',
    needs: ['json'],
    ask: { json: true, turns: say('JSON, please') },
    arrives: (feature, upstream) => (feature === 'json' && upstream === 'messages' ? { dropped: true } : undefined),
    answer: { parts: [{ text: '{"ok":true}' }] },
    hear: { text: '{"ok":true}' },
  },
  { name: 'verbosity', needs: ['verbosity'], ask: { verbosity: 'low', turns: say('hi') }, hear: stop },
  { name: 'the usual service', ask: { tier: 'standard', turns: say('hi') }, hear: stop },
  {
    name: 'service ahead of others',
    needs: ['seed', 'verbosity'],
    ask: { tier: 'priority', turns: say('hi') },
    // Anthropic gives the capacity that was bought to whoever does not forbid it.
    arrives: only('tier', { messages: { tier: 'auto' } }),
    hear: stop,
  },
  { name: 'service when there is time', needs: ['seed', 'verbosity'], ask: { tier: 'flex', turns: say('hi') }, arrives: only('tier', { messages: { dropped: true } }), hear: stop },
  { name: 'metadata', needs: ['metadata'], ask: { metadata: { team: 'red', trace: 'a-1' }, turns: say('hi') }, hear: stop },
  { name: 'who asks', needs: ['user'], ask: { user: 'u-1', turns: say('hi') }, hear: stop },
  { name: 'nothing kept', needs: ['store'], ask: { store: false, turns: say('hi') }, hear: stop },
  { name: 'a key of the cache', needs: ['cacheKey'], ask: { cacheKey: 'k-1', turns: say('hi') }, hear: stop },
  {
    name: 'marks of the cache',
    needs: ['marks'],
    ask: { marks: 2, turns: [{ user: [{ text: 'a long text' }, { text: 'another' }, { text: 'a question' }] }] },
    hear: stop,
  },
];
