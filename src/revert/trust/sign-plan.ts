import type { Plan } from '../../faults/contract.ts';
import { readEnvelope } from '../../injection/record/envelope.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { MAYDAY, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import type { Write } from '../../injection/write/write.ts';
import { type Operation, pointer } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { recordOn, signatureOf } from './signature.ts';

type Texts = Record<string, string>;

/** The plan with every record that it writes signed. */
export const signedPlan = (key: Uint8Array, plan: Plan): Plan => ({
  ...plan,
  writes: plan.writes.map(write => signedWrite(key, plan.type, write)),
});

function signedWrite(key: Uint8Array, type: Plan['type'], write: Write): Write {
  if (write.verb === 'create') {
    const { metadata } = write.body;
    const annotations = signed(key, type, write.body, metadata.annotations, '');
    return annotations === undefined
      ? write
      : { ...write, body: { ...write.body, metadata: { ...metadata, annotations } } };
  }
  if (write.verb !== 'patch' || write.patchType !== 'json') return write;
  const operations = write.body as unknown as Operation[];
  const { name, namespace, uid = '' } = write.on;
  const carrier: KubeObject = {
    apiVersion: write.on.apiVersion,
    kind: write.on.kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
  const annotations = signed(key, type, carrier, annotationsSet(operations), uid);
  return annotations === undefined
    ? write
    : { ...write, body: withAnnotations(operations, annotations) as unknown as Json };
}

const MAP = pointer('metadata', 'annotations');
const entryOf = (key: string) => pointer('metadata', 'annotations', key);

/** The annotations that a patch sets: one by one, or as a whole map if there was none. */
function annotationsSet(operations: readonly Operation[]): Texts {
  const set: Texts = {};
  for (const operation of operations) {
    if (operation.op !== 'add' && operation.op !== 'replace') continue;
    if (operation.path === MAP) Object.assign(set, operation.value);
    else if (operation.path.startsWith(`${MAP}/`))
      set[
        operation.path
          .slice(MAP.length + 1)
          .replaceAll('~1', '/')
          .replaceAll('~0', '~')
      ] = String(operation.value);
  }
  return set;
}

function withAnnotations(operations: readonly Operation[], annotations: Texts): Operation[] {
  return operations.map(operation => {
    if (operation.op !== 'add' && operation.op !== 'replace') return operation;
    if (operation.path === MAP) return { ...operation, value: annotations };
    const key = Object.keys(annotations).find(one => entryOf(one) === operation.path);
    return key === undefined ? operation : { ...operation, value: annotations[key] as string };
  });
}

/** The annotations with the signature added to the facts; undefined if they hold no record of mayday. */
function signed(
  key: Uint8Array,
  type: Plan['type'],
  carrier: KubeObject,
  annotations: Texts | undefined,
  uid: string,
): Texts | undefined {
  const of = recordOn({ ...carrier, metadata: { ...carrier.metadata, ...(annotations ? { annotations } : {}) } });
  if (annotations === undefined || of === undefined) return undefined;
  const facts = { ...of.facts, sig: signatureOf(key, carrier, type, of, uid) };
  const envelope = annotations[ROLLBACK_DATA];
  if (envelope === undefined) return { ...annotations, [MAYDAY]: JSON.stringify(facts) };
  const read = readEnvelope(envelope);
  if (!read.ok) return undefined;
  const { checksum } = JSON.parse(envelope) as { checksum: string };
  const mayday = goJson(facts as unknown as GoValue, 'as-given');
  return { ...annotations, [ROLLBACK_DATA]: `{"data":${read.raw},"checksum":"${checksum}","mayday":${mayday}}` };
}
