import { resolve } from 'node:path';
import { recreateSaved } from '../../engine/fix.ts';
import { readOwn } from '../../host/disk/own-file.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { refOf } from '../../k8s/object-ref.ts';
import { fixDepsFor } from '../../runtime/fix-deps.ts';
import { isProtected } from '../../runtime/settings.ts';
import { nameText } from '../../triage/report/about.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNoticeItem } from '../output/notice.ts';
import { print } from '../output/output.ts';
import { withCluster } from '../session.ts';
import { consent, receiptExit, receiptLines } from './receipt.ts';

/** `mayday fix --put-back FILE`: creates again what a fix saved and deleted, unless an object of that name exists. */
export function putBackCommand(invocation: Invocation, file: string): Promise<ExitCode> {
  const { globals, options } = invocation;
  const path = resolve(file);
  const object = readSaved(path);
  return withCluster(globals, async (api, runtime) => {
    printNoticeItem(`create  ${nameText(refOf(object))}, as saved in ${path}`);
    if (options.dryRun === true || globals.readOnly === true || runtime.config.readOnly) return EXIT.done;
    const { context } = api.identity;
    await consent(invocation, isProtected(context, runtime.config.protected) ? context : undefined);
    const receipt = await recreateSaved(await fixDepsFor(runtime, api), object);
    print(receipt, globals, () => receiptLines(receipt));
    return receiptExit(receipt);
  });
}

/** Reads a saved object. Only a file of this user is accepted: another user could have it create anything. */
export function readSaved(path: string): KubeObject {
  const reading = readOwn(path);
  const fail = (why: string) =>
    new CommandFailure(`--put-back: expected an object that a fix saved at ${path}, found: ${why}`);
  if (reading.is !== 'text') throw fail(reading.is === 'missing' ? 'no such file' : reading.why);
  let value: unknown;
  try {
    value = JSON.parse(reading.text);
  } catch {
    throw fail('no JSON');
  }
  const object = value as Partial<KubeObject> | null;
  const isWhole =
    typeof object?.apiVersion === 'string' &&
    typeof object.kind === 'string' &&
    typeof object.metadata?.name === 'string';
  if (!isWhole) throw fail('no object');
  return object as KubeObject;
}
