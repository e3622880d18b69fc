// What asking has in common in all dialects.

/** A member that is left out when its list is empty. */
export const some = (name, list) => (list.length > 0 ? { [name]: list } : {});

/** The part of a text between two positions, which count characters as Unicode has them. */
export const lengthOf = (text, start, end) => [...(text ?? '')].slice(start, end).join('');

/** What came over the wire of the last call: every SDK goes through fetch. */
export const wire = { dropped: null, retryAfter: null, raw: '', sent: undefined };

const direct = globalThis.fetch;

globalThis.fetch = async (url, init) => {
  const response = await direct(url, init);
  wire.dropped = response.headers.get('x-sluice-dropped');
  wire.retryAfter = response.headers.get('retry-after');
  wire.sent = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
  const copy = response.clone();
  wire.raw = copy.text().catch(() => 'cut');
  return response;
};
