/** The version of this package; a test holds it equal to `package.json`. A constant, because a packed file cannot rely on where `package.json` lies. */
export const VERSION = '0.1.0';
