export declare function explainNpmFailure(ending: { readonly why: string; readonly output: string }): {
  readonly cause: string;
  readonly hint: string;
};
export declare function findCutOffFiles(output: string): string | undefined;
export declare function readNpmError(output: string): {
  readonly code: string;
  readonly path: string;
  readonly command: string;
  readonly signal: string;
  readonly said: readonly string[];
};
