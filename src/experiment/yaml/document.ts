import { type Document, type Node, parseAllDocuments, parseDocument } from 'yaml';
import { sanitise } from '../../text/sanitise.ts';
import { plainScalar } from './scalar.ts';

/** The one document of a file, its scalars still as they were written. */
export type Opened = { ok: true; document: Document; root: Node } | { ok: false; message: string; offset: number };

// Scalars stay text here: what they mean depends on what the place asks for, and on YAML 1.1, which is not this parser's default.
const OPTIONS = {
  schema: 'failsafe',
  strict: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** What a document should be, for messages: `a ChaosExperiment`, and `experiment`. */
export interface Expected {
  a: string;
  each: string;
}

/** Opens a text that must hold exactly one document. */
export function openDocument(source: string, what: Expected): Opened {
  const document: Document = parseDocument(source, OPTIONS);
  const error = document.errors[0];
  if (error?.code === 'MULTIPLE_DOCS') return onlyDocument(source, error.pos[0], what);
  return opened(document, what);
}

function opened(document: Document, what: Expected): Opened {
  const error = document.errors[0];
  if (error !== undefined) {
    return { ok: false, message: `not YAML: ${sanitise(error.message, 200)}`, offset: error.pos[0] };
  }
  if (document.contents === null || isEmpty(document.contents)) {
    return { ok: false, message: `expected ${what.a}, found an empty document`, offset: 0 };
  }
  return { ok: true, document, root: document.contents as Node };
}

function isEmpty(node: object): boolean {
  return 'value' in node && 'type' in node && node.type === 'PLAIN' && plainScalar(String(node.value ?? '')) === null;
}

/** The only document with content: files often end in a separator with nothing after it. Two with content are an error. */
function onlyDocument(source: string, offset: number, what: Expected): Opened {
  const full = [...parseAllDocuments(source, OPTIONS)].filter(
    item => item.errors.length > 0 || (item.contents !== null && !isEmpty(item.contents as object)),
  );
  if (full.length > 1) {
    return {
      ok: false,
      message: `expected one document, found ${full.length}: put each ${what.each} into a file of its own`,
      offset,
    };
  }
  const only = full[0];
  return only === undefined
    ? { ok: false, message: `expected ${what.a}, found empty documents`, offset: 0 }
    : opened(only as Document, what);
}
