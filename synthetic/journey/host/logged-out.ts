/** Thrown by `loggedOut()`; ends the journey wherever it stands. */
export class LoggedOutError extends Error {}
