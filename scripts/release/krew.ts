/** The manifest by which krew installs `kubectl mayday`. `at` is where the archives can be fetched. */
export function krewManifest(release: { version: string; description: string; at: string; sha256: string }): string {
  return `apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: mayday
spec:
  version: v${release.version}
  shortDescription: Revert every chaos injection, verified; find root causes; run game-days
  description: |
    ${release.description}
  platforms:
    - selector:
        matchLabels: { os: linux, arch: amd64 }
      uri: ${release.at}/mayday-linux-x64.tar.gz
      sha256: ${release.sha256}
      bin: mayday-linux-x64
`;
}
