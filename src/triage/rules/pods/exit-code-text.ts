import type { Ended } from './containers.ts';

/** What an exit code means, with the reason and message of the kubelet or runtime. */
export function exitText({ exitCode, reason, message }: Ended): string {
  if (reason === 'OOMKilled') return 'OOMKilled: it used more memory than its limit';
  if (/exec format error/i.test(message)) return 'exec format error: the image is built for another architecture';
  if (reason === 'StartError' || reason === 'ContainerCannotRun')
    return `it could not be started: ${startFailure(message) ?? 'the runtime refused its command'}`;
  if (reason === 'DeadlineExceeded') return 'its deadline was exceeded';
  switch (exitCode) {
    case 0:
      return 'exit code 0: its process exits without an error, but should keep running';
    case 1:
      return 'exit code 1: the application exited with an error';
    case 2:
      return 'exit code 2: the command was used incorrectly, or a Go program panicked';
    case 126:
      return 'exit code 126: the command exists but cannot be executed (no permission, or not a program)';
    case 127:
      return 'exit code 127: command not found in the image';
    case 134:
      return 'exit code 134: it aborted (SIGABRT)';
    case 137:
      return 'exit code 137: it was killed (SIGKILL): by the kubelet after its grace period, a failed liveness probe, or the node out of memory';
    case 139:
      return 'exit code 139: segmentation fault (SIGSEGV)';
    case 143:
      return 'exit code 143: it was asked to stop (SIGTERM), for example after a failed liveness probe';
    default:
      return exitCode > 128 && exitCode < 160
        ? `exit code ${exitCode}: ended by signal ${exitCode - 128}`
        : `exit code ${exitCode}`;
  }
}

/** The message of a runtime that cannot start a command, without its preamble. */
export function startFailure(message: string): string | undefined {
  const command =
    /exec: "?([^":]+)"?: (executable file not found in \$PATH|stat [^:]+: no such file or directory|permission denied|is a directory|no such file or directory)/.exec(
      message,
    );
  if (command)
    return `command ${command[1]}: ${/not found|no such file/.test(command[2] ?? '') ? 'command not found in the image' : command[2]}`;
  if (/exec format error/.test(message)) return 'exec format error: the image is built for another architecture';
  const directory = /chdir to cwd \("([^"]+)"\) set in config\.json failed: (.*)/.exec(message);
  if (directory) return `working directory ${directory[1]}: ${directory[2]}`;
  const mount = /error mounting "?([^"]+)"? to rootfs at "?([^":]+)"?/.exec(message);
  if (mount) return `mounting at ${mount[2]} failed: ${message.slice(message.lastIndexOf(': ') + 2)}`;
  return message === '' ? undefined : message.slice(-200);
}
