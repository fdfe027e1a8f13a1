import { stringify } from 'yaml';
import { sha256 } from '../../injection/record/envelope.ts';
import type { Write } from '../../injection/write/write.ts';
import type { Operation } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf, sameObject } from '../../k8s/object-ref.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { accountOf, hostAccessIn, imagesIn, podSpecsOf, volumesIn } from './pod-spec.ts';
import type { Asked } from './review.ts';

/** Nothing is cut, because the decisive part may be at the end. Lines have any length; the caller wraps or pages them. */
const WHOLE = Number.MAX_SAFE_INTEGER;
const clean = (text: string): Clean => sanitise(text, WHOLE);

/** Everything that one restore would write, line by line and uncut: first what would run, then the objects. */
export function contentLines({ finding, restore, verdict }: Asked): Clean[] {
  const { kind, metadata } = finding.live;
  const carrier = `  the record is on ${nameOf({ ...metadata, kind })}, source: ${finding.source}, by ${finding.by ?? finding.tool}`;
  return [
    clean(`${finding.id}`),
    ...verdict.why.map(why => clean(`  it ${why}`)),
    clean(carrier),
    ...restore.writes.flatMap(write => writeLines(write, finding.live)),
  ];
}

/** The content of one write, line by line. Values of Secrets are shown as digests. */
export function writeLines(write: Write, carrier: KubeObject): Clean[] {
  const head = clean(`  ${write.says}:`);
  if (write.verb === 'delete') return [head];
  if (write.verb === 'patch') return [head, ...patchLines(write, carrier)];
  return [head, ...runsLines(write.body), ...yamlLines(withoutSecrets(write.body))];
}

/** Images, ServiceAccount, host access and volumes of the pods that the object would run. */
function runsLines(object: KubeObject): Clean[] {
  return podSpecsOf(object).flatMap(spec => {
    const access = hostAccessIn(spec);
    const volumes = volumesIn(spec);
    return [
      `    runs      ${imagesIn(spec).join(', ') || '(nothing)'}`,
      `    as        ServiceAccount ${accountOf(spec)}`,
      `    on host   ${access.length === 0 ? 'no access' : access.join(', ')}`,
      `    volumes   ${volumes.length === 0 ? 'none' : volumes.join(', ')}`,
    ].map(clean);
  });
}

/** The object as YAML. A line break in a value stays a line break of the YAML and never becomes one of the screen. */
const yamlLines = (value: unknown): Clean[] =>
  stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map(line => clean(`    ${line}`));

const digestOf = (text: string): string => `(${Buffer.byteLength(text)} bytes, sha256:${sha256(text).slice(0, 12)})`;

/** The object with the values of a Secret replaced by digests, so that differences can be seen. */
function withoutSecrets(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const hidden = (map: unknown) =>
    Object.fromEntries(Object.entries((map ?? {}) as object).map(([key, value]) => [key, digestOf(String(value))]));
  const parts = ['data', 'stringData'].filter(name => object[name] !== undefined);
  const { metadata } = object;
  const annotations = metadata?.annotations === undefined ? {} : { annotations: hidden(metadata.annotations) };
  return {
    ...object,
    ...(metadata === undefined ? {} : { metadata: { ...metadata, ...annotations } }),
    ...Object.fromEntries(parts.map(name => [name, hidden(object[name])])),
  };
}

function patchLines(write: Extract<Write, { verb: 'patch' }>, carrier: KubeObject): Clean[] {
  const isSecret = write.on.kind === 'Secret' || carrier.kind === 'Secret';
  if (write.patchType !== 'json') {
    const body = write.body as unknown as KubeObject;
    return yamlLines(isSecret ? withoutSecrets({ ...body, kind: 'Secret' }) : body);
  }
  const shown = (value: unknown) => {
    const text = JSON.stringify(value) ?? '(nothing)';
    return isSecret && value !== undefined ? digestOf(text) : text;
  };
  const is = sameObject(write.on, refOf(carrier)) ? carrier : undefined;
  const operations = (write.body as unknown as Operation[]).filter(({ op }) => op !== 'test');
  return [
    ...(is?.roleRef === undefined ? [] : [clean(`    (gives ${JSON.stringify(is.roleRef)})`)]),
    ...operations.map(operation => {
      if (operation.op === 'remove') return clean(`    ${operation.path}: removed`);
      const was = is === undefined ? '' : `${shown(memberAt(is, operation.path))} -> `;
      return clean(`    ${operation.path}: ${was}${shown(operation.value)}`);
    }),
  ];
}

/** The value at a JSON pointer; undefined if there is none. */
function memberAt(object: unknown, path: string): unknown {
  let at = object;
  for (const step of path.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
