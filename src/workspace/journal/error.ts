/** Why an update cannot go on, in words. */

/** The update cannot go on; nothing was changed by what threw it, unless it says so. */
export class UpdateError extends Error {
  override name = "UpdateError";
  readonly mend: string;
  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.mend = mend;
  }
}

/** The code that the system gives an error: `ENOENT`. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const MENDS: Readonly<Record<string, string>> = {
  ENOSPC: "free space on the disk, then run again",
  EDQUOT: "the disk quota is used up: free space, then run again",
  EACCES: "you may not write there: change its permissions, then run again",
  EPERM: "you may not write there: change its permissions, then run again",
  EROFS: "the file system is read-only",
};

/**
 * What the system refused, with how to mend it; every other error as it is.
 *
 * @param outcome what that left the tree in
 */
export function inWords(error: unknown, outcome = "; the tree is as it was"): Error {
  if (error instanceof UpdateError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || MENDS[code] === undefined) return error as Error;
  return new UpdateError(
    `${path ?? "the repository"} could not be written (${code})${outcome}`,
    MENDS[code],
    { cause: error },
  );
}
