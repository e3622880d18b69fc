// What the vendors' ways of telling an answer have in common.

/** Small pieces, so that a text, a character and a number are cut in every way. */
export const fragments = (text) => text.match(/[\s\S]{1,5}/gu) ?? [];

export const sse = (data, event) => `${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(data)}\n\n`;

const speaker = (turn) => Object.keys(turn)[0];

/** Turns of the same speaker are one, as Anthropic and Google want them; texts that follow each other are one text. */
export function joined(turns) {
  const found = [];
  for (const turn of turns) {
    const who = speaker(turn);
    if (turn[who].length === 0) continue;
    if (found.length > 0 && speaker(found.at(-1)) === who) found.at(-1)[who].push(...turn[who]);
    else found.push({ [who]: [...turn[who]] });
  }
  return found;
}
