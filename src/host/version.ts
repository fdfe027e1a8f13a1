/** The build: package.json's version, the commit and its time. A run from source says so. */
export interface Build {
  version: string;
  /** The full hash, with the suffix `-changed` where files differed from the commit; undefined outside a git checkout. */
  commit?: string;
  /** When the commit was made, ISO 8601: the same source gives the same bundle. */
  built?: string;
}

declare const MAYDAY_BUILD: Build | undefined;

export const BUILD: Build = typeof MAYDAY_BUILD === 'undefined' ? { version: '0.0.0-source' } : MAYDAY_BUILD;

export const VERSION: string = BUILD.version;

/** The image of this release, as deploy/kustomization.yaml names it too; where it is used, another registry can be named. */
export const RELEASE_IMAGE: string = `mayday:${VERSION}`;
