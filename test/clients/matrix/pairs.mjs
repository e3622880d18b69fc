// A scenario is one thing that a client asks and a vendor answers, in no dialect's terms. Each runs for every client before every
// vendor, at once and streamed: what a client cannot ask is left out of its request, what a vendor has no place for must be named in
// x-sluice-dropped, and everything else must arrive.
import assert from 'node:assert/strict';
import { wire } from './clients/asking.mjs';
import * as chat from './clients/chat.mjs';
import * as gemini from './clients/gemini.mjs';
import * as messages from './clients/messages.mjs';
import * as responses from './clients/responses.mjs';
import * as grammar from './grammar.mjs';
import { it } from '../gateway.mjs';

export const CLIENTS = { chat, responses, messages, gemini };
export const DIALECTS = Object.keys(CLIENTS);

/** What a vendor of each dialect has a place for, apart from what all have: system texts, turns, tools, a limit, temperature. */
const COMMON = ['system', 'turns', 'tools', 'choice', 'max', 'temperature', 'topP', 'schema', 'effort', 'budget', 'tier', 'search', 'image', 'imageUrl', 'file', 'media'];
const PLACES = {
  chat: ['seed', 'presence', 'frequency', 'n', 'logprobs', 'topLogprobs', 'stop', 'json', 'verbosity', 'strict', 'parallel', 'metadata', 'user', 'store', 'cacheKey', 'audio'],
  responses: ['logprobs', 'topLogprobs', 'json', 'verbosity', 'strict', 'parallel', 'metadata', 'user', 'store', 'cacheKey', 'fileUrl', 'audio', 'shows'],
  messages: ['topK', 'stop', 'strict', 'parallel', 'user', 'marks', 'fileUrl', 'error', 'shows'],
  gemini: ['topK', 'seed', 'presence', 'frequency', 'n', 'logprobs', 'topLogprobs', 'stop', 'json', 'store', 'fileUrl', 'audio', 'error', 'shows'],
};

export const hasPlace = (upstream, feature) => COMMON.includes(feature) || PLACES[upstream].includes(feature);

const BUDGETS = { low: 1024, medium: 8192, high: 24_576 };
const MEDIA = ['image', 'imageUrl', 'file', 'fileUrl', 'audio'];

/** A feature as a vendor of the dialect sees it; thinking is an effort for some and a budget for others. */
function arrives(feature, value, upstream) {
  const byEffort = upstream === 'chat' || upstream === 'responses';
  if (feature === 'effort') return byEffort ? { effort: value } : { budget: BUDGETS[value] };
  if (feature === 'budget') return byEffort ? { effort: Object.keys(BUDGETS).findLast((effort) => BUDGETS[effort] <= value) } : { budget: value };
  if (feature === 'choice' && value.name) return { choice: { name: value.name, allowed: undefined } };
  return { [feature]: value };
}

const partsOf = (turn) => Object.values(turn)[0];
const kindOf = (part) => MEDIA.find((kind) => kind in part);

/** What a request makes use of, media and failed tools included. */
function featuresOf(ask) {
  const parts = ask.turns.flatMap(partsOf);
  const found = new Set(Object.keys(ask));
  for (const part of parts) {
    if (kindOf(part)) found.add(kindOf(part));
    if (part.reasoning) found.add('reasoning');
    if (part.media) found.add('media').add('image');
    if (part.error) found.add('error');
  }
  return [...found];
}

/** The request without what the client has no words for; null when nothing is left that the scenario is about. */
function sayable(ask, client) {
  const has = (feature) => feature in CLIENTS[client].names;
  const said = Object.fromEntries(Object.entries(ask).filter(([feature]) => has(feature)));
  const part = ({ media, error, ...rest }) => ({ ...rest, ...(media && has('media') && { media }), ...(error && has('error') && { error }) });
  said.turns = ask.turns.map((turn) => ({ [Object.keys(turn)[0]]: partsOf(turn).filter((each) => (!kindOf(each) || has(kindOf(each))) && (!each.reasoning || has('reasoning'))).map(part) }));
  return said;
}

/** The turns as the vendor must see them. */
function turnsFor(client, upstream, { turns }) {
  const found = [];
  const add = (who, parts) => (found.at(-1)?.[who] ? found.at(-1)[who].push(...parts) : found.push({ [who]: parts }));
  for (const turn of turns) {
    const who = Object.keys(turn)[0];
    // Thoughts go to nobody but who thought them.
    const parts = partsOf(turn).filter((part) => (!kindOf(part) || hasPlace(upstream, kindOf(part))) && (!part.reasoning || client === upstream));
    if (who !== 'tool') {
      add(who, parts);
      continue;
    }
    // Chat has no place for media in a tool's answer: they follow as the user's.
    const apart = upstream === 'chat';
    const inOrder = upstream === 'gemini' && client !== upstream ? callsBefore(turns, turn).map((id) => parts.find((part) => part.id === id)) : parts;
    add('tool', inOrder.map(({ id, text, media, error }) => ({ id, text, ...(media && !apart && { media }), ...(error && hasPlace(upstream, 'error') && { error }) })));
    if (apart && parts.some((part) => part.media)) add('user', parts.flatMap((part) => part.media ?? []));
  }
  return found;
}

const callsBefore = (turns, turn) => turns[turns.indexOf(turn) - 1].assistant.filter((part) => part.call).map((part) => part.call.id);

const plain = (value) => JSON.parse(JSON.stringify(value));

function checkRequest({ scenario, said, client, upstream, taken }) {
  const signs = CLIENTS[client].signs && said.turns.some((turn) => turn.assistant?.some((part) => part.call));
  const lost = signs ? [CLIENTS[client].signs] : [];
  for (const feature of featuresOf(said)) {
    const { dropped, ...changed } = scenario.arrives?.(feature, upstream, client) ?? {};
    const isChanged = Object.keys(changed).length > 0;
    if (dropped || (!isChanged && !hasPlace(upstream, feature))) lost.push(CLIENTS[client].names[feature]);
    if (isChanged) assert.deepEqual(plain({ ...taken.seen, ...changed }), plain(taken.seen), `${feature} arrives`);
    else if (dropped || !hasPlace(upstream, feature)) continue;
    else if (feature === 'turns') assert.deepEqual(plain(taken.seen.turns), plain(turnsFor(client, upstream, said)), 'the turns arrive');
    else if (!MEDIA.includes(feature) && !['media', 'error', 'reasoning'].includes(feature)) {
      for (const [name, value] of Object.entries(arrives(feature, said[feature], upstream))) assert.deepEqual(plain({ it: taken.seen[name] }), plain({ it: value }), `${feature} arrives as ${name}`);
    }
  }
  return lost;
}

/** Between equals the vendor gets what the SDK sent, but for the model's name and the wish for usage. */
function checkRelayed(taken) {
  const { stream_options: ours, ...sent } = wire.sent;
  const { stream_options: theirs, ...got } = taken.body;
  assert.deepEqual(got, { ...sent, ...(sent.model && { model: got.model }) });
}

function checkHeard({ scenario, heard, client, upstream }) {
  const expected = { ...scenario.hear, ...scenario.hearAs?.(client, upstream) };
  for (const [name, value] of Object.entries(expected)) {
    if (name === 'calls') {
      assert.deepEqual(heard.calls.map(({ name: tool, args }) => ({ name: tool, args: JSON.parse(args) })), value, 'the calls are heard');
    } else if (value !== undefined) {
      assert.deepEqual(plain({ it: heard[name] }), plain({ it: value }), `${name} is heard`);
    }
  }
  const ids = heard.calls.map((call) => call.id);
  assert.equal(new Set(ids).size, ids.length, 'ids of calls are unique');
  for (const id of ids) assert.match(id, new RegExp(`^[A-Za-z0-9_-]{1,${CLIENTS[client].LONGEST_ID}}$`));
}

export let cells = 0;

/** One call: asked, seen by the vendor, heard by the client. */
export async function exchange(run, scenario, client, upstream, streams) {
  const { gateway, vendor, sdks } = run;
  const said = sayable(scenario.ask, client);
  const body = CLIENTS[client].request(said, `${scenario.provider?.(client, upstream, streams) ?? upstream}/real-${upstream}`);
  vendor.answer(scenario.answer, client !== upstream);
  const heard = await CLIENTS[client].call(sdks[client], body, { streams, withUsage: scenario.withUsage ?? true });
  const requests = vendor.taken();
  assert.equal(requests.length, 1, `one call reaches the vendor: ${requests.map((each) => each.fault)}`);
  const [taken] = requests;
  assert.equal(taken.fault, undefined);
  assert.equal(taken.dialect, upstream);
  assert.equal(taken.seen.stream, streams, 'a streaming client means a streaming call');
  assert.ok(!JSON.stringify(taken.headers).includes(gateway.key), 'the client\'s key stays here');
  return { said, heard, taken };
}

async function cell(run, scenario, client, upstream, streams) {
  const { said, heard, taken } = await exchange(run, scenario, client, upstream, streams);
  const lost = checkRequest({ scenario, said, client, upstream, taken });
  if (client === upstream) {
    checkRelayed(taken);
    assert.equal(wire.dropped, null);
  } else {
    // The head of a stream is sent before its end is known.
    const late = scenario.lostInAnswer?.(client, upstream) ?? [];
    const named = wire.dropped?.split(', ') ?? [];
    assert.deepEqual([...new Set(named)].sort(), [...new Set([...lost, ...(streams ? late.filter((name) => named.includes(name)) : late)])].sort(), 'x-sluice-dropped names what is lost');
  }
  checkHeard({ scenario, heard, client, upstream });
  const raw = await wire.raw;
  if (streams) grammar[client](raw, { withUsage: scenario.withUsage ?? true });
  scenario.check?.({ taken, heard, raw, client, upstream, streams });
  cells++;
}

/** Declares the tests of scenarios for every pair. */
export function forEachPair(run, scenarios) {
  for (const scenario of scenarios) {
    for (const client of DIALECTS.filter((each) => !scenario.needs || scenario.needs.some((feature) => feature in CLIENTS[each].names))) {
      for (const upstream of DIALECTS.filter((each) => scenario.gives?.(each, client) ?? true)) {
        for (const streams of scenario.streamedOnly ? [true] : [false, true]) {
          it(`${scenario.name}: ${client} before ${upstream}${streams ? ', streamed' : ''}`, () => (scenario.run ?? cell)(run, scenario, client, upstream, streams));
        }
      }
    }
  }
}

export const counted = () => cells++;
