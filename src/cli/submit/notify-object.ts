import type { Api } from '../../kube/client/api.ts';
import { parseReceivers } from '../../runtime/config-file.ts';
import { NOTIFY_KEY, type NotifyObject } from '../../submit/job.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { printNotice } from '../output/notice.ts';

const KINDS = { secret: 'Secret', configmap: 'ConfigMap' } as const;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What `--notify` names: `secret/NAME` or `configmap/NAME`. */
export function notifyObject(text: string): NotifyObject {
  const [kind = '', name = '', ...more] = text.split('/');
  if (!Object.hasOwn(KINDS, kind) || !NAME.test(name) || more.length > 0)
    throw new CommandFailure(`expected --notify secret/NAME or configmap/NAME, found ${text}`);
  return { kind: KINDS[kind as keyof typeof KINDS], name };
}

/**
 * Fails where the pods would find no receivers there. Where it may not be read, stderr says so. Its content is never shown, since addresses
 * and headers are secrets.
 */
export async function expectReceivers(api: Api, namespace: string, { kind, name }: NotifyObject): Promise<void> {
  const at = `${kind} ${namespace}/${name}`;
  const read = await api.get({ apiVersion: 'v1', kind, namespace, name });
  if (!read.ok && read.reason === 'forbidden')
    return printNotice(
      `--notify: you may not read ${at}, so it is not known whether it holds receivers; a pod waits until it is there`,
    );
  if (!read.ok)
    throw new CommandFailure(
      `--notify: expected ${at} with the key ${NOTIFY_KEY}, found ${read.reason === 'not-found' ? 'nothing' : read.message}; nothing was submitted`,
      read.reason === 'not-found' ? EXIT.usage : EXIT.unreachable,
    );
  const text = (read.value.data as Record<string, unknown> | undefined)?.[NOTIFY_KEY];
  if (typeof text !== 'string')
    throw new CommandFailure(`--notify: expected the key ${NOTIFY_KEY} in ${at}, found none; nothing was submitted`);
  const plain = kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
  const receivers = parseReceivers(`${NOTIFY_KEY} of ${at}`, plain);
  if (!receivers.ok) throw new CommandFailure(`--notify: ${receivers.message}; nothing was submitted`);
}
