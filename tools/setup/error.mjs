/** Something that set-up cannot go on after: what is wrong, what to do, and the exit code (2 could not, 3 wrong use). */
export class SetupError extends Error {
  /** @param {string} message @param {string} hint @param {2 | 3} exitCode */
  constructor(message, hint, exitCode = 2) {
    super(message);
    this.name = 'SetupError';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
