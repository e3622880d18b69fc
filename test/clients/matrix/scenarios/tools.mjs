// Tools: declared, chosen, called, answered.
import assert from 'node:assert/strict';

const say = (text) => [{ user: [{ text }] }];
const WEATHER = {
  name: 'get_weather',
  description: 'The weather at a place',
  schema: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } }, required: ['city'], additionalProperties: false },
};
const TIME = { name: 'get_time', description: 'The time at a place', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const DIGITS = '12345678901234567890123';

const call = (id, args, name = 'get_weather') => ({ call: { id, name, args } });
const asked = (...calls) => [...say('weather in Rome and Oslo?'), { assistant: calls }];
const stop = { text: 'Hello there', finish: 'stop' };
const two = asked(call('call_rome', '{"city":"Rome"}'), call('call_oslo', '{"city":"Oslo"}'));
const result = (id, text, more = {}) => ({ id, name: 'get_weather', text, ...more });
const tools = [WEATHER, TIME];

export const toolUse = [
  { name: 'tools declared', ask: { tools, turns: say('hi') }, hear: stop },
  { name: 'strict tools', needs: ['strict'], ask: { tools: [WEATHER], strict: true, turns: say('hi') }, hear: stop },
  { name: 'a tool called', ask: { tools, turns: say('weather?') }, answer: { parts: [call('call_1', '{"city":"Rome","days":2}')], finish: 'calls' }, hear: { text: '', finish: 'calls', calls: [{ name: 'get_weather', args: { city: 'Rome', days: 2 } }] } },
  {
    name: 'words and parallel calls',
    ask: { tools, turns: say('weather?') },
    answer: { parts: [{ text: 'Let me look.' }, call('call_1', '{"city":"Rome"}'), call('call_2', '{"city":"Größe \\"😀\\""}'), call('call_3', '{"city":"Oslo"}', 'get_time')], finish: 'calls' },
    hear: {
      text: 'Let me look.', finish: 'calls',
      calls: [{ name: 'get_weather', args: { city: 'Rome' } }, { name: 'get_weather', args: { city: 'Größe "😀"' } }, { name: 'get_time', args: { city: 'Oslo' } }],
    },
  },
  { name: 'a call without arguments', ask: { tools, turns: say('time?') }, answer: { parts: [call('call_1', '{}', 'get_time')], finish: 'calls' }, hear: { finish: 'calls', calls: [{ name: 'get_time', args: {} }] } },
  {
    name: 'long numbers in arguments',
    ask: { tools, turns: say('weather?') },
    answer: { parts: [call('call_1', `{"city":"Rome","days":${DIGITS}}`)], finish: 'calls' },
    hear: { finish: 'calls' },
    check: ({ raw }) => assert.ok(raw.replace(/[^0-9]/g, '').includes(DIGITS) || joinedFragments(raw).includes(DIGITS), `the digits are kept: ${raw}`),
  },
  {
    name: 'parallel calls that are told in turns',
    ask: { tools, turns: say('weather?') },
    gives: (upstream) => upstream === 'chat',
    answer: { interleaved: true, parts: [call('call_1', '{"city":"Rome","days":1}'), call('call_2', '{"city":"Oslo","days":22}'), call('call_3', '{"city":"Paris"}', 'get_time')], finish: 'calls' },
    hear: {
      finish: 'calls',
      calls: [{ name: 'get_weather', args: { city: 'Rome', days: 1 } }, { name: 'get_weather', args: { city: 'Oslo', days: 22 } }, { name: 'get_time', args: { city: 'Paris' } }],
    },
  },
  {
    name: 'long ids of calls',
    ask: { tools, turns: say('weather?') },
    // As Google's and others' may be; Chat takes 40 characters and nothing but letters, digits, - and _.
    gives: (upstream) => upstream === 'gemini' || upstream === 'messages',
    answer: { parts: [call(`toolu_${'x'.repeat(58)}`, '{"city":"Rome"}'), call(`toolu_${'x'.repeat(57)}y`, '{"city":"Oslo"}')], finish: 'calls' },
    hear: { calls: [{ name: 'get_weather', args: { city: 'Rome' } }, { name: 'get_weather', args: { city: 'Oslo' } }] },
  },
  { name: 'a tool demanded', ask: { tools, choice: 'required', turns: say('hi') }, hear: stop },
  { name: 'a tool named', ask: { tools, choice: { name: 'get_time' }, turns: say('hi') }, hear: stop },
  { name: 'tools left to the model', ask: { tools, choice: 'auto', turns: say('hi') }, hear: stop },
  { name: 'tools forbidden', ask: { tools, choice: 'none', turns: say('hi') }, hear: stop },
  { name: 'one tool at a time', needs: ['parallel'], ask: { tools, choice: 'auto', parallel: false, turns: say('hi') }, hear: stop },
  { name: 'results', ask: { tools, turns: [...two, { tool: [result('call_rome', 'sunny'), result('call_oslo', 'rain')] }] }, hear: stop },
  { name: 'results in another order', ask: { tools, turns: [...two, { tool: [result('call_oslo', 'rain'), result('call_rome', 'sunny')] }] }, hear: stop },
  { name: 'results that are objects', ask: { tools, turns: [...asked(call('call_rome', '{"city":"Rome"}')), { tool: [result('call_rome', '{"degrees":21}')] }] }, hear: stop },
  { name: 'a failed tool', needs: ['error'], ask: { tools, turns: [...two, { tool: [result('call_rome', 'no such place', { error: true }), result('call_oslo', 'rain')] }] }, hear: stop },
  { name: 'results with pictures', needs: ['media'], ask: { tools, turns: [...two, { tool: [result('call_rome', 'a map', { media: [{ image: PNG }] }), result('call_oslo', 'rain')] }] }, hear: stop },
  {
    name: 'two steps of tools',
    ask: {
      system: ['Be brief.'], tools,
      turns: [
        ...asked({ text: 'Rome first.' }, call('call_rome', '{"city":"Rome"}')), { tool: [result('call_rome', 'sunny')] },
        { assistant: [call('call_oslo', '{"city":"Oslo"}')] }, { tool: [result('call_oslo', 'rain')] },
      ],
    },
    answer: { parts: [{ text: 'Take an umbrella.' }] },
    hear: { text: 'Take an umbrella.', finish: 'stop' },
  },
];

/** The arguments that a stream told in pieces. */
const joinedFragments = (raw) => [...raw.matchAll(/"(?:arguments|partial_json|delta)":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]).join('');
