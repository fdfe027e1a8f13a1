import { type KubeObject, LAST_APPLIED } from '../../k8s/object.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { yamlText } from '../../text/yaml.ts';

const LINE = 2_000;

/** The object as YAML, line by line, without managedFields. Of a Secret the keys and the sizes of its values are shown, never the values. */
export function objectYaml(object: KubeObject): Clean[] {
  const { managedFields: _, ...metadata } = object.metadata;
  const shown = object.kind === 'Secret' ? withoutValues(object, metadata) : { ...object, metadata };
  return yamlText(shown)
    .trimEnd()
    .split('\n')
    .map(text => indented(text));
}

/** The sanitiser drops leading spaces; YAML needs them. */
function indented(text: string): Clean {
  const blanks = /^ */.exec(text)?.[0] ?? '';
  return `${blanks}${sanitise(text.slice(blanks.length), LINE)}` as Clean;
}

function withoutValues(object: KubeObject, metadata: KubeObject['metadata']): unknown {
  const { [LAST_APPLIED]: applied, ...annotations } = metadata.annotations ?? {};
  const kept = Object.fromEntries(Object.keys(annotations).map(key => [key, 'not shown: it belongs to a Secret']));
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, ...(metadata.annotations !== undefined && { annotations: kept }) },
    type: object.type,
    data: sizes(object.data, value => Buffer.from(value, 'base64').length),
    ...(object.stringData !== undefined && { stringData: sizes(object.stringData, value => value.length) }),
  };
}

function sizes(data: unknown, size: (value: string) => number): Record<string, string> {
  if (typeof data !== 'object' || data === null) return {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      `${typeof value === 'string' ? size(value) : '?'} bytes, not shown`,
    ]),
  );
}
