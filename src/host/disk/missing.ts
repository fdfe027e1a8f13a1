/** Whether an error of the file system says that nothing has this path. ENOTDIR: something on the way is not a folder, so nothing can be below it. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
