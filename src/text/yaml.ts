import { Document, visit } from 'yaml';
import { escapeUnseen, holdsUnseen } from './json.ts';

/** YAML that says exactly what the value is and is harmless on a terminal: texts with something unseen in them are quoted and escaped. */
export function yamlText(value: unknown): string {
  // Through JSON, so that undefined members come out as they do there, and no part is written as an alias of another.
  const document = new Document(JSON.parse(JSON.stringify(value) ?? 'null'));
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && holdsUnseen(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapeUnseen(document.toString(), yamlEscape);
}

/** Unlike JSON, YAML has one escape for a character beyond the first 65,536. */
function yamlEscape(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
