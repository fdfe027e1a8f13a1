import { SaxesParser } from 'saxes';

/** One element of a document. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** Reads XML 1.0 strictly; throws where it is none. */
export function parseXml(xml: string): Element {
  const parser = new SaxesParser();
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  parser.on('error', error => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', text => {
    const top = open.at(-1);
    if (top !== undefined) top.text += text;
  });
  parser.write(xml).close();
  const [document] = root.children;
  if (document === undefined) throw new Error('no element');
  return document;
}

/** What an attribute may be; `!` in front of a type: it must be there. */
type Type = 'text' | 'token' | 'count' | 'seconds' | 'time';
interface Rule {
  attributes: Record<string, Type | `!${Type}`>;
  /** What may stand in it, in this order; each as often as its sign says. */
  children: readonly `${string}${'' | '?' | '*'}`[];
  /** Whether it holds text. */
  text?: true;
}

/**
 * What CI viewers agree on: the schema of Jenkins' xUnit plugin (junit-10.xsd), with the order of elements and the required attributes of the
 * stricter one of Apache Ant (JUnit.xsd). GitLab reads the same elements.
 */
const SCHEMA: Record<string, Rule> = {
  testsuites: {
    attributes: {
      name: 'text',
      tests: 'count',
      failures: 'count',
      errors: 'count',
      disabled: 'count',
      time: 'seconds',
    },
    children: ['testsuite*'],
  },
  testsuite: {
    attributes: {
      name: '!token',
      tests: '!count',
      failures: '!count',
      errors: '!count',
      skipped: 'count',
      time: '!seconds',
      timestamp: '!time',
      hostname: '!token',
      id: 'text',
      package: 'token',
    },
    children: ['properties', 'testcase*', 'system-out?', 'system-err?'],
  },
  properties: { attributes: {}, children: ['property*'] },
  property: { attributes: { name: '!token', value: '!text' }, children: [] },
  testcase: {
    attributes: { name: '!token', classname: '!token', time: '!seconds' },
    children: ['skipped?', 'error?', 'failure?', 'system-out?', 'system-err?'],
  },
  skipped: { attributes: { message: 'text', type: 'text' }, children: [] },
  error: { attributes: { message: 'text', type: '!text' }, children: [], text: true },
  failure: { attributes: { message: 'text', type: '!text' }, children: [], text: true },
  'system-out': { attributes: {}, children: [], text: true },
  'system-err': { attributes: {}, children: [], text: true },
};

const TYPES: Record<Type, RegExp> = {
  text: /^/,
  token: /\S/,
  count: /^\d+$/,
  seconds: /^\d+\.\d{3}$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
};

/** Everything in which a document is not what viewers expect, a line each. */
export function wrongWith(element: Element, path = element.name): string[] {
  const rule = SCHEMA[element.name];
  if (rule === undefined) return [`${path}: unknown element`];
  return [
    ...attributesWrong(element, rule, path),
    ...childrenWrong(element, rule, path),
    ...(rule.text !== true && element.text.trim() !== '' ? [`${path}: text where none may be`] : []),
    ...element.children.flatMap((child, index) => wrongWith(child, `${path}/${child.name}[${index}]`)),
  ];
}

function attributesWrong({ attributes }: Element, rule: Rule, path: string): string[] {
  const unknown = Object.keys(attributes).filter(name => rule.attributes[name] === undefined);
  return [
    ...unknown.map(name => `${path}: unknown attribute ${name}`),
    ...Object.entries(rule.attributes).flatMap(([name, said]) => {
      const value = attributes[name];
      if (value === undefined) return said.startsWith('!') ? [`${path}: no ${name}`] : [];
      return TYPES[said.replace('!', '') as Type].test(value) ? [] : [`${path}: ${name} is ${value.slice(0, 60)}`];
    }),
  ];
}

function childrenWrong({ children }: Element, rule: Rule, path: string): string[] {
  const signs = { '?': '?', '*': '*', '': '' };
  const order = rule.children.map(said => {
    const [, name = '', sign = ''] = /^(.*?)([?*]?)$/.exec(said) ?? [];
    return `(?:<${name}>)${signs[sign as '?']}`;
  });
  const found = children.map(({ name }) => `<${name}>`).join('');
  return new RegExp(`^${order.join('')}$`).test(found)
    ? []
    : [`${path}: expected ${rule.children.join(', ')}, found ${found.slice(0, 200)}`];
}
