// A shape is a function that throws where a value is not what a vendor takes. Members that a shape does not name are refused.

const fail = (path, what) => {
  throw new Error(`${path || 'the request'} ${what}`);
};

const kind = (type) => (value, path) => {
  if (typeof value !== type) fail(path, `is no ${type}: ${JSON.stringify(value)}`);
};

export const string = kind('string');
export const number = kind('number');
export const boolean = kind('boolean');

export const integer = (value, path) => {
  if (!Number.isInteger(value)) fail(path, `is no whole number: ${JSON.stringify(value)}`);
};

export const between = (least, most) => (value, path) => {
  number(value, path);
  if (value < least || value > most) fail(path, `is ${value}, not from ${least} to ${most}`);
};

export const matching = (pattern) => (value, path) => {
  string(value, path);
  if (!pattern.test(value)) fail(path, `does not match ${pattern}: ${JSON.stringify(value).slice(0, 80)}`);
};

export const oneOf = (...values) => (value, path) => {
  if (!values.includes(value)) fail(path, `is none of ${values.join(', ')}: ${JSON.stringify(value)}`);
};

/** An object whose inside is the client's affair: a JSON schema, the arguments of a tool. */
export const anyObject = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'is no object');
};

export const list = (item, least = 0) => (value, path) => {
  if (!Array.isArray(value) || value.length < least) fail(path, `is no list of at least ${least}`);
  value.forEach((each, place) => item(each, `${path}[${place}]`));
};

export const map = (item) => (value, path) => {
  anyObject(value, path);
  for (const [name, each] of Object.entries(value)) item(each, `${path}.${name}`);
};

export const object = (required, optional = {}) => (value, path) => {
  anyObject(value, path);
  for (const name of Object.keys(required)) if (!(name in value)) fail(path, `has no ${name}`);
  for (const [name, each] of Object.entries(value)) {
    const shape = required[name] ?? optional[name];
    if (!shape) fail(path, `has a member that the vendor does not know: ${name}`);
    shape(each, path ? `${path}.${name}` : name);
  }
};

/** The first shape that takes the value; the last one's complaint where none does. */
export const either = (...shapes) => (value, path) => {
  for (const shape of shapes.slice(0, -1)) {
    try {
      return shape(value, path);
    } catch {
      // The next may take it.
    }
  }
  return shapes.at(-1)(value, path);
};

/** Objects that a member tells apart: `type` for most. */
export const byMember = (member, shapes) => (value, path) => {
  anyObject(value, path);
  const shape = shapes[value[member]];
  if (!shape) fail(`${path}.${member}`, `is none of ${Object.keys(shapes).join(', ')}: ${JSON.stringify(value[member])}`);
  shape(value, path);
};

/** An object with exactly one of these members, as Google tells parts apart, and perhaps some others. */
export const byPresence = (shapes, optional = {}) => (value, path) => {
  anyObject(value, path);
  const found = Object.keys(shapes).filter((name) => name in value);
  if (found.length !== 1) fail(path, `has not exactly one of ${Object.keys(shapes).join(', ')}: ${Object.keys(value)}`);
  object({ [found[0]]: shapes[found[0]] }, optional)(value, path);
};

/** A rule that a shape alone cannot tell. */
export const demand = (holds, path, what) => holds || fail(path, what);

export const all = (...shapes) => (value, path) => shapes.forEach((shape) => shape(value, path));
