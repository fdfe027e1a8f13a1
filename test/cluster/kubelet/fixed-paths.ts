/** Links at paths of this machine that a program insists on, to where its pod's files really are. */
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes `fixed` a link to `target`, unless something that exists is already seen there. */
export function linkAt(fixed: string, target: string): void {
  if (existsSync(fixed)) return;
  mkdirSync(dirname(fixed), { recursive: true });
  rmSync(fixed, { force: true });
  symlinkSync(target, fixed);
}

/** Takes the link at `fixed` away if it leads into `folder`; what others put there stays. */
export function unlinkAt(fixed: string, folder: string): void {
  const link = lstatSync(fixed, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() === true && readlinkSync(fixed).startsWith(folder)) rmSync(fixed);
}
