import { Document, visit } from 'yaml';
import { escapeInvisible, hasInvisible } from './json.ts';

/** Texts that YAML 1.1 readers, such as Go programs, take for a boolean, null, a number or a date. */
const READ_OTHERWISE_IN_1_1 =
  /^([yn]|yes|no|on|off|[-+]?[.\d][\d_.:,eE+-]*|[-+]?0[xob][\da-f_]+|\d{4}-\d\d?-\d\d?.*)$/i;

/**
 * YAML that has the same value in versions 1.1 and 1.2 and is safe on a terminal: texts with invisible characters,
 * and those that could be read as another type, are quoted.
 */
export function yamlText(value: unknown): string {
  // Through JSON, so that undefined members are dropped, and equal parts are not written as aliases.
  const document = new Document(JSON.parse(JSON.stringify(value) ?? 'null'));
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && (hasInvisible(node.value) || READ_OTHERWISE_IN_1_1.test(node.value)))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapeInvisible(document.toString(), yamlEscape);
}

/** Unlike JSON, YAML has a single escape for characters above U+FFFF. */
function yamlEscape(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
