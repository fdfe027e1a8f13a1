/** Incidents as they are written down: YAML files in `incidents/`, one each. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const folder = fileURLToPath(new URL('./incidents/', import.meta.url));

const place = z.strictObject({ kind: z.string(), namespace: z.string().optional(), name: z.string() });
const asked = z.strictObject({ kubectl: z.string(), says: z.string() });
const waiting = z.strictObject({ reason: z.string(), message: z.string().optional() });
const ended = z.strictObject({ reason: z.string(), code: z.number(), message: z.string().optional() });
const told = z.strictObject({ reason: z.string(), message: z.string(), from: z.string().optional() });

const step = z.union([
  /** Manifests; `${ca:SERVICE.NAMESPACE}` stands for the caBundle of a server of ours, `${refusal}` for the last refusal. */
  z.strictObject({ apply: z.array(z.looseObject({ kind: z.string() })) }),
  z.strictObject({ kubectl: z.string() }),
  /** A kind of another project, which takes any fields: its definition is applied and waited for. */
  z.strictObject({
    defines: z.strictObject({ group: z.string(), version: z.string(), plural: z.string(), kind: z.string() }),
  }),
  /** What the controller of another project writes into the status of an object; conditions changed just now unless they say when. */
  z.strictObject({ status: z.strictObject({ of: place, is: z.looseObject({}) }) }),
  /** Asks again and again until the answer (or the complaint) matches the regular expression. */
  z.strictObject({ until: asked }),
  /** Creates the object, which must be refused; the words are kept. */
  z.strictObject({ refused: z.looseObject({ kind: z.string() }) }),
  /** Runs kubectl, which must fail; the words are kept. */
  z.strictObject({ refuses: z.string() }),
  /** Writes the status of pods annotated `mayday.test/kubelet: manual`, as a kubelet would. */
  z.strictObject({
    pods: z.strictObject({
      namespace: z.string(),
      select: z.string(),
      /** The container that it is about; all when absent. */
      container: z.string().optional(),
      /** It is about the init container of that name. */
      init: z.boolean().optional(),
      waiting: waiting.optional(),
      last: ended.optional(),
      ended: ended.optional(),
      notReady: z.boolean().optional(),
      /** Its startup probe has not succeeded yet. */
      starting: z.boolean().optional(),
      restarts: z.number().optional(),
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      event: told.optional(),
    }),
  }),
  z.strictObject({ event: told.extend({ about: place, type: z.string().optional() }) }),
  /** What an Argo CD controller writes into an Application. */
  z.strictObject({
    application: z.strictObject({
      name: z.string(),
      sync: z.string().optional(),
      health: z.string().optional(),
      /** `group/version/Kind/name` of a resource, its state, and what its sync failed with. */
      resource: z.string().optional(),
      status: z.string().optional(),
      resourceHealth: z.string().optional(),
      failed: z.string().optional(),
      condition: z.strictObject({ type: z.string(), message: z.string() }).optional(),
    }),
  }),
  z.strictObject({
    certificate: z.strictObject({
      service: z.string(),
      secret: z.string().optional(),
      /** Days from now until it ends; negative for one that has ended. */
      days: z.number(),
      /** The server goes on with what it has; only the Secret changes. */
      secretOnly: z.boolean().optional(),
      /** Of another authority than the caBundle's. */
      stranger: z.boolean().optional(),
    }),
  }),
  z.strictObject({ answers: z.strictObject({ service: z.string(), with: z.string() }) }),
  /** Pods whose network says nothing any more. */
  z.strictObject({ cutOff: z.strictObject({ namespace: z.string(), select: z.string() }) }),
  z.strictObject({ log: z.strictObject({ namespace: z.string(), pod: z.string(), lines: z.array(z.string()) }) }),
  z.strictObject({
    lease: z.strictObject({
      namespace: z.string(),
      name: z.string(),
      holder: z.string().optional(),
      /** Nobody renews it any more. */
      dead: z.boolean().optional(),
    }),
  }),
  /** The node's kubelet is dead. */
  z.strictObject({ deadNode: z.string() }),
  /** A request for a certificate that a kubelet, or the bootstrap of one, has made. */
  z.strictObject({
    csr: z.strictObject({
      name: z.string(),
      node: z.string(),
      signer: z.string(),
      user: z.string(),
      groups: z.array(z.string()),
    }),
  }),
  z.strictObject({ age: z.number() }),
  z.strictObject({ sleep: z.number() }),
]);

const common = {
  title: z.string(),
  /** Where people met it. */
  seen: z.string(),
  steps: z.array(step).default([]),
  /** Steps after the ageing: what is only seconds old. */
  late: z.array(step).default([]),
  /** How many minutes ago it was. */
  age: z.number().default(25),
  /** Must hold before triage is asked, or the incident was not produced. */
  check: z.array(asked).min(1),
};

const decoyFile = z.strictObject({ ...common, decoy: z.literal(true) });
const incidentFile = z.strictObject({
  ...common,
  decoy: z.literal(false).optional(),
  /** Objects of which any is a right answer; names are regular expressions. */
  root: z.array(place).min(1),
  /** What the finding must say, as a regular expression, beside the names. */
  reason: z.string(),
  /** What one of its fixes must say. */
  fix: z.string(),
  /** Independent faults that must be found as well. */
  also: z.array(place).default([]),
});

export type Place = z.infer<typeof place>;
export type Asked = z.infer<typeof asked>;
export type Step = z.infer<typeof step>;
export type PodFate = Extract<Step, { pods: unknown }>['pods'];
export type StatusWritten = Extract<Step, { status: unknown }>['status'];
export type ApplicationState = Extract<Step, { application: unknown }>['application'];
export type Incident = (z.infer<typeof decoyFile> | z.infer<typeof incidentFile>) & { slug: string };

/** Every incident and decoy, or those named; an Error tells what a file lacks. */
export function incidents(wanted: readonly string[] = []): Incident[] {
  const all = readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .map(name => name.slice(0, -'.yaml'.length))
    .sort();
  const unknown = wanted.filter(slug => !all.includes(slug));
  if (unknown.length > 0) throw new Error(`expected incidents of ${folder}, found ${unknown.join(', ')}`);
  return (wanted.length > 0 ? wanted : all).map(read);
}

function read(slug: string): Incident {
  const content = parse(readFileSync(`${folder}${slug}.yaml`, 'utf8'));
  const parsed = (content.decoy === true ? decoyFile : incidentFile).safeParse(content);
  if (!parsed.success) throw new Error(`${slug}.yaml: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, slug };
}
