// The first thing that the single executable runs. The bundle is ES modules in several files, which an executable cannot hold as such: they
// are laid out once below the cache folder, private to the user and named by their content, and run from there.
const { createHash } = require('node:crypto');
const {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { homedir, tmpdir, userInfo } = require('node:os');
const { join } = require('node:path');
const { getRawAsset, getAsset } = require('node:sea');
const { pathToFileURL } = require('node:url');

const index = JSON.parse(getAsset('index.json', 'utf8'));
const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const program = join(folder(), 'dist', 'mayday.js');

// Processes that the program starts are this executable again, with the program as the first argument.
const given = process.argv.slice(2);
if (given[0] === program) given.shift();
process.argv = [process.execPath, program, ...given];
import(pathToFileURL(program).href);

function folder() {
  for (const root of [join(base, 'mayday'), join(tmpdir(), `mayday-${userInfo().uid}`)]) {
    try {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      const found = lstatSync(root);
      if (!found.isDirectory() || (found.uid !== userInfo().uid && userInfo().uid !== -1) || (found.mode & 0o022) !== 0)
        continue;
      const place = join(root, `program-${index.digest}`);
      if (!isWhole(place)) layOut(root, place);
      return place;
    } catch {
      // A read-only home, a full disk: the next place.
    }
  }
  process.stderr.write(
    `mayday: expected a folder to unpack into below ${base} or ${tmpdir()}, found none that can be written\n`,
  );
  process.exit(1);
}

/** Everything is there and as it was packed: what others may have changed is not run. */
function isWhole(place) {
  return index.files.every(({ path, sha256 }) => {
    const file = join(place, path);
    return existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === sha256;
  });
}

function layOut(root, place) {
  const next = mkdtempSync(join(root, 'unpack-'));
  for (const { path } of index.files) {
    mkdirSync(join(next, path, '..'), { recursive: true });
    writeFileSync(join(next, path), Buffer.from(getRawAsset(path)), { mode: 0o600 });
  }
  rmSync(place, { recursive: true, force: true });
  try {
    renameSync(next, place);
  } catch (error) {
    rmSync(next, { recursive: true, force: true });
    // Another process was faster.
    if (!isWhole(place)) throw error;
  }
}
