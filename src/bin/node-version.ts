/** The oldest Node.js that the dependencies load on (undici 8 and ink 8 decide). */
export const OLDEST_NODE = '22.19';

/** Whether a version text such as `v20.20.2` or `24.21.0` is new enough to run the program. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = OLDEST_NODE.split('.').map(Number);
  return major > needMajor || (major === needMajor && minor >= needMinor);
}
