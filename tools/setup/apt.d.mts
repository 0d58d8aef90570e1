import type { Context } from './types.d.mts';

type Env = Readonly<Record<string, string | undefined>>;

export declare function maySystemPackages(env: Env): boolean;
export declare function installWithApt(
  context: Pick<Context, 'reporter' | 'machine'>,
  wanted: { readonly name: string; readonly what: string },
): Promise<void>;
