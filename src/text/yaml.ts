import { Document, visit } from 'yaml';
import { escapeUnseen, holdsUnseen } from './json.ts';

/** Texts that a reader of YAML 1.1, such as the programs written in Go, takes for a switch, nothing, a number or a date. */
const OTHER_IN_1_1 = /^([yn]|yes|no|on|off|[-+]?[.\d][\d_.:,eE+-]*|[-+]?0[xob][\da-f_]+|\d{4}-\d\d?-\d\d?.*)$/i;

/**
 * YAML that says exactly what the value is, in version 1.1 and 1.2 alike, and is harmless on a terminal: texts with something unseen in
 * them, and those that could be taken for something else, are quoted.
 */
export function yamlText(value: unknown): string {
  // Through JSON, so that undefined members come out as they do there, and no part is written as an alias of another.
  const document = new Document(JSON.parse(JSON.stringify(value) ?? 'null'));
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && (holdsUnseen(node.value) || OTHER_IN_1_1.test(node.value)))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapeUnseen(document.toString(), yamlEscape);
}

/** Unlike JSON, YAML has one escape for a character beyond the first 65,536. */
function yamlEscape(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
