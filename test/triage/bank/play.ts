/** Plays an incident on a lab, step by step. */
import { setTimeout as sleep } from 'node:timers/promises';
import { requestFor } from '../../cluster/controlplane/certificates.ts';
import { definition, version } from '../../support/definition.ts';
import { writeApplication } from './application.ts';
import type { Asked, Incident, StatusWritten, Step } from './incident.ts';
import { stamp, tell, writePods } from './kubelet.ts';
import { type Lab, putCertificate, putLease } from './lab.ts';
import type { Thing } from './thing.ts';
import { words } from './words.ts';

const SETTLE_MS = 2500;

/** What steps leave for later ones: the API server's last refusal. */
interface Memory {
  refusal: string;
}

/** Resolves when the incident is there; rejects with what was missing. */
export async function play(lab: Lab, incident: Incident): Promise<void> {
  const memory: Memory = { refusal: '' };
  for (const step of incident.steps) await take(lab, step, memory);
  // What controllers make in answer to the last step must be there, or it stays new.
  await sleep(SETTLE_MS);
  await lab.age(incident.age);
  await sleep(SETTLE_MS);
  for (const step of incident.late) await take(lab, step, memory);
  for (const { kubectl, says } of incident.check) await lab.until(words(kubectl), new RegExp(says), 20);
}

/** The value with the last refusal wherever it says so. */
const filledWith = <T>(value: T, { refusal }: Memory): T =>
  JSON.parse(JSON.stringify(value).replaceAll(/\$\{refusal\}/g, () => JSON.stringify(refusal).slice(1, -1)));

/** Steps that write what no process of the lab does. */
async function write(lab: Lab, step: Step): Promise<void> {
  if ('pods' in step) return writePods(lab, step.pods);
  if ('status' in step) return writeStatus(lab, step.status);
  if ('event' in step) return tell(lab, step.event.about, step.event);
  if ('certificate' in step) {
    const { service, secret, days, secretOnly = false, stranger = false } = step.certificate;
    const how = { days, serve: !secretOnly, stranger };
    if (secret === undefined) lab.servers.certificate(service, how);
    else await putCertificate(lab, service, secret, how);
    return;
  }
  if ('answers' in step) return lab.servers.answer(step.answers.service, step.answers.with);
  if ('log' in step) return lab.servers.log(step.log.namespace, step.log.pod, step.log.lines);
  if ('lease' in step) {
    const { namespace, name, holder, dead } = step.lease;
    if (dead) lab.renewed.delete(`${namespace}/${name}`);
    else lab.renewed.add(`${namespace}/${name}`);
    // A Lease renewed a moment ago is taken for a live one and not made older.
    const old = dead ? { renewed: new Date(Date.now() - 60_000).toISOString().replace('Z', '000Z') } : {};
    if (holder !== undefined) await putLease(lab, namespace, name, { app: name, holder, ...old });
  }
}

async function take(lab: Lab, step: Step, memory: Memory): Promise<void> {
  if ('apply' in step) return retried(() => lab.apply(filledWith(step.apply, memory) as Thing[]));
  if ('kubectl' in step) return void (await lab.kubectl(words(step.kubectl)));
  if ('defines' in step) {
    const { group, plural, kind, version: name } = step.defines;
    await lab.apply([definition(group, kind, [version(name, { status: true })], { plural })]);
    return void (await lab.kubectl(['wait', '--for=condition=Established', `crd/${plural}.${group}`, '--timeout=20s']));
  }
  if ('until' in step) return asked(lab, step.until);
  if ('refused' in step) {
    memory.refusal = await refusal(lab, ['create', '-f', '-'], JSON.stringify(step.refused));
    return;
  }
  if ('refuses' in step) {
    memory.refusal = await refusal(lab, words(step.refuses));
    return;
  }
  if ('application' in step) return writeApplication(lab, filledWith(step.application, memory));
  if ('cutOff' in step) {
    const { namespace, select } = step.cutOff;
    const found = ['get', 'pods', '-n', namespace, '-l', select, '-o', 'jsonpath={.items[*].status.podIP}'];
    for (const address of (await lab.kubectl(found)).split(' ')) lab.servers.cutOff(address);
    return;
  }
  if ('deadNode' in step) {
    await lab.kubectl(['annotate', 'node', step.deadNode, 'kwok.x-k8s.io/node-']);
    return lab.cluster.restartKubelets();
  }
  if ('age' in step) return lab.age(step.age);
  if ('csr' in step) return requestCertificate(lab, step.csr);
  if ('sleep' in step) return void (await sleep(step.sleep * 1000));
  await write(lab, step);
}

/** Writes a status as a controller does; conditions changed now. */
async function writeStatus(lab: Lab, { of: { kind, namespace, name }, is }: StatusWritten): Promise<void> {
  const conditions = Array.isArray(is.conditions)
    ? { conditions: is.conditions.map(one => ({ lastTransitionTime: stamp(), ...one })) }
    : {};
  const scope = namespace === undefined ? [] : ['-n', namespace];
  const patch = JSON.stringify({ status: { ...is, ...conditions } });
  const command = ['patch', kind, name, ...scope, '--subresource=status', '--type=merge', '-p', patch];
  await lab.kubectl(command);
}

/** What a kubelet, or its bootstrap, asks the API server for. */
async function requestCertificate(
  { cluster, kubectl }: Lab,
  { name, node, signer, user, groups }: Extract<Step, { csr: unknown }>['csr'],
): Promise<void> {
  const request = requestFor(cluster.folder, `/O=system:nodes/CN=system:node:${node}`);
  const use = signer.endsWith('-serving') ? 'server auth' : 'client auth';
  const made = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request: Buffer.from(request).toString('base64'), signerName: signer, usages: ['digital signature', use] },
  };
  const as = [`--as=${user}`, ...groups.map(group => `--as-group=${group}`)];
  const given = groups.map(group => `--group=${group}`);
  await kubectl(['create', 'clusterrolebinding', name, '--clusterrole=system:node-bootstrapper', ...given]);
  await kubectl(['create', '-f', '-', ...as], JSON.stringify(made));
}

const asked = (lab: Lab, { kubectl, says }: Asked): Promise<void> => lab.until(words(kubectl), new RegExp(says));

/** A new kind, or a service just made, is not there at once. */
async function retried(act: () => Promise<void>): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      return await act();
    } catch (error) {
      if (left === 0 || !/no matches for kind|not found|failed calling webhook/.test(String(error))) throw error;
      await sleep(500);
    }
  }
}

/** The API server's words of refusal, as a client of its own sees them. */
async function refusal(lab: Lab, command: readonly string[], input?: string): Promise<string> {
  const { code, stderr } = await lab.try(command, input);
  if (code === 0) throw new Error(`kubectl ${command.join(' ')} was not refused`);
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !line.startsWith('Warning'));
  const told = lines.find(line => /error/i.test(line)) ?? lines[0] ?? '';
  return told.replace(/^Error from server( \(\w+\))?: (error when creating "[^"]*": )?/, '');
}
