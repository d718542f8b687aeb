declare module 'virtual:routes' {
  import type { Route } from './base/request.ts';

  /** Of each public operation how it is asked. */
  export const routes: Readonly<Record<string, Route>>;
}
