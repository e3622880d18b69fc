// One server that is all four vendors. It takes down what it is asked, holds it against the vendor's shape, and answers as it is told.
import { createServer } from 'node:http';
import * as chat from './vendors/chat.mjs';
import * as gemini from './vendors/gemini.mjs';
import * as messages from './vendors/messages.mjs';
import * as responses from './vendors/responses.mjs';

export const VENDORS = { chat, responses, messages, gemini };

const HELLO = { choices: [[{ text: 'Hello there' }]], finish: 'stop' };
const USAGE = { input: 60, cacheRead: 40, cacheWrite: 0, output: 20, reasoning: 0 };

/** An answer in no vendor's terms: one list of parts for each choice, how it ends, what it used. */
export const scripted = ({ parts, ...script } = {}) => ({ ...HELLO, ...(parts && { choices: [parts] }), ...script, usage: { ...USAGE, ...script?.usage } });

/**
 * @returns {Promise<{url: string, answer: (script: object, strict?: boolean) => void, taken: () => object, stop: () => Promise<void>}>}
 * `answer` tells what the next request gets, and whether it must have the vendor's shape, which is the client's own affair where
 * both speak the same dialect; `taken` gives the requests since, each with its fault.
 */
export async function startVendor() {
  let script = scripted();
  let strict = true;
  let requests = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const path = request.url.split('?')[0];
    const [dialect, vendor] = Object.entries(VENDORS).find(([, each]) => each.path.test(path)) ?? [];
    const taken = { dialect, url: request.url, text, headers: request.headers };
    requests.push(taken);
    try {
      taken.body = JSON.parse(text);
      if (strict) vendor.shape(taken.body, '');
    } catch (error) {
      taken.fault = `${dialect ?? path}: ${error.message}\n${text}`;
    }
    if (taken.fault) return tell(response, 400, vendor?.error(400, taken.fault) ?? {});
    if (script.status) return tell(response, script.status, vendor.error(script.status, script.words), script.headers);
    taken.seen = vendor.seen(taken.body, request.url);
    const model = dialect === 'gemini' ? path.split(/[/:]/).at(-2) : taken.body.model;
    if (!taken.seen.stream) return tell(response, 200, vendor.document(script, model));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = vendor.stream(script, model, taken.body);
    if (!script.breaks) return response.end(events.join(''));
    response.write(events.slice(0, Math.ceil(events.length / 2)).join(''));
    if (script.breaks === 'error') return response.end(vendor.streamError(script.words));
    setImmediate(() => response.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    answer: (next, isStrict = true) => {
      script = scripted(next);
      strict = isStrict;
      requests = [];
    },
    taken: () => requests,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function tell(response, status, body, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
}
