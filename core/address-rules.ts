/** Which addresses may be reached; `allow` outranks `deny`. Entries are addresses, CIDR blocks, `private` or `loopback`. */
export type AddressRules = { readonly allow: readonly string[]; readonly deny: readonly string[] };

export type AddressGuard = {
  /** Why the address may not be reached; `undefined` when it may. */
  refusal(address: { readonly address: string; readonly family: 4 | 6 }): string | undefined;
};
